/*
 * split: where the text of a stream is cut: "split" of a rule.
 *
 *     "word"            before the white space that stands before a word
 *     "token"           as language models do, roughly: at most five letters
 *                       or three digits, with the space before them
 *     {"bytes": n}      each n bytes, inside a character too
 *     {"at": [3, 7]}    at these bytes, inside a character too
 */
#ifndef OW_PLAN_SPLIT_H
#define OW_PLAN_SPLIT_H

#include "plan/action.h"

enum ow_split_kind {
    OW_SPLIT_NONE, /* all in one piece */
    OW_SPLIT_WORD,
    OW_SPLIT_TOKEN,
    OW_SPLIT_BYTES,
    OW_SPLIT_AT,
};

struct ow_split {
    enum ow_split_kind kind;
    size_t bytes;     /* BYTES */
    const size_t *at; /* AT: rising */
    size_t n;
};

/* 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_split_parse(const struct ow_action_input *in, const cJSON *node,
                   struct ow_split *ret);
/* Where the piece that begins at from (before the text's end) ends. */
size_t ow_split_next(const struct ow_split *split, struct ow_str text,
                     size_t from);

#endif
