/*
 * param: parameters of field values. See param.h. Called by form.
 */
#include "config.h"

#include "http/param.h"

#include <errno.h>
#include <string.h>

struct ow_str ow_param_cut_value(struct ow_str *rest)
{
    return ow_str_trim(ow_str_cut(rest, ';'));
}

/* Offset of the quote that ends s, which begins behind one; s.len if none. */
static size_t closing_quote(struct ow_str s)
{
    size_t at = 0;

    while (at < s.len && s.ptr[at] != '"')
        at += s.ptr[at] == '\\' && s.len - at > 1 ? 2 : 1;
    return at;
}

static struct ow_str unescape(struct ow_str s, struct ow_arena *arena)
{
    if (ow_str_find_byte(s, '\\', 0) == s.len)
        return s;
    char *out = ow_arena_alloc(arena, s.len);
    size_t n = 0;
    for (size_t i = 0; out && i < s.len; i++) {
        bool escape = s.ptr[i] == '\\' && s.len - i > 1 &&
                      (s.ptr[i + 1] == '"' || s.ptr[i + 1] == '\\');
        i += escape;
        out[n++] = s.ptr[i];
    }
    return (struct ow_str){out, n};
}

/* Cuts a quoted value, up to the ";" behind it, off *rest. */
static struct ow_str cut_quoted(struct ow_str *rest, struct ow_arena *arena)
{
    struct ow_str s = {rest->ptr + 1, rest->len - 1};
    size_t end = closing_quote(s);

    *rest = (struct ow_str){s.ptr + end, s.len - end};
    ow_str_cut(rest, ';');
    return unescape((struct ow_str){s.ptr, end}, arena);
}

static struct ow_str trim_left(struct ow_str s)
{
    while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
        s.ptr++, s.len--;
    return s;
}

int ow_param_next(struct ow_str *rest, struct ow_arena *arena,
                  struct ow_str *ret_name, struct ow_str *ret_value)
{
    while (rest->ptr) {
        struct ow_str s = *rest, value = {NULL, 0};
        size_t n = 0;
        while (n < s.len && s.ptr[n] != '=' && s.ptr[n] != ';')
            n++;
        struct ow_str name = ow_str_trim((struct ow_str){s.ptr, n});
        if (n == s.len || s.ptr[n] == ';') {
            ow_str_cut(rest, ';');
        } else {
            *rest = trim_left((struct ow_str){s.ptr + n + 1, s.len - n - 1});
            value = ow_str_starts(*rest, OW_STR("\""))
                        ? cut_quoted(rest, arena)
                        : ow_param_cut_value(rest);
            if (!value.ptr)
                return -ENOMEM;
        }
        if (name.len == 0)
            continue;
        *ret_name = name;
        *ret_value = value;
        return 1;
    }
    return 0;
}

int ow_param_find(struct ow_str rest, struct ow_arena *arena,
                  struct ow_str name, struct ow_str *ret_value)
{
    struct ow_str found, value;
    int r;

    while ((r = ow_param_next(&rest, arena, &found, &value)) > 0) {
        if (!ow_str_equal_case(found, name))
            continue;
        *ret_value = value;
        return 1;
    }
    return r;
}
