/*
 * reply_parts: what a reply is made of, between reply.c, which reads it, and
 * reply_make.c and reply_text.c, which make an object of it at a hit. Nobody
 * else looks inside.
 */
#ifndef OW_PLAN_REPLY_PARTS_H
#define OW_PLAN_REPLY_PARTS_H

#include "plan/pace.h"
#include "plan/split.h"
#include "plan/template.h"

enum ow_reply_text {
    OW_REPLY_TEXT,
    OW_REPLY_REASONING,
    OW_REPLY_REFUSAL,
    OW_REPLY_TEXTS,
};

struct ow_reply_part {
    bool is_there;
    struct ow_template template;
};

struct ow_reply_call {
    struct ow_template name;
    struct ow_reply_part arguments;
    struct ow_reply_part id;
};

struct ow_reply {
    const char *place;
    struct ow_reply_part texts[OW_REPLY_TEXTS]; /* a string, or a list of
                                                   pieces */
    struct ow_reply_call *calls;
    size_t n_calls;
    struct ow_reply_part error; /* without after and retry_after */
    double retry_after;         /* seconds; negative: none */
    bool is_behind;             /* the error comes behind so many pieces: */
    uint64_t after;
    struct ow_reply_part usage;
    struct ow_reply_part finish;
    struct ow_split split;
    struct ow_pace pace;
};

#endif
