/*
 * seqs: counters by format. See seqs.h.
 */
#include "config.h"

#include "state/seqs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* Digits that a width may ask for: all that a counter has. */
#define WIDTH_MAX 20

struct ow_seq {
    char *format;
    size_t len;
    uint64_t last;
};

void ow_seqs_release(struct ow_seqs *seqs)
{
    for (size_t i = 0; i < seqs->n; i++)
        free(seqs->items[i].format);
    free(seqs->items);
    *seqs = (struct ow_seqs){0};
}

/*
 * The conversion at s, behind its percent sign: how long it is, or 0 if it is
 * none. ret_width is negative for "%%".
 */
static size_t conversion(struct ow_str s, int *ret_width, bool *ret_zeros)
{
    size_t at = 0;
    int width = 0;

    if (s.len > 0 && s.ptr[0] == '%') {
        *ret_width = -1;
        return 1;
    }
    *ret_zeros = s.len > 0 && s.ptr[0] == '0';
    for (; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9'; at++)
        if (width <= WIDTH_MAX)
            width = width * 10 + (s.ptr[at] - '0');
    if (at == s.len || s.ptr[at] != 'd' || width > WIDTH_MAX)
        return 0;
    *ret_width = width;
    return at + 1;
}

int ow_seqs_format(struct ow_str format, uint64_t number, struct ow_buf *out)
{
    char text[WIDTH_MAX + 1];
    int numbers = 0, width, r = 0;
    bool zeros = false;

    for (size_t at = 0; r == 0 && at < format.len; at++) {
        struct ow_str rest = {format.ptr + at + 1, format.len - at - 1};
        if (format.ptr[at] != '%') {
            r = out ? ow_buf_append(out, format.ptr + at, 1) : 0;
            continue;
        }
        size_t len = conversion(rest, &width, &zeros);
        if (len == 0)
            return -EINVAL;
        at += len;
        numbers += width >= 0;
        int n = snprintf(text, sizeof text, zeros ? "%0*llu" : "%*llu",
                         width > 0 ? width : 0, (unsigned long long)number);
        if (out)
            r = width < 0 ? ow_buf_append(out, "%", 1)
                          : ow_buf_append(out, text, (size_t)n);
    }
    return r < 0 ? r : numbers == 1 ? 0 : -EINVAL;
}

static int add(struct ow_seqs *seqs, struct ow_str format, struct ow_seq **ret)
{
    if (seqs->n >= OW_LIMIT_SEQS)
        return -ENOSPC;
    struct ow_seq *items =
        reallocarray(seqs->items, seqs->n + 1, sizeof *items);
    if (!items)
        return -ENOMEM;
    seqs->items = items;
    char *copy = malloc(format.len + 1);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, format.ptr, format.len);
    items[seqs->n] = (struct ow_seq){copy, format.len, 0};
    *ret = &items[seqs->n++];
    return 0;
}

int ow_seqs_next(struct ow_seqs *seqs, struct ow_str format, struct ow_buf *out)
{
    struct ow_seq *seq = NULL;
    int r = 0;

    for (size_t i = 0; i < seqs->n && !seq; i++)
        if (ow_str_equal(
                (struct ow_str){seqs->items[i].format, seqs->items[i].len},
                format))
            seq = &seqs->items[i];
    if (!seq) {
        if (format.len > OW_LIMIT_SEQ_FORMAT)
            return -EINVAL;
        r = ow_seqs_format(format, 0, NULL);
        if (r == 0)
            r = add(seqs, format, &seq);
    }
    return r < 0 ? r : ow_seqs_format(format, ++seq->last, out);
}
