/*
 * Which reply a conversation gets, and what happens when memory is out. What
 * replies look like on the wire is in tests/cases/replies.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/failmalloc.h"
#include "../lib/quoted.h"
#include "base/limits.h"
#include "rule/table.h"

/* A format of our own: a list of {"r": role, "t": text, "o": tool's result}. */
#define FORMAT                                                                 \
    "'rules': [{'then': {'replies': {'conversation': {"                        \
    "  'model': '{{ req.json.model }}', 'system': '{{ req.json.system }}',"    \
    "  'messages': '{{ req.json.said }}', 'stream': '{{ req.json.stream }}',"  \
    "  'role': '{{ item.r }}', 'text': '{{ item.t }}',"                        \
    "  'tool_result': '{{ item.o }}',"                                         \
    "  'tools': '{{ req.json.tools }}', 'tool': '{{ item }}',"                 \
    "  'tool_schema': '{{ req.json.tool_schema }}',"                           \
    "  'call': '{{ req.json.call }}', 'schema': '{{ req.json.schema }}',"      \
    "  'stop': '{{ req.json.stop }}', 'max': '{{ req.json.max }}',"            \
    "  'note': '{{ req.json.note }}'},"                                        \
    " 'plain': [{'if': '{{ reply.note }}',"                                    \
    "            'then': {'text': '{{ reply.note.a }}'}},"                     \
    "           {'then': {'text': '{{ reply.text }}'}}],"                      \
    " 'stream': {'stream': {'sse': ["                                          \
    "   {'each': '{{ reply.pieces }}', 'data': '{{ item }}'},"                 \
    "   {'if': '{{ reply.error }}', 'event': 'error'}]}},"                     \
    " 'error': {'status': '{{ reply.error.status }}'}}}}]"

struct lab {
    struct ow_table *table;
    struct ow_arena arena;
    struct ow_body body;
    struct ow_plan plan;
    struct ow_err err;
};

static char *quoted(const char *text)
{
    char *copy = strdup(text);

    assert_non_null(copy);
    swap_quotes(copy, '\'', '"');
    return copy;
}

/* A rule file with these replies, to be freed. */
static char *file_of(const char *replies)
{
    struct ow_buf text = {0};

    assert_int_equal(ow_buf_printf(&text,
                                   "{'offwire': 1, 'hosts': ['a.test'], "
                                   "'replies': [%s], " FORMAT "}%c",
                                   replies, '\0'),
                     0);
    char *json = quoted(ow_buf_data(&text));
    ow_buf_release(&text);
    return json;
}

static int load(struct lab *lab, const char *json)
{
    return ow_table_load_text("r.json", json, strlen(json), &lab->table,
                              &lab->err);
}

static int set_up(void **state)
{
    static struct lab lab;

    lab = (struct lab){.err = {""}};
    ow_arena_init(&lab.arena);
    ow_body_init(&lab.body, OW_LIMIT_BODY_KEPT);
    ow_plan_init(&lab.plan, &lab.arena);
    *state = &lab;
    return 0;
}

static int tear_down(void **state)
{
    struct lab *lab = *state;

    ow_plan_release(&lab->plan);
    ow_body_release(&lab->body);
    ow_arena_release(&lab->arena);
    ow_table_free(lab->table);
    return 0;
}

/* Plans the answer of the one rule for this body. */
static int answer(struct lab *lab, const char *body)
{
    static const struct ow_program program = {.name = "test"};
    struct ow_request request = {.method = OW_STR("POST"),
                                 .scheme = OW_STR("https"),
                                 .host = OW_STR("a.test"),
                                 .port = 443,
                                 .path = OW_STR("/"),
                                 .raw_path = OW_STR("/"),
                                 .body = &lab->body,
                                 .program = &program,
                                 .arena = &lab->arena};
    const struct ow_rule *rule = ow_table_rule(lab->table, 0);
    const struct ow_answer *first = ow_answers_at(ow_rule_answers(rule), 0);
    struct ow_rand rand;
    struct ow_answer_context context = {.request = &request, .rand = &rand};

    ow_rand_init(&rand, 1);
    ow_plan_release(&lab->plan);
    ow_plan_init(&lab->plan, &lab->arena);
    ow_body_reset(&lab->body);
    ow_table_set_replies(lab->table, &context);
    int r = ow_body_feed(&lab->body, body, strlen(body));
    if (r == 0)
        r = ow_answer_plan(first, &context, &lab->plan, &lab->err);
    ow_request_release(&request);
    return r;
}

/* The body that a conversation gets; "" if there is none. */
static struct ow_str told(struct lab *lab, const char *conversation)
{
    char *body = quoted(conversation);

