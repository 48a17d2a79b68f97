/*
 * answer: "then" into answers, answers into plans. See answer.h. The actions
 * (action.h) do the work; this file knows which key belongs to which.
 */
#include "config.h"

#include "plan/answer.h"

#include <errno.h>
#include <string.h>

#include "plan/action.h"
#include "plan/grammar.h"
#include "plan/named.h"
#include "plan/pace.h"
#include "plan/refuse.h"
#include "plan/resource_run.h"
#include "plan/template.h"
#include "plan/value.h"

/* Answers are many and small: a rule of a canned body takes about 400 bytes. */
#define BLOCK 512

enum repeat {
    REPEAT_LAST,
    REPEAT_CYCLE,
    REPEAT_ONCE,
};

struct ow_answers {
    struct ow_arena arena;
    struct ow_answer *items;
    size_t n;
    enum repeat repeat;
};

static const struct ow_action_ops *const actions[] = {
#define OW_ACTION(name, file, help) &ow_##file##_ops,
#include "plan/actions.def"
#undef OW_ACTION
};

/* Readers of keys that are no actions. */
enum {
    OW_ACTION_HEAD = OW_ACTION_COUNT,
    OW_ACTION_LATER,
};

static const char *const key_names[] = {
#define OW_KEY(key, reader, type, help) key,
#include "plan/keys.def"
#undef OW_KEY
    NULL,
};

static const int key_readers[] = {
#define OW_KEY(key, reader, type, help) OW_ACTION_##reader,
#include "plan/keys.def"
#undef OW_KEY
};

static const char *const fault_names[] = {
#define OW_FAULT(name, text, stage, help) text,
#include "plan/faults.def"
#undef OW_FAULT
    NULL,
};

static const enum ow_stage fault_stages[] = {
    OW_STAGE_REQUEST, /* OW_FAULT_NONE */
#define OW_FAULT(name, text, stage, help) OW_STAGE_##stage,
#include "plan/faults.def"
#undef OW_FAULT
};

/* The row of keys.def, or -1. */
static int find_key(const char *key)
{
    for (int i = 0; key_names[i]; i++)
        if (strcmp(key_names[i], key) == 0)
            return i;
    return -1;
}

/* Marks those of an answer that is laid over another one. */
static int choose_over(const struct ow_action_input *in, const cJSON *next,
                       bool ret_chosen[OW_ACTION_COUNT])
{
    const cJSON *key;

    if (!in->takes_next)
        return ow_jsonc_error(in->doc, next, in->err,
                              "\"next\" cannot stand here: it is for \"then\" "
                              "of a rule, where another rule answers below");
    memset(ret_chosen, 0, OW_ACTION_COUNT * sizeof *ret_chosen);
    cJSON_ArrayForEach(key, in->then)
    {
        int row = find_key(key->string);
        if (row < 0)
            return ow_jsonc_unknown_key(in->doc, key, in->err, key_names);
        int reader = key_readers[row];
        bool is_read = reader == OW_ACTION_NEXT || reader == OW_ACTION_CUT ||
                       reader == OW_ACTION_FAULT || reader == OW_ACTION_CURL;
        if (!is_read && strcmp(key->string, "headers") != 0 &&
            strcmp(key->string, "delay") != 0)
            return ow_jsonc_error(in->doc, key, in->err,
                                  "\"%s\" cannot stand beside \"next\": the "
                                  "rule below says it",
                                  key->string);
        if (is_read)
            ret_chosen[reader] = true;
    }
    in->answer->is_next = true;
    return 0;
}

/* What comes before a request is a whole answer. */
static int check_over(const struct ow_action_input *in)
{
    if (!in->answer->is_next || ow_answer_stage(in->answer) == OW_STAGE_REQUEST)
        return 0;
    return ow_jsonc_error(
        in->doc, cJSON_GetObjectItemCaseSensitive(in->then, "fault"), in->err,
        "this fault acts before there is an answer: it cannot stand beside "
        "\"next\"");
}

