/* webhook: what an API sends by itself, from arguments to a delivery. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/quoted.h"
#include "../lib/rule_lab.h"
#include "plan/extra_view.h"
#include "rule/webhook.h"

struct lab {
    struct rule_lab rules;
    struct ow_rand rand;
    struct ow_answer_context context;
    cJSON *arguments;
    struct ow_err err;
};

static int set_up(void **state)
{
    struct lab *lab = calloc(1, sizeof *lab);

    rule_lab_init(&lab->rules);
    lab->arguments = cJSON_CreateObject();
    *state = lab;
    return 0;
}

static int tear_down(void **state)
{
    struct lab *lab = *state;

    cJSON_Delete(lab->arguments);
    rule_lab_release(&lab->rules);
    free(lab);
    return 0;
}

/* The file's webhook "w". */
static const struct ow_webhook *load(struct lab *lab, const char *file)
{
    if (rule_lab_load(&lab->rules, file) < 0)
        fail_msg("%s", lab->rules.err.text);
    rule_lab_request(&lab->rules, "GET http://a.test/");
    ow_rand_init(&lab->rand, 1);
    lab->context =
        (struct ow_answer_context){.request = &lab->rules.request,
                                   .rand = &lab->rand,
                                   .state = &lab->rules.states.shared,
                                   .arguments = lab->arguments};
    const struct ow_webhook *webhook =
        ow_webhook_find(ow_table_webhooks(lab->rules.table), "w");
    assert_non_null(webhook);
    return webhook;
}

static int complete(struct lab *lab, const struct ow_webhook *webhook)
{
    return ow_webhook_complete(lab->rules.table, webhook, &lab->context,
                               lab->arguments, &lab->err);
}

static void webhook_refuses_what_it_cannot_read(void **state)
{
    static const char *const cases[][2] = {
        {"[]", "expected an object of webhooks"},
        {"{'w': 1}", "expected a webhook"},
        {"{'w': {}}", "/webhooks/w: a webhook needs its \"request\""},
        {"{'w': {'requst': {}}}", "did you mean \"request\"?"},
        {"{'w': {'request': {}}}", "a request needs its \"url\""},
        {"{'w': {'arguments': {'From': ''}, 'request': {'url': ''}}}",
         "lower-case letters"},
        {"{'w': {'arguments': {'url': ''}, 'request': {'url': ''}}}",
         "not \"url\""},
        {"{'w': {'arguments': {'a': {'lst': 1}}, 'request': {'url': ''}}}",
         "did you mean \"list\"?"},
        {"{'w': {'arguments': {'a': {'list': 1}}, 'request': {'url': ''}}}",
         "/webhooks/w/arguments/a/list: expected true or false"},
        {"{'w': {'text': 'a', 'request': {'url': ''}}}",
         "there is no argument \"a\""},
        {"{'w': {'hints': {'x': ''}, 'request': {'url': ''}}}",
         "\"x\" is no status"},
        {"{'w': {'messages': '{{ ( }}', 'request': {'url': ''}}}", "{{ ( }}"},
        {"{'w': {'request': {'url': '', 'form': 'a{{ 1 }}'}}}",
         "one expression that gives one"},
    };
    struct lab *lab = *state;
    char file[512];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(file, sizeof file, "{'offwire': 1, 'webhooks': %s}",
                 cases[i][0]);
        assert_int_equal(rule_lab_load(&lab->rules, file), -EINVAL);
        swap_quotes(lab->rules.err.text, '\'', '"');
        if (!strstr(lab->rules.err.text, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], lab->rules.err.text);
    }
}

