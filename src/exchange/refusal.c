/*
 * refusal: the answers that are Offwire's own. See refusal.h. Called by
 * exchange.c and exchange_answer.c; writes plans.
 */
#include "config.h"

#include "exchange/refusal.h"

#include <errno.h>
#include <string.h>

#include "base/jsonw.h"

/* Of a URL in a sentence: enough to know it by. */
#define URL_SHOWN 300

static struct ow_str name_of(const struct ow_rule *rule)
{
    return ow_str_from(ow_rule_name(rule));
}

static struct ow_str place_of(const struct ow_rule *rule)
{
    return ow_str_from(ow_rule_place(rule));
}

/* '"models" (my.json:12)', or 'my.json:12' for a rule without a name. */
static struct ow_str title_of(const struct ow_rule *rule,
                              struct ow_arena *arena)
{
    if (ow_str_equal(name_of(rule), place_of(rule)))
        return place_of(rule);
    return ow_arena_printf(arena, "\"%s\" (%s)", ow_rule_name(rule),
                           ow_rule_place(rule));
}

struct ow_str ow_refusal_sentence(const struct ow_request *request,
                                  const struct ow_near_miss *misses, int n)
{
    struct ow_str url = ow_request_url(request);
    const char *more = "";

    if (!url.ptr)
        return url;
    if (url.len > URL_SHOWN) {
        url.len = URL_SHOWN;
        more = "...";
    }
    if (n <= 0)
        return ow_arena_printf(
            request->arena, "no rule answers %.*s %.*s%s; none is for its host",
            OW_STR_ARGS(request->method), OW_STR_ARGS(url), more);
    struct ow_str title = title_of(misses[0].rule, request->arena);
    return ow_arena_printf(request->arena,
                           "no rule answers %.*s %.*s%s; nearest: %.*s: %.*s",
                           OW_STR_ARGS(request->method), OW_STR_ARGS(url), more,
                           OW_STR_ARGS(title), OW_STR_ARGS(misses[0].reason));
}

/* The error object that SDKs look for. The caller closes the outer object. */
static void put_error(struct ow_jsonw *w, const char *type,
                      struct ow_str message)
{
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "error");
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "message");
    ow_jsonw_string(w, message);
    ow_jsonw_key(w, "type");
    ow_jsonw_string(w, ow_str_from(type));
    ow_jsonw_key(w, "code");
    ow_jsonw_string(w, ow_str_from(type));
    ow_jsonw_key(w, "param");
    ow_jsonw_null(w);
    ow_jsonw_end(w, '}');
}

static void put_nearest(struct ow_jsonw *w, const struct ow_near_miss *misses,
                        int n)
{
    ow_jsonw_key(w, "nearest");
    ow_jsonw_begin(w, '[');
    for (int i = 0; i < n; i++) {
        ow_jsonw_begin(w, '{');
        ow_jsonw_key(w, "rule");
        ow_jsonw_string(w, name_of(misses[i].rule));
        ow_jsonw_key(w, "place");
        ow_jsonw_string(w, place_of(misses[i].rule));
        ow_jsonw_key(w, "reason");
        ow_jsonw_string(w, misses[i].reason);
        ow_jsonw_end(w, '}');
    }
    ow_jsonw_end(w, ']');
}

/* A sentence as a field value: what would end the line becomes a space. */
static struct ow_str one_line(struct ow_arena *arena, struct ow_str s)
{
    struct ow_str copy = ow_arena_copy(arena, s);
    char *at = (char *)copy.ptr;

    for (size_t i = 0; at && i < copy.len; i++)
        if ((unsigned char)at[i] < 0x20 || at[i] == 0x7f)
            at[i] = ' ';
    return copy;
}

/* Fields that all refusals have, and one of their own. */
static struct ow_fields *make_fields(struct ow_arena *arena, struct ow_str name,
                                     struct ow_str value)
{
    struct ow_fields *fields = ow_arena_zalloc(arena, sizeof *fields);

    if (!fields || !value.ptr ||
        ow_fields_add(fields, arena, OW_STR("Content-Type"),
                      OW_STR("application/json")) < 0 ||
        ow_fields_add(fields, arena, OW_STR("x-should-retry"),
                      OW_STR("false")) < 0 ||
        ow_fields_add(fields, arena, name, value) < 0)
        return NULL;
    return fields;
}

/* Takes the body out of the writer into the arena, and writes the steps. */
static int answer(struct ow_plan *plan, int status,
                  const struct ow_fields *fields, struct ow_jsonw *w)
{
    ow_jsonw_end(w, '}');
    if (w->error == 0)
        w->error = ow_buf_append(w->buf, "\n", 1);
    struct ow_str body = {NULL, 0};
    if (w->error == 0)
        body = ow_arena_copy(plan->arena, ow_buf_peek(w->buf));
    ow_buf_release(w->buf);
    if (!body.ptr || !fields)
        return -ENOMEM;
    return ow_plan_whole(plan, status, fields, body);
}

static struct ow_str message(struct ow_arena *arena, struct ow_str sentence)
{
    return ow_arena_printf(arena, "offwire: %.*s", OW_STR_ARGS(sentence));
}

int ow_refusal_unmatched(struct ow_plan *plan, struct ow_str sentence,
                         const struct ow_near_miss *misses, int n)
{
    struct ow_buf buf = {0};
    struct ow_jsonw w = {.buf = &buf};

    put_error(&w, "offwire_unmatched", message(plan->arena, sentence));
    put_nearest(&w, misses, n);
    return answer(
        plan, 404,
        make_fields(plan->arena, OW_STR("Offwire-Unmatched"), OW_STR("1")), &w);
}

int ow_refusal_mark_unmatched(struct ow_plan *plan)
{
    struct ow_step *head = ow_plan_head(plan);
    const struct ow_fields *old = head ? head->head.fields : NULL;
    struct ow_fields *fields = ow_arena_zalloc(plan->arena, sizeof *fields);
    int r = fields ? 0 : -ENOMEM;

    for (size_t i = 0; r == 0 && old && i < old->n; i++)
        r = ow_fields_add(fields, plan->arena, old->items[i].name,
                          old->items[i].value);
    if (r == 0)
        r = ow_fields_add(fields, plan->arena, OW_STR("Offwire-Unmatched"),
                          OW_STR("1"));
    if (r == 0 && head)
        head->head.fields = fields;
    return r;
}

int ow_refusal_bad_request(struct ow_plan *plan, int status,
                           struct ow_str sentence)
{
    struct ow_buf buf = {0};
    struct ow_jsonw w = {.buf = &buf};

    put_error(&w, "offwire_bad_request", message(plan->arena, sentence));
    return answer(
        plan, status,
        make_fields(plan->arena, OW_STR("Connection"), OW_STR("close")), &w);
}

int ow_refusal_failed(struct ow_plan *plan, struct ow_str sentence)
{
    struct ow_buf buf = {0};
    struct ow_jsonw w = {.buf = &buf};

    put_error(&w, "offwire_failed", message(plan->arena, sentence));
    return answer(plan, 500,
                  make_fields(plan->arena, OW_STR("Offwire-Error"),
                              one_line(plan->arena, sentence)),
                  &w);
}
