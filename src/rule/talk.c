/*
 * talk: see talk.h. Called by the command; patterns do the work. What is sent:
 * talk_give.c.
 */
#include "config.h"

#include "rule/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "plan/grammar.h"
#include "plan/value.h"
#include "rule/files.h"
#include "rule/when.h"

#define WITHIN_NS  INT64_C(5000000000)
#define REASON_MAX 600

struct ow_talk {
    struct ow_jsonc *doc; /* nodes point into it */
    struct ow_arena arena;
    struct ow_regexes regexes;
    const char *webhook;
    const cJSON *arguments;
    struct ow_talk_turn *turns;
    size_t n;
    int64_t within_ns;
};

static const char *const ask_names[OW_TALK_ASKS] = {"status", "reply", "json",
                                                    "body"};

static struct ow_action_input input_of(struct ow_talk *talk, struct ow_err *err)
{
    return (struct ow_action_input){
        .doc = talk->doc, .arena = &talk->arena, .err = err};
}

/* Reading. */

static int read_asks(struct ow_talk *talk, const cJSON *node,
                     struct ow_talk_turn *turn, struct ow_err *err)
{
    struct ow_pattern_source source = {
        .doc = talk->doc, .arena = &talk->arena, .regexes = &talk->regexes};
    int r = 0;

    for (int i = 0; i < OW_TALK_ASKS && r == 0; i++) {
        const cJSON *asked = ow_json_member(node, ask_names[i]);
        if (!asked)
            continue;
        bool is_tree = i == OW_TALK_JSON || i == OW_TALK_STATUS ||
                       (i == OW_TALK_REPLY && cJSON_IsArray(asked));
        struct ow_pattern *pattern =
            ow_arena_zalloc(&talk->arena, sizeof *pattern);
        source.flavour = is_tree ? OW_PATTERN_JSON : OW_PATTERN_TEXT;
        r = pattern ? ow_pattern_parse(&source, asked, pattern, err) : -ENOMEM;
        turn->nodes[i] = asked;
        turn->patterns[i] = pattern;
    }
    return r;
}

/* What the session will be asked; read here so that a mistake has its place. */
static int check_call(const struct ow_talk *talk, const cJSON *node,
                      struct ow_err *err)
{
    static const char *const own_keys[] = {"rule", "times", "status", NULL};
    struct ow_when *when;

    if (cJSON_IsString(node) && *node->valuestring)
        return 0; /* a rule's name */
    if (!cJSON_IsObject(node))
        return ow_jsonc_error(talk->doc, node, err,
                              "expected a call: { \"rule\": \"...\", "
                              "\"form\": {...} }");
    int r = ow_when_new(talk->doc, node, own_keys, &when, err);
    if (r == 0)
        ow_when_free(when);
    return r;
}

static int check_calls(const struct ow_talk *talk, const cJSON *calls,
                       struct ow_err *err)
{
    const cJSON *item = cJSON_IsArray(calls) ? calls->child : calls;
    int r = 0;

    for (; item && r == 0; item = cJSON_IsArray(calls) ? item->next : NULL)
        r = check_call(talk, item, err);
    return r;
}

static int read_name(const struct ow_action_input *in, const cJSON *node,
                     struct ow_talk_turn *turn)
{
    const cJSON *name = ow_json_member(node, "name");
    struct ow_str text;

    turn->name = cJSON_GetStringValue(turn->send);
    if (!name)
        return 0;
    int r = ow_value_string(in, name, &text);
    if (r == 0)
        turn->name = text.ptr;
    return r;
}

static int read_turn(struct ow_talk *talk, const cJSON *node,
                     struct ow_talk_turn *turn, struct ow_err *err)
{
    const struct ow_action_input in = input_of(talk, err);
    const cJSON *wait = ow_json_member(node, "wait"),
                *within = ow_json_member(node, "within");

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(talk->doc, node, err,
                              "expected a turn: { \"send\": \"Hello\", "
                              "\"reply\": \"~^Hi\" }");
    int r =
        ow_value_check_keys(&in, node, ow_grammar_keys(OW_OBJECT_talk_turn));
    turn->send = ow_json_member(node, "send");
    turn->calls = ow_json_member(node, "calls");
    turn->within_ns = talk->within_ns;
    if (r == 0)
        r = read_name(&in, node, turn);
    if (r == 0 && wait)
        r = ow_value_duration(&in, wait, &turn->wait_ns);
    if (r == 0 && within)
        r = ow_value_duration(&in, within, &turn->within_ns);
    if (r == 0)
        r = read_asks(talk, node, turn, err);
    return r == 0 && turn->calls ? check_calls(talk, turn->calls, err) : r;
}

