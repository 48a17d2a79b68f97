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

#include "base/buf.h"

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

#endif
