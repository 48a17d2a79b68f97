/*
 * failmalloc: an allocator that fails on purpose, for programs linked with
 * $(failmalloc_ldflags):
 *
 *     for (long n = 0; !done; n++) {
 *         failmalloc_arm(n);            // the allocation after n others fails
 *         r = work();
 *         done = !failmalloc_disarm();  // whether one did fail
 *         assert_int_equal(r, done ? 0 : -ENOMEM);
 *     }
 *
 * Takes malloc, calloc, realloc, reallocarray and strdup of the objects that
 * are linked in, and those of cJSON; other shared libraries keep their own.
 */
#ifndef OW_TESTS_FAILMALLOC_H
#define OW_TESTS_FAILMALLOC_H

#include <stdbool.h>

void failmalloc_arm(long n);
bool failmalloc_disarm(void);

#endif
