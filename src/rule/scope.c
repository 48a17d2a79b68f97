/*
 * scope: see scope.h. Called by table_build.c and rule.c.
 */
#include "config.h"

#include "rule/scope.h"

#include <errno.h>

#include "plan/grammar.h"

static int parse_header(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_scope *ret,
                        struct ow_err *err)
{
    const cJSON *header = cJSON_GetObjectItemCaseSensitive(node, "header");
    struct ow_str name = ow_str_from(cJSON_GetStringValue(header));

    if (node->child && !header)
        return ow_jsonc_unknown_key(source->doc, node->child, err,
                                    ow_grammar_keys(OW_OBJECT_scope_of));
    if (name.len == 0)
        return ow_jsonc_error(source->doc, header ? header : node, err,
                              "expected the name of a header: "
                              "{ \"header\": \"x-test-id\" }");
    if (header->prev != header || header->next)
        return ow_jsonc_error(source->doc, node, err,
                              "expected one header, and nothing else");
    ret->kind = OW_SCOPE_HEADER;
    ret->header = ow_arena_copy(source->arena, name);
    return ret->header.ptr ? 0 : -ENOMEM;
}

int ow_scope_parse(const struct ow_pattern_source *source, const cJSON *node,
                   struct ow_scope *ret, struct ow_err *err)
{
    struct ow_str word = ow_str_from(cJSON_GetStringValue(node));

    *ret = (struct ow_scope){.kind = OW_SCOPE_SESSION};
    if (cJSON_IsObject(node))
        return parse_header(source, node, ret, err);
    if (word.ptr && ow_str_equal(word, OW_STR("program")))
        ret->kind = OW_SCOPE_PROGRAM;
    else if (!word.ptr || !ow_str_equal(word, OW_STR("session")))
        return ow_jsonc_error(source->doc, node, err,
                              "expected whose state it is: \"session\", "
                              "\"program\" or { \"header\": \"x-test-id\" }");
    return 0;
}
