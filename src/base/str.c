/*
 * str: borrowed runs of bytes. See str.h.
 */
#include "config.h"

#include "base/str.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool ow_str_equal_case(struct ow_str a, struct ow_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (a.ptr[i] != b.ptr[i] && lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool ow_str_starts(struct ow_str s, struct ow_str prefix)
{
    return s.len >= prefix.len &&
           (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool ow_str_ends(struct ow_str s, struct ow_str suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 ||
            memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

bool ow_str_is_joined(struct ow_str s, struct ow_str first, char c,
                      struct ow_str last)
{
    return s.len == first.len + 1 + last.len && s.ptr[first.len] == c &&
           ow_str_starts(s, first) && ow_str_ends(s, last);
}

size_t ow_str_find_byte(struct ow_str s, char c, size_t from)
{
    if (from >= s.len)
        return s.len;
    const char *at = memchr(s.ptr + from, c, s.len - from);
    return at ? (size_t)(at - s.ptr) : s.len;
}

size_t ow_str_count_byte(struct ow_str s, char c)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == c;
    return n;
}

struct ow_str ow_str_trim(struct ow_str s)
{
    while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
        s.ptr++, s.len--;
    while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

struct ow_str ow_str_cut(struct ow_str *s, char c)
{
    struct ow_str all = *s;
    size_t at = ow_str_find_byte(all, c, 0);

    if (at == all.len) {
        *s = (struct ow_str){NULL, 0};
        return all;
    }
    *s = (struct ow_str){all.ptr + at + 1, all.len - at - 1};
    return (struct ow_str){all.ptr, at};
}

int ow_str_hex(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

struct ow_str ow_str_u64(uint64_t number, char room[OW_STR_U64])
{
    size_t at = OW_STR_U64;

    do {
        room[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return (struct ow_str){room + at, OW_STR_U64 - at};
}

int ow_str_parse_u64(struct ow_str s, uint64_t *ret)
{
    uint64_t value = 0;

    if (s.len == 0)
        return -EINVAL;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return -EINVAL;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(s.ptr[i] - '0'), &value))
            return -ERANGE;
    }
    *ret = value;
    return 0;
}
