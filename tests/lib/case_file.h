/*
 * case_file: a file of tests/cases, cut into its sections. The form is told in
 * tests/cases/README.md.
 */
#ifndef OW_TESTS_CASE_FILE_H
#define OW_TESTS_CASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* "== name argument" and the lines up to the next one. */
struct case_section {
    struct ow_str name;
    struct ow_str argument; /* may be empty */
    struct ow_str text;     /* without empty lines at its end */
    int line;               /* of the "==" */
};

struct case_file {
    const char *path;
    const char *name;    /* the path's last component */
    struct ow_buf bytes; /* what the sections point into */
    struct case_section *sections;
    size_t n;
};

int case_file_read(const char *path, struct case_file *ret, struct ow_err *err);
void case_file_release(struct case_file *file);

/* Cuts the first line off text; its newline is in neither. */
struct ow_str case_cut_line(struct ow_str *text);

/*
 * The bytes that a "request" section sends: CRLF line ends in the head; a
 * request line without a version gets one, and the fields Host and
 * Content-Length that the request needs.
 */
int case_request_bytes(struct ow_str text, const char *host, struct ow_buf *ret,
                       struct ow_err *err);
/* The bytes that a "send" section sends: escapes, line ends left out. */
int case_send_bytes(struct ow_str text, struct ow_buf *ret, struct ow_err *err);

#endif
