/*
 * jsonc: JSON with comments and trailing commas, with positions for errors.
 * cJSON does the parsing: comments and trailing commas are blanked out in a
 * copy of the same length first, so that offsets stay true. Positions of nodes
 * are found again only when an error has to name one: nothing is paid for them
 * in a good file.
 *
 *     struct ow_jsonc *doc;
 *     int r = ow_jsonc_parse("my.json", text, len, &doc, &err);
 *     ...
 *     return ow_jsonc_error(doc, node, err, "expected a string");
 *       -> my.json:12:7: /rules/3/when/path: expected a string
 *
 * Refused: duplicate keys, NUL in strings, invalid UTF-8, nesting deeper than
 * OW_LIMIT_JSON_DEPTH, anything behind the value.
 */
#ifndef OW_BASE_JSONC_H
#define OW_BASE_JSONC_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/err.h"

struct ow_jsonc;

/* 0, -EINVAL with a sentence that names file, line and column, or -ENOMEM. */
int ow_jsonc_parse(const char *file, const char *text, size_t len,
                   struct ow_jsonc **ret_doc, struct ow_err *err);
struct ow_jsonc *ow_jsonc_free(struct ow_jsonc *doc);

const cJSON *ow_jsonc_root(const struct ow_jsonc *doc);
const char *ow_jsonc_file(const struct ow_jsonc *doc);

/*
 * "FILE:LINE:COLUMN: POINTER: sentence"; node must be of this document. The
 * place is that of the value. Returns -EINVAL.
 */
int ow_jsonc_error(const struct ow_jsonc *doc, const cJSON *node,
                   struct ow_err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/*
 * For a key that is not known: the place is that of the key; with a "did you
 * mean" from the NULL-terminated list and, if none is near, the list itself.
 */
int ow_jsonc_unknown_key(const struct ow_jsonc *doc, const cJSON *node,
                         struct ow_err *err, const char *const *known);
/*
 * Where the value of the node begins in the text: as it is written, but with
 * comments and trailing commas blanked (bytes up to ' '). It goes on to the end
 * of the document, which is well-formed. NULL if memory is out.
 */
const char *ow_jsonc_source(const struct ow_jsonc *doc, const cJSON *node);
/* "FILE:LINE:COLUMN: POINTER: ", for a sentence that is made when the document
 * is gone. node is not the root. 0 or -ENOMEM. */
int ow_jsonc_place(const struct ow_jsonc *doc, const cJSON *node,
                   struct ow_err *ret);
/* Line of the node, from 1; for listings ("my.json:12"). 0: out of memory. */
int ow_jsonc_line(const struct ow_jsonc *doc, const cJSON *node);

#endif