/*
 * Marks the actions that the keys ask for; the one that writes the answer is
 * "respond" if no key says otherwise.
 */
static int choose_actions(const struct ow_action_input *in,
                          bool ret_chosen[OW_ACTION_COUNT])
{
    const cJSON *key, *body = NULL;

    cJSON_ArrayForEach(key, in->then)
    {
        int row = find_key(key->string);
        if (row < 0)
            return ow_jsonc_unknown_key(in->doc, key, in->err, key_names);
        int reader = key_readers[row];
        if (reader == OW_ACTION_LATER)
            return ow_jsonc_error(in->doc, key, in->err,
                                  "\"%s\" comes with a later version",
                                  key->string);
        bool is_body =
            reader == OW_ACTION_RESPOND || reader == OW_ACTION_STREAM ||
            reader == OW_ACTION_REPLIES || reader == OW_ACTION_WEBSOCKET;
        if (reader == OW_ACTION_NEXT)
            return choose_over(in, key, ret_chosen);
        if (is_body && body)
            return ow_jsonc_error(in->doc, key, in->err,
                                  "\"%s\" and \"%s\" are two bodies: an answer "
                                  "has one",
                                  body->string, key->string);
        if (is_body)
            body = key;
        if (reader < OW_ACTION_COUNT)
            ret_chosen[reader] = true;
    }
    ret_chosen[OW_ACTION_RESPOND] = !ret_chosen[OW_ACTION_STREAM] &&
                                    !ret_chosen[OW_ACTION_REPLIES] &&
                                    !ret_chosen[OW_ACTION_WEBSOCKET];
    if (in->route && ret_chosen[OW_ACTION_RESOURCE])
        return ow_jsonc_error(
            in->doc, cJSON_GetObjectItemCaseSensitive(in->then, "resource"),
            in->err, "this answer is of a resource already");
    if (in->route)
        ret_chosen[OW_ACTION_RESOURCE] = true;
    in->answer->is_of_resource = ret_chosen[OW_ACTION_RESOURCE];
    return 0;
}

/* Keys whose own readers know where templates may stand. */
static const char *const templated[] = {
    "json",   "text",     "stream",    "headers", "trailers",
    "status", "resource", "websocket", "replies", NULL};

