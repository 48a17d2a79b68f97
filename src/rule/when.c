/*
 * when: what "when" asks, without a rule. See when.h. Called by
 * host/api_verify.c and host/api_calls.c.
 */
#include "config.h"

#include "rule/when.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/match_run.h"
#include "rule/table_build.h"

/* More keys than an expectation can have. */
#define KEYS_MAX (OW_MATCHER_COUNT + 16)

struct ow_when {
    struct ow_table *table; /* without rules: memory and patterns */
    void *matchers[OW_MATCHER_COUNT];
};

static bool is_in(const char *const *keys, const char *key)
{
    while (*keys && strcmp(*keys, key) != 0)
        keys++;
    return *keys;
}

static bool is_past(const char *key)
{
    return strcmp(key, "vars") == 0 || strcmp(key, "scenario") == 0;
}

static int fail_key(const struct ow_jsonc *doc, const cJSON *node,
                    const char *const *own_keys, struct ow_err *err)
{
    const char *known[KEYS_MAX + 1];
    const char *const *keys = ow_matcher_keys();
    size_t n = 0;

    for (size_t i = 0; own_keys[i] && n < KEYS_MAX; i++)
        known[n++] = own_keys[i];
    for (size_t i = 0; keys[i] && n < KEYS_MAX; i++)
        if (!is_past(keys[i]))
            known[n++] = keys[i];
    known[n] = NULL;
    return ow_jsonc_unknown_key(doc, node, err, known);
}

static int read_key(struct ow_when *when, const struct ow_jsonc *doc,
                    const cJSON *node, const char *const *own_keys,
                    struct ow_err *err)
{
    const struct ow_pattern_source source = {.doc = doc,
                                             .arena = &when->table->arena,
                                             .regexes = &when->table->regexes,
                                             .flavour = OW_PATTERN_TEXT,
                                             .lua = when->table->lua};
    int kind = ow_matcher_find(node->string);

    if (is_past(node->string))
        return ow_jsonc_error(doc, node, err,
                              "\"%s\" is about the moment of a request, which "
                              "has gone",
                              node->string);
    if (kind < 0)
        return fail_key(doc, node, own_keys, err);
    return ow_matcher_ops((enum ow_matcher_kind)kind)
        ->parse(&source, node, &when->matchers[kind], err);
}

int ow_when_new(const struct ow_jsonc *doc, const cJSON *node,
                const char *const *own_keys, struct ow_when **ret,
                struct ow_err *err)
{
    struct ow_when *when = calloc(1, sizeof *when);
    const cJSON *member;
    int r = 0;

    if (when)
        when->table = ow_table_new();
    if (!when || !when->table) {
        free(when);
        return ow_err_set(err, -ENOMEM, "out of memory");
    }
    cJSON_ArrayForEach(member, node)
    {
        if (r == 0 && !is_in(own_keys, member->string))
            r = read_key(when, doc, member, own_keys, err);
    }
    if (r < 0) {
        ow_when_free(when);
        return r == -ENOMEM ? ow_err_set(err, r, "out of memory") : r;
    }
    *ret = when;
    return 0;
}

struct ow_when *ow_when_free(struct ow_when *when)
{
    if (when)
        ow_table_free(when->table);
    free(when);
    return NULL;
}

bool ow_when_asks(const struct ow_when *when)
{
    for (int i = 0; i < OW_MATCHER_COUNT; i++)
        if (when->matchers[i])
            return true;
    return false;
}

int ow_when_match(const struct ow_when *when, struct ow_request *request,
                  struct ow_buf *reason)
{
    struct ow_match_run run;
    int r = ow_match_run_init(&run, when->table, request);

    run.pattern.reason = reason;
    for (int i = 0; r == 0 && i < OW_MATCHER_COUNT; i++) {
        if (!when->matchers[i])
            continue;
        int fits = ow_matcher_ops((enum ow_matcher_kind)i)
                       ->match(when->matchers[i], &run);
        if (fits <= 0)
            return fits;
    }
    return r < 0 ? r : 1;
}
