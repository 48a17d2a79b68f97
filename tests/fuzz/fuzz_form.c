/*
 * fuzz_form: the first line is a Content-Type, the rest the body; also cookies
 * and parameters. Values lie inside the body; a body that is cut anywhere
 * gives no part that the whole one has not, up to the last, which is shorter;
 * one of which the front is kept has all parts, of the same sizes.
 */
#include "config.h"

#include "base/limits.h"
#include "fuzz.h"
#include "http/cookies.h"
#include "http/form.h"
#include "http/param.h"
#include "http/tail.h"
#include "lib/must.h"

static void check_parts(const struct ow_form *form, bool whole)
{
    must(form->n <= OW_LIMIT_PARAMS, "too many parts");
    for (size_t i = 0; i < form->n; i++) {
        must(form->parts[i].name.ptr && form->parts[i].value.ptr,
             "a part without a name or a value");
        must(form->parts[i].whole || (!whole && i + 1 == form->n),
             "a part is cut off that should not be");
    }
}

static void check_cut(const struct ow_form *whole, const struct ow_form *cut)
{
    must(cut->n <= whole->n, "a cut body has more parts");
    for (size_t i = 0; i < cut->n; i++) {
        const struct ow_part *a = &whole->parts[i], *b = &cut->parts[i];
        if (!b->whole)
            continue;
        must(ow_str_equal(a->name, b->name) && ow_str_equal(a->value, b->value),
             "a whole part of a cut body is another");
    }
}

/* The same body of which a third is kept, the rest is fed in pieces. */
static void try_tail(struct ow_arena *arena, struct ow_str type,
                     struct ow_str body, const struct ow_form *whole)
{
    struct ow_str prefix = {body.ptr, body.len / 3}, delimiter, joined;
    struct ow_form form = {0};

    if (ow_form_delimiter(type, arena, &delimiter) < 0)
        return;
    struct ow_tail *tail = ow_tail_new(delimiter, prefix);
    must(tail, "memory");
    for (size_t at = prefix.len, n = 1; at < body.len;
         at += n, n = n * 3 % 97) {
        size_t len = body.len - at < n ? body.len - at : n;
        must(ow_tail_feed(tail, body.ptr + at, len) == 0, "memory");
        n = len;
    }
    must(ow_tail_join(tail, prefix, arena, &joined) == 0, "memory");
    bool is_full = ow_tail_is_full(tail);
    if (ow_form_parse(type, joined, !is_full, arena, &form) == 0) {
        ow_tail_mend(tail, joined, &form);
        must(is_full || form.n == whole->n, "a tail has other parts");
        for (size_t i = 0; !is_full && i < form.n; i++)
            must(form.parts[i].size == whole->parts[i].size,
                 "a part of a tail has another size");
    }
    ow_tail_free(tail);
}

static void try_form(struct ow_arena *arena, struct ow_str type,
                     struct ow_str body)
{
    struct ow_form whole = {0}, cut = {0};

    int r = ow_form_parse(type, body, true, arena, &whole);
    if (r == 0) {
        check_parts(&whole, true);
        try_tail(arena, type, body, &whole);
    }
    struct ow_str half = {body.ptr, body.len / 2};
    if (ow_form_parse(type, half, false, arena, &cut) == 0) {
        check_parts(&cut, false);
        if (r == 0)
            check_cut(&whole, &cut);
    }
}

static void try_fields(struct ow_arena *arena, struct ow_str value)
{
    struct ow_fields headers = {0}, cookies = {0};
    struct ow_str name, param;

    must(ow_fields_add(&headers, arena, OW_STR("cookie"), value) == 0,
         "memory");
    int r = ow_cookies_parse(&headers, arena, &cookies);
    must(r == 0 || cookies.n == OW_LIMIT_PARAMS, "cookies failed early");
    while (ow_param_next(&value, arena, &name, &param) > 0)
        must(name.len > 0, "a parameter without a name");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ow_str body = {(const char *)data, size};
    struct ow_str type = ow_str_cut(&body, '\n');
    struct ow_arena arena;

    ow_arena_init(&arena);
    try_form(&arena, type, body.ptr ? body : OW_STR(""));
    try_fields(&arena, type);
    ow_arena_release(&arena);
    return 0;
}
