/*
 * fuzz_url: any bytes as a request target, a host and a query. Every piece of
 * what was split lies inside it; a host that was brought to its normal form
 * stays as it is when that is done again.
 */
#include "config.h"

#include "base/limits.h"
#include "fuzz.h"
#include "http/url.h"
#include "lib/must.h"

static bool is_inside(struct ow_str piece, struct ow_str all)
{
    return !piece.ptr || piece.len == 0 ||
           (piece.ptr >= all.ptr && piece.ptr + piece.len <= all.ptr + all.len);
}

static void try_split(struct ow_str s)
{
    struct ow_url url;

    if (ow_url_split(s, &url) < 0)
        return;
    must(is_inside(url.scheme, s) && is_inside(url.host, s) &&
             is_inside(url.query, s),
         "a piece lies outside");
    must(is_inside(url.path, s) || ow_str_equal(url.path, OW_STR("/")),
         "the path lies outside");
    must(url.form == OW_URL_AUTHORITY || url.path.len > 0, "no path");
}

static void try_host(struct ow_arena *arena, struct ow_str s)
{
    struct ow_str once, twice;

    if (ow_url_normal_host(arena, s, &once) < 0)
        return;
    must(once.len < OW_LIMIT_NAME, "a host is too long");
    for (size_t i = 0; i < once.len; i++)
        must((unsigned char)once.ptr[i] < 0x80 &&
                 (once.ptr[i] < 'A' || once.ptr[i] > 'Z'),
             "a host is not lower-case ASCII");
    must(ow_url_normal_host(arena, once, &twice) == 0 &&
             ow_str_equal(once, twice),
         "a normal host has another normal form");
}

static void try_query(struct ow_arena *arena, struct ow_str s)
{
    struct ow_fields params = {0};
    int r = ow_url_parse_query(s, arena, &params);

    must(r == 0 || params.n == OW_LIMIT_PARAMS, "a query failed early");
    for (size_t i = 0; i < params.n; i++)
        must(params.items[i].name.ptr && params.items[i].value.ptr,
             "a pair is absent");
    struct ow_str decoded = ow_url_decode(arena, s, false);
    must(decoded.ptr && decoded.len <= s.len, "decoding made more");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ow_str s = {(const char *)data, size};
    struct ow_arena arena;

    ow_arena_init(&arena);
    try_split(s);
    try_host(&arena, s);
    try_query(&arena, s);
    ow_arena_release(&arena);
    return 0;
}
