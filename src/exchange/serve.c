/*
 * serve: one connection: its line, and the face that it speaks with. See
 * serve.h. Called by host/ and the case runner; calls the face (face.h).
 *
 * ALPN tells the face, or the first bytes do: the preface of HTTP/2 begins as
 * no request of HTTP/1.1 does.
 */
#include "config.h"

#include "exchange/serve.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "exchange/face.h"
#include "wire/h2.h"

struct ow_serve {
    struct ow_line line;
    struct ow_face *face; /* NULL: not known yet */
    struct ow_face *past; /* the one before it, or NULL */
    size_t seen;          /* bytes of the preface that came, and no others */
};

static const struct {
    struct ow_str protocol;
    const struct ow_face_ops *ops;
} faces[] = {
#define OW_FACE(name, protocol, help)                                          \
    {{protocol, sizeof protocol - 1}, &ow_##name##_face_ops},
#include "exchange/faces.def"
#undef OW_FACE
};

/* Whether the line was said before; remembers it. A hash is never 0. */
static bool is_said(struct ow_serve_env *env, struct ow_str line)
{
    uint64_t hash = ow_hash_bytes(OW_HASH_BEGIN, line.ptr, line.len) | 1;

    for (size_t i = 0; i < OW_LIMIT_SAID; i++)
        if (env->said[i] == hash)
            return true;
    env->said[env->said_next++ % OW_LIMIT_SAID] = hash;
    return false;
}

void ow_serve_say(struct ow_serve_env *env, const struct ow_program *program,
                  struct ow_str sentence)
{
    if (env->say && sentence.ptr && !is_said(env, sentence))
        env->say(env->say_context, program, sentence.ptr);
}

void ow_line_note(struct ow_line *line, enum ow_event event, const char *text)
{
    struct ow_serve_env *env = line->env;
    struct ow_record record;

    ow_record_init(&record, event);
    record.wall_ns = ow_clock_wall(env->clock, ow_clock_now(env->clock));
    record.program = line->peer.program;
    record.host = ow_str_from(line->peer.host);
    record.port = line->peer.port;
    record.text = ow_str_from(text);
    ow_journal_add(env->journal, &record);
}

void ow_line_give_up(struct ow_line *line, const char *why)
{
    ow_line_note(line, OW_EVENT_ERROR, why);
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
    return s;
}

static void speak(struct ow_serve *s, const struct ow_face_ops *ops)
{
    struct ow_err err = {.text = "no memory for a connection"};
    struct ow_h2_library *h2 = s->line.env->h2;

    if (ops != &ow_h2_face_ops || (h2 && ow_h2_library_load(h2, &err) == 0))
        s->face = ops->new (&s->line);
    if (!s->face)
        ow_line_give_up(&s->line, err.text);
}

/* How many bytes of the preface these are, going on from seen; what is no
 * preface is 0. */
static size_t match_preface(const struct ow_serve *s, const char *data,
                            size_t len)
{
    const struct ow_str preface = OW_STR(OW_H2_PREFACE);
    size_t left = preface.len - s->seen;
    size_t n = len < left ? len : left;

    return memcmp(data, preface.ptr + s->seen, n) == 0 ? s->seen + n : 0;
}

/* The face that speaks first what was seen of the preface. */
static void begin(struct ow_serve *s, const struct ow_face_ops *ops)
{
    speak(s, ops);
    if (s->face && s->seen > 0)
        s->face->ops->feed(s->face, OW_H2_PREFACE, s->seen);
}

static void choose_face(struct ow_serve *s, const char *data, size_t len)
{
    struct ow_str agreed = s->line.peer.protocol;
    const struct ow_face_ops *ops = faces[0].ops;

    for (size_t i = 0; i < sizeof faces / sizeof *faces; i++)
        if (ow_str_equal(agreed, faces[i].protocol))
            ops = faces[i].ops;
    size_t seen = s->line.env->h2 ? match_preface(s, data, len) : 0;
    if (seen == sizeof OW_H2_PREFACE - 1)
        ops = &ow_h2_face_ops;
    else if (seen > 0 && ops == faces[0].ops) {
        s->seen = seen;
        return;
    }
    begin(s, ops);
}

/* A face that was changed to does not change again. */
static void change_face(struct ow_serve *s)
{
    if (!s->line.next)
        return;
    s->past = s->face;
    s->face = s->line.next;
    s->line.next = NULL;
}

void ow_serve_feed(struct ow_serve *s, const char *data, size_t len)
{
    if (s->line.end != OW_SERVE_OPEN || s->line.is_eof || len == 0)
        return;
    if (!s->face) {
        choose_face(s, data, len);
        if (!s->face)
            return;
    }
    if (s->line.end == OW_SERVE_OPEN)
        s->face->ops->feed(s->face, data, len);
    change_face(s);
}

bool ow_serve_wants_read(const struct ow_serve *s)
{
    if (s->line.end != OW_SERVE_OPEN || s->line.is_eof || s->line.is_deaf)
        return false;
    return !s->face || s->face->ops->wants_read(s->face);
}

bool ow_serve_is_deaf(const struct ow_serve *s)
{
    return s->line.is_deaf;
}

/* A connection that ends before its face is known was to be HTTP/1.1. */
static void settle(struct ow_serve *s)
{
    if (!s->face && s->line.end == OW_SERVE_OPEN)
        begin(s, faces[0].ops);
}

void ow_serve_eof(struct ow_serve *s)
{
    settle(s);
    s->line.is_eof = true;
    if (s->face)
        s->face->ops->eof(s->face);
}

void ow_serve_leave(struct ow_serve *s)
{
    if (s->face && s->line.end == OW_SERVE_OPEN && s->face->ops->leave)
        s->face->ops->leave(s->face);
}

int64_t ow_serve_run(struct ow_serve *s)
{
    if (!s->face)
        return OW_SERVE_NEVER;
    int64_t due = s->face->ops->run(s->face);
    if (!s->line.next)
        return due;
    change_face(s);
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
    if (s->seen > 0)
        settle(s);
    if (s->face)
        s->face->ops->free(s->face);
    if (s->past)
        s->past->ops->free(s->past);
    ow_buf_release(&s->line.out);
    free(s);
    return NULL;
}
