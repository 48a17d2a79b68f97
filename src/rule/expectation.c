/*
 * expectation: one thing that is expected of calls. See expectation.h. Called
 * by verify.c and verify_order.c.
 */
#include "config.h"

#include "rule/expectation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "plan/grammar.h"
#include "rule/when.h"

const char *const *ow_expectation_keys(void)
{
    return ow_grammar_keys(OW_OBJECT_expectation);
}

static int read_times(const struct ow_jsonc *doc, struct ow_arena *arena,
                      const cJSON *node, struct ow_expectation *e,
                      struct ow_err *err)
{
    struct ow_str text = ow_str_from(cJSON_GetStringValue(node));

    if (cJSON_IsNumber(node) && node->valuedouble >= 0)
        text = ow_arena_printf(arena, "%.15g", node->valuedouble);
    if (!text.ptr || ow_times_parse(text, &e->times) < 0)
        return ow_jsonc_error(doc, node, err,
                              "expected how often: 4, \">=4\", \"<=2\", "
                              "\">0\" or \"3..5\"");
    e->times_text = text;
    return 0;
}

static int read_since(const struct ow_jsonc *doc, const cJSON *node,
                      struct ow_expectation *e, struct ow_err *err)
{
    if (!cJSON_IsNumber(node) || node->valuedouble < 0 ||
        node->valuedouble > 9e15)
        return ow_jsonc_error(doc, node, err, "expected a call's number");
    e->since = (uint64_t)node->valuedouble;
    return 0;
}

/* 404, or "4xx". */
static bool parse_status(const cJSON *node, struct ow_status_range *ret)
{
    const char *text = cJSON_GetStringValue(node);

    if (cJSON_IsNumber(node) && node->valueint >= 0 && node->valueint <= 999) {
        *ret = (struct ow_status_range){node->valueint, node->valueint};
        return true;
    }
    if (!text || text[0] < '1' || text[0] > '9' || strcmp(text + 1, "xx") != 0)
        return false;
    ret->least = (text[0] - '0') * 100;
    ret->most = ret->least + 99;
    return true;
}

/* One value, or a list of at least one; how many there are is known before. */
static size_t count_of(const cJSON *node)
{
    return cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node) : 1;
}

static const cJSON *first_of(const cJSON *node)
{
    return cJSON_IsArray(node) ? node->child : node;
}

static const cJSON *next_of(const cJSON *list, const cJSON *node)
{
    return cJSON_IsArray(list) ? node->next : NULL;
}

static int read_statuses(const struct ow_jsonc *doc, struct ow_arena *arena,
                         const cJSON *list, struct ow_expectation *e,
                         struct ow_err *err)
{
    size_t n = count_of(list);
    struct ow_status_range *all = ow_arena_zalloc(arena, (n + 1) * sizeof *all);
    size_t i = 0;

    if (!all)
        return -ENOMEM;
    if (n == 0)
        return ow_jsonc_error(doc, list, err, "expected a status, or several");
    for (const cJSON *node = first_of(list); node; node = next_of(list, node))
        if (!parse_status(node, &all[i++]))
            return ow_jsonc_error(doc, node, err,
                                  "expected a status: 404, or \"4xx\"");
    e->statuses = all;
    e->n_statuses = n;
    return 0;
}

static int read_rules(const struct ow_jsonc *doc, struct ow_arena *arena,
                      const cJSON *list, struct ow_expectation *e,
                      struct ow_err *err)
{
    size_t n = count_of(list);
    struct ow_str *all = ow_arena_zalloc(arena, (n + 1) * sizeof *all);
    size_t i = 0;

    if (!all)
        return -ENOMEM;
    if (n == 0)
        return ow_jsonc_error(doc, list, err, "expected a rule, or several");
    for (const cJSON *node = first_of(list); node; node = next_of(list, node)) {
        all[i] = ow_str_from(cJSON_GetStringValue(node));
        if (all[i].len == 0)
            return ow_jsonc_error(doc, node, err,
                                  "expected a rule's name, or its place");
        i++;
    }
    e->rules = all;
    e->n_rules = n;
    return 0;
}

