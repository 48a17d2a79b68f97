/*
 * schema: the JSON Schema of rule files (draft-07, which editors know best),
 * made of the tables that the parser reads: plan/grammar.def, plan/types.def,
 * plan/keys.def, plan/faults.def, control/curl_codes.def, matchers.def and
 * words.def. It says what can be said of structure; what takes more (whether a
 * file is there, a pattern compiles) `offwire check` tells.
 */
#ifndef OW_RULE_SCHEMA_H
#define OW_RULE_SCHEMA_H

#include "base/buf.h"

/* Appends that of rule files, or of conversations (talk.h), as one line. 0 or
 * -ENOMEM. */
int ow_schema_write(bool is_talk, struct ow_buf *out);

#endif
