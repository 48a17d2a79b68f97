/* talk: conversations, and whether answers are as they have them. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/quoted.h"
#include "../lib/rule_lab.h"
#include "rule/talk.h"

static char text[2048];
static struct ow_err err;

/* ' stands for ". */
static int parse(const char *source, struct ow_talk **ret)
{
    size_t n = strlen(source);

    assert_true(n < sizeof text);
    memcpy(text, source, n + 1);
    swap_quotes(text, '\'', '"');
    return ow_talk_parse("t.json", (struct ow_str){text, n}, ret, &err);
}

static void talk_refuses_what_it_cannot_read(void **state)
{
    static const char *const cases[][2] = {
        {"{'offwire': 1, 'turns': {}}", "t.json:1:25: /turns: expected a list"},
        {"{'turns': [{}]}", "a conversation says \"offwire\": 1"},
        {"{'offwire': 2, 'turns': [{}]}", "/offwire: a conversation says"},
        {"{'offwire': 1, 'turns': [1]}", "/turns/0: expected a turn"},
        {"{'offwire': 1, 'turn': 1, 'turns': [{}]}", "did you mean \"turns\"?"},
        {"{'offwire': 1, 'webhook': 1, 'turns': [{}]}", "/webhook: expected"},
        {"{'offwire': 1, 'within': 'x', 'turns': [{}]}", "/within: expected"},
        {"{'offwire': 1, 'turns': [{'wait': 'x'}]}", "/turns/0/wait: expected"},
        {"{'offwire': 1, 'turns': [{'reply': '~('}]}", "/turns/0/reply: "},
        {"{'offwire': 1, 'turns': [{'reply': {'contain': ''}}]}",
         "did you mean \"contains\"?"},
        {"{'offwire': 1, 'turns': [{'calls': 1}]}",
         "/turns/0/calls: expected a call"},
        {"{'offwire': 1, 'turns': [{'calls': [{'methd': 1}]}]}",
         "did you mean \"method\"?"},
    };
    struct ow_talk *talk;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(parse(cases[i][0], &talk), -EINVAL);
        if (!strstr(err.text, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], err.text);
    }
}

static void talk_is_told_from_rule_files(void **state)
{
    struct ow_talk *talk;

    (void)state;
    assert_int_equal(parse("{'offwire': 1, 'rules': []}", &talk), -ENOMSG);
}

static void talk_keeps_its_turns(void **state)
{
    struct ow_talk *talk;

    (void)state;
    assert_int_equal(
        parse("{'offwire': 1, 'webhook': 'w', 'within': '2s', 'turns': [ "
              "{'send': 'Hi', 'wait': '1s'}, {'name': 'n', 'within': 5} ]}",
              &talk),
        0);
    assert_string_equal(ow_talk_webhook(talk), "w");
    assert_int_equal(ow_talk_count(talk), 2);
    assert_string_equal(ow_talk_turn(talk, 0)->name, "Hi");
    assert_int_equal(ow_talk_turn(talk, 0)->wait_ns, 1000000000);
    assert_int_equal(ow_talk_turn(talk, 0)->within_ns, 2000000000);
    assert_string_equal(ow_talk_turn(talk, 1)->name, "n");
    assert_int_equal(ow_talk_turn(talk, 1)->within_ns, 5000000);
    ow_talk_free(talk);
}

/* Whether a turn that asks so takes the answer. */
static bool takes(const char *asks, enum ow_talk_ask ask, int status,
                  const char *body, const char *messages,
                  struct ow_talk_difference *ret, struct ow_arena *arena)
{
    char source[512];
    struct ow_talk *talk;
    cJSON *said = messages ? cJSON_Parse(messages) : NULL;
    const struct ow_talk_answer answer = {status, ow_str_from(body), said};

    snprintf(source, sizeof source, "{'offwire': 1, 'turns': [{%s}]}", asks);
    if (parse(source, &talk) < 0)
        fail_msg("%s", err.text);
    int r =
        ow_talk_check(talk, ow_talk_turn(talk, 0), ask, &answer, arena, ret);
    ow_talk_free(talk);
    cJSON_Delete(said);
    assert_in_range(r, 0, 1);
    return r == 1;
}

static void talk_compares_what_is_said(void **state)
{
    static const struct {
        const char *asks;
        const char *messages;
        bool fits;
    } cases[] = {
        {"'reply': '~^one.two$'", "[\"one\", \"two\"]", false},
        {"'reply': '~(?s)^one.two$'", "[\"one\", \"two\"]", true},
        {"'reply': 'two'", "[\"one\", \"two\"]", false},
        {"'reply': {'contains': 'two'}", "[\"one\", {\"text\": \"two\"}]",
         true},
        {"'reply': 'absent'", "[]", true},
        {"'reply': 'absent'", "[\"x\"]", false},
        {"'reply': 'present'", "[]", false},
        {"'reply': []", "[]", true},
        {"'reply': []", "[\"x\"]", false},
        {"'reply': ['~o', {'text': 'x'}]", "[\"one\", {\"text\": \"x\"}]",
         true},
        {"'reply': ['~o']", "[\"one\", \"two\"]", false},
        {"'reply': 'x'", NULL, false},
        {"'status': 200", NULL, true},
    };
    struct ow_talk_difference difference;
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (takes(cases[i].asks, OW_TALK_REPLY, 200, "", cases[i].messages,
                  &difference, &arena) != cases[i].fits)
            fail_msg("%s: %s", cases[i].asks,
                     cases[i].messages ? cases[i].messages : "");
    ow_arena_release(&arena);
}

