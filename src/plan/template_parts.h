/*
 * template_parts: what a template is made of: template.c reads its parts, and
 * template_write.c writes what they give.
 */
#ifndef OW_PLAN_TEMPLATE_PARTS_H
#define OW_PLAN_TEMPLATE_PARTS_H

#include "plan/look.h"
#include "plan/template.h"

/* Of an expression in a sentence: enough to know it by. */
#define OW_TEMPLATE_SHOWN 120

struct ow_expression {
    int chunk;
    const struct ow_look *look; /* what it looks at; NULL: Lua knows */
    struct ow_str text;
    const char *place; /* "my.json:12" */
};

enum ow_part_kind {
    OW_PART_BYTES,
    OW_PART_TEXT,   /* the expression's value as text */
    OW_PART_JSON,   /* as JSON */
    OW_PART_STRING, /* a text template as a JSON string */
};

struct ow_template_part {
    enum ow_part_kind kind;
    struct ow_str bytes;
    struct ow_expression expression;
    struct ow_template string;
};

#endif