static int read_turns(struct ow_talk *talk, const cJSON *list,
                      struct ow_err *err)
{
    const cJSON *node;
    int r = 0;

    if (!cJSON_IsArray(list) || !list->child)
        return ow_jsonc_error(talk->doc, list, err,
                              "expected a list of turns: [{ \"send\": "
                              "\"Hello\", \"reply\": \"~^Hi\" }]");
    size_t n = (size_t)cJSON_GetArraySize(list);
    talk->turns = ow_arena_zalloc(&talk->arena, n * sizeof *talk->turns);
    if (!talk->turns)
        return -ENOMEM;
    cJSON_ArrayForEach(node, list)
    {
        if (r == 0)
            r = read_turn(talk, node, &talk->turns[talk->n++], err);
    }
    return r;
}

static int read_webhook(const struct ow_action_input *in, const cJSON *node,
                        struct ow_talk *talk)
{
    struct ow_str name;

    if (!node)
        return 0;
    int r = ow_value_string(in, node, &name);
    if (r == 0)
        talk->webhook = name.ptr;
    return r;
}

static int read_talk(struct ow_talk *talk, struct ow_err *err)
{
    const struct ow_action_input in = input_of(talk, err);
    const cJSON *root = ow_jsonc_root(talk->doc);
    const cJSON *version = ow_json_member(root, "offwire");
    const cJSON *within = ow_json_member(root, "within");
    const cJSON *schema = ow_json_member(root, "$schema");

    if (!ow_json_member(root, "turns"))
        return -ENOMSG;
    int r = ow_value_check_keys(&in, root, ow_grammar_keys(OW_OBJECT_talk));
    if (r == 0 && (!cJSON_IsNumber(version) || version->valuedouble != 1))
        r = ow_jsonc_error(talk->doc, version ? version : root, err,
                           "a conversation says \"offwire\": 1, the version "
                           "that is read");
    if (r == 0 && schema && !cJSON_IsString(schema))
        r = ow_jsonc_error(talk->doc, schema, err, "expected a string");
    if (r == 0)
        r = read_webhook(&in, ow_json_member(root, "webhook"), talk);
    talk->arguments = ow_json_member(root, "arguments");
    talk->within_ns = WITHIN_NS;
    if (r == 0 && within)
        r = ow_value_duration(&in, within, &talk->within_ns);
    return r < 0 ? r : read_turns(talk, ow_json_member(root, "turns"), err);
}

int ow_talk_parse(const char *name, struct ow_str text, struct ow_talk **ret,
                  struct ow_err *err)
{
    struct ow_talk *talk = calloc(1, sizeof *talk);

    if (!talk)
        return ow_err_set(err, -ENOMEM, "out of memory");
    ow_arena_init(&talk->arena);
    ow_regexes_init(&talk->regexes, &talk->arena);
    int r = ow_jsonc_parse(name, text.ptr, text.len, &talk->doc, err);
    if (r == 0)
        r = read_talk(talk, err);
    if (r < 0)
        ow_talk_free(talk);
    else
        *ret = talk;
    return r == -ENOMEM ? ow_err_set(err, r, "%s: out of memory", name) : r;
}

int ow_talk_load(const char *path, struct ow_talk **ret, struct ow_err *err)
{
    struct ow_buf text;

    ow_buf_init(&text, OW_LIMIT_RULE_FILE + OW_LIMIT_IO);
    int r = ow_files_read(path, &text, err);
    if (r == 0)
        r = ow_talk_parse(path, ow_buf_peek(&text), ret, err);
    ow_buf_release(&text);
    return r;
}

struct ow_talk *ow_talk_free(struct ow_talk *talk)
{
    if (!talk)
        return NULL;
    ow_regexes_release(&talk->regexes);
    ow_arena_release(&talk->arena);
    ow_jsonc_free(talk->doc);
    free(talk);
    return NULL;
}

const char *ow_talk_webhook(const struct ow_talk *talk)
{
    return talk->webhook;
}

const cJSON *ow_talk_arguments(const struct ow_talk *talk)
{
    return talk->arguments;
}

size_t ow_talk_count(const struct ow_talk *talk)
{
    return talk->n;
}

const struct ow_talk_turn *ow_talk_turn(const struct ow_talk *talk, size_t n)
{
    return &talk->turns[n];
}

const struct ow_jsonc *ow_talk_doc(const struct ow_talk *talk)
{
    return talk->doc;
}

