/*
 * wire_case: a test case of a codec: what goes in and what is to come out, in
 * one text file.
 *
 *     # Why this case is there.
 *     in:
 *     GET / HTTP/1.1\r\n
 *     Host: \(x*300)\r\n
 *     \r\n
 *     out:
 *     fail 400 ...
 *
 * In the input, line ends of the file are nothing; \r \n \t \\ \xNN stand for
 * bytes, \(text*n) for a text n times (escapes inside are allowed).
 */
#ifndef OW_TESTS_WIRE_CASE_H
#define OW_TESTS_WIRE_CASE_H

#include <stdbool.h>

#include "base/buf.h"

/* Whether that comes out; with shows it prints what does. */
typedef bool (*wire_case_try_fn)(struct ow_str in, const struct ow_buf *want,
                                 bool shows);

/* Reads a file whole. 0 or a negative errno. */
int wire_case_read(const char *path, struct ow_buf *out);
/* Both buffers are filled in. 0 or a negative errno. */
int wire_case_parse(struct ow_str text, struct ow_buf *in, struct ow_buf *out);
/*
 * The files of a folder whose names end in suffix, sorted; NULL-terminated, to
 * be freed with wire_case_free_list. NULL if the folder cannot be read.
 */
char **wire_case_list(const char *folder, const char *suffix);
void wire_case_free_list(char **list);
/*
 * A whole program: tries each case of tests/wire/CODEC, and emits TAP; with
 * arguments, those files alone, which show what comes out. Returns the status.
 */
int wire_case_main(int argc, char **argv, const char *codec,
                   wire_case_try_fn try);

#endif
