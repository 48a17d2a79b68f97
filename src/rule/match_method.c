/*
 * match_method: see match_method.h. Methods have case (RFC 9110, 9.1).
 */
#include "config.h"

#include "rule/match_method.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rule/matcher.h"

#define METHOD_MAX 63

struct methods {
    struct ow_str *names; /* NULL: pattern */
    size_t n;
    struct ow_pattern pattern;
};

static const char *const usual[] = {"GET",   "HEAD",   "POST",
                                    "PUT",   "DELETE", "OPTIONS",
                                    "PATCH", "TRACE",  "CONNECT"};

static bool is_token(struct ow_str s)
{
    if (s.len == 0 || s.len > METHOD_MAX)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || s.ptr[i] == 0x7f ||
            strchr("\"(),/:;<=>?@[\\]{}", s.ptr[i]))
            return false;
    return true;
}

static int add_name(const struct ow_pattern_source *source, const cJSON *node,
                    struct methods *ret, struct ow_err *err)
{
    if (!cJSON_IsString(node))
        return ow_jsonc_error(source->doc, node, err,
                              "expected a method, or a list of methods");
    struct ow_str name = ow_str_from(node->valuestring);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (ow_str_equal_case(name, ow_str_from(usual[i])) &&
            !ow_str_equal(name, ow_str_from(usual[i])))
            return ow_jsonc_error(source->doc, node, err,
                                  "methods have case: write \"%s\"", usual[i]);
    if (!is_token(name))
        return ow_jsonc_error(source->doc, node, err, "this is no method");
    name = ow_arena_copy(source->arena, name);
    if (!name.ptr)
        return -ENOMEM;
    ret->names[ret->n++] = name;
    return 0;
}

static int parse_names(const struct ow_pattern_source *source,
                       const cJSON *node, struct methods *ret,
                       struct ow_err *err)
{
    size_t n = cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node) : 1;
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    int r = 0;

    if (n == 0)
        return ow_jsonc_error(source->doc, node, err,
                              "expected a method in the list");
    ret->names = ow_arena_zalloc(source->arena, n * sizeof *ret->names);
    if (!ret->names)
        return -ENOMEM;
    for (size_t i = 0; r == 0 && i < n; i++, item = item->next)
        r = add_name(source, item, ret, err);
    return r;
}

static int parse(const struct ow_pattern_source *source, const cJSON *node,
                 void **ret, struct ow_err *err)
{
    struct methods *methods = ow_arena_zalloc(source->arena, sizeof *methods);
    bool search = cJSON_IsString(node) && node->valuestring[0] == '~';

    if (!methods)
        return -ENOMEM;
    *ret = methods;
    if (search || cJSON_IsObject(node))
        return ow_pattern_parse(source, node, &methods->pattern, err);
    return parse_names(source, node, methods, err);
}

static void explain(const struct methods *methods, struct ow_str method,
                    struct ow_buf *reason)
{
    ow_buf_printf(reason, "method is %.*s, the rule wants ",
                  method.len > METHOD_MAX ? METHOD_MAX : (int)method.len,
                  method.ptr);
    for (size_t i = 0; i < methods->n; i++)
        ow_buf_printf(reason, "%s%.*s", i > 0 ? " or " : "",
                      OW_STR_ARGS(methods->names[i]));
}

static int match(const void *self, struct ow_match_run *run)
{
    const struct methods *methods = self;
    struct ow_subject value = ow_subject_text(run->request->method);

    if (!methods->names)
        return ow_matcher_test(&methods->pattern, "method", &value, run);
    for (size_t i = 0; i < methods->n; i++)
        if (ow_str_equal(value.text, methods->names[i]))
            return 1;
    if (run->pattern.reason && run->pattern.reason->len == 0)
        explain(methods, value.text, run->pattern.reason);
    return 0;
}

int ow_match_method_unnamed(struct ow_match_run *run)
{
    struct ow_buf *reason = run->pattern.reason;

    if (!run->request || !ow_str_equal(run->request->method, OW_STR("CONNECT")))
        return 1;
    if (reason && reason->len == 0)
        ow_buf_printf(reason, "method is CONNECT, which a rule has to name");
    return 0;
}

struct ow_str ow_match_method_at(const void *self, size_t n)
{
    const struct methods *methods = self;

    return n < methods->n ? methods->names[n] : (struct ow_str){NULL, 0};
}

const struct ow_matcher_ops ow_match_method_ops = {parse, match, NULL};
