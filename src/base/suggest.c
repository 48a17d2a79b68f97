/*
 * suggest: the nearest known word. See suggest.h.
 */
#include "config.h"

#include "base/suggest.h"

#include <string.h>

#define WORD_MAX 63

static size_t least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;

    return m < c ? m : c;
}

/* Edits (insert, delete, replace, swap neighbours) from a to b. */
static size_t distance(struct ow_str a, struct ow_str b)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];

    for (size_t j = 0; j <= b.len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = a.ptr[i - 1], y = b.ptr[j - 1];
            now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == b.ptr[j - 2] && y == a.ptr[i - 2] &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b.len];
}

const char *ow_suggest(struct ow_str s, const char *const *words)
{
    const char *best = NULL;
    size_t best_distance = s.len < 5 ? 2 : 3; /* one edit; two in long words */

    if (s.len == 0 || s.len > WORD_MAX)
        return NULL;
    for (; *words; words++) {
        struct ow_str word = ow_str_from(*words);
        if (word.len > WORD_MAX)
            continue;
        size_t d = distance(s, word);
        if (d < best_distance) {
            best_distance = d;
            best = *words;
        }
    }
    return best;
}