static void talk_tells_what_differs(void **state)
{
    struct ow_talk_difference d;
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    assert_true(takes("'json': {'a': 1}", OW_TALK_JSON, 200,
                      "{\"a\": 1, \"b\": 2}", NULL, &d, &arena));
    assert_false(takes("'json': {'a': 1}", OW_TALK_JSON, 200, "nothing", NULL,
                       &d, &arena));
    assert_string_equal(d.got.ptr, "nothing");
    assert_true(takes("'body': '~^no'", OW_TALK_BODY, 200, "nothing", NULL, &d,
                      &arena));
    assert_false(takes("'status': {'lt': 300}", OW_TALK_STATUS, 404, "", NULL,
                       &d, &arena));
    assert_string_equal(d.place.ptr, "t.json:1:37: /turns/0/status: ");
    assert_string_equal(d.want.ptr, "{\"lt\":300}");
    assert_string_equal(d.got.ptr, "404");
    assert_non_null(strstr(d.reason.ptr, "status is 404"));
    ow_arena_release(&arena);
}

static void talk_fits_a_webhook(void **state)
{
    static const char *const cases[][2] = {
        {"'send': {'txt': ''}", "did you mean \"text\"?"},
        {"'send': {'text': 1}", "/turns/0/send/text: expected a string"},
        {"'send': {'text': ['']}", "expected a string"},
        {"'send': {'list': 1}", "expected a string, or a list of them"},
        {"'send': {'list': [1]}", "/turns/0/send/list/0: expected a string"},
        {"'send': 'x'", "no argument that is what somebody says"},
        {"'reply': 'x'", "nothing is said in answers"},
    };
    struct rule_lab lab;
    struct ow_talk *talk;
    char source[256];

    (void)state;
    rule_lab_init(&lab);
    assert_int_equal(
        rule_lab_load(&lab,
                      "{'offwire': 1, 'webhooks': {'w': {'arguments': "
                      "{'text': '', 'list': {'list': true}}, 'request': "
                      "{'url': ''}}}}"),
        0);
    const struct ow_webhook *webhook =
        ow_webhook_find(ow_table_webhooks(lab.table), "w");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(source, sizeof source, "{'offwire': 1, 'turns': [{%s}]}",
                 cases[i][0]);
        assert_int_equal(parse(source, &talk), 0);
        assert_int_equal(ow_talk_fit(talk, webhook, &err), -EINVAL);
        if (!strstr(err.text, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], err.text);
        ow_talk_free(talk);
    }
    rule_lab_release(&lab);
}

static void talk_gives_arguments(void **state)
{
    struct rule_lab lab;
    struct ow_talk *talk;
    cJSON *arguments = cJSON_CreateObject();

    (void)state;
    rule_lab_init(&lab);
    assert_int_equal(
        rule_lab_load(&lab,
                      "{'offwire': 1, 'webhooks': {'w': {'arguments': "
                      "{'text': '', 'list': {'list': true}}, 'text': "
                      "'text', 'request': {'url': ''}}}}"),
        0);
    const struct ow_webhook *webhook =
        ow_webhook_find(ow_table_webhooks(lab.table), "w");
    assert_int_equal(parse("{'offwire': 1, 'arguments': {'text': 'all', "
                           "'list': 'a'}, 'turns': [{'send': 'own'}]}",
                           &talk),
                     0);
    assert_int_equal(ow_talk_fit(talk, webhook, &err), 0);
    cJSON_AddStringToObject(arguments, "text", "given");
    assert_int_equal(
        ow_talk_give(webhook, ow_talk_arguments(talk), false, arguments), 0);
    char *all = cJSON_PrintUnformatted(arguments);
    assert_string_equal(all, "{\"text\":\"given\",\"list\":[\"a\"]}");
    cJSON_free(all);
    assert_int_equal(
        ow_talk_give(webhook, ow_talk_turn(talk, 0)->send, true, arguments), 0);
    assert_string_equal(cJSON_GetObjectItem(arguments, "text")->valuestring,
                        "own");
    ow_talk_free(talk);
    cJSON_Delete(arguments);
    rule_lab_release(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(talk_refuses_what_it_cannot_read),
        cmocka_unit_test(talk_is_told_from_rule_files),
        cmocka_unit_test(talk_keeps_its_turns),
        cmocka_unit_test(talk_compares_what_is_said),
        cmocka_unit_test(talk_tells_what_differs),
        cmocka_unit_test(talk_fits_a_webhook),
        cmocka_unit_test(talk_gives_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
