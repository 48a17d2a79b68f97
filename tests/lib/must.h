/*
 * must: stops a program whose every run is a test, as a fuzzer's harness, where
 * something is not as it must be.
 */
#ifndef OW_TESTS_LIB_MUST_H
#define OW_TESTS_LIB_MUST_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static inline void must(bool is_so, const char *what)
{
    if (is_so)
        return;
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
    abort();
}

#endif
