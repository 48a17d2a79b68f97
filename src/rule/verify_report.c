/*
 * verify_report: what verify found, for people, as TAP, as JSON. See verify.h.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/jsonw.h"
#include "rule/verify_inner.h"

#define HINT "GET /calls, or offwire calls, lists what was called"

/* One thing that was expected, whatever it is. */
struct result {
    bool is_met;
    struct ow_str text; /* "asked for 2 of {...}, seen 1" */
    struct ow_str near; /* "call 3, ...: why it does not fit"; absent: none */
    const cJSON *node;  /* where it stands; NULL: in no place of its own */
};

typedef int (*result_fn)(void *context, const struct result *result);

/* "asked for >=1 of {...}, seen 0". */
static int describe(const struct ow_verify *verify,
                    const struct ow_expectation *e, struct ow_buf *out)
{
    char *text = cJSON_PrintUnformatted(e->node);
    int r = text ? ow_buf_printf(out, "asked for %.*s of %.300s, seen %llu%s",
                                 OW_STR_ARGS(e->times_text), text,
                                 (unsigned long long)e->seen,
                                 verify->dropped > 0
                                     ? " (older calls are not remembered any "
                                       "more)"
                                     : "")
                 : -ENOMEM;

    cJSON_free(text);
    return r;
}

/* Where some have come, a call of another rule is not one that was meant. */
static bool has_near(const struct ow_expectation *e)
{
    return e->seen < e->times.least && e->nearest > 0 &&
           (e->seen == 0 || e->rank >= OW_EXPECTATION_BY_RULE);
}

static int give_call(const struct ow_verify *verify,
                     const struct ow_expectation *e, result_fn give,
                     void *context)
{
    struct ow_buf text, near;

    ow_buf_init(&text, 0);
    ow_buf_init(&near, 0);
    int r = describe(verify, e, &text);
    if (r == 0 && has_near(e))
        r = ow_buf_printf(&near, "%.*s: %.*s",
                          OW_STR_ARGS(ow_buf_peek(&e->nearest_label)),
                          OW_STR_ARGS(ow_buf_peek(&e->reason)));
    struct result result = {.is_met = ow_expectation_is_met(e),
                            .text = ow_buf_peek(&text),
                            .node = e->node};
    if (near.len > 0)
        result.near = ow_buf_peek(&near);
    if (r == 0)
        r = give(context, &result);
    ow_buf_release(&text);
    ow_buf_release(&near);
    return r;
}

/* "3 requests that nothing means: call 1, ...; call 4, ...". */
static int tell_others(const struct ow_verify *verify, struct ow_buf *out)
{
    int r = ow_buf_printf(out, "%llu request%s that nothing here means",
                          (unsigned long long)verify->others,
                          verify->others == 1 ? "" : "s");

    for (size_t i = 0; r == 0 && i < verify->others && i < OW_VERIFY_OTHERS;
         i++)
        r = ow_buf_printf(out, "%s%.*s", i == 0 ? ": " : "; ",
                          OW_STR_ARGS(verify->other_labels[i]));
    if (r == 0 && verify->others > OW_VERIFY_OTHERS)
        r = ow_buf_printf(out, "; ...");
    return r;
}

static int give_order(const struct ow_verify *verify, result_fn give,
                      void *context)
{
    struct result result = {.is_met = ow_verify_order_is_met(&verify->order),
                            .node = verify->order.node};
    struct ow_buf text;

    ow_buf_init(&text, 0);
    int r = ow_buf_printf(&text, "order: ");
    if (r == 0)
        r = result.is_met ? ow_buf_printf(&text, "%zu steps", verify->order.n)
                          : ow_verify_order_tell(&verify->order, &text);
    result.text = ow_buf_peek(&text);
    if (r == 0)
        r = give(context, &result);
    ow_buf_release(&text);
    return r;
}

