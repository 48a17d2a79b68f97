/*
 * jsonw: writes JSON into a buffer, for records and answers of Offwire's own:
 * no tree, no allocation but the buffer's. Errors are kept and stop all later
 * calls, so that a caller asks once, at the end:
 *
 *     struct ow_jsonw w = {.buf = &buf};
 *     ow_jsonw_begin(&w, '{');
 *     ow_jsonw_key(&w, "url");
 *     ow_jsonw_string(&w, url);
 *     ow_jsonw_end(&w, '}');
 *     if (w.error < 0) ...
 *
 * Strings may hold any bytes: control characters are escaped, and each byte
 * that is not part of valid UTF-8 becomes U+FFFD, so that the text is JSON
 * whatever came in.
 */
#ifndef OW_BASE_JSONW_H
#define OW_BASE_JSONW_H

#include "base/buf.h"

struct ow_jsonw {
    struct ow_buf *buf;
    int error;  /* 0, -ENOMEM, -ENOBUFS: the first failure */
    bool comma; /* the next value or key follows another one */
};

/* opening is '{' or '['; closing is '}' or ']'. Not checked for balance. */
void ow_jsonw_begin(struct ow_jsonw *w, char opening);
void ow_jsonw_end(struct ow_jsonw *w, char closing);
/* Written as it is. */
void ow_jsonw_plain_name(struct ow_jsonw *w, struct ow_str name);
/* A literal of the caller's, which needs no escape. */
static inline void ow_jsonw_key(struct ow_jsonw *w, const char *name)
{
    ow_jsonw_plain_name(w, (struct ow_str){name, strlen(name)});
}
/* A key of any bytes, escaped as strings are. */
void ow_jsonw_name(struct ow_jsonw *w, struct ow_str name);
void ow_jsonw_string(struct ow_jsonw *w, struct ow_str s);
/* The member with this key and text; without a text nothing. */
void ow_jsonw_text(struct ow_jsonw *w, const char *key, struct ow_str text);
void ow_jsonw_u64(struct ow_jsonw *w, uint64_t number);
/* Nanoseconds as milliseconds, to the microsecond: 1500000 is 1.5. */
void ow_jsonw_ms(struct ow_jsonw *w, int64_t ns);
void ow_jsonw_null(struct ow_jsonw *w);
/* A value that is JSON already, as it is. */
void ow_jsonw_raw(struct ow_jsonw *w, struct ow_str json);

#endif
