/*
 * verify: calls against what was expected of them. See verify.h. Called by
 * host/api_verify.c and cli/judge.c; the report is verify_report.c.
 */
#include "config.h"

#include "rule/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/suggest.h"
#include "plan/grammar.h"
#include "rule/verify_inner.h"

/* {"calls": ...} and the like; else the object is an expectation itself. */
static bool is_whole(const cJSON *root)
{
    static const char *const keys[] = {"calls", "order", "strict", "only"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (ow_json_member(root, keys[i]))
            return true;
    return false;
}

static int read_calls(struct ow_verify *verify, const cJSON *first,
                      size_t count, struct ow_err *err)
{
    int r = 0;

    verify->calls =
        ow_arena_zalloc(&verify->arena, (count + 1) * sizeof *verify->calls);
    if (!verify->calls)
        return -ENOMEM;
    for (const cJSON *node = first; r == 0 && verify->n < count;
         node = node->next)
        r = ow_expectation_read(verify->doc, &verify->arena, node,
                                &verify->calls[verify->n++], err);
    return r;
}

static int read_flag(struct ow_verify *verify, const cJSON *root,
                     const char *key, bool *ret, struct ow_err *err)
{
    const cJSON *node = ow_json_member(root, key);

    if (node && !cJSON_IsBool(node))
        return ow_jsonc_error(verify->doc, node, err, "expected true or false");
    *ret = cJSON_IsTrue(node);
    return 0;
}

static int check_keys(struct ow_verify *verify, const cJSON *root,
                      struct ow_err *err)
{
    const char *const *known = ow_grammar_keys(OW_OBJECT_expectations);
    const cJSON *node;

    cJSON_ArrayForEach(node, root)
    {
        const char *const *key = known;
        while (*key && strcmp(*key, node->string) != 0)
            key++;
        if (!*key)
            return ow_jsonc_unknown_key(verify->doc, node, err, known);
    }
    node = ow_json_member(root, "offwire");
    if (node && (!cJSON_IsNumber(node) || node->valuedouble != 1))
        return ow_jsonc_error(verify->doc, node, err,
                              "expected 1, the version of the format");
    node = ow_json_member(root, "calls");
    if (node && !cJSON_IsArray(node))
        return ow_jsonc_error(verify->doc, node, err,
                              "expected a list of expectations");
    return 0;
}

static int read_whole(struct ow_verify *verify, const cJSON *root,
                      struct ow_err *err)
{
    const cJSON *calls = ow_json_member(root, "calls"),
                *order = ow_json_member(root, "order");
    bool strict = false;
    int r = check_keys(verify, root, err);

    if (r == 0)
        r = read_flag(verify, root, "strict", &strict, err);
    if (r == 0)
        r = read_flag(verify, root, "only", &verify->is_only, err);
    if (r == 0 && ow_json_member(root, "strict") && !order)
        r = ow_jsonc_error(verify->doc, ow_json_member(root, "strict"), err,
                           "\"strict\" is about an \"order\", and there is "
                           "none");
    if (r == 0 && calls)
        r = read_calls(verify, calls->child, (size_t)cJSON_GetArraySize(calls),
                       err);
    if (r == 0 && order)
        r = ow_verify_order_read(verify, order, strict, err);
    return r;
}

static int read_root(struct ow_verify *verify, struct ow_err *err)
{
    const cJSON *root = ow_jsonc_root(verify->doc);

    if (cJSON_IsArray(root))
        return read_calls(verify, root->child, (size_t)cJSON_GetArraySize(root),
                          err);
    if (!cJSON_IsObject(root))
        return ow_jsonc_error(verify->doc, root, err,
                              "expected expectations: a list of them, or an "
                              "object with \"calls\", \"order\" or \"only\"");
    return is_whole(root) ? read_whole(verify, root, err)
                          : read_calls(verify, root, 1, err);
}

int ow_verify_new(const struct ow_jsonc *doc, struct ow_verify **ret,
                  struct ow_err *err)
{
    struct ow_verify *verify = calloc(1, sizeof *verify);

    if (!verify)
        return ow_err_set(err, -ENOMEM, "out of memory");
    verify->doc = doc;
    ow_arena_init(&verify->arena);
    int r = read_root(verify, err);
    if (r == 0) {
        *ret = verify;
        return 0;
    }
    ow_verify_free(verify);
    return r == -ENOMEM ? ow_err_set(err, r, "out of memory") : r;
}

struct ow_verify *ow_verify_free(struct ow_verify *verify)
{
    if (!verify)
        return NULL;
    for (size_t i = 0; i < verify->n; i++)
        ow_expectation_release(&verify->calls[i]);
    ow_verify_order_release(&verify->order);
    ow_arena_release(&verify->arena);
    free(verify->names);
    free(verify);
    return NULL;
}

/* Without its pack's before it. */
static struct ow_str own_name(const char *full)
{
    const char *slash = strchr(full, '/');

    return ow_str_from(slash ? slash + 1 : full);
}

/* Whether it is that name, of that pack if there is one. */
static bool is_full_name(const char *full, struct ow_str pack,
                         struct ow_str name)
{
    struct ow_str all = ow_str_from(full);

    return pack.ptr ? ow_str_is_joined(all, pack, '/', name)
                    : ow_str_equal(all, name);
}

/* Keeps a name once; there is room for a NULL behind the last. Pack may be
 * absent. */
static int add_name(struct ow_verify *verify, struct ow_str pack,
                    struct ow_str name)
{
    for (size_t i = verify->n_names; i > 0; i--)
        if (is_full_name(verify->names[i - 1], pack, name))
            return 0;
    if (verify->n_names + 1 >= verify->names_cap) {
        size_t cap = verify->names_cap ? 2 * verify->names_cap : 64;
        const char **more = realloc(verify->names, cap * sizeof *more);
        if (!more)
            return -ENOMEM;
        verify->names = more;
        verify->names_cap = cap;
    }
    struct ow_str copy =
        ow_arena_printf(&verify->arena, "%.*s%s%.*s", OW_STR_ARGS(pack),
                        pack.ptr ? "/" : "", OW_STR_ARGS(name));
    if (!copy.ptr)
        return -ENOMEM;
    verify->names[verify->n_names++] = copy.ptr;
    verify->names[verify->n_names] = NULL;
    return 0;
}

int ow_verify_know(struct ow_verify *verify, struct ow_str name)
{
    verify->has_names = true;
    return add_name(verify, (struct ow_str){NULL, 0}, name);
}

/* Whether "only" lets it be; else it is kept for the report. */
static int judge(struct ow_verify *verify, const struct ow_verify_call *call,
                 bool is_meant)
{
    struct ow_buf label;

    if (is_meant || verify->others++ >= OW_VERIFY_OTHERS)
        return 0;
    ow_buf_init(&label, OW_EXPECTATION_REASON_MAX);
    int r = ow_verify_call_label(call, &label);
    struct ow_str copy = ow_arena_copy(&verify->arena, ow_buf_peek(&label));
    ow_buf_release(&label);
    if (r < 0 || !copy.ptr)
        return -ENOMEM;
    verify->other_labels[verify->others - 1] = copy;
    return 0;
}

int ow_verify_look(struct ow_verify *verify, const struct ow_verify_call *call)
{
    bool is_meant = false;
    int r = 0;

    for (size_t i = 0; r == 0 && i < verify->n; i++) {
        struct ow_expectation *e = &verify->calls[i];
        uint64_t before = e->seen;
        r = ow_expectation_look(e, call);
        /* One that is not to come is not expected. */
        is_meant = is_meant || (e->seen > before && e->times.most > 0);
    }
    if (r == 0 && call->is_request)
        r = ow_verify_order_look(&verify->order, call, &is_meant);
    if (r == 0 && call->rule.ptr && verify->has_names)
        r = add_name(verify, call->pack, call->rule);
    if (r == 0 && call->is_request && verify->is_only)
        r = judge(verify, call, is_meant);
    return r;
}

/* "my.json:12": which lines have a rule is not known. */
static bool is_place(struct ow_str pattern)
{
    size_t n = pattern.len;

    while (n > 0 && pattern.ptr[n - 1] >= '0' && pattern.ptr[n - 1] <= '9')
        n--;
    return n > 1 && n < pattern.len && pattern.ptr[n - 1] == ':';
}

/* Names are offered as the pattern is written: with packs, or without. */
static int fail_unknown(const struct ow_verify *verify, const cJSON *node,
                        struct ow_str pattern, struct ow_err *err)
{
    bool has_pack = ow_str_find_byte(pattern, '/', 0) < pattern.len;
    const char **names = calloc(verify->n_names + 1, sizeof *names);

    if (!names)
        return -ENOMEM;
    for (size_t i = 0; i < verify->n_names; i++)
        names[i] = has_pack ? verify->names[i] : own_name(verify->names[i]).ptr;
    const char *near = ow_suggest(pattern, names);
    free(names);
    return ow_jsonc_error(
        verify->doc, node, err, "no rule is called \"%.*s\"%s%s%s",
        pattern.len > 60 ? 60 : (int)pattern.len, pattern.ptr,
        near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* A pattern that means no rule is a mistake of the test, not of the program. */
static int check_pattern(const struct ow_verify *verify,
                         const struct ow_expectation *e, size_t i,
                         struct ow_err *err)
{
    struct ow_str pattern = e->rules[i];
    const cJSON *node =
        cJSON_IsString(e->node) ? e->node : ow_json_member(e->node, "rule");

    if (is_place(pattern))
        return 0;
    for (size_t k = 0; k < verify->n_names; k++)
        if (ow_expectation_names(pattern, ow_str_from(verify->names[k])))
            return 0;
    if (cJSON_IsArray(node))
        node = cJSON_GetArrayItem(node, (int)i);
    return fail_unknown(verify, node, pattern, err);
}

static int check_names(const struct ow_verify *verify,
                       const struct ow_expectation *e, struct ow_err *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < e->n_rules; i++)
        r = check_pattern(verify, e, i, err);
    return r;
}

int ow_verify_end(struct ow_verify *verify, struct ow_err *err)
{
    int r = 0;

    if (verify->order.node)
        ow_verify_order_end(&verify->order);
    if (!verify->has_names)
        return 0;
    for (size_t i = 0; r == 0 && i < verify->n; i++)
        r = check_names(verify, &verify->calls[i], err);
    for (size_t i = 0; r == 0 && i < verify->order.n; i++)
        r = check_names(verify, &verify->order.steps[i].is, err);
    return r;
}

bool ow_verify_is_met(const struct ow_verify *verify)
{
    for (size_t i = 0; i < verify->n; i++)
        if (!ow_expectation_is_met(&verify->calls[i]))
            return false;
    return verify->others == 0 && ow_verify_order_is_met(&verify->order);
}

void ow_verify_set_dropped(struct ow_verify *verify, uint64_t dropped)
{
    verify->dropped = dropped;
}