static int check_templates(const struct ow_action_input *in)
{
    const cJSON *key;

    cJSON_ArrayForEach(key, in->then)
    {
        const char *const *known = templated;
        while (*known && strcmp(*known, key->string) != 0)
            known++;
        int r = *known ? 0 : ow_template_check(in->doc, key, in->err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int parse_answer(const struct ow_action_input *in)
{
    bool chosen[OW_ACTION_COUNT] = {false};
    const void *states[OW_ACTION_COUNT] = {NULL};
    struct ow_answer *answer = in->answer;

    if (!cJSON_IsObject(in->then))
        return ow_jsonc_error(in->doc, in->then, in->err,
                              "expected an answer: an object, or a list of "
                              "objects");
    int r = choose_actions(in, chosen);
    if (r == 0)
        r = check_templates(in);
    for (int i = OW_ACTION_COUNT - 1; i >= 0 && r == 0; i--)
        if (chosen[i])
            r = actions[i]->parse(in, &states[i]);
    if (r == 0)
        r = check_over(in);
    for (int i = 0; i < OW_ACTION_COUNT && r == 0; i++)
        if (chosen[i])
            answer->actions[answer->n++] =
                (struct ow_action){actions[i], states[i]};
    return r;
}

int ow_answer_parse(const struct ow_action_input *in)
{
    struct ow_action_input own = *in;
    int r = ow_named_resolve(&own);

    return r < 0 ? r : parse_answer(&own);
}

static int parse_sequence(struct ow_action_input *in, const cJSON *then,
                          struct ow_answers *answers)
{
    const cJSON *item = cJSON_IsArray(then) ? then->child : then;
    int count = cJSON_IsArray(then) ? cJSON_GetArraySize(then) : 1;

    if (count == 0)
        return ow_jsonc_error(in->doc, then, in->err,
                              "a sequence needs one answer at least");
    answers->items =
        ow_arena_zalloc(in->arena, (size_t)count * sizeof *answers->items);
    if (!answers->items)
        return -ENOMEM;
    for (; answers->n < (size_t)count; item = item->next) {
        in->then = item;
        in->answer = &answers->items[answers->n++];
        int r = ow_answer_parse(in);
        if (r < 0)
            return r;
    }
    return 0;
}

int ow_answers_parse(const struct ow_answer_source *source, const cJSON *then,
                     const cJSON *repeat, struct ow_answers **ret,
                     struct ow_err *err)
{
    struct ow_arena arena;
    int word = REPEAT_LAST;

    ow_arena_init(&arena);
    arena.block = BLOCK;
    struct ow_answers *answers = ow_arena_zalloc(&arena, sizeof *answers);
    if (!answers)
        return ow_err_set(err, -ENOMEM, "out of memory");
    answers->arena = arena;
    struct ow_action_input in = {.doc = source->doc,
                                 .arena = &answers->arena,
                                 .lua = source->lua,
                                 .patterns = source->patterns,
                                 .route = source->route,
                                 .takes_next = source->takes_next,
                                 .named = source->named,
                                 .err = err};
    int r = parse_sequence(&in, then, answers);
    if (r == 0 && repeat)
        r = ow_value_word(&in, repeat, ow_grammar_words(OW_WORDS_repeat),
                          &word);
    if (r < 0) {
        ow_answers_free(answers);
        return r == -ENOMEM ? ow_err_set(err, r, "out of memory") : r;
    }
    answers->repeat = (enum repeat)word;
    *ret = answers;
    return 0;
}

int ow_answers_parse_route(const struct ow_answer_source *source,
                           const cJSON *then, struct ow_answers **ret,
                           struct ow_err *err)
{
    struct ow_answer_source own = *source;
    struct ow_jsonc *empty = NULL;
    int r = 0;

    if (!then) {
        r = ow_jsonc_parse(ow_jsonc_file(source->doc), "{}", 2, &empty, err);
        own.doc = empty;
        then = r == 0 ? ow_jsonc_root(empty) : NULL;
    }
    if (r == 0)
        r = ow_answers_parse(&own, then, NULL, ret, err);
    ow_jsonc_free(empty);
    return r;
}

struct ow_answers *ow_answers_free(struct ow_answers *answers)
{
    if (!answers)
        return NULL;
    /* It lies in its own arena. */
    struct ow_arena arena = answers->arena;
    ow_arena_release(&arena);
    return NULL;
}

size_t ow_answers_count(const struct ow_answers *answers)
{
    return answers->n;
}

const struct ow_answer *ow_answers_at(const struct ow_answers *answers,
                                      uint64_t hit)
{
    if (hit < answers->n)
        return &answers->items[hit];
    if (answers->repeat == REPEAT_ONCE)
        return NULL;
    if (answers->repeat == REPEAT_CYCLE)
        return &answers->items[hit % answers->n];
    return &answers->items[answers->n - 1];
}

bool ow_answers_have_stage(const struct ow_answers *answers,
                           enum ow_stage stage)
{
    for (size_t i = 0; i < answers->n; i++)
        if (ow_answer_stage(&answers->items[i]) == stage)
            return true;
    return false;
}

static bool have_action(const struct ow_answers *answers,
                        const struct ow_action_ops *ops)
{
    for (size_t i = 0; i < answers->n; i++)
        for (size_t k = 0; k < answers->items[i].n; k++)
            if (answers->items[i].actions[k].ops == ops)
                return true;
    return false;
}

bool ow_answers_set_curl(const struct ow_answers *answers)
{
    return have_action(answers, &ow_curl_ops);
}

bool ow_answers_have_replies(const struct ow_answers *answers)
{
    return have_action(answers, &ow_replies_ops);
}

bool ow_answers_have_next(const struct ow_answers *answers)
{
    for (size_t i = 0; i < answers->n; i++)
        if (answers->items[i].is_next)
            return true;
    return false;
}

bool ow_answer_is_next(const struct ow_answer *answer)
{
    return answer->is_next;
}

void ow_answer_add_pace(const struct ow_answer *answer,
                        struct ow_pace_over *pace)
{
    if (answer->pace)
        ow_pace_over_add(pace, answer->pace);
}

enum ow_stage ow_answer_stage(const struct ow_answer *answer)
{
    return answer->has_received ? OW_STAGE_UPLOAD : fault_stages[answer->fault];
}

enum ow_fault_kind ow_answer_fault(const struct ow_answer *answer)
{
    return answer->fault;
}

uint64_t ow_answer_received(const struct ow_answer *answer)
{
    return answer->received;
}

int64_t ow_answer_fault_delay(const struct ow_answer *answer)
{
    return answer->fault_delay;
}

/* A resource has refused the request, and its answer is written. */
static bool is_passed_over(const struct ow_action *action,
                           const struct ow_answer_context *context)
{
    return context->resource && context->resource->is_answered &&
           (action->ops == &ow_respond_ops || action->ops == &ow_stream_ops ||
            action->ops == &ow_replies_ops);
}

static int plan_actions(const struct ow_answer *answer,
                        const struct ow_answer_context *context,
                        struct ow_plan *plan, struct ow_err *err)
{
    for (size_t i = 0; i < answer->n; i++) {
        const struct ow_action *action = &answer->actions[i];
        if (answer->is_of_resource && is_passed_over(action, context))
            continue;
        int r = action->ops->plan(action->state, context, plan, err);
        if (r == -ENOMEM)
            return ow_err_set(err, r, "out of memory");
        if (r < 0)
            return r;
    }
    return 0;
}

static int plan_of_resource(const struct ow_answer *answer,
                            const struct ow_answer_context *context,
                            struct ow_plan *plan, struct ow_err *err)
{
    /* Who gives a run of its own ends it, when all that looks at it is done. */
    if (!answer->is_of_resource || context->resource)
        return plan_actions(answer, context, plan, err);
    struct ow_resource_run run = {NULL};
    struct ow_answer_context own = *context;
    own.resource = &run;
    int r = plan_actions(answer, &own, plan, err);
    ow_resource_run_end(&run, &own);
    return r;
}

int ow_answer_plan(const struct ow_answer *answer,
                   const struct ow_answer_context *context,
                   struct ow_plan *plan, struct ow_err *err)
{
    struct ow_answer_context own = *context;
    struct ow_refuse refuse = {0};
    /* What is laid over an answer refuses all of it. */
    size_t begin = answer->is_next ? 0 : plan->n;

    /* An answer within another one refuses the whole of it. */
    if (context->refuse)
        return plan_of_resource(answer, context, plan, err);
    own.refuse = &refuse;
    int r = plan_of_resource(answer, &own, plan, err);
    if (r != -ECANCELED || refuse.status == 0)
        return r;
    plan->n = begin;
    plan->curl = 0;
    plan->fault = NULL;
    plan->script = NULL;
    plan->script_fault = NULL;
    plan->is_refused = true;
    if (context->resource)
        context->resource->is_doomed = false;
    return ow_refuse_plan(&refuse, plan, err);
}

const char *const *ow_fault_names(void)
{
    return fault_names;
}

const char *ow_fault_name(enum ow_fault_kind kind)
{
    return kind == OW_FAULT_NONE ? NULL : fault_names[kind - 1];
}
