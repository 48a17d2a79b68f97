/*
 * ws_world: what ws_session.c, ws_take.c, ws_play.c, ws_flow.c and ws_record.c
 * share of a WebSocket.
 */
#ifndef OW_EXCHANGE_WS_WORLD_H
#define OW_EXCHANGE_WS_WORLD_H

#include <sys/queue.h>

#include "base/limits.h"
#include "exchange/exchange.h"
#include "exchange/ws_frames.h"
#include "exchange/ws_session.h"
#include "plan/loop.h"
#include "plan/script.h"

enum ow_ws_task_state {
    OW_WS_TASK_READY,  /* goes on at due */
    OW_WS_TASK_EXPECT, /* waits for a message, till deadline */
    OW_WS_TASK_PONG,   /* waits for a pong, till deadline */
};

/* The script, or a reaction to a message. */
struct ow_ws_task {
    TAILQ_ENTRY(ow_ws_task) link;
    enum ow_ws_task_state state;
    size_t pc;
    int64_t due; /* also when what it does next counts from */
    int64_t deadline;
    bool is_blocked; /* it wants to send, and a message is being sent */
    bool is_script;  /* no reaction */
    const char *name;
    struct ow_message *message; /* "msg"; NULL: none yet */
    cJSON *list;                /* of EACH; NULL: not in one */
    struct ow_loop loop;        /* where in it */
    uint64_t loops[OW_LIMIT_SCRIPT_LOOPS];
    int n_loops;
    size_t loops_begin; /* the outermost one's first operation */
    struct ow_ws_control ping;
};

TAILQ_HEAD(ow_ws_tasks, ow_ws_task);

/* An ON that was passed. */
struct ow_ws_handler {
    bool is_on;
    uint64_t left; /* times to come; 0: no end */
    uint64_t seen;
    uint64_t bytes;
    size_t op;
};

enum ow_ws_phase {
    OW_WS_OPEN,
    OW_WS_CLOSING,   /* our close frame is out, the client's is waited for */
    OW_WS_ANSWERING, /* the client's came, and a reaction to it is at work */
    OW_WS_FINISHING, /* all is said; some of it is not out yet */
    OW_WS_STALLED,
    OW_WS_OVER, /* state says how */
};

struct ow_ws_session {
    struct ow_exchange *x;
    const struct ow_script *script;
    const struct ow_table *table;
    const struct ow_script_fault *fault; /* NULL: none, or it came */
    enum ow_ws_phase phase;
    enum ow_emit_state state; /* OVER */
    int64_t now;
    int64_t began;
    int64_t close_due; /* CLOSING, FINISHING */
    unsigned plays;    /* steps of the script without a rest */

    struct ow_ws *codec;
    struct ow_buf held; /* fed, not yet decoded */
    struct ow_message *coming;
    struct ow_message *inbox[OW_LIMIT_SCRIPT_INBOX]; /* for later steps */
    size_t n_inbox;
    bool is_new; /* the script has come further: look into the inbox */
    bool reads_not;
    bool is_eof;

    struct ow_ws_frames frames;
    bool is_full; /* the client has to read before more is sent */
    bool stops;   /* all tasks are to end */
    struct ow_ws_tasks tasks;
    size_t n_tasks;
    struct ow_ws_handler *handlers;

    cJSON *kept; /* NULL: nothing yet */

    uint64_t records;
    uint64_t in, out, in_bytes, out_bytes;
    uint16_t code; /* that of the close; 0: none yet */
    char reason[OW_WS_REASON_MAX];
    size_t reason_len;
    const char *closer;
    const char *ended; /* NULL: it is not */
};

/* ws_play.c: tasks. A task has its own reference to the message. */
int ow_ws_task_start(struct ow_ws_session *ws, size_t op, const char *name,
                     struct ow_message *message);
struct ow_ws_task *ow_ws_task_free(struct ow_ws_session *ws,
                                   struct ow_ws_task *task);
void ow_ws_task_free_all(struct ow_ws_session *ws);
/* Plays an operation that is due, or more; false: there is none. */
bool ow_ws_play(struct ow_ws_session *ws);
/* Plays what a fault does. */
void ow_ws_play_fault(struct ow_ws_session *ws);
/* Whether a step that is still to come may take a message. */
bool ow_ws_play_listens(const struct ow_ws_session *ws);

/* What templates see: the request, the message that set it off, what the
 * connection keeps, and the state as it is now. */
struct ow_answer_context ow_ws_context(const struct ow_ws_session *ws,
                                       const struct ow_ws_task *task);

/* ws_flow.c: players of KEEP, IF, EACH and NEXT. */
void ow_ws_flow_keep(struct ow_ws_session *ws, struct ow_ws_task *task,
                     const struct ow_script_op *op);
void ow_ws_flow_if(struct ow_ws_session *ws, struct ow_ws_task *task,
                   const struct ow_script_op *op);
void ow_ws_flow_each(struct ow_ws_session *ws, struct ow_ws_task *task,
                     const struct ow_script_op *op);
void ow_ws_flow_next(struct ow_ws_session *ws, struct ow_ws_task *task,
                     const struct ow_script_op *op);

/* ws_take.c: what came before its time, now that the script is further; and the
 * next event of the codec. False: there is none, or no room for it. */
bool ow_ws_take_inbox(struct ow_ws_session *ws);
bool ow_ws_decode(struct ow_ws_session *ws);

/* ws_session.c: how it ends. */
void ow_ws_note_code(struct ow_ws_session *ws, const char *closer,
                     uint16_t code, struct ow_str reason);
void ow_ws_begin_close(struct ow_ws_session *ws, uint16_t code,
                       struct ow_str reason);
void ow_ws_end(struct ow_ws_session *ws, enum ow_emit_state state,
               const char *ended);
/* Something of ours failed: told, and closed by 1011. */
void ow_ws_fail(struct ow_ws_session *ws, const char *why);

/* ws_record.c: the journal. place: the step's that looked at it, NULL: none;
 * why: what became of it otherwise. */
void ow_ws_record_in(struct ow_ws_session *ws, struct ow_message *message,
                     const char *place, const char *why);
void ow_ws_record_out(struct ow_ws_session *ws,
                      const struct ow_ws_payload *payload);
void ow_ws_record_control(struct ow_ws_session *ws, enum ow_message_kind kind,
                          uint16_t code, struct ow_str data);
void ow_ws_record_bad(struct ow_ws_session *ws, const char *name);
void ow_ws_record_error(struct ow_ws_session *ws, struct ow_str sentence);

#endif