static int read_own(const struct ow_jsonc *doc, struct ow_arena *arena,
                    const cJSON *node, struct ow_expectation *e,
                    struct ow_err *err)
{
    if (strcmp(node->string, "times") == 0)
        return read_times(doc, arena, node, e, err);
    if (strcmp(node->string, "since") == 0)
        return read_since(doc, node, e, err);
    if (strcmp(node->string, "status") == 0)
        return read_statuses(doc, arena, node, e, err);
    if (strcmp(node->string, "rule") == 0)
        return read_rules(doc, arena, node, e, err);
    return 0;
}

/* A name alone is what that rule answers. */
static int read_name(const struct ow_jsonc *doc, struct ow_arena *arena,
                     const cJSON *node, struct ow_expectation *e,
                     struct ow_err *err)
{
    cJSON *nothing = cJSON_CreateObject();

    if (!nothing)
        return -ENOMEM;
    int r = read_rules(doc, arena, node, e, err);
    if (r == 0)
        r = ow_when_new(doc, nothing, ow_expectation_keys(), &e->when, err);
    cJSON_Delete(nothing);
    return r;
}

int ow_expectation_read(const struct ow_jsonc *doc, struct ow_arena *arena,
                        const cJSON *node, struct ow_expectation *ret,
                        struct ow_err *err)
{
    const cJSON *member;
    int r = 0;

    *ret = (struct ow_expectation){.node = node,
                                   .times = {1, UINT64_MAX},
                                   .times_text = OW_STR(">=1"),
                                   .rank = -1};
    ow_buf_init(&ret->reason, OW_EXPECTATION_REASON_MAX);
    ow_buf_init(&ret->nearest_label, OW_EXPECTATION_REASON_MAX);
    if (cJSON_IsString(node))
        return read_name(doc, arena, node, ret, err);
    if (!cJSON_IsObject(node))
        return ow_jsonc_error(doc, node, err,
                              "expected an expectation: an object, or a rule's "
                              "name");
    cJSON_ArrayForEach(member, node)
    {
        if (r == 0)
            r = read_own(doc, arena, member, ret, err);
    }
    return r < 0
               ? r
               : ow_when_new(doc, node, ow_expectation_keys(), &ret->when, err);
}

void ow_expectation_release(struct ow_expectation *e)
{
    ow_when_free(e->when);
    ow_buf_release(&e->reason);
    ow_buf_release(&e->nearest_label);
    e->when = NULL;
}

