#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/rule_lab.h"
#include "plan/timeline.h"
#include "rule/table_build.h"

#define SECOND INT64_C(1000000000)

/* A session with one resource "a", and a clock that stands. */
struct lab {
    struct rule_lab rules;
    struct ow_clock clock; /* at 1000 s since the epoch, when it begins */
    struct ow_state state;
    struct ow_rand rand;
    struct ow_arena arena;
    struct ow_buf text;
    struct ow_resource *resource;
    const struct ow_resource_type *type;
};

static int setup(void **state)
{
    struct lab *lab = calloc(1, sizeof *lab);

    if (!lab)
        return -1;
    rule_lab_init(&lab->rules);
    ow_arena_init(&lab->arena);
    ow_rand_init(&lab->rand, 1);
    lab->clock.begin_real_ns = 1000 * SECOND;
    *state = lab;
    return 0;
}

static int teardown(void **state)
{
    struct lab *lab = *state;

    ow_state_release(&lab->state);
    rule_lab_release(&lab->rules);
    ow_arena_release(&lab->arena);
    ow_buf_release(&lab->text);
    free(lab);
    return 0;
}

static void load(struct lab *lab, const char *timeline)
{
    struct ow_buf text = {0};
    const struct ow_resource_draft draft = {.id = OW_STR("a"),
                                            .json = OW_STR("{\"id\":\"a\"}")};
    struct ow_collection *c;

    ow_buf_printf(&text,
                  "{'offwire': 1, 'hosts': ['a.test'], 'resources': {"
                  "'job': {'at': '/a', 'id': 'a%%d', 'timeline': [%s]},"
                  "'file': {'at': '/b', 'id': 'b%%d'}}}%c",
                  timeline, '\0');
    int r = rule_lab_load(&lab->rules, ow_buf_data(&text));
    ow_buf_release(&text);
    assert_string_equal(lab->rules.err.text, "");
    assert_int_equal(r, 0);
    lab->type = lab->rules.table->types.first;
    lab->state.resources = ow_resources_new();
    assert_int_equal(ow_resources_collection(lab->state.resources,
                                             lab->type->key, OW_STR(""), NULL,
                                             &c),
                     0);
    assert_int_equal(ow_resources_add(c, &draft, &lab->resource), 0);
    assert_int_equal(ow_timeline_begin(lab->type, lab->resource, 0,
                                       lab->clock.standing_ns, &lab->rules.err),
                     0);
}

/* What is seen at that time; ' for ", and errors as their sentence. */
static const char *seen_at(struct lab *lab, int64_t seconds)
{
    static const struct ow_program nobody = {.name = ""};
    struct ow_body body;
    struct ow_request request = {
        .arena = &lab->arena, .body = &body, .program = &nobody};
    const struct ow_answer_context context = {.request = &request,
                                              .rand = &lab->rand,
                                              .clock = &lab->clock,
                                              .state = &lab->state};
    struct ow_err err;

    ow_body_init(&body, 0);
    lab->clock.standing_ns = seconds * SECOND;
    ow_buf_clear(&lab->text, 0);
    int r = ow_timeline_settle(lab->type, lab->resource, &context, &err);
    ow_buf_printf(&lab->text, "%s%c",
                  r < 0 ? err.text : lab->resource->json.ptr, '\0');
    ow_resources_tidy(lab->state.resources);
    ow_body_release(&body);
    for (char *at = ow_buf_data(&lab->text); *at; at++)
        if (*at == '"')
            *at = '\'';
    return ow_buf_data(&lab->text);
}

static void settle_applies_steps_when_they_are_due(void **state)
{
    struct lab *lab = *state;

    load(lab,
         "{'at': '0s', 'set': {'s': 'queued'}},"
         "{'at': '2s', 'set': {'s': 'running'}},"
         "{'at': '10s', 'set': {'s': 'done', 'r': [1]}}");
    assert_string_equal(seen_at(lab, 0), "{'id':'a','s':'queued'}");
    assert_int_equal(ow_timeline_due(lab->type, lab->resource), 2 * SECOND);
    assert_string_equal(seen_at(lab, 1), "{'id':'a','s':'queued'}");
    assert_string_equal(seen_at(lab, 2), "{'id':'a','s':'running'}");
    assert_string_equal(seen_at(lab, 9), "{'id':'a','s':'running'}");
    assert_string_equal(seen_at(lab, 10), "{'id':'a','s':'done','r':[1]}");
    assert_true(ow_timeline_due(lab->type, lab->resource) == INT64_MAX);
}

