/*
 * tail: the end of a long multipart body. See tail.h. Called by body.c and
 * request.c.
 */
#include "config.h"

#include "http/tail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/limits.h"
#include "http/form.h"

/* Bytes that were passed over, of the joined body in front of at. */
struct gap {
    size_t at;
    uint64_t len;
};

struct ow_tail {
    struct ow_str delimiter;
    struct ow_buf kept;
    size_t base; /* of the joined body: how long the prefix is */
    size_t room; /* of this part so much is still kept */
    size_t skip; /* of what comes next so much is in the prefix */
    struct gap gaps[OW_LIMIT_TAIL_GAPS];
    size_t n;
    bool is_full;
    /* What may be the begin of a delimiter, and what is looked at with it. */
    char carry[2 * OW_LIMIT_DELIMITER];
    size_t n_carry;
};

struct ow_tail *ow_tail_new(struct ow_str delimiter, struct ow_str prefix)
{
    struct ow_tail *tail = calloc(1, sizeof *tail);
    size_t n = delimiter.len - 1;

    if (!tail)
        return NULL;
    ow_buf_init(&tail->kept, 0);
    n = n < prefix.len ? n : prefix.len;
    memcpy(tail->carry, prefix.ptr + prefix.len - n, n);
    tail->n_carry = tail->skip = n;
    tail->delimiter = delimiter;
    tail->base = prefix.len;
    /* The prefix may end within the fields of a part. */
    tail->room = OW_LIMIT_TAIL_PART;
    return tail;
}

struct ow_tail *ow_tail_free(struct ow_tail *tail)
{
    if (tail)
        ow_buf_release(&tail->kept);
    free(tail);
    return NULL;
}

static void pass_over(struct ow_tail *tail, size_t len)
{
    size_t at = tail->base + tail->kept.len;

    if (tail->n > 0 && tail->gaps[tail->n - 1].at == at)
        tail->gaps[tail->n - 1].len += len;
    else if (tail->n == OW_LIMIT_TAIL_GAPS)
        tail->is_full = true;
    else
        tail->gaps[tail->n++] = (struct gap){at, len};
}

/* Bytes of a part, or of a delimiter, for which there is always room. */
static int put(struct ow_tail *tail, const char *bytes, size_t len)
{
    size_t skip = len < tail->skip ? len : tail->skip;
    int r = 0;

    tail->skip -= skip;
    bytes += skip;
    len -= skip;
    size_t n = len < tail->room ? len : tail->room;
    if (n > OW_LIMIT_TAIL - tail->kept.len)
        tail->is_full = true;
    if (n > 0 && !tail->is_full)
        r = ow_buf_append(&tail->kept, bytes, n);
    if (r < 0)
        return r;
    tail->room -= n;
    if (len > n)
        pass_over(tail, len - n);
    return 0;
}

static int put_delimiter(struct ow_tail *tail)
{
    tail->room = OW_LIMIT_TAIL_PART;
    return put(tail, tail->delimiter.ptr, tail->delimiter.len);
}

/*
 * Whether a delimiter begins in what is carried: looks at as many bytes more as
 * it could take. Returns how many of these were used, or a negative errno.
 */
static ssize_t join_carry(struct ow_tail *tail, const char *bytes, size_t len)
{
    const size_t most = tail->delimiter.len - 1;
    const size_t had = tail->n_carry;
    size_t taken = len < most ? len : most;

    memcpy(tail->carry + had, bytes, taken);
    size_t all = had + taken;
    const char *at =
        memmem(tail->carry, all, tail->delimiter.ptr, tail->delimiter.len);
    if (at) {
        size_t before = (size_t)(at - tail->carry);
        int r = put(tail, tail->carry, before);
        tail->n_carry = 0;
        r = r < 0 ? r : put_delimiter(tail);
        return r < 0 ? r : (ssize_t)(before + tail->delimiter.len - had);
    }
    /* Those that a whole delimiter could not end behind are settled. */
    size_t settled = taken == most ? had : all > most ? all - most : 0;
    int r = put(tail, tail->carry, settled);
    if (r < 0)
        return r;
    if (taken == most) {
        tail->n_carry = 0; /* what was taken is looked at again, by scan() */
        return 0;
    }
    memmove(tail->carry, tail->carry + settled, all - settled);
    tail->n_carry = all - settled;
    return (ssize_t)taken;
}

/* The same for a piece with nothing carried. */
static ssize_t scan(struct ow_tail *tail, const char *bytes, size_t len)
{
    const size_t most = tail->delimiter.len - 1;
    const char *at =
        memmem(bytes, len, tail->delimiter.ptr, tail->delimiter.len);
    size_t before = at ? (size_t)(at - bytes) : len > most ? len - most : 0;
    int r = put(tail, bytes, before);

    if (r == 0 && at)
        r = put_delimiter(tail);
    if (r < 0)
        return r;
    if (at)
        return (ssize_t)(before + tail->delimiter.len);
    tail->n_carry = len - before;
    memcpy(tail->carry, bytes + before, tail->n_carry);
    return (ssize_t)len;
}

int ow_tail_feed(struct ow_tail *tail, const char *bytes, size_t len)
{
    while (len > 0 && !tail->is_full) {
        ssize_t used = tail->n_carry > 0 ? join_carry(tail, bytes, len)
                                         : scan(tail, bytes, len);
        if (used < 0)
            return (int)used;
        bytes += used;
        len -= (size_t)used;
    }
    return 0;
}

bool ow_tail_is_full(const struct ow_tail *tail)
{
    return tail->is_full;
}

int ow_tail_join(const struct ow_tail *tail, struct ow_str prefix,
                 struct ow_arena *arena, struct ow_str *ret)
{
    /* What is carried may be in the prefix, in part or all of it. */
    size_t carried = tail->n_carry - tail->skip;
    size_t len = prefix.len + tail->kept.len + carried;
    char *joined = ow_arena_alloc(arena, len > 0 ? len : 1);

    if (!joined)
        return -ENOMEM;
    memcpy(joined, prefix.ptr, prefix.len);
    if (tail->kept.len > 0)
        memcpy(joined + prefix.len, ow_buf_data(&tail->kept), tail->kept.len);
    memcpy(joined + len - carried, tail->carry + tail->skip, carried);
    *ret = (struct ow_str){joined, len};
    return 0;
}

void ow_tail_mend(const struct ow_tail *tail, struct ow_str joined,
                  struct ow_form *form)
{
    for (size_t i = 0; i < form->n; i++) {
        struct ow_part *part = &form->parts[i];
        size_t start = (size_t)(part->value.ptr - joined.ptr);
        size_t end = start + part->value.len;
        for (size_t k = 0; k < tail->n; k++) {
            const struct gap *gap = &tail->gaps[k];
            if (gap->at < start || gap->at > end)
                continue;
            part->size += gap->len;
            if (part->whole || gap->at < start + part->value.len)
                part->value.len = gap->at - start;
            part->whole = false;
        }
    }
}
