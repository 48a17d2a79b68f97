/*
 * assert_str: that a borrowed string holds these bytes (cmocka must have been
 * included before). want is a literal and may hold NULs.
 */
#ifndef OW_TESTS_ASSERT_STR_H
#define OW_TESTS_ASSERT_STR_H

#include <stdio.h>

#include "base/buf.h"

static inline void assert_str_at(struct ow_str s, struct ow_str want,
                                 const char *file, int line)
{
    if (s.ptr && ow_str_equal(s, want))
        return;
    fprintf(stderr, "\"%.*s\"%s is not \"%.*s\"\n", OW_STR_ARGS(s),
            s.ptr ? "" : " (absent)", OW_STR_ARGS(want));
    _fail(file, line);
}

#define assert_str(s, want) assert_str_at((s), OW_STR(want), __FILE__, __LINE__)
#define assert_buf(buf, want)                                                  \
    assert_str_at(ow_buf_peek(&(buf)), OW_STR(want), __FILE__, __LINE__)

#endif