static void webhook_completes_and_checks_arguments(void **state)
{
    struct lab *lab = *state;
    const struct ow_webhook *webhook =
        load(lab,
             "{'offwire': 1, 'webhooks': {'w': {'arguments': {"
             "'from_whom': {'about': 'who', 'required': true, 'env': 'WHO', "
             "'matches': '~^[0-9]+$'}, 'list': {'list': true, 'default': [], "
             "'matches': '~=', 'about': 'pairs'}, 'sid': {'default': '{{ "
             "arg.from_whom .. [[!]] }}'}}, 'request': {'url': 'x'}}}}");

    assert_int_equal(complete(lab, webhook), -EINVAL);
    assert_string_equal(lab->err.text,
                        "the webhook w needs --from-whom: who; "
                        "or the variable WHO");
    cJSON_AddStringToObject(lab->arguments, "from_whom", "x");
    assert_int_equal(complete(lab, webhook), -EINVAL);
    assert_string_equal(lab->err.text, "--from-whom cannot be \"x\": who");
    cJSON_ReplaceItemInObject(lab->arguments, "from_whom",
                              cJSON_CreateString("12"));
    assert_int_equal(complete(lab, webhook), 0);
    char *all = cJSON_PrintUnformatted(lab->arguments);
    assert_string_equal(all,
                        "{\"from_whom\":\"12\",\"list\":[],"
                        "\"sid\":\"12!\"}");
    cJSON_free(all);
    cJSON_AddItemToArray(cJSON_GetObjectItem(lab->arguments, "list"),
                         cJSON_CreateString("a"));
    assert_int_equal(complete(lab, webhook), -EINVAL);
    assert_string_equal(lab->err.text, "--list cannot be \"a\": pairs");
}

static void webhook_makes_a_delivery(void **state)
{
    struct lab *lab = *state;
    const struct ow_webhook *webhook =
        load(lab,
             "{'offwire': 1, 'webhooks': {'w': {'arguments': {'a': ''}, "
             "'request': {'url': '{{ arg.url }}', 'form': {'A': '{{ "
             "arg.a }}', 'B': '{{ arg.b }}'}, 'sign': {'header': 'X', "
             "'value': '{{ call.url .. call.params }}', 'token': ''}}}}}");
    struct ow_delivery *delivery;

    cJSON_AddStringToObject(lab->arguments, "url", "http://localhost/");
    cJSON_AddStringToObject(lab->arguments, "a", "1 2");
    assert_int_equal(
        ow_webhook_render(webhook, &lab->context, &delivery, &lab->err), 0);
    assert_string_equal(delivery->method, "POST");
    assert_memory_equal(delivery->body.ptr, "A=1+2", delivery->body.len);
    const struct ow_field *sum =
        ow_fields_find(&delivery->headers, OW_STR("X"));
    assert_string_equal(sum->value.ptr, "http://localhost/A1 2");
    ow_delivery_free(delivery);
}

static void webhook_reads_an_answer(void **state)
{
    struct lab *lab = *state;
    const struct ow_webhook *webhook =
        load(lab,
             "{'offwire': 1, 'functions': {'told': 'function(a) if "
             "a.status == 500 then return 1 end if a.status == 400 then "
             "error([[bad]], 0) end return {a.headers[ [[x-y]] ], {text = "
             "unxml(a.body).children[1].text}} end'}, 'webhooks': {'w': "
             "{'request': {'url': 'x'}, 'messages': '{{ told(answer) "
             "}}'}}}");
    struct ow_field fields[] = {{OW_STR("X-Y"), OW_STR("one")}};
    struct ow_fields headers = {fields, 1, 1};
    struct ow_answer_seen seen = {.status = 200,
                                  .body = OW_STR("<a><b>two</b></a>"),
                                  .headers = &headers};
    cJSON *messages;

    lab->context.answer = &seen;
    assert_int_equal(
        ow_webhook_read(webhook, &lab->context, &messages, &lab->err), 0);
    char *all = cJSON_PrintUnformatted(messages);
    assert_string_equal(all, "[\"one\",{\"text\":\"two\"}]");
    cJSON_free(all);
    cJSON_Delete(messages);
    seen.status = 500;
    assert_int_equal(
        ow_webhook_read(webhook, &lab->context, &messages, &lab->err), -EINVAL);
    assert_non_null(strstr(lab->err.text, "gives no list of texts"));
    seen.status = 400;
    assert_int_equal(
        ow_webhook_read(webhook, &lab->context, &messages, &lab->err), -EINVAL);
    assert_non_null(strstr(lab->err.text, "bad"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(webhook_refuses_what_it_cannot_read,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(webhook_completes_and_checks_arguments,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(webhook_makes_a_delivery, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(webhook_reads_an_answer, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
