/*
 * seqs: the session's counters, one for each format: "file-mock%06d" gives
 * file-mock000001, then file-mock000002.
 */
#ifndef OW_STATE_SEQS_H
#define OW_STATE_SEQS_H

#include "base/buf.h"

struct ow_seqs {
    struct ow_seq *items;
    size_t n;
};

/* Writes number by a format of that kind; out NULL: only looks whether it is
 * one. 0, -EINVAL, -ENOMEM, -ENOBUFS. */
int ow_seqs_format(struct ow_str format, uint64_t number, struct ow_buf *out);

/* A zeroed struct is an empty one. */
void ow_seqs_release(struct ow_seqs *seqs);
/*
 * Appends the format's next text. The format has one %d, which may have a
 * width ("%06d"), and "%%" for a percent sign. 0; -EINVAL: it is no such
 * format; -ENOSPC: there are OW_LIMIT_SEQS others; -ENOMEM; -ENOBUFS.
 */
int ow_seqs_next(struct ow_seqs *seqs, struct ow_str format,
                 struct ow_buf *out);

#endif