static int give_only(const struct ow_verify *verify, result_fn give,
                     void *context)
{
    struct result result = {.is_met = verify->others == 0};
    struct ow_buf text;

    ow_buf_init(&text, 0);
    int r = ow_buf_printf(&text, "only: ");
    if (r == 0)
        r = result.is_met ? ow_buf_printf(&text, "no other request came")
                          : tell_others(verify, &text);
    result.text = ow_buf_peek(&text);
    if (r == 0)
        r = give(context, &result);
    ow_buf_release(&text);
    return r;
}

/* All of it, one after the other. */
static int each(const struct ow_verify *verify, result_fn give, void *context)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < verify->n; i++)
        r = give_call(verify, &verify->calls[i], give, context);
    if (r == 0 && verify->order.node)
        r = give_order(verify, give, context);
    if (r == 0 && verify->is_only)
        r = give_only(verify, give, context);
    return r;
}

struct writer {
    const struct ow_verify *verify;
    struct ow_buf *out;
    size_t n;
    size_t unmet;
};

/* "EXPECT.json:3:5: ", without the pointer: what is told says what it is. */
static int put_place(struct writer *w, const cJSON *node, const char *before)
{
    struct ow_err place;

    if (!node || node == ow_jsonc_root(w->verify->doc))
        return ow_buf_printf(w->out, "%s%s: ", before,
                             ow_jsonc_file(w->verify->doc));
    int r = ow_jsonc_place(w->verify->doc, node, &place);
    const char *pointer = r == 0 ? strstr(place.text, ": /") : NULL;
    if (!pointer)
        return r;
    return ow_buf_printf(w->out, "%s%.*s: ", before,
                         (int)(pointer - place.text), place.text);
}

static int put_text(void *context, const struct result *result)
{
    struct writer *w = context;

    w->n++;
    if (result->is_met)
        return 0;
    w->unmet++;
    int r = put_place(w, result->node, "");
    if (r == 0)
        r = ow_buf_printf(w->out, "%.*s\n", OW_STR_ARGS(result->text));
    if (r == 0 && result->near.ptr)
        r = ow_buf_printf(w->out, "    nearest is %.*s\n",
                          OW_STR_ARGS(result->near));
    return r;
}

static int write_text(struct writer *w)
{
    int r = each(w->verify, put_text, w);

    if (r < 0)
        return r;
    if (w->unmet > 0)
        return ow_buf_printf(w->out, "%zu of %zu expectation%s not met\n",
                             w->unmet, w->n, w->n == 1 ? " is" : "s are");
    return ow_buf_printf(w->out, "%zu expectation%s met\n", w->n,
                         w->n == 1 ? " is" : "s are");
}

/* "#" would begin a directive of TAP. */
static int put_tap(void *context, const struct result *result)
{
    struct writer *w = context;
    int r = ow_buf_printf(w->out, "%sok %zu - ", result->is_met ? "" : "not ",
                          ++w->n);

    for (size_t i = 0; r == 0 && i < result->text.len; i++) {
        char c = result->text.ptr[i];
        r = ow_buf_printf(w->out, c == '#' ? "\\#" : "%c", c);
    }
    if (r == 0)
        r = ow_buf_printf(w->out, "\n");
    if (r == 0 && !result->is_met && result->node)
        r = put_place(w, result->node, "# ");
    if (r == 0 && !result->is_met && result->node)
        r = ow_buf_printf(w->out, "this is not met\n");
    if (r == 0 && result->near.ptr)
        r = ow_buf_printf(w->out, "# nearest is %.*s\n",
                          OW_STR_ARGS(result->near));
    return r;
}

static int write_tap(struct writer *w)
{
    int r = each(w->verify, put_tap, w);

    return r < 0 ? r : ow_buf_printf(w->out, "1..%zu\n", w->n);
}

static void put_flag(struct ow_jsonw *w, const char *key, bool value)
{
    ow_jsonw_key(w, key);
    ow_jsonw_raw(w, value ? OW_STR("true") : OW_STR("false"));
}

static void put_count(struct ow_jsonw *w, const char *key, uint64_t value)
{
    ow_jsonw_key(w, key);
    ow_jsonw_u64(w, value);
}