    if (answer(lab, body) < 0)
        fail_msg("%s", lab->err.text);
    free(body);
    for (size_t i = 0; i < lab->plan.n; i++)
        if (lab->plan.steps[i].kind == OW_STEP_BODY)
            return lab->plan.steps[i].bytes;
    return OW_STR("");
}

static void tells(struct lab *lab, const char *conversation,
                  const char *expected)
{
    struct ow_str text = told(lab, conversation);
    struct ow_str copy = ow_arena_copy(&lab->arena, text);

    assert_string_equal(copy.ptr, expected);
}

static void loads(struct lab *lab, const char *replies)
{
    char *json = file_of(replies);

    if (load(lab, json) < 0)
        fail_msg("%s", lab->err.text);
    free(json);
}

static void replies_fit_by_what_was_said(void **state)
{
    struct lab *lab = *state;

    loads(lab,
          "{'prompt': '~^hi (?<who>.+)', 'text': 'hello {{ m.who }}'},"
          "{'history': 'blue', 'prompt': '~colour', 'text': 'blue'},"
          "{'system': '~pirate', 'text': 'ahoy'},"
          "{'model': 'm2', 'text': 'two'},"
          "{'turn': 3, 'text': 'third'},"
          "{'has_tools': {'any': ['x', 'y']}, 'text': 'x or y'},"
          "{'has_tools': true, 'text': 'tools'},"
          "{'text': 'else'}");
    tells(lab, "{'said': [{'r': 'user', 't': 'hi Ann'}]}", "hello Ann");
    tells(lab, "{'said': 'hi Bob'}", "hello Bob");
    tells(lab,
          "{'said': [{'r': 'user', 't': 'blue'}, {'r': 'assistant', 't': 'k'},"
          " {'r': 'user', 't': 'which colour'}]}",
          "blue");
    tells(lab, "{'said': 'blue colour'}", "else");
    tells(lab, "{'said': [], 'system': 'be a pirate'}", "ahoy");
    tells(lab,
          "{'said': [{'r': 'system', 't': 'be'}, {'r': 'user', 't': 'x'},"
          " {'r': 'system', 't': 'a pirate'}]}",
          "ahoy");
    tells(lab, "{'said': 'x', 'model': 'm2'}", "two");
    tells(lab,
          "{'said': [{'r': 'user', 't': 'a'}, {'r': 'user', 't': 'b'},"
          " {'r': 'user', 't': 'c'}]}",
          "third");
    tells(lab, "{'said': 'x', 'tools': ['a', 'y']}", "x or y");
    tells(lab, "{'said': 'x', 'tools': ['a']}", "tools");
    tells(lab, "{'said': null}", "else");
}

static void replies_take_a_prompt_as_answered_by_a_tool(void **state)
{
    struct lab *lab = *state;
    static const char looped[] =
        "{'said': [{'r': 'user', 't': 'weather'}, {'r': 'assistant'},"
        " {'r': 'tool', 'o': 'rain'}, {'r': 'tool', 'o': '%s'}]}";
    char text[256];

    loads(lab,
          "{'prompt': '~weather', 'text': 'call'},"
          "{'tool_result': '~sun', 'prompt': '~weather', 'text': 'both'},"
          "{'tool_result': 'rain', 'text': 'wet'},"
          "{'history': '~weather', 'text': 'history'}");
    tells(lab, "{'said': 'weather'}", "call");
    snprintf(text, sizeof text, looped, "sun");
    tells(lab, text, "both");
    snprintf(text, sizeof text, looped, "fog");
    tells(lab, text, "wet");
    tells(lab,
          "{'said': [{'r': 'user', 't': 'weather'}, {'r': 'tool', 'o': 'x'}]}",
          "history");
}

static void replies_remember_what_was_said_last(void **state)
{
    struct lab *lab = *state;

    loads(lab, "{'history': '~I am (?<who>\\\\w+)', 'text': '{{ m.who }}'}");
    tells(lab,
          "{'said': [{'r': 'user', 't': 'I am Ann'}, {'r': 'assistant', 't': "
          "'ok'}, {'r': 'user', 't': 'no, I am Bob'}, {'r': 'user', 't': "
          "'?'}]}",
          "Bob");
}

static void replies_say_when_none_fits(void **state)
{
    struct lab *lab = *state;

    loads(lab, "{'prompt': 'x', 'text': 'y'}");
    assert_int_equal(answer(lab, "{\"said\": \"z\"}"), -EINVAL);
    assert_non_null(strstr(lab->err.text, "the prompt is \"z\""));
}

