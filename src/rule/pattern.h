/*
 * pattern: what a rule asks of one value: a header, a query parameter, a form
 * field, a place in a JSON body. A tree, parsed when rules are loaded and never
 * changed after; each node has one const table of functions (its ops).
 *
 *     { "role": "user", "content": "~capital" }      object
 *                                                   /      \
 *                                          role: text    content: regex
 *
 * A plain string is equality, "~..." a search, "present" and "absent" are what
 * they say; an object of words (words.def) says the rest. In a JSON pattern
 * other objects are subsets: more keys may be there; a list has as many
 * elements as the value, each fitting its own. There, "/word" is the key
 * "word", for keys that are called as our words are.
 *
 * A value that comes several times (a header, a query parameter) is a list;
 * what asks for one value then fits if it fits any of them.
 */
#ifndef OW_RULE_PATTERN_H
#define OW_RULE_PATTERN_H

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/jsonc.h"
#include "rule/regex.h"
#include "rule/subject.h"

struct ow_action_input;
struct ow_limit;
struct ow_named_answers;
struct ow_lua;

/* The names from the outermost to the value looked at: messages, last. */
struct ow_where {
    const struct ow_where *up;
    struct ow_str name;
};

/* What a test needs beside the value, and what it leaves behind. */
struct ow_pattern_run {
    struct ow_arena *arena; /* of the exchange */
    struct ow_regex_run regex;
    struct ow_fields captures; /* named groups of what matched so far */
    /* For explain alone: the first difference is told here, if it is set. */
    struct ow_buf *reason;
    const char *noun; /* "header", "json", ... */
    const struct ow_where *where;
};

struct ow_pattern;

struct ow_pattern_ops {
    /* 1: fits, 0: does not, -ENOMEM. */
    int (*test)(const struct ow_pattern *pattern,
                const struct ow_subject *value, struct ow_pattern_run *run);
    /* Appends what is wanted, behind "the rule wants ". */
    void (*describe)(const struct ow_pattern *pattern, struct ow_buf *text);
};

struct ow_pattern {
    const struct ow_pattern_ops *ops;
    bool whole; /* looks at a list itself, not at its elements */
    bool exact; /* object: no other keys; text: never a search */
    struct ow_str text;
    double number;
    const struct ow_regex *regex;
    /* Children, with their keys if it is an object. */
    struct ow_pattern *items;
    struct ow_str *keys;
    size_t n;
};

enum ow_pattern_flavour {
    OW_PATTERN_TEXT, /* no lists, no subsets */
    OW_PATTERN_FORM, /* the same, and filename, size, type */
    OW_PATTERN_JSON,
};

/* What parsing needs: the document for errors, the table's memory. */
struct ow_pattern_source {
    const struct ow_jsonc *doc;
    struct ow_arena *arena;
    struct ow_regexes *regexes;
    enum ow_pattern_flavour flavour;
    struct ow_lua *lua;       /* the table's, for the templates of "then" */
    struct ow_limit **limits; /* the table's; NULL: there can be none */
    bool takes_next; /* of answers: another rule may answer below them */
    const struct ow_named_answers *named; /* the pack's; NULL: none */
};

/* The same for what plan/ parses: templates, what stands behind "then" (may be
 * NULL). */
struct ow_action_input ow_pattern_input(const struct ow_pattern_source *source,
                                        const cJSON *then, struct ow_err *err);

/* Fills *ret. 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_pattern_parse(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_pattern *ret, struct ow_err *err);

/* 1: fits, 0: does not, -ENOMEM. */
int ow_pattern_test(const struct ow_pattern *pattern,
                    const struct ow_subject *value, struct ow_pattern_run *run);
/* The same for a named part of the value: a key, "last". */
int ow_pattern_test_part(const struct ow_pattern *pattern, struct ow_str name,
                         const struct ow_subject *value,
                         struct ow_pattern_run *run);
/* The same without captures and without a reason: for "not", "any". */
int ow_pattern_try(const struct ow_pattern *pattern,
                   const struct ow_subject *value, struct ow_pattern_run *run);

/* Tells the difference, if a reason is wanted and none is there. Returns 0,
 * so that a test may end in it. */
int ow_pattern_differ(const struct ow_pattern *pattern,
                      const struct ow_subject *value,
                      struct ow_pattern_run *run);

/* The nodes. Literals: pattern_literal.c; the others: pattern_word.c. */
extern const struct ow_pattern_ops ow_pattern_text_ops;
extern const struct ow_pattern_ops ow_pattern_number_ops;
extern const struct ow_pattern_ops ow_pattern_boolean_ops;
extern const struct ow_pattern_ops ow_pattern_null_ops;
extern const struct ow_pattern_ops ow_pattern_list_ops;
extern const struct ow_pattern_ops ow_pattern_object_ops;
extern const struct ow_pattern_ops ow_pattern_regex_ops;
extern const struct ow_pattern_ops ow_pattern_contains_ops;
extern const struct ow_pattern_ops ow_pattern_not_ops;
extern const struct ow_pattern_ops ow_pattern_any_ops;
extern const struct ow_pattern_ops ow_pattern_all_ops;
extern const struct ow_pattern_ops ow_pattern_present_ops;
extern const struct ow_pattern_ops ow_pattern_absent_ops;
extern const struct ow_pattern_ops ow_pattern_gt_ops;
extern const struct ow_pattern_ops ow_pattern_lt_ops;
extern const struct ow_pattern_ops ow_pattern_has_ops;
extern const struct ow_pattern_ops ow_pattern_first_ops;
extern const struct ow_pattern_ops ow_pattern_last_ops;
extern const struct ow_pattern_ops ow_pattern_count_ops;
extern const struct ow_pattern_ops ow_pattern_filename_ops;
extern const struct ow_pattern_ops ow_pattern_size_ops;
extern const struct ow_pattern_ops ow_pattern_type_ops;

#endif
