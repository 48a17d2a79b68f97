/*
 * lot: see lot.h. Called by rule/table_build.c and rule/resource_*.c.
 */
#include "config.h"

#include "rule/lot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "rule/rule.h"

/* With its NUL, so that "ab" and "c" are not "a" and "bc". */
static uint64_t hash_text(uint64_t h, const char *text)
{
    return ow_hash_bytes(h, text, strlen(text) + 1);
}

/* The same for values that are the same; the order of members is no part of a
 * value, so theirs are added up. */
static uint64_t hash_value(uint64_t h, const cJSON *node)
{
    const cJSON *child;
    uint64_t members = 0;
    int type = node->type & 0xff;

    h = ow_hash_bytes(h, &type, sizeof type);
    if (cJSON_IsString(node))
        return hash_text(h, node->valuestring);
    if (cJSON_IsNumber(node))
        return ow_hash_bytes(h, &node->valuedouble, sizeof node->valuedouble);
    cJSON_ArrayForEach(child, node)
    {
        if (cJSON_IsObject(node))
            members += hash_value(hash_text(h, child->string), child);
        else
            h = hash_value(h, child);
    }
    return ow_hash_bytes(h, &members, sizeof members);
}

static uint64_t hash_member(uint64_t h, const cJSON *node, const char *key)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(node, key);

    return member ? hash_value(hash_text(h, key), member) : h;
}

/* Of hosts the first alone: an API that gets another is the same API. */
static uint64_t hash_file(const cJSON *file)
{
    const cJSON *hosts = cJSON_GetObjectItemCaseSensitive(file, "hosts");
    const cJSON *host = cJSON_GetArrayItem(hosts, 0);

    return host ? hash_value(OW_HASH_BEGIN, host) : OW_HASH_BEGIN;
}

uint64_t ow_lot_of_name(const cJSON *file, const char *name)
{
    return hash_text(hash_file(file), name);
}

uint64_t ow_lot_of_rule(const cJSON *file, const cJSON *rule)
{
    const char *name =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(rule, "name"));

    if (name)
        return ow_lot_of_name(file, name);
    return hash_member(hash_member(hash_file(file), rule, "when"), rule,
                       "scenario");
}

/* Those with the same lot beside each other, the last one first. */
static int compare(const void *left, const void *right)
{
    const struct ow_rule *a = *(struct ow_rule *const *)left;
    const struct ow_rule *b = *(struct ow_rule *const *)right;

    if (a->lot != b->lot)
        return a->lot < b->lot ? -1 : 1;
    return a->index > b->index ? -1 : 1;
}

int ow_lots_part(struct ow_rule *rules, size_t n)
{
    struct ow_rule **sorted = calloc(n ? n : 1, sizeof(struct ow_rule *));

    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        sorted[i] = &rules[i];
    qsort(sorted, n, sizeof *sorted, compare);
    for (size_t i = 0, twins; i < n; i += twins) {
        uint64_t lot = sorted[i]->lot;
        for (twins = 1; i + twins < n && sorted[i + twins]->lot == lot; twins++)
            sorted[i + twins]->lot = ow_hash_bytes(lot, &twins, sizeof twins);
    }
    free(sorted);
    return 0;
}
