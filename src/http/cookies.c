/*
 * cookies: pairs of Cookie fields. See cookies.h. Called by request.
 */
#include "config.h"

#include "http/cookies.h"

#include <errno.h>

#include "base/limits.h"

static int parse_field(struct ow_str rest, struct ow_arena *arena,
                       struct ow_fields *cookies)
{
    while (rest.ptr) {
        struct ow_str value = ow_str_trim(ow_str_cut(&rest, ';'));
        if (value.len == 0)
            continue;
        struct ow_str name = ow_str_trim(ow_str_cut(&value, '='));
        value = value.ptr ? ow_str_trim(value) : OW_STR("");
        if (cookies->n >= OW_LIMIT_PARAMS)
            return -E2BIG;
        int r = ow_fields_add(cookies, arena, name, value);
        if (r < 0)
            return r;
    }
    return 0;
}

int ow_cookies_parse(const struct ow_fields *headers, struct ow_arena *arena,
                     struct ow_fields *cookies)
{
    const struct ow_field *field = ow_fields_find(headers, OW_STR("Cookie"));
    int r = 0;

    for (; r == 0 && field; field = ow_fields_next(headers, field))
        r = parse_field(field->value, arena, cookies);
    return r;
}

const struct ow_field *ow_cookies_find(const struct ow_fields *cookies,
                                       struct ow_str name)
{
    for (size_t i = 0; i < cookies->n; i++)
        if (ow_str_equal(cookies->items[i].name, name))
            return &cookies->items[i];
    return NULL;
}
