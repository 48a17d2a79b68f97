/*
 * err: why something failed, in a sentence for the user. Functions that can be
 * wrong in many ways take a struct ow_err *, return a negative errno and leave
 * the sentence there; the edge (cli, host) prints it. NULL is allowed and means
 * that nobody wants to know.
 *
 * The sentence says what failed first, then on what (quoted), then what to do;
 * no newline at the end, no capital at the start, no "error:". Control bytes in
 * what is quoted become "?", so that it is one line whatever was in the input.
 */
#ifndef OW_BASE_ERR_H
#define OW_BASE_ERR_H

#include <stddef.h>

struct ow_err {
    char text[1024];
};

/* Formats the sentence (cut off if too long) and returns code. */
int ow_err_set(struct ow_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts "what: " before the sentence that is there; returns code. */
int ow_err_prefix(struct ow_err *err, int code, const char *what);

#endif