/* "*" stands for any characters. */
static bool fits(struct ow_str pattern, struct ow_str name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, tried = 0;

    /* Only the last "*" has to be tried again: what fits before it fits. */
    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            tried = n;
        } else if (p < pattern.len && pattern.ptr[p] == name.ptr[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++tried;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* A pattern with a slash may have a pack before it; names may have slashes. */
static bool is_named(struct ow_str pattern, struct ow_str pack,
                     struct ow_str name)
{
    struct ow_str own = pattern;

    if (fits(pattern, name))
        return true;
    struct ow_str whose = ow_str_cut(&own, '/');
    return own.ptr && pack.ptr && fits(whose, pack) && fits(own, name);
}

bool ow_expectation_names(struct ow_str pattern, struct ow_str full_name)
{
    struct ow_str name = full_name, pack = ow_str_cut(&name, '/');

    return fits(pattern, full_name) ||
           (name.ptr && is_named(pattern, pack, name));
}

/* Whether a rule that is laid over the answer is meant. */
static bool is_over(struct ow_str pattern, struct ow_str over)
{
    while (over.ptr && over.len > 0) {
        if (ow_expectation_names(pattern, ow_str_cut(&over, '\0')))
            return true;
    }
    return false;
}

static bool is_by_rule(const struct ow_expectation *e,
                       const struct ow_verify_call *call)
{
    for (size_t i = 0; i < e->n_rules; i++)
        if ((call->rule.ptr && (is_named(e->rules[i], call->pack, call->rule) ||
                                ow_str_equal(e->rules[i], call->place))) ||
            is_over(e->rules[i], call->over))
            return true;
    return e->n_rules == 0;
}

static bool has_status(const struct ow_expectation *e, int status)
{
    for (size_t i = 0; i < e->n_statuses; i++)
        if (status >= e->statuses[i].least && status <= e->statuses[i].most)
            return true;
    return e->n_statuses == 0;
}

/* What does not fit of what is said beside "when"; false: nothing. */
static bool differs(const struct ow_expectation *e,
                    const struct ow_verify_call *call, struct ow_buf *reason)
{
    if (is_by_rule(e, call) && has_status(e, call->status))
        return false;
    if (!reason)
        return true;
    if (is_by_rule(e, call))
        ow_buf_printf(reason, "its status was %d", call->status);
    else if (call->rule.ptr)
        ow_buf_printf(reason, "the rule \"%.*s\" answered it",
                      OW_STR_ARGS(call->rule));
    else
        ow_buf_printf(reason, "no rule answered it");
    return true;
}

int ow_expectation_fits(const struct ow_expectation *e,
                        const struct ow_verify_call *call,
                        struct ow_buf *reason)
{
    if (call->number <= e->since || differs(e, call, reason))
        return 0;
    if (call->request)
        return ow_when_match(e->when, call->request, reason);
    if (!ow_when_asks(e->when))
        return 1;
    if (reason)
        ow_buf_printf(reason, "no request came of it");
    return 0;
}

/* How many bytes of a pattern a name begins with. */
static int common(struct ow_str pattern, struct ow_str name)
{
    size_t n = 0;

    while (n < pattern.len && n < name.len && pattern.ptr[n] == name.ptr[n])
        n++;
    return (int)n;
}

/*
 * How near a call came that does not fit: what is looked at later is nearer. Of
 * other rules those are nearer whose names begin alike.
 */
static int rank_of(const struct ow_expectation *e,
                   const struct ow_verify_call *call, struct ow_str reason)
{
    static const char *const early[] = {"host is", "path is", "method is"};
    int rank = 0;

    if (!is_by_rule(e, call)) {
        for (size_t i = 0; i < e->n_rules; i++)
            if (common(e->rules[i], call->rule) > rank)
                rank = common(e->rules[i], call->rule);
        return rank;
    }
    for (size_t i = 0; i < sizeof early / sizeof *early; i++)
        if (ow_str_starts(reason, ow_str_from(early[i])))
            return OW_EXPECTATION_BY_RULE + (int)i;
    return OW_EXPECTATION_BY_RULE + (int)(sizeof early / sizeof *early);
}

static int remember(struct ow_expectation *e, const struct ow_verify_call *call,
                    const struct ow_buf *reason)
{
    int rank = rank_of(e, call, ow_buf_peek(reason));

    if (call->number <= e->since || rank < e->rank)
        return 0;
    e->rank = rank;
    e->nearest = call->number;
    ow_buf_clear(&e->reason, OW_EXPECTATION_REASON_MAX);
    ow_buf_clear(&e->nearest_label, OW_EXPECTATION_REASON_MAX);
    int r = ow_buf_append_str(&e->reason, ow_buf_peek(reason));
    return r < 0 ? r : ow_verify_call_label(call, &e->nearest_label);
}

int ow_expectation_look(struct ow_expectation *e,
                        const struct ow_verify_call *call)
{
    struct ow_buf reason;

    ow_buf_init(&reason, OW_EXPECTATION_REASON_MAX);
    int r = ow_expectation_fits(e, call, &reason);
    e->seen += r == 1;
    if (r == 0)
        r = remember(e, call, &reason);
    ow_buf_release(&reason);
    return r < 0 ? r : 0;
}

bool ow_expectation_is_met(const struct ow_expectation *e)
{
    return e->seen >= e->times.least && e->seen <= e->times.most;
}

/* A URL that is very long is told by its begin. */
int ow_verify_call_label(const struct ow_verify_call *call, struct ow_buf *out)
{
    char status[16] = "";
    struct ow_str url = call->url.ptr ? call->url : OW_STR("");
    struct ow_str method = call->method;
    struct ow_str rule = call->rule.ptr ? call->rule : OW_STR("no rule");

    if (call->status > 0)
        snprintf(status, sizeof status, ", %d", call->status);
    return ow_buf_printf(
        out, "call %llu, %.*s%s%.*s%s (%.*s%s)",
        (unsigned long long)call->number,
        method.len > 20 ? 20 : (int)method.len, method.ptr ? method.ptr : "",
        method.ptr ? " " : "", url.len > 160 ? 160 : (int)url.len, url.ptr,
        url.len > 160 ? "..." : "", rule.len > 120 ? 120 : (int)rule.len,
        rule.ptr, status);
}
