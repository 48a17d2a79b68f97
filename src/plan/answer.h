/*
 * answer: what stands behind "then": one answer or a sequence of answers. It
 * is parsed once, when rules are loaded, and turned into a plan at each hit.
 * Immutable after parsing; shared by all exchanges.
 *
 * Faults of name, connection and TLS act before there is a request (an "early"
 * answer), those of an upload before it is whole; ow_answer_stage tells at
 * which point an answer acts.
 */
#ifndef OW_PLAN_ANSWER_H
#define OW_PLAN_ANSWER_H

#include "base/jsonc.h"
#include "plan/plan.h"
#include "state/clock.h"
#include "state/state.h"

enum ow_stage {
    OW_STAGE_NAME,    /* the look-up of the name */
    OW_STAGE_CONNECT, /* connect() */
    OW_STAGE_TLS,     /* the handshake */
    OW_STAGE_UPLOAD,  /* the request's body, while it comes */
    OW_STAGE_REQUEST, /* everything else */
};

/* One row per kind in plan/faults.def: OW_FAULT(NAME, "name", STAGE, help). */
enum ow_fault_kind {
    OW_FAULT_NONE,
#define OW_FAULT(name, text, stage, help) OW_FAULT_##name,
#include "plan/faults.def"
#undef OW_FAULT
};

struct ow_answers; /* what "then" says: one answer or a sequence of them */
struct ow_answer;  /* one of them */
struct ow_answer_seen;
struct ow_refuse;
struct ow_limit_seen;
struct ow_resource_route;
struct ow_resource_run;
struct ow_deed;
struct ow_lua; /* what evaluates templates: plan/lua.h */
struct ow_named_answers;
struct ow_message;        /* of a WebSocket's client: plan/message.h */
struct ow_pattern_reader; /* plan/action.h */

/* What answers are read with. */
struct ow_answer_source {
    const struct ow_jsonc *doc;
    struct ow_lua *lua; /* of templates; must outlive the answers */
    const struct ow_pattern_reader *patterns;
    const struct ow_resource_route *route; /* of a resource's; else NULL */
    bool takes_next; /* a rule may answer below: "next" can stand here */
    const struct ow_named_answers *named; /* plan/named.h; or NULL */
};
struct ow_conversation;
struct ow_loop;
struct ow_pace;
struct ow_pace_over;
struct ow_reply;

/* What a model says in a conversation: rule/replies.h, which plan/ does not
 * know. */
typedef int (*ow_reply_find_fn)(const void *replies,
                                const struct ow_states *states,
                                const struct ow_conversation *conversation,
                                struct ow_arena *arena,
                                const struct ow_reply **ret,
                                struct ow_fields *ret_captures);

/* What an answer may look at while it writes its plan. */
struct ow_answer_context {
    struct ow_request *request;
    struct ow_rand *rand;
    uint64_t hit;                     /* this rule's earlier answers */
    const struct ow_fields *params;   /* path parameters {id} */
    const struct ow_fields *captures; /* named regex captures */
    const struct ow_clock *clock;     /* of now(); NULL: it fails */
    struct ow_state *state;       /* of the rule's scope; NULL: seq() fails */
    const struct ow_fields *call; /* extra_view.h; or NULL */
    const struct ow_answer_seen *answer; /* the same */
    const struct ow_limit_seen *limit;   /* the same */
    const cJSON *arguments;     /* "arg" of a webhook; NULL: it is none */
    struct ow_message *message; /* "msg"; NULL: there is none */
    const cJSON *kept;          /* what its connection keeps; NULL: nothing */
    struct ow_deed *deed; /* which changes of resources belong to: deed.h */
    struct ow_resource_run *resource; /* NULL: it is about none */
    ow_reply_find_fn find_reply;      /* with replies; NULL: there are none */
    const void *replies;
    const struct ow_states *states; /* whose scenarios are on, for replies;
                                       NULL: none is */

    /* Set by those who write an answer, for the templates in it. */
    struct ow_refuse *refuse; /* of refuse(); NULL: it fails */
    const cJSON *reply;       /* reply.h */
    cJSON **said;   /* gets the reply, for "set" and "after"; the caller's to
                       delete. NULL: it is not asked for */
    bool is_saying; /* a reply is made: it cannot ask for one */
    const struct ow_pace *pace; /* of a stream, in place of its own; or NULL */
    const struct ow_pace_over *pace_over; /* laid over a stream's, or NULL */
    const struct ow_loop *loop;           /* the innermost; NULL: none */
    uint64_t position; /* of the event in its stream, from 0 */
};

/*
 * Parses the value of "then" (an object or a list of objects) and "repeat"
 * (may be NULL) of the rule. Paths of files are relative to the rule file's
 * folder. Returns 0, -EINVAL with a placed sentence, -ENOMEM.
 */
int ow_answers_parse(const struct ow_answer_source *source, const cJSON *then,
                     const cJSON *repeat, struct ow_answers **ret,
                     struct ow_err *err);
/* The same for source->route, which lives as long as the answers; then may be
 * NULL, for all that the route is by itself. */
int ow_answers_parse_route(const struct ow_answer_source *source,
                           const cJSON *then, struct ow_answers **ret,
                           struct ow_err *err);
struct ow_answers *ow_answers_free(struct ow_answers *answers);

/* How many answers there are. */
size_t ow_answers_count(const struct ow_answers *answers);
/* The answer for the hit-th time (from 0); NULL when "once" is used up. */
const struct ow_answer *ow_answers_at(const struct ow_answers *answers,
                                      uint64_t hit);
/* Whether any of them acts before there is a request. */
bool ow_answers_have_stage(const struct ow_answers *answers,
                           enum ow_stage stage);

/* Whether any of them gives libcurl's caller a CURLcode. */
bool ow_answers_set_curl(const struct ow_answers *answers);

/* Whether any of them is "replies", and reads conversations. */
bool ow_answers_have_replies(const struct ow_answers *answers);

/* Whether any of them is "next". */
bool ow_answers_have_next(const struct ow_answers *answers);
/*
 * Whether it is no answer, but laid over that of another rule: ow_answer_plan
 * then alters the plan that is there. What it says of the pace of streams has
 * to be known before: ow_answer_add_pace adds it where nothing was said yet.
 */
bool ow_answer_is_next(const struct ow_answer *answer);
void ow_answer_add_pace(const struct ow_answer *answer,
                        struct ow_pace_over *pace);

enum ow_stage ow_answer_stage(const struct ow_answer *answer);
enum ow_fault_kind ow_answer_fault(const struct ow_answer *answer);
/* Of a fault of the upload: behind how many bytes of the request's body. */
uint64_t ow_answer_received(const struct ow_answer *answer);
/* How long a fault waits (dns-timeout): nanoseconds, 0 if it says nothing. */
int64_t ow_answer_fault_delay(const struct ow_answer *answer);

/* Appends the answer's steps to the plan. 0, -ENOMEM, or another errno with a
 * sentence (a file that cannot be opened): the exchange answers 500 with it. */
int ow_answer_plan(const struct ow_answer *answer,
                   const struct ow_answer_context *context,
                   struct ow_plan *plan, struct ow_err *err);

/* Names of all kinds in faults.def, NULL-terminated; for help and errors. */
const char *const *ow_fault_names(void);
const char *ow_fault_name(enum ow_fault_kind kind);

#endif
