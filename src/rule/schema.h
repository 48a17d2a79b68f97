/*
 * schema: the JSON Schemas of rule files and of files of expectations
 * (draft-07, which editors know best), made of the tables that the parser
 * reads: plan/grammar.def, plan/types.def, plan/keys.def, plan/faults.def,
 * control/curl_codes.def, matchers.def and words.def. It says what can be said
 * of structure; what takes more (whether a file is there, a pattern compiles)
 * `offwire check` tells.
 */
#ifndef OW_RULE_SCHEMA_H
#define OW_RULE_SCHEMA_H

#include "base/buf.h"

enum ow_schema {
    OW_SCHEMA_RULES,        /* rule files */
    OW_SCHEMA_CONVERSATION, /* conversations (talk.h) */
    OW_SCHEMA_VERIFY,       /* expectations (verify.h) */
};

/* Appends it as one line. 0 or -ENOMEM. */
int ow_schema_write(enum ow_schema schema, struct ow_buf *out);

#endif
