/*
 * crowd: see crowd.h. Called when rules are loaded.
 */
#include "config.h"

#include "rule/crowd.h"

#include <errno.h>
#include <string.h>

#include "base/suggest.h"
#include "plan/grammar.h"

/* More are no limit: the host itself has fewer descriptors. */
#define MAX 1000000

static bool is_known(const char *key)
{
    const char *const *keys = ow_grammar_keys(OW_OBJECT_connections_of);

    while (*keys && strcmp(*keys, key) != 0)
        keys++;
    return *keys;
}

static int read_max(const struct ow_jsonc *doc, const cJSON *node,
                    struct ow_crowd *crowd, struct ow_err *err)
{
    double max = cJSON_IsNumber(node) ? node->valuedouble : -1;

    if (!(max >= 0 && max <= MAX) || max != (uint32_t)max)
        return ow_jsonc_error(doc, node, err,
                              "expected how many connections there may be at "
                              "once: a whole number");
    crowd->max = (uint32_t)max;
    return 0;
}

static int read_then(const struct ow_jsonc *doc, const cJSON *node,
                     struct ow_crowd *crowd, struct ow_err *err)
{
    const char *const *words = ow_grammar_words(OW_WORDS_connections_then);
    const char *word = cJSON_GetStringValue(node);

    for (int i = 0; word && words[i]; i++) {
        if (strcmp(words[i], word) != 0)
            continue;
        crowd->then = (enum ow_crowd_then)i;
        return 0;
    }
    const char *near = word ? ow_suggest(ow_str_from(word), words) : NULL;
    if (near)
        return ow_jsonc_error(doc, node, err,
                              "unknown word \"%.60s\"; did you mean \"%s\"?",
                              word, near);
    return ow_jsonc_error(doc, node, err,
                          "expected \"wait\", \"refuse\" or \"reset\"");
}

int ow_crowd_read(const struct ow_jsonc *doc, const cJSON *node,
                  bool takes_hosts, void *context, const void **ret,
                  struct ow_err *err)
{
    const cJSON *max = cJSON_GetObjectItemCaseSensitive(node, "max");
    const cJSON *then = cJSON_GetObjectItemCaseSensitive(node, "then");
    struct ow_crowd *crowd = ow_arena_zalloc(context, sizeof *crowd);
    const cJSON *member;
    int r = 0;

    (void)takes_hosts;
    if (!crowd)
        return -ENOMEM;
    if (!cJSON_IsObject(node))
        return ow_jsonc_error(doc, node, err,
                              "expected an object with \"max\" and \"then\"");
    cJSON_ArrayForEach(member, node)
    {
        if (!is_known(member->string))
            return ow_jsonc_unknown_key(
                doc, member, err, ow_grammar_keys(OW_OBJECT_connections_of));
    }
    if (!max)
        return ow_jsonc_error(doc, node, err, "\"connections\" needs \"max\"");
    r = read_max(doc, max, crowd, err);
    if (r == 0 && then)
        r = read_then(doc, then, crowd, err);
    if (r == 0)
        *ret = crowd;
    return r;
}
