/*
 * perhost: see perhost.h. Filled by table_build.c, asked by table.c.
 */
#include "config.h"

#include "rule/perhost.h"

#include <errno.h>
#include <stdlib.h>

void ow_perhost_init(struct ow_perhost *perhost)
{
    *perhost = (struct ow_perhost){.values = NULL};
    ow_hosts_init(&perhost->hosts);
}

void ow_perhost_release(struct ow_perhost *perhost)
{
    ow_hosts_release(&perhost->hosts);
    free(perhost->values);
    perhost->values = NULL;
    perhost->n = 0;
}

/* Of a list of hosts that was there before, the first thing stays. */
static int put(struct ow_perhost *perhost, uint32_t group, const void *value)
{
    if (group < perhost->n)
        return 0;
    const void **values =
        reallocarray(perhost->values, group + 1, sizeof *values);
    if (!values)
        return -ENOMEM;
    perhost->values = values;
    perhost->values[group] = value;
    perhost->n = group + 1;
    return 0;
}

static int add_one(struct ow_perhost *perhost, const struct ow_jsonc *doc,
                   const cJSON *node, const void *value, struct ow_err *err)
{
    const cJSON *hosts = cJSON_GetObjectItemCaseSensitive(node, "hosts");
    uint32_t group;

    if (!hosts)
        hosts = cJSON_GetObjectItemCaseSensitive(ow_jsonc_root(doc), "hosts");
    if (!hosts)
        return ow_jsonc_error(doc, node, err,
                              "this file has no \"hosts\": whose is it?");
    int r = ow_hosts_add(&perhost->hosts, doc, hosts, &group, err);
    return r < 0 ? r : put(perhost, group, value);
}

int ow_perhost_add(struct ow_perhost *perhost, const struct ow_jsonc *doc,
                   const char *key, ow_perhost_read_fn read, void *context,
                   struct ow_err *err)
{
    const cJSON *node =
        cJSON_GetObjectItemCaseSensitive(ow_jsonc_root(doc), key);
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    const void *value;
    int r = 0;

    if (node && !item)
        return ow_jsonc_error(doc, node, err, "an empty list says nothing");
    for (; item && r == 0; item = cJSON_IsArray(node) ? item->next : NULL) {
        r = read(doc, item, true, context, &value, err);
        if (r == 0)
            r = add_one(perhost, doc, item, value, err);
    }
    return r;
}

const void *ow_perhost_find(const struct ow_perhost *perhost,
                            struct ow_str host, uint16_t port)
{
    struct ow_arena arena; /* for many groups alone */
    struct ow_host_set set;
    uint32_t first = UINT32_MAX;

    if (perhost->n == 0)
        return NULL;
    ow_arena_init(&arena);
    if (ow_hosts_find(&perhost->hosts, host, port, &arena, &set) == 0)
        for (uint32_t i = 0; i < set.n; i++)
            if (ow_host_set_items(&set)[i] < first)
                first = ow_host_set_items(&set)[i];
    ow_arena_release(&arena);
    return first < perhost->n ? perhost->values[first] : NULL;
}
