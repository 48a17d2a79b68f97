/*
 * talk: a conversation with a program, as a file has it: turns that are sent to
 * it one after the other as a webhook (webhook.h), and what has to be answered.
 * `offwire webhook --conversation` sends them.
 *
 *     { "offwire": 1, "webhook": "twilio",
 *       "arguments": { "from": "whatsapp:+15551234567", ... },
 *       "turns": [ { "send": "Hello", "reply": "~^Hi" },
 *                  { "send": { "media": ["https://..."] }, "reply": ["~Nice",
 * "present"], "calls": [ { "rule": "messages.create", "times": 1 } ] } ] }
 *
 *     r = ow_talk_load("talk.json", &talk, &err);
 *     r = ow_talk_fit(talk, webhook, &err);
 *     for each turn: send it, then ow_talk_check for each ask
 */
#ifndef OW_RULE_TALK_H
#define OW_RULE_TALK_H

#include "rule/webhook.h"

/* What a turn asks of an answer. */
enum ow_talk_ask {
    OW_TALK_STATUS,
    OW_TALK_REPLY, /* of what is said: all of it, or message by message */
    OW_TALK_JSON,
    OW_TALK_BODY,
    OW_TALK_ASKS,
};

struct ow_talk_turn {
    const char *name;   /* given, or what is said, or NULL */
    const cJSON *send;  /* a text, an object of arguments; NULL: nothing more */
    const cJSON *calls; /* a list of expectations, or one; NULL: none */
    int64_t wait_ns;    /* before it is sent */
    int64_t within_ns;  /* how long calls are waited for; real time */
    const cJSON *nodes[OW_TALK_ASKS]; /* what is asked; NULL: nothing */
    const struct ow_pattern *patterns[OW_TALK_ASKS];
};

struct ow_talk;

/*
 * 0; -ENOMSG: it is none, it has no turns; -EINVAL with a placed sentence,
 * -ENOMEM or another errno with a sentence.
 */
int ow_talk_load(const char *path, struct ow_talk **ret, struct ow_err *err);
/* The same of a text; name is for errors. */
int ow_talk_parse(const char *name, struct ow_str text, struct ow_talk **ret,
                  struct ow_err *err);
struct ow_talk *ow_talk_free(struct ow_talk *talk);

/* NULL: it does not say. */
const char *ow_talk_webhook(const struct ow_talk *talk);
/* Arguments of all turns, an object; or NULL. */
const cJSON *ow_talk_arguments(const struct ow_talk *talk);
size_t ow_talk_count(const struct ow_talk *talk);
const struct ow_talk_turn *ow_talk_turn(const struct ow_talk *talk, size_t n);

/* Whether the webhook takes what the turns send, and reads what they look at.
 * 0, or -EINVAL with a placed sentence. */
int ow_talk_fit(const struct ow_talk *talk, const struct ow_webhook *webhook,
                struct ow_err *err);
/*
 * Puts arguments of the talk or a turn (its "send") into others; what is there
 * is replaced if that is asked for. 0 or -ENOMEM.
 */
int ow_talk_give(const struct ow_webhook *webhook, const cJSON *send,
                 bool replaces, cJSON *arguments);

/* What was answered. */
struct ow_talk_answer {
    int status;
    struct ow_str body;
    const cJSON *messages; /* or NULL */
};

/* Why it is not what it should be. In the arena. */
struct ow_talk_difference {
    struct ow_str place; /* "talk.json:7:12: /turns/1/reply: " */
    struct ow_str reason;
    struct ow_str want; /* JSON, as the file has it */
    struct ow_str got;  /* JSON */
};

/* 1: it fits, or nothing is asked; 0: it does not; -ENOMEM. */
int ow_talk_check(const struct ow_talk *talk, const struct ow_talk_turn *turn,
                  enum ow_talk_ask ask, const struct ow_talk_answer *answer,
                  struct ow_arena *arena, struct ow_talk_difference *ret);
/* For sentences about a part of the file. */
const struct ow_jsonc *ow_talk_doc(const struct ow_talk *talk);

#endif