static void put_json_call(struct ow_jsonw *w, const struct ow_expectation *e)
{
    char *text = cJSON_PrintUnformatted(e->node);

    ow_jsonw_begin(w, '{');
    put_flag(w, "ok", ow_expectation_is_met(e));
    put_count(w, "seen", e->seen);
    ow_jsonw_text(w, "times", e->times_text);
    ow_jsonw_key(w, "expected");
    if (text)
        ow_jsonw_raw(w, ow_str_from(text));
    else if (w->error == 0)
        w->error = -ENOMEM;
    if (!ow_expectation_is_met(e) && has_near(e)) {
        ow_jsonw_key(w, "nearest");
        ow_jsonw_begin(w, '{');
        put_count(w, "call", e->nearest);
        ow_jsonw_text(w, "label", ow_buf_peek(&e->nearest_label));
        ow_jsonw_text(w, "reason", ow_buf_peek(&e->reason));
        ow_jsonw_end(w, '}');
    }
    ow_jsonw_end(w, '}');
    cJSON_free(text);
}

/* The sentence of the first that is not met. */
static int put_error(void *context, const struct result *result)
{
    struct ow_jsonw *w = context;
    struct ow_buf text;

    if (result->is_met)
        return 0;
    ow_buf_init(&text, 0);
    int r = ow_buf_append_str(&text, result->text);
    if (r == 0 && result->near.ptr)
        r = ow_buf_printf(&text, "; nearest is %.*s",
                          OW_STR_ARGS(result->near));
    ow_jsonw_key(w, "error");
    ow_jsonw_begin(w, '{');
    ow_jsonw_text(w, "message", ow_buf_peek(&text));
    ow_jsonw_text(w, "hint", OW_STR(HINT));
    ow_jsonw_end(w, '}');
    ow_buf_release(&text);
    return r < 0 ? r : 1;
}

static int put_json_rest(const struct ow_verify *verify, struct ow_jsonw *w)
{
    struct ow_buf text;
    int r = 0;

    ow_buf_init(&text, 0);
    if (verify->order.node) {
        bool is_met = ow_verify_order_is_met(&verify->order);
        ow_jsonw_key(w, "order");
        ow_jsonw_begin(w, '{');
        put_flag(w, "ok", is_met);
        if (!is_met && (r = ow_verify_order_tell(&verify->order, &text)) == 0)
            ow_jsonw_text(w, "message", ow_buf_peek(&text));
        ow_jsonw_end(w, '}');
    }
    if (verify->is_only) {
        ow_jsonw_key(w, "only");
        ow_jsonw_begin(w, '{');
        put_flag(w, "ok", verify->others == 0);
        put_count(w, "count", verify->others);
        ow_jsonw_key(w, "calls");
        ow_jsonw_begin(w, '[');
        for (size_t i = 0; i < verify->others && i < OW_VERIFY_OTHERS; i++)
            ow_jsonw_string(w, verify->other_labels[i]);
        ow_jsonw_end(w, ']');
        ow_jsonw_end(w, '}');
    }
    ow_buf_release(&text);
    return r;
}

static int write_json(const struct ow_verify *verify, struct ow_buf *out)
{
    struct ow_jsonw w = {.buf = out};

    ow_jsonw_begin(&w, '{');
    put_flag(&w, "ok", ow_verify_is_met(verify));
    int r = each(verify, put_error, &w);
    if (r < 0)
        return r;
    ow_jsonw_key(&w, "results");
    ow_jsonw_begin(&w, '[');
    for (size_t i = 0; i < verify->n; i++)
        put_json_call(&w, &verify->calls[i]);
    ow_jsonw_end(&w, ']');
    r = put_json_rest(verify, &w);
    ow_jsonw_end(&w, '}');
    return r < 0 ? r : w.error;
}

int ow_verify_write(const struct ow_verify *verify,
                    enum ow_verify_format format, struct ow_buf *out)
{
    struct writer w = {.verify = verify, .out = out};

    switch (format) {
    case OW_VERIFY_TEXT:
        return write_text(&w);
    case OW_VERIFY_TAP:
        return write_tap(&w);
    case OW_VERIFY_JSON:
        return write_json(verify, out);
    }
    return -EINVAL;
}