static void replies_fail_behind_pieces_of_a_stream(void **state)
{
    struct lab *lab = *state;
    size_t pieces = 0;

    loads(lab,
          "{'text': ['a', 'b', 'c'], 'error': {'status': 500, 'after': "
          "2}}");
    told(lab, "{'said': 'x', 'stream': true}");
    for (size_t i = 0; i < lab->plan.n; i++)
        pieces += lab->plan.steps[i].kind == OW_STEP_PIECE;
    assert_int_equal(pieces, 3);
    told(lab, "{'said': 'x'}");
    assert_int_equal(ow_plan_head(&lab->plan)->head.status, 500);
}

static void replies_wait_as_their_pace_says(void **state)
{
    struct lab *lab = *state;

    loads(lab, "{'text': ['a', 'b', 'c'], 'first': '1s', 'tps': 10}");
    told(lab, "{'said': 'x'}");
    assert_int_equal(lab->plan.steps[0].kind, OW_STEP_WAIT);
    assert_int_equal(lab->plan.steps[0].wait_ns, 1200000000);
}

/* Takes the file. */
static void file_survives(struct lab *lab, char *json, const char *body)
{
    bool done = false;

    for (long n = 0; !done; n++) {
        lab->table = ow_table_free(lab->table);
        ow_arena_reset(&lab->arena);
        failmalloc_arm(n);
        int r = load(lab, json);
        if (r == 0)
            r = answer(lab, body);
        done = !failmalloc_disarm();
        /* Lua asks a second time, and a body that cannot be parsed is none. */
        assert_true(r == 0 || (r < 0 && !done));
    }
    free(json);
}

static void survives(struct lab *lab, const char *replies, const char *body)
{
    file_survives(lab, file_of(replies), body);
}

/* Lists, tables, what is no ASCII, and parts of the request as they are. */
static void replies_of_one_expression_survive_failing_allocations(void **state)
{
    file_survives(
        *state,
        quoted("{'offwire': 1, 'hosts': ['a.test'], 'replies': [{'text': 'x'}],"
               " 'rules': [{'then': {'replies': {'conversation': '{{ { "
               "messages = req.json.said, text = req.json.name, model = "
               "[[caf\\u00e9]], max = 7, stream = false, tools = { [[a]], { "
               "name = [[b]], schema = { type = [[object]] } } }, note = { "
               "list = { 1, 2.5 }, none = {} } } }}', 'plain': {'json': "
               "'{{ reply.note }}'}}}}]}"),
        "{\"said\": [{\"role\": \"user\", \"t\": \"hi\"}], \"name\": "
        "\"t\"}");
}

static void replies_survive_each_allocation_that_fails(void **state)
{
    survives(
        *state,
        "{'prompt': '~no', 'text': 'x'},"
        "{'prompt': '~(?<p>x)', 'history': 'h', 'has_tools': '~t',"
        " 'text': 'a {{ m.p }} c', 'reasoning': ['r'], 'tool_calls': [{'name':"
        " 'n', 'arguments': {'a': '{{ 1 }}'}, 'id': 'i'}], 'usage': {'input': "
        "1}, 'finish': 'f', 'error': {'status': 500, 'retry_after': 1, "
        "'after': 2}}",
        "{\"said\": [{\"r\": \"user\", \"t\": \"h\"}, {\"r\": \"user\", "
        "\"t\": \"x\"}], \"tools\": [\"t\"], \"stream\": true}");
}

static void replies_keep_to_wishes_when_allocations_fail(void **state)
{
    survives(*state, "{'text': ['a b', 'c']}",
             "{\"said\": \"hi\", \"schema\": {\"properties\": {\"a\":"
             " {\"type\": \"array\"}}}, \"stop\": [\"z\", \"a\"], "
             "\"max\": 100}");
    survives(*state, "{'text': 'a'}",
             "{\"said\": \"hi\", \"note\": {\"a\": [1, \"b\"]}}");
    survives(*state, "{'text': 'a'}",
             "{\"said\": \"hi\", \"call\": {\"name\": \"w\", \"schema\":"
             " {\"properties\": {\"a\": {}}}}}");
    survives(*state, "{'tool_calls': [{'name': 'w'}]}",
             "{\"said\": \"hi\", \"tools\": [\"w\"], \"tool_schema\":"
             " {\"properties\": {\"a\": {}}}}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(replies_fit_by_what_was_said),
        TEST(replies_take_a_prompt_as_answered_by_a_tool),
        TEST(replies_remember_what_was_said_last),
        TEST(replies_say_when_none_fits),
        TEST(replies_fail_behind_pieces_of_a_stream),
        TEST(replies_wait_as_their_pace_says),
        TEST(replies_survive_each_allocation_that_fails),
        TEST(replies_keep_to_wishes_when_allocations_fail),
        TEST(replies_of_one_expression_survive_failing_allocations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
