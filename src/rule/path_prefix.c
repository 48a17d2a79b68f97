/*
 * path_prefix: see path_prefix.h. Errs to the short side: what it does not
 * understand ends the prefix.
 */
#include "config.h"

#include "rule/path_prefix.h"

#include <errno.h>
#include <string.h>

static bool is_plain(char c)
{
    return c != '\0' && !strchr("\\^$.[]|()?*+{}#", c);
}

/* The next literal character, or '\0'; *at is moved behind it. */
static char next_literal(struct ow_str pattern, size_t *at)
{
    char c = *at < pattern.len ? pattern.ptr[*at] : '\0';

    if (is_plain(c)) {
        ++*at;
        return c;
    }
    if (c != '\\' || *at + 1 >= pattern.len)
        return '\0';
    c = pattern.ptr[*at + 1];
    /* Escaped letters and digits are classes, anchors, references. */
    if (!strchr("./-_~:@!$&'()*+,;=", c) || c == '\0')
        return '\0';
    *at += 2;
    return c;
}

int ow_path_prefix(struct ow_str pattern, struct ow_arena *arena,
                   struct ow_str *ret)
{
    size_t at = 2, slash = 0, len = 0;

    *ret = (struct ow_str){NULL, 0};
    if (!ow_str_starts(pattern, OW_STR("^/")) ||
        memchr(pattern.ptr, '|', pattern.len))
        return 0;
    char *text = ow_arena_alloc(arena, pattern.len);
    if (!text)
        return -ENOMEM;
    /*
     * What stands before a slash is a whole segment; a slash that may be left
     * out or repeated ("/?", "/+") ends the walk without counting.
     */
    for (;;) {
        char c = next_literal(pattern, &at);
        bool quantified =
            at < pattern.len && strchr("?*+{", pattern.ptr[at]) != NULL;
        if (c == '\0' || quantified)
            break;
        if (c == '/')
            slash = len;
        text[len++] = c;
    }
    if (slash > 0)
        *ret = (struct ow_str){text, slash};
    return 0;
}
