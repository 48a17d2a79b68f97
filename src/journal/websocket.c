/*
 * websocket: see websocket.h. Called by journal.c.
 */
#include "config.h"

#include "journal/websocket.h"

void ow_websocket_record_init(struct ow_websocket_record *record)
{
    *record = (struct ow_websocket_record){
        .bytes = -1,
        .code = -1,
        .in = -1,
        .out = -1,
        .in_bytes = -1,
        .out_bytes = -1,
    };
}

static void put_number(struct ow_jsonw *w, const char *key, int64_t number)
{
    if (number < 0)
        return;
    ow_jsonw_key(w, key);
    ow_jsonw_u64(w, (uint64_t)number);
}

void ow_websocket_record_put(struct ow_jsonw *w,
                             const struct ow_websocket_record *record)
{
    ow_jsonw_text(w, "direction", ow_str_from(record->direction));
    ow_jsonw_text(w, "kind", ow_str_from(record->kind));
    put_number(w, "bytes", record->bytes);
    ow_jsonw_text(w, "xxh128", ow_str_from(record->hash));
    put_number(w, "code", record->code);
    ow_jsonw_text(w, "data", record->data);
    ow_jsonw_text(w, "closed_by", ow_str_from(record->closer));
    put_number(w, "messages_in", record->in);
    put_number(w, "messages_out", record->out);
    put_number(w, "bytes_in", record->in_bytes);
    put_number(w, "bytes_out", record->out_bytes);
}
