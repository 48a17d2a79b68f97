/*
 * subject: what a pattern looks at: a text, a number, a JSON value, several
 * texts, or nothing. A plain value, made on the stack; borrows what it shows.
 */
#ifndef OW_RULE_SUBJECT_H
#define OW_RULE_SUBJECT_H

#include <cjson/cJSON.h>

#include "base/buf.h"

enum ow_subject_kind {
    OW_SUBJECT_ABSENT,
    OW_SUBJECT_TEXT,
    OW_SUBJECT_NUMBER,
    OW_SUBJECT_JSON,
    OW_SUBJECT_LIST,
};

struct ow_subject {
    enum ow_subject_kind kind;
    bool is_cut;                    /* ABSENT: may be behind what was read */
    struct ow_str text;             /* TEXT; of an uploaded file its contents */
    double number;                  /* NUMBER */
    const cJSON *json;              /* JSON */
    const struct ow_subject *items; /* LIST */
    size_t n;
    /* TEXT of an uploaded file; is_file is false for everything else. */
    bool is_file;
    struct ow_str filename;
    struct ow_str type;
    double size;
};

struct ow_subject ow_subject_text(struct ow_str text); /* absent: ABSENT */
struct ow_subject ow_subject_number(double number);
struct ow_subject ow_subject_json(const cJSON *json); /* NULL: ABSENT */
/* Whether it is a number or a text that is one. */
bool ow_subject_as_number(const struct ow_subject *value, double *ret);

/* For reasons. Appends a quoted text, its middle cut out if it is long. */
void ow_subject_quote(struct ow_buf *text, struct ow_str s);
void ow_subject_describe(const struct ow_subject *value, struct ow_buf *text);

#endif
