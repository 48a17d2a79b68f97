/*
 * action: what an answer is made of. The set of steps is closed, the set of
 * actions is open (D8): an action is a row of actions.def, its keys in
 * keys.def, and a file act_<name>.c with its ow_<name>_ops.
 *
 * An action reads its keys of "then" once, when rules are loaded, into a state
 * that lies in the answers' arena; it is never freed by itself and never
 * changes. At each hit it appends steps to the plan, or alters the steps of
 * the actions before it.
 */
#ifndef OW_PLAN_ACTION_H
#define OW_PLAN_ACTION_H

#include "plan/answer.h"

struct ow_named_answers;
struct ow_pattern;

/*
 * Patterns, for actions that look at what comes later: rule/, which stands
 * above, lends its parser.
 */
struct ow_pattern_reader {
    /* Lies in the table's memory. is_json: more than texts can be asked.
     * 0, -EINVAL with a placed sentence, -ENOMEM. */
    int (*read)(const struct ow_pattern_reader *reader, const cJSON *node,
                bool is_json, const struct ow_pattern **ret,
                struct ow_err *err);
};

/* What an action reads. */
struct ow_action_input {
    const struct ow_jsonc *doc;
    const cJSON *then;
    struct ow_arena *arena; /* of the answers */
    struct ow_lua *lua;     /* of the table, for templates */
    const struct ow_pattern_reader *patterns;
    const struct ow_resource_route *route; /* of a resource's; else NULL */
    const struct ow_named_answers *named;  /* of the pack; or NULL */
    bool takes_next;                       /* a rule may answer below */
    struct ow_answer *answer; /* what the actions read so far say of it */
    struct ow_err *err;
};

struct ow_action_ops {
    const char *name;
    /* 0, -EINVAL with a placed sentence, -ENOMEM. */
    int (*parse)(const struct ow_action_input *in, const void **ret_state);
    /* The same contract as ow_answer_plan. */
    int (*plan)(const void *state, const struct ow_answer_context *context,
                struct ow_plan *plan, struct ow_err *err);
};

/* Reads in->then into *in->answer, which is zeroed: for answers within an
 * action. The same results as ow_answers_parse. */
int ow_answer_parse(const struct ow_action_input *in);

#define OW_ACTION(name, file, help)                                            \
    extern const struct ow_action_ops ow_##file##_ops;
#include "plan/actions.def"
#undef OW_ACTION

enum ow_action_kind {
#define OW_ACTION(name, file, help) OW_ACTION_##name,
#include "plan/actions.def"
#undef OW_ACTION
    OW_ACTION_COUNT,
};

struct ow_action {
    const struct ow_action_ops *ops;
    const void *state;
};

/*
 * Actions are read from the last to the first, so that what alters can tell
 * the writer about itself here; they are played from the first to the last.
 */
struct ow_answer {
    struct ow_action actions[OW_ACTION_COUNT - 4]; /* of writers there is one */
    size_t n;
    enum ow_fault_kind fault;
    int64_t fault_delay;
    uint64_t received;   /* of the request's body, before it acts */
    bool has_received;   /* it acts while the request's body comes */
    bool is_of_resource; /* which gives a body if "then" has none */
    bool wants_body; /* a fault acts on a body: write one if "then" has none */
    bool is_next;    /* laid over the answer of another rule */
    const struct ow_pace_over *pace; /* of "next"; else NULL */
};

#endif
