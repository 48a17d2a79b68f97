/*
 * plan: what an exchange's answer does, as a list of timed steps (D8). Actions
 * write plans, the emitter plays them; neither knows the other. A plan lies
 * in its exchange's arena, so it is never freed by itself; the descriptors it
 * opened are closed by ow_plan_release.
 *
 * Steps come in the order they are played. Bytes are borrowed: from the rule
 * table (which outlives all plans) or from the arena.
 *
 * A plan may lie on purpose. head.length is what the client is told; more or
 * fewer bytes may follow, and CLOSE, RESET or STALL may come at any place.
 * A plan that begins with RAW instead of HEAD has written a head of its own:
 * its body steps go out as they are, without framing.
 *
 *     [WAIT delay] HEAD [WAIT first] PIECE [WAIT every] PIECE ... END
 *     HEAD BODY END      HEAD BODY CLOSE      RAW BODY CLOSE      RESET
 */
#ifndef OW_PLAN_PLAN_H
#define OW_PLAN_PLAN_H

#include "base/rand.h"
#include "http/fields.h"
#include "http/request.h"

/* One row per kind in plan/steps.def: OW_STEP(NAME, "for people"). */
enum ow_step_kind {
#define OW_STEP(name, help) OW_STEP_##name,
#include "plan/steps.def"
#undef OW_STEP
};

/* How the body's end is told to the client (RFC 9112, 6). */
enum ow_framing {
    OW_FRAMING_LENGTH,  /* Content-Length: head.length */
    OW_FRAMING_CHUNKED, /* HTTP/1.0 clients get OW_FRAMING_CLOSE instead */
    OW_FRAMING_CLOSE,
    OW_FRAMING_NONE, /* 204, 304: no body, no length */
};

struct ow_script;
struct ow_script_fault;
/* How a head is broken in HTTP/2, where there are no lines. */
struct ow_broken {
    const struct ow_step *head; /* HEAD: the rest of it */
    struct ow_str name;         /* ":status" breaks that */
    struct ow_str value;
};

struct ow_step {
    enum ow_step_kind kind;
    union {
        struct { /* HEAD */
            int status;
            struct ow_str reason; /* absent: the standard one */
            const struct ow_fields *fields;
            enum ow_framing framing;
            uint64_t length;
        } head;
        struct ow_str bytes; /* BODY, PIECE */
        struct {             /* RAW */
            struct ow_str bytes;
            const struct ow_broken *broken; /* HTTP/2 sends this; NULL: bytes */
        } raw;
        struct { /* FILE: a range of an open file, read as it is sent */
            int fd;
            uint64_t offset;
            uint64_t length;
            uint64_t rate;         /* bytes a second; 0: no limit */
            int64_t corrupt_every; /* flip one bit each n bytes; 0: no */
        } file;
        struct { /* PACED: piece bytes at a time (the last may be shorter) */
            struct ow_str bytes;
            size_t piece;
            int64_t every_ns; /* from piece to piece, and from the
                                 last one to the next step */
        } paced;
        struct { /* GOAWAY; HTTP/1.x says "Connection: close" */
            uint32_t error;
            bool is_done; /* this request counts as taken in */
            struct ow_str text;
        } goaway;
        /*
         * CLOSE, RESET: of an exchange that has its connection for itself, FIN
         * and RST; of one stream among others, RST_STREAM, and the others go
         * on.
         */
        struct {
            uint32_t error;     /* of RST_STREAM, and one; 0: what fits */
            bool of_connection; /* FIN or RST, whatever the protocol */
            bool is_whole;      /* CLOSE: not RST_STREAM but END_STREAM */
        } end;
        const struct ow_fields *trailers; /* END; may be NULL */
        int64_t wait_ns; /* WAIT: after the step before was due */
    };
};

struct ow_plan {
    struct ow_arena *arena;
    struct ow_step *steps;
    size_t n;
    size_t cap;
    bool is_refused;   /* by refuse(): nothing comes of the request */
    int curl;          /* CURLcode for libcurl's caller, and one; 0: its own */
    const char *fault; /* for the journal: the fault's kind; NULL if none */
    const char *reply; /* the same: where the reply stands */
    /* Said and heard behind the last step, on a WebSocket; NULL: it is all. */
    const struct ow_script *script;
    const struct ow_script_fault *script_fault; /* NULL: none */
    int fds[4]; /* opened by actions for FILE steps */
    size_t nfds;
};

void ow_plan_init(struct ow_plan *plan, struct ow_arena *arena);
/* Closes the descriptors. */
void ow_plan_release(struct ow_plan *plan);
/* Room for more steps in one allocation, where their number is known: 0 or
 * -ENOMEM. */
int ow_plan_reserve(struct ow_plan *plan, size_t more);
/* Appends a zeroed step of this kind; NULL when memory is out. Steps added
 * before may move: ow_step pointers live until the next call. */
struct ow_step *ow_plan_add(struct ow_plan *plan, enum ow_step_kind kind);
/* An answer with all of its body, which is borrowed: HEAD, BODY, END. 0 or
 * -ENOMEM. */
int ow_plan_whole(struct ow_plan *plan, int status,
                  const struct ow_fields *fields, struct ow_str body);
/* Hands a descriptor to the plan, which closes it. 0, or -EMFILE (closed). */
int ow_plan_take_fd(struct ow_plan *plan, int fd);
/*
 * Ends the plan behind its first `bytes` body bytes, or at once behind the
 * head for 0; what comes later, the END step too, is dropped. A plan with
 * fewer body bytes loses its END alone.
 */
void ow_plan_cut(struct ow_plan *plan, uint64_t bytes);
/* The same behind the first n PIECE and PACED steps. */
void ow_plan_cut_pieces(struct ow_plan *plan, uint64_t n);
/* Whether it has such steps: whether its body is a stream of pieces. */
bool ow_plan_has_pieces(const struct ow_plan *plan);
/* Puts a time before all of its steps. 0 or -ENOMEM. */
int ow_plan_delay(struct ow_plan *plan, int64_t ns);
/* The first HEAD step, or NULL. */
struct ow_step *ow_plan_head(const struct ow_plan *plan);
/* Body bytes of one step. */
uint64_t ow_step_body_size(const struct ow_step *step);
/* Sum of the body bytes that the plan sends if it is played to its end. */
uint64_t ow_plan_body_size(const struct ow_plan *plan);

#endif
