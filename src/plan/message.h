/*
 * message: one message of a WebSocket's client: what patterns look at and what
 * templates see as "msg". Its owner feeds the body: as many bytes are kept as
 * it wants, all are counted and hashed.
 *
 * A message that waits for the end of what it has set off (a paced reply) has
 * several owners, who count: it lives until the last one has let it go.
 */
#ifndef OW_PLAN_MESSAGE_H
#define OW_PLAN_MESSAGE_H

#include <cjson/cJSON.h>

#include "http/body.h"
#include "http/fields.h"

/* Bits, so that a trigger can ask for several. */
enum ow_message_kind {
    OW_MESSAGE_TEXT = 1,
    OW_MESSAGE_BINARY = 2,
    OW_MESSAGE_PING = 4,
    OW_MESSAGE_PONG = 8,
    OW_MESSAGE_CLOSE = 16,
};
#define OW_MESSAGE_DATA (OW_MESSAGE_TEXT | OW_MESSAGE_BINARY)

struct ow_message {
    enum ow_message_kind kind;
    struct ow_body body; /* its first bytes kept; of CLOSE the reason */
    uint64_t n;          /* which of the client's messages: 1 is the first */
    uint16_t code;       /* CLOSE */
    /* Named groups of the pattern that it fitted; in the arena. */
    struct ow_fields captures;
    struct ow_arena arena;

    unsigned refs;
    cJSON *json; /* by ow_message_json */
    bool json_tried;
};

/* "text", "binary", "ping", "pong", "close". */
const char *ow_message_kind_name(enum ow_message_kind kind);

/* With one owner; NULL: no memory. */
struct ow_message *ow_message_new(enum ow_message_kind kind, size_t keep_max);
struct ow_message *ow_message_ref(struct ow_message *message);
/* NULL is allowed. Returns NULL. */
struct ow_message *ow_message_unref(struct ow_message *message);

/* What is kept of it. */
struct ow_str ow_message_text(const struct ow_message *message);
/* The message as JSON, parsed once; NULL if it is none or not wholly kept. */
const cJSON *ow_message_json(struct ow_message *message);

#endif