/* Comparing. */

/* What messages say, one behind the other, a line break between. Absent: there
 * are none. */
static int join_messages(const cJSON *messages, struct ow_arena *arena,
                         struct ow_str *ret)
{
    struct ow_buf out;
    const cJSON *item;
    int r = 0;

    *ret = (struct ow_str){NULL, 0};
    if (!cJSON_GetArraySize(messages))
        return 0;
    ow_buf_init(&out, 0);
    cJSON_ArrayForEach(item, messages)
    {
        const char *text = cJSON_GetStringValue(
            cJSON_IsObject(item) ? ow_json_member(item, "text") : item);
        if (r == 0 && item != messages->child)
            r = ow_buf_append(&out, "\n", 1);
        if (r == 0 && text)
            r = ow_buf_append_str(&out, ow_str_from(text));
    }
    if (r == 0)
        *ret = ow_arena_copy(arena, ow_buf_peek(&out));
    ow_buf_release(&out);
    return r < 0 || !ret->ptr ? -ENOMEM : 0;
}

/* A value as JSON text in the arena. */
static int print(const cJSON *value, struct ow_arena *arena, struct ow_str *ret)
{
    char *text = cJSON_PrintUnformatted(value);

    *ret = text ? ow_arena_copy(arena, ow_str_from(text))
                : (struct ow_str){NULL, 0};
    cJSON_free(text);
    return ret->ptr ? 0 : -ENOMEM;
}

/* What is looked at; as JSON, for who has to be shown it. The caller frees. */
static int find_value(const struct ow_talk_turn *turn, enum ow_talk_ask ask,
                      const struct ow_talk_answer *answer,
                      struct ow_arena *arena, cJSON **ret)
{
    struct ow_str text = {NULL, 0};
    int r = 0;

    *ret = NULL;
    if (ask == OW_TALK_STATUS) {
        *ret = cJSON_CreateNumber(answer->status);
        return *ret ? 0 : -ENOMEM;
    }
    if (ask == OW_TALK_JSON) {
        *ret = cJSON_ParseWithLength(answer->body.ptr, answer->body.len);
        return 0;
    }
    if (ask == OW_TALK_REPLY && cJSON_IsArray(turn->nodes[ask])) {
        *ret = cJSON_Duplicate(answer->messages, true);
        return *ret || !answer->messages ? 0 : -ENOMEM;
    }
    if (ask == OW_TALK_BODY)
        text = ow_arena_copy(arena, answer->body);
    else
        r = join_messages(answer->messages, arena, &text);
    if (r == 0 && text.ptr)
        *ret = cJSON_CreateString(text.ptr);
    return r < 0 || (text.ptr && !*ret) ? -ENOMEM : 0;
}

static int tell(const struct ow_talk *talk, const cJSON *node,
                const cJSON *value, struct ow_arena *arena,
                const struct ow_buf *reason, struct ow_talk_difference *ret)
{
    struct ow_err place;
    int r = ow_jsonc_place(talk->doc, node, &place);

    if (r < 0)
        return r;
    ret->place = ow_arena_copy(arena, ow_str_from(place.text));
    ret->reason = ow_arena_copy(arena, ow_buf_peek(reason));
    r = print(node, arena, &ret->want);
    ret->got = OW_STR("nothing");
    if (r == 0 && value)
        r = print(value, arena, &ret->got);
    return r < 0 || !ret->place.ptr || !ret->reason.ptr ? -ENOMEM : 0;
}

int ow_talk_check(const struct ow_talk *talk, const struct ow_talk_turn *turn,
                  enum ow_talk_ask ask, const struct ow_talk_answer *answer,
                  struct ow_arena *arena, struct ow_talk_difference *ret)
{
    struct ow_pattern_run run = {.arena = arena, .noun = ask_names[ask]};
    struct ow_buf reason;
    cJSON *value;

    if (!turn->patterns[ask])
        return 1;
    int r = find_value(turn, ask, answer, arena, &value);
    if (r < 0)
        return r;
    ow_buf_init(&reason, REASON_MAX);
    run.reason = &reason;
    ow_regex_run_init(&run.regex, &talk->regexes, arena);
    const struct ow_subject subject = ow_subject_json(value);
    r = ow_pattern_test(turn->patterns[ask], &subject, &run);
    if (r == 0 && tell(talk, turn->nodes[ask], value, arena, &reason, ret) < 0)
        r = -ENOMEM;
    ow_buf_release(&reason);
    cJSON_Delete(value);
    return r;
}