static void settle_gives_each_step_its_own_moment(void **state)
{
    struct lab *lab = *state;

    load(lab,
         "{'at': '1s', 'set': {'x': '{{ now() }}', 'n': '{{ self.n }}'}},"
         "{'at': '3s', 'set': {'y': '{{ now() }}',"
         " 'z': '{{ self.x + 1 }}'}}");
    assert_string_equal(seen_at(lab, 70),
                        "{'id':'a','x':1001,'n':1,'y':1003,'z':1002}");
}

static void settle_branches_on_conditions(void **state)
{
    struct lab *lab = *state;

    load(lab,
         "{'at': 0, 'set': {'s': 'b', 'k': 1}},"
         "{'at': 0, 'when': {'s': ['x', 'y']}, 'set': {'k': 2}},"
         "{'at': 0, 'when': {'s': ['a', '~^b'], 'k': {'lt': 2}},"
         " 'set': {'k': 3}},"
         "{'at': 0, 'when': {'t': 'absent', 's': 'present'},"
         " 'set': {'t': 0}},"
         "{'at': 0, 'when': '{{ self.k == 1 }}', 'set': {'k': 4}},"
         "{'at': 0, 'when': '{{ self.k == 3 }}', 'stop': true},"
         "{'at': 0, 'set': {'k': 5}}");
    assert_string_equal(seen_at(lab, 0), "{'id':'a','s':'b','k':3,'t':0}");
    assert_int_equal(lab->resource->course.timeline, -1);
}

static void settle_sees_other_resources_as_they_are_then(void **state)
{
    struct lab *lab = *state;

    /* An expression of a step that has another resource's steps run. */
    load(lab,
         "{'at': '1s', 'set': {'a': 1}},"
         "{'at': '2s', 'set': {'b': '{{ find([[job]], [[a]]).a }}'}}");
    assert_string_equal(seen_at(lab, 5), "{'id':'a','a':1,'b':1}");
    assert_string_equal(seen_at(lab, 5), "{'id':'a','a':1,'b':1}");
}

static void settle_tells_what_failed_and_goes_on(void **state)
{
    struct lab *lab = *state;

    load(lab,
         "{'at': '1s', 'set': {'a': '{{ self.b.c }}'}},"
         "{'at': '2s', 'set': {'b': 2}}");
    assert_non_null(strstr(seen_at(lab, 5), "{{ self.b.c }} (my.json:1): "));
    assert_string_equal(seen_at(lab, 5), "{'id':'a','b':2}");
}

static void settle_sees_no_request(void **state)
{
    struct lab *lab = *state;

    load(lab,
         "{'at': 0, 'set': {'j': '{{ req.json }}', 'm': '{{ req.method }}',"
         " 'q': '{{ req.query.x }}', 'f': '{{ req.form.x }}',"
         " 'h': '{{ req.headers.x }}', 'c': '{{ req.cookies.x }}',"
         " 'b': '{{ req.body }}', 'u': '{{ p.id }}'}}");
    assert_string_equal(seen_at(lab, 0),
                        "{'id':'a','j':null,'m':null,'q':null,'f':null,"
                        "'h':null,'c':null,'b':'','u':null}");
}

static void begin_takes_no_number_that_is_not_there(void **state)
{
    struct lab *lab = *state;

    load(lab, "");
    assert_int_equal(lab->resource->course.timeline, -1);
    assert_int_equal(
        ow_timeline_begin(lab->type, lab->resource, 7, 0, &lab->rules.err), 0);
    assert_int_equal(lab->resource->course.timeline, -1);
    lab->resource->course.timeline = 7; /* of a table that was replaced */
    assert_true(ow_timeline_due(lab->type, lab->resource) == INT64_MAX);
    assert_string_equal(seen_at(lab, 5), "{'id':'a'}");
}

int main(void)
{
#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(settle_applies_steps_when_they_are_due),
        TEST(settle_gives_each_step_its_own_moment),
        TEST(settle_branches_on_conditions),
        TEST(settle_sees_other_resources_as_they_are_then),
        TEST(settle_tells_what_failed_and_goes_on),
        TEST(settle_sees_no_request),
        TEST(begin_takes_no_number_that_is_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
