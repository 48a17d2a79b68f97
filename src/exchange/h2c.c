/*
 * h2c: a connection of HTTP/1.1 becomes one of HTTP/2. See h2c.h. Called by
 * face_h1.c; calls face_h2.c.
 */
#include "config.h"

#include "exchange/h2c.h"

#include "base/base64.h"
#include "wire/h2_library.h"

static bool asks(const struct ow_line *line, const struct ow_fields *fields)
{
    return !line->peer.tls && !line->peer.keeps_h1 && line->env->h2 &&
           ow_fields_has_token(fields, OW_STR("upgrade"), OW_STR("h2c")) &&
           ow_fields_has_token(fields, OW_STR("connection"),
                               OW_STR("upgrade")) &&
           ow_fields_has_token(fields, OW_STR("connection"),
                               OW_STR("http2-settings"));
}

/* There must be one field alone (RFC 7540, 3.2.1). */
static bool read_settings(struct ow_exchange *x, struct ow_str *ret)
{
    const struct ow_fields *fields = &x->request.headers;
    const struct ow_field *field =
        ow_fields_find(fields, OW_STR("http2-settings"));

    return field && !ow_fields_next(fields, field) &&
           ow_base64_decode(field->value, &x->arena, ret) == 0;
}

struct ow_face *ow_h2c_take(struct ow_line *line, struct ow_exchange *x,
                            const struct ow_fields *trailers)
{
    static const char switching[] =
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Connection: Upgrade\r\n"
        "Upgrade: h2c\r\n\r\n";
    struct ow_str settings;
    struct ow_err err;

    if (x->request.version != 11 || !asks(line, &x->request.headers) ||
        !read_settings(x, &settings) ||
        ow_h2_library_load(line->env->h2, &err) < 0)
        return NULL;
    struct ow_face *face = ow_h2_face_upgrade(line, settings, x, trailers);
    if (face && ow_buf_append(&line->out, switching, sizeof switching - 1) < 0)
        ow_line_give_up(line, "no memory for an answer");
    return face;
}
