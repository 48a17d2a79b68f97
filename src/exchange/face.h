/*
 * face: what a connection speaks: one codec's side of it, from decoded bytes
 * to exchanges and back. serve.c chooses one (faces.def) and knows nothing
 * more of it.
 *
 *     line (serve.c)            face (face_<name>.c)
 *     feed, eof, run   ---->    codec -> exchange(s) -> sink
 *     out, end         <----
 *
 * A face owns its codec, its sinks and its exchanges: one exchange after the
 * other, or one a stream. What is said both ways inside of one exchange (a
 * WebSocket) is no face: its bytes come to the exchange by ow_exchange_feed and
 * leave by its sink, whatever the face.
 *
 * To add one: a row in faces.def and face_<name>.c with ow_<name>_face_ops.
 */
#ifndef OW_EXCHANGE_FACE_H
#define OW_EXCHANGE_FACE_H

#include "base/buf.h"
#include "exchange/serve.h"
#include "rule/network.h"

/* What a face and its connection share. */
struct ow_line {
    struct ow_serve_env *env;
    struct ow_serve_peer peer;
    struct ow_buf out; /* bytes for the client */
    bool is_eof;       /* the client sends no more */
    bool has_network;  /* see ow_serve_network */
    struct ow_network network;
    bool is_deaf;          /* set by the face: nothing more is to be read */
    enum ow_serve_end end; /* set by the face, for good */
    /* Set by the face in feed or run: the one that goes on. It stays itself,
     * for what was borrowed from it, but is not called any more. */
    struct ow_face *next;
};

/* First member of a face's own struct. */
struct ow_face {
    const struct ow_face_ops *ops;
    struct ow_line *line;
};

/* The contracts are those of ow_serve_* (serve.h). */
struct ow_face_ops {
    struct ow_face *(*new)(struct ow_line *line); /* NULL: no memory */
    /* Ends what is under way, with its journal record; also a half-built
     * one. Returns NULL. */
    struct ow_face *(*free)(struct ow_face *face);
    void (*feed)(struct ow_face *face, const char *data, size_t len);
    bool (*wants_read)(const struct ow_face *face);
    /* line->is_eof is set. */
    void (*eof)(struct ow_face *face);
    /* What the protocol has to say before the host goes, put into out; NULL:
     * nothing. */
    void (*leave)(struct ow_face *face);
    int64_t (*run)(struct ow_face *face);
};

#define OW_FACE(name, protocol, help)                                          \
    extern const struct ow_face_ops ow_##name##_face_ops;
#include "exchange/faces.def"
#undef OW_FACE

/* To be called when an answer begins: its rule may have a network. */
void ow_line_use_rule(struct ow_line *line, const struct ow_rule *rule);
/* A record of the connection: this event, now. */
void ow_line_note(struct ow_line *line, enum ow_event event, const char *text);
/* What cannot even be answered: the connection is dropped, and it is told. */
void ow_line_give_up(struct ow_line *line, const char *why);

#endif
