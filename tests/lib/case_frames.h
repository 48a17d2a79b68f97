/*
 * case_frames: a WebSocket's frames as a case writes and shows them, one a
 * line. The codec here is the tests' own, so that ours is not tested by itself.
 *
 *     text hello        a whole message; escapes as in "send"
 *     part text hel     its first fragment
 *     more lo           one in the middle
 *     end !             the last one
 *     binary \x00\xff   ping x    pong x    close 1000 bye    close
 */
#ifndef OW_TESTS_CASE_FRAMES_H
#define OW_TESTS_CASE_FRAMES_H

#include "base/buf.h"
#include "base/err.h"

/* The lines as a client's frames, masked. */
int case_frames_encode(struct ow_str text, struct ow_buf *ret,
                       struct ow_err *err);
/* The whole frames of a server at the front of bytes, each as a line behind
 * prefix; what is no frame as "bytes ...". Returns the bytes used. */
size_t case_frames_show(struct ow_str bytes, const char *prefix,
                        struct ow_buf *out);

#endif
