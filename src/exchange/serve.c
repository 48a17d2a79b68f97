/*
 * serve: one connection: its line, and the face that it speaks with. See
 * serve.h. Called by host/ and the case runner; calls the face (face.h).
 */
#include "config.h"

#include "exchange/serve.h"

#include <stdlib.h>

#include "exchange/face.h"

struct ow_serve {
    struct ow_line line;
    struct ow_face *face;
};

void ow_line_give_up(struct ow_line *line, const char *why)
{
    struct ow_serve_env *env = line->env;
    struct ow_record record;

    ow_record_init(&record, OW_EVENT_ERROR);
    record.wall_ns = ow_clock_wall(env->clock, ow_clock_now(env->clock));
    record.program = line->peer.program;
    record.host = ow_str_from(line->peer.host);
    record.port = line->peer.port;
    record.text = ow_str_from(why);
    ow_journal_add(env->journal, &record);
    line->end = OW_SERVE_RESET;
}

void ow_line_use_rule(struct ow_line *line, const struct ow_rule *rule)
{
    const struct ow_network *network = rule ? ow_rule_network(rule) : NULL;

    line->has_network = network;
    if (network)
        line->network = *network;
}

struct ow_serve *ow_serve_new(struct ow_serve_env *env,
                              const struct ow_serve_peer *peer)
{
    struct ow_serve *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->line.env = env;
    s->line.peer = *peer;
    ow_buf_init(&s->line.out, OW_LIMIT_OUT);
    s->face = ow_h1_face_ops.new(&s->line);
    return s->face ? s : ow_serve_free(s);
}

void ow_serve_feed(struct ow_serve *s, const char *data, size_t len)
{
    if (s->line.end == OW_SERVE_OPEN && !s->line.is_eof)
        s->face->ops->feed(s->face, data, len);
}

bool ow_serve_wants_read(const struct ow_serve *s)
{
    return s->line.end == OW_SERVE_OPEN && !s->line.is_eof &&
           !s->line.is_deaf && s->face->ops->wants_read(s->face);
}

bool ow_serve_is_deaf(const struct ow_serve *s)
{
    return s->line.is_deaf;
}

void ow_serve_eof(struct ow_serve *s)
{
    s->line.is_eof = true;
    s->face->ops->eof(s->face);
}

int64_t ow_serve_run(struct ow_serve *s)
{
    return s->face->ops->run(s->face);
}

const struct ow_network *ow_serve_network(const struct ow_serve *s)
{
    return s->line.has_network ? &s->line.network : NULL;
}

struct ow_buf *ow_serve_out(struct ow_serve *s)
{
    return &s->line.out;
}

enum ow_serve_end ow_serve_end(const struct ow_serve *s)
{
    return s->line.end;
}

struct ow_serve *ow_serve_free(struct ow_serve *s)
{
    if (!s)
        return NULL;
    if (s->face)
        s->face->ops->free(s->face);
    ow_buf_release(&s->line.out);
    free(s);
    return NULL;
}
