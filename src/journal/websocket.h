/*
 * websocket: what a record tells of a WebSocket: of one message ("message"),
 * or of all of it ("end"). Numbers below 0 and absent strings are left out.
 */
#ifndef OW_JOURNAL_WEBSOCKET_H
#define OW_JOURNAL_WEBSOCKET_H

#include <stdint.h>

#include "base/jsonw.h"

struct ow_websocket_record {
    const char *direction; /* of a message: "in", from the client, or "out" */
    const char *kind;      /* "text", "binary", "ping", "pong", "close" */
    int64_t bytes;
    const char *hash;   /* XXH128 in hex, or NULL */
    struct ow_str data; /* how a text begins; a close frame's reason */
    int code;           /* of a close frame; of an end: how it closed */
    const char *closer; /* end: "client", "server"; NULL: nobody */
    int64_t in, out;    /* end: messages of each side... */
    int64_t in_bytes, out_bytes; /* ...and their bytes */
};

void ow_websocket_record_init(struct ow_websocket_record *record);
/* Writes the members of an object that is begun. */
void ow_websocket_record_put(struct ow_jsonw *w,
                             const struct ow_websocket_record *record);

#endif
