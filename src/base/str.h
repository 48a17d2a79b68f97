/*
 * str: a borrowed run of bytes. Not NUL-terminated, owns nothing; valid as
 * long as what it points into. An absent string has ptr == NULL; an empty one
 * has ptr != NULL and len == 0.
 */
#ifndef OW_BASE_STR_H
#define OW_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ow_str {
    const char *ptr;
    size_t len;
};

/* A string literal (or array) as an ow_str. */
#define OW_STR(literal) ((struct ow_str){(literal), sizeof(literal) - 1})
/* For printf("%.*s"). */
#define OW_STR_ARGS(s) (int)(s).len, (s).ptr ? (s).ptr : ""

/* NULL gives absent. */
static inline struct ow_str ow_str_from(const char *c_string)
{
    return (struct ow_str){c_string, c_string ? strlen(c_string) : 0};
}

static inline bool ow_str_equal(struct ow_str a, struct ow_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* ASCII case alone, whatever the locale. */
bool ow_str_equal_case(struct ow_str a, struct ow_str b);
bool ow_str_starts(struct ow_str s, struct ow_str prefix);
bool ow_str_ends(struct ow_str s, struct ow_str suffix);
/* Whether s is first, a c and last, one behind the other. */
bool ow_str_is_joined(struct ow_str s, struct ow_str first, char c,
                      struct ow_str last);
/* Offset of the first byte c at or after from; s.len if there is none. */
size_t ow_str_find_byte(struct ow_str s, char c, size_t from);
/* How many bytes c there are. */
size_t ow_str_count_byte(struct ow_str s, char c);
/* Without spaces and tabs at either end (RFC 9110, 5.6.3 OWS). */
struct ow_str ow_str_trim(struct ow_str s);
/*
 * Cuts s at the first c: returns what is before it, *s becomes what is after.
 * Without c returns all of *s, and *s becomes absent.
 */
struct ow_str ow_str_cut(struct ow_str *s, char c);
/* What a hexadecimal digit stands for; -1: it is none. */
int ow_str_hex(char digit);
#define OW_STR_U64 20 /* digits of the largest number */
/* The number in decimal digits, at the end of the room given. */
struct ow_str ow_str_u64(uint64_t number, char room[OW_STR_U64]);
/* Decimal digits alone, no sign. 0, -EINVAL, -ERANGE. */
int ow_str_parse_u64(struct ow_str s, uint64_t *ret);

#endif
