/*
 * message: see message.h. Made by exchange/, read by patterns and by lua_view.
 */
#include "config.h"

#include "plan/message.h"

#include <errno.h>
#include <stdlib.h>

#include "http/request.h"

/* Captures are few and most messages have none. */
#define BLOCK 512

const char *ow_message_kind_name(enum ow_message_kind kind)
{
    switch (kind) {
    case OW_MESSAGE_TEXT:
        return "text";
    case OW_MESSAGE_BINARY:
        return "binary";
    case OW_MESSAGE_PING:
        return "ping";
    case OW_MESSAGE_PONG:
        return "pong";
    case OW_MESSAGE_CLOSE:
        return "close";
    }
    return NULL;
}

struct ow_message *ow_message_new(enum ow_message_kind kind, size_t keep_max)
{
    struct ow_message *message = calloc(1, sizeof *message);

    if (!message)
        return NULL;
    message->kind = kind;
    message->refs = 1;
    ow_body_init(&message->body, keep_max);
    ow_arena_init(&message->arena);
    message->arena.block = BLOCK;
    return message;
}

struct ow_message *ow_message_ref(struct ow_message *message)
{
    message->refs++;
    return message;
}

struct ow_message *ow_message_unref(struct ow_message *message)
{
    if (!message || --message->refs > 0)
        return NULL;
    cJSON_Delete(message->json);
    ow_body_release(&message->body);
    ow_arena_release(&message->arena);
    free(message);
    return NULL;
}

struct ow_str ow_message_text(const struct ow_message *message)
{
    return ow_buf_peek(&message->body.kept);
}

const cJSON *ow_message_json(struct ow_message *message)
{
    if (!message->json_tried && message->body.size > 0 &&
        ow_body_is_whole(&message->body))
        message->json = ow_request_parse_json(ow_message_text(message));
    message->json_tried = true;
    return message->json;
}
