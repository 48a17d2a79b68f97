/*
 * verify: calls against what was expected of them: how often, in what order,
 * to which requests, and none else.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/failmalloc.h"
#include "rule/verify.h"

/* A call: the rule that answered, the status, the body. */
struct fake {
    const char *rule; /* NULL: no rule */
    int status;
    const char *body; /* NULL: none */
};

/* A chat with a file and two looks at a job. */
static const struct fake calls[] = {
    {"files.create", 200, "{\"purpose\":\"fine-tune\"}"},
    {"jobs.create", 200, "{\"model\":\"gpt-4o\"}"},
    {"jobs.retrieve", 200, NULL},
    {"jobs.retrieve", 503, NULL},
    {"jobs.retrieve", 200, NULL},
    {NULL, 404, NULL},
};

#define CALLS (sizeof calls / sizeof *calls)

static const char *const names[] = {"files.create", "files.list",
                                    "jobs.create",  "jobs.retrieve",
                                    "my/flaky",     "my/slow"};

static struct ow_err err;
static char report[4096];

static int look(struct ow_verify *verify, uint64_t number,
                const struct fake *fake)
{
    static const struct ow_program program = {.name = "python3"};
    const char *text = fake->body ? fake->body : "";
    struct ow_arena arena;
    struct ow_body body;

    ow_arena_init(&arena);
    ow_body_init(&body, 1024);
    int r = ow_body_feed(&body, text, strlen(text));
    struct ow_request request = {.method = OW_STR("POST"),
                                 .host = OW_STR("api.example.com"),
                                 .path = OW_STR("/v1"),
                                 .body = &body,
                                 .program = &program,
                                 .arena = &arena};
    struct ow_verify_call call = {
        .number = number,
        .is_request = true,
        .status = fake->status,
        .rule = ow_str_from(fake->rule),
        .pack = ow_str_from(fake->rule ? "api" : NULL),
        .place = ow_str_from(fake->rule ? "a.json:7" : NULL),
        .over = fake->status == 503 ? OW_STR("slow\0my/flaky\0") : OW_STR(""),
        .method = request.method,
        .url = OW_STR("https://api.example.com/v1"),
        .request = &request};
    if (r == 0)
        r = ow_verify_look(verify, &call);
    ow_request_release(&request);
    ow_body_release(&body);
    ow_arena_release(&arena);
    return r;
}

static int play(struct ow_verify *verify, const struct fake *all, size_t n)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof names / sizeof *names; i++)
        r = ow_verify_know(verify, ow_str_from(names[i]));
    for (size_t i = 0; r == 0 && i < n; i++)
        r = look(verify, i + 1, &all[i]);
    return r < 0 ? r : ow_verify_end(verify, &err);
}

static int write_report(struct ow_verify *verify, enum ow_verify_format format)
{
    struct ow_buf out;

    ow_buf_init(&out, sizeof report - 1);
    int r = ow_verify_write(verify, format, &out);
    if (r == 0) {
        memcpy(report, ow_buf_data(&out), out.len);
        report[out.len] = '\0';
    }
    ow_buf_release(&out);
    return r;
}

/* 1: met, 0: not met, with report; or a negative errno, with err. */
static int verify_as(const char *text, enum ow_verify_format format)
{
    struct ow_jsonc *doc = NULL;
    struct ow_verify *verify = NULL;
    int r = ow_jsonc_parse("e.json", text, strlen(text), &doc, &err);

    if (r == 0)
        r = ow_verify_new(doc, &verify, &err);
    if (r == 0)
        r = play(verify, calls, CALLS);
    if (r == 0)
        r = write_report(verify, format);
    if (r == 0)
        r = ow_verify_is_met(verify);
    ow_verify_free(verify);
    ow_jsonc_free(doc);
    return r;
}

static int verify(const char *text)
{
    return verify_as(text, OW_VERIFY_TEXT);
}

static void assert_refused(const char *text, const char *sentence)
{
    assert_int_equal(verify(text), -EINVAL);
    if (!strstr(err.text, sentence))
        fail_msg("no \"%s\" in: %s", sentence, err.text);
}

static void assert_told(const char *text, const char *sentence)
{
    assert_int_equal(verify(text), 0);
    if (!strstr(report, sentence))
        fail_msg("no \"%s\" in: %s", sentence, report);
}

static void verify_counts_calls_by_rule(void **state)
{
    (void)state;
    assert_int_equal(verify("{\"rule\": \"jobs.create\"}"), 1);
    assert_int_equal(verify("[{\"rule\": \"jobs.retrieve\", \"times\": 3}]"),
                     1);
    assert_int_equal(verify("{\"rule\": \"files.list\", \"times\": 0}"), 1);
    /* Laid over the answer of another. */
    assert_int_equal(verify("{\"rule\": \"flaky\", \"times\": 1}"), 1);
    assert_int_equal(verify("{\"rule\": \"my/flaky\", \"times\": 1}"), 1);
    assert_int_equal(verify("{\"rule\": \"a.json:7\", \"times\": 5}"), 1);
    assert_int_equal(verify("{\"times\": \"6\"}"), 1);
    assert_int_equal(verify("{\"since\": 4, \"times\": \"2\"}"), 1);
    /* A name alone. */
    assert_int_equal(verify("[\"jobs.create\", \"jobs.retrieve\"]"), 1);
    assert_int_equal(verify("{\"calls\": [\"jobs.*\"]}"), 1);
    assert_told("[\"jobs.create\", \"files.list\"]",
                "e.json:1:17: asked for >=1 of");
    assert_told("{\"rule\": \"jobs.retrieve\", \"times\": \"<=2\"}",
                "e.json: asked for <=2 of");
    assert_told("[{\"rule\": \"jobs.create\", \"times\": \"2..3\"}]",
                "e.json:1:2: asked for 2..3 of");
}

static void verify_takes_wildcards_and_lists(void **state)
{
    (void)state;
    assert_int_equal(verify("{\"rule\": \"jobs.*\", \"times\": 4}"), 1);
    assert_int_equal(verify("{\"rule\": \"*.create\", \"times\": 2}"), 1);
    assert_int_equal(verify("{\"rule\": \"*s*ie*\", \"times\": 3}"), 1);
    assert_int_equal(verify("{\"rule\": \"*\", \"times\": 5}"), 1);
    assert_int_equal(verify("{\"rule\": [\"files.create\", \"jobs.c*\"],"
                            " \"times\": 2}"),
                     1);
    assert_refused("{\"rule\": \"jobs.*s\"}", "no rule is called \"jobs.*s\"");
}

static void verify_takes_packs_before_names(void **state)
{
    (void)state;
    assert_int_equal(verify("{\"rule\": \"api/jobs.*\", \"times\": 4}"), 1);
    assert_int_equal(verify("{\"rule\": \"a*/jobs.*\", \"times\": 4}"), 1);
    assert_int_equal(verify("{\"rule\": \"my/slow\", \"times\": 0}"), 1);
    assert_refused("{\"rule\": \"other/jobs.create\"}",
                   "no rule is called \"other/jobs.create\"");
    assert_refused("{\"rule\": \"my/flakey\"}", "did you mean \"my/flaky\"?");
    assert_refused("{\"rule\": \"flakey\"}", "did you mean \"flaky\"?");
}

static void verify_looks_at_requests_and_statuses(void **state)
{
    (void)state;
    assert_int_equal(verify("{\"json\": {\"model\": \"~^gpt\"}}"), 1);
    assert_int_equal(verify("{\"status\": 503, \"times\": 1}"), 1);
    assert_int_equal(verify("{\"status\": \"2xx\", \"times\": 4}"), 1);
    assert_int_equal(verify("{\"status\": [404, \"5xx\"], \"times\": 2}"), 1);
    assert_told("{\"rule\": \"jobs.create\", \"json\": {\"model\": \"o3\"}}",
                "nearest is call 2, POST https://api.example.com/v1 "
                "(jobs.create, 200): json model is \"gpt-4o\"");
    assert_told("{\"rule\": \"jobs.create\", \"status\": 429}",
                "its status was 200");
}

static void verify_finds_calls_in_a_loose_order(void **state)
{
    (void)state;
    assert_int_equal(
        verify("{\"order\": [\"files.create\", \"jobs.retrieve\"]}"), 1);
    assert_int_equal(verify("{\"order\": [\"jobs.create\","
                            " {\"rule\": \"jobs.retrieve\", \"times\": 3}]}"),
                     1);
    assert_int_equal(verify("{\"order\": [{\"status\": 503},"
                            " {\"rule\": \"jobs.*\", \"status\": 200}]}"),
                     1);
    assert_told("{\"order\": [\"jobs.create\", \"files.create\"]}",
                "order: step 2, \"files.create\", did not come behind call 2, "
                "POST https://api.example.com/v1 (jobs.create, 200); it came "
                "before, as call 1");
    assert_told("{\"order\": [\"files.list\"]}",
                "step 1, \"files.list\", did not come as the first");
    assert_told(
        "{\"order\": [\"files.create\", {\"rule\": \"jobs.create\", "
        "\"json\": {\"model\": \"o3\"}}]}",
        "nearest is call 2");
}

static void verify_holds_a_strict_order(void **state)
{
    (void)state;
    assert_int_equal(verify("{\"strict\": true, \"order\": [\"files.create\","
                            " \"jobs.create\", {\"rule\": \"jobs.retrieve\","
                            " \"times\": \">=1\"}, {\"status\": 404}]}"),
                     1);
    /* A call may be the last of one step or the first of the next. */
    assert_int_equal(
        verify("{\"strict\": true, \"order\": [{\"rule\": \"*\","
               " \"times\": \">=1\"}, {\"rule\": \"jobs.*\", \"times\": 2},"
               " {\"times\": \"<=4\"}]}"),
        1);
    assert_told(
        "{\"strict\": true, \"order\": [\"files.create\","
        " \"jobs.retrieve\"]}",
        "order: call 2, POST https://api.example.com/v1 (jobs.create, "
        "200), came behind call 1, POST https://api.example.com/v1 "
        "(files.create, 200), where step 2, \"jobs.retrieve\", was to "
        "come");
    assert_told(
        "{\"strict\": true, \"order\": [\"files.create\","
        " \"jobs.create\"]}",
        "nothing was to come any more");
    assert_told(
        "{\"strict\": true, \"order\": [{\"times\": \">=1\"},"
        " \"files.list\"]}",
        "step 2, \"files.list\", did not come");
}

static void verify_sees_what_nobody_asked_for(void **state)
{
    (void)state;
    assert_int_equal(verify("{\"only\": true, \"calls\": [{\"rule\": \"*\"},"
                            " {\"status\": 404}]}"),
                     1);
    assert_int_equal(verify("{\"only\": true, \"calls\": [{\"status\": 404}],"
                            " \"order\": [\"files.*\", \"jobs.create\","
                            " \"jobs.retrieve\"]}"),
                     1);
    assert_told("{\"only\": true, \"calls\": [{\"rule\": \"*\"}]}",
                "only: 1 request that nothing here means: call 6, POST "
                "https://api.example.com/v1 (no rule, 404)");
    /* One that is to come zero times means no call. */
    assert_told("{\"only\": true, \"calls\": [{\"times\": 0}]}",
                "only: 6 requests that nothing here means");
}

static void verify_refuses_what_it_does_not_understand(void **state)
{
    (void)state;
    assert_refused("1", "e.json:1:1: expected expectations");
    assert_refused("[1]",
                   "/0: expected an expectation: an object, or a rule's name");
    assert_refused("[{\"ruel\": 1}]", "did you mean \"rule\"?");
    assert_refused("[{\"headrs\": 1}]", "did you mean \"headers\"?");
    assert_refused("[{\"times\": \"often\"}]", "expected how often");
    assert_refused("[{\"status\": \"4x\"}]", "expected a status");
    assert_refused("[{\"status\": []}]", "expected a status, or several");
    assert_refused("[{\"rule\": 1}]", "expected a rule's name");
    assert_refused("[{\"rule\": \"\"}]", "expected a rule's name");
    assert_refused("[{\"since\": -1}]", "expected a call's number");
    assert_refused("{\"only\": 1}", "e.json:1:10: /only: expected true");
    assert_refused("{\"only\": true, \"ordr\": []}", "did you mean \"order\"?");
    assert_refused("{\"calls\": {}}", "expected a list of expectations");
    assert_refused("{\"order\": []}", "expected the calls in their order");
    assert_refused("{\"order\": [\"\"]}", "expected a rule's name");
    assert_refused("{\"order\": [{\"times\": 0}]}", "at least once");
    assert_refused("{\"strict\": true}", "there is none");
    assert_refused("{\"strict\": true, \"order\": [{\"times\": 5000}]}",
                   "4096 calls at most");
    assert_refused("{\"offwire\": 2, \"only\": true}", "expected 1");
    assert_refused("[{\"rule\": \"jobs.creat\"}]",
                   "e.json:1:11: /0/rule: no rule is called \"jobs.creat\"; "
                   "did you mean \"jobs.create\"?");
    assert_refused("{\"order\": [\"files.creat\"]}",
                   "e.json:1:12: /order/0: no rule is called");
}

static void verify_writes_tap(void **state)
{
    (void)state;
    assert_int_equal(verify_as("{\"calls\": [{\"rule\": \"jobs.*\"}, "
                               "{\"body\": \"#\"}], \"only\": true}",
                               OW_VERIFY_TAP),
                     0);
    assert_non_null(strstr(report, "ok 1 - asked for >=1 of "));
    assert_non_null(strstr(report,
                           "not ok 2 - asked for >=1 of "
                           "{\"body\":\"\\#\"}, seen 0\n"
                           "# e.json:1:32: this is not met\n"));
    assert_non_null(strstr(report, "not ok 3 - only: 2 requests"));
    assert_non_null(strstr(report, "\n1..3\n"));
}

static void verify_writes_json(void **state)
{
    (void)state;
    assert_int_equal(verify_as("{\"calls\": [{\"rule\": \"jobs.*\"}], "
                               "\"order\": [\"files.list\"], \"only\": true}",
                               OW_VERIFY_JSON),
                     0);
    cJSON *json = cJSON_Parse(report);
    assert_non_null(json);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(json, "ok")));
    const cJSON *results = cJSON_GetObjectItem(json, "results");
    assert_int_equal(cJSON_GetArraySize(results), 1);
    const cJSON *seen = cJSON_GetObjectItem(results->child, "seen");
    assert_int_equal(seen->valueint, 4);
    const cJSON *order = cJSON_GetObjectItem(json, "order");
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(order, "ok")));
    const cJSON *only = cJSON_GetObjectItem(json, "only");
    assert_int_equal(cJSON_GetObjectItem(only, "count")->valueint, 2);
    cJSON_Delete(json);
}

static void verify_fails_cleanly_without_memory(void **state)
{
    static const char text[] =
        "{\"calls\": [{\"rule\": [\"jobs.*\"], \"status\": [200],"
        " \"path\": \"/v2\"}], \"only\": true,"
        " \"order\": [\"files.create\", {\"status\": 404}], \"strict\": true}";
    bool done = false;

    /* What is told of a call that does not fit may be missing; the verdict is
     * not another one for it. */
    (void)state;
    for (long n = 0; !done; n++) {
        failmalloc_arm(n);
        int r = verify_as(text, OW_VERIFY_JSON);
        done = !failmalloc_disarm();
        if (r != 0 && (done || r != -ENOMEM))
            fail_msg("allocation %ld: %d, %s", n, r, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify_counts_calls_by_rule),
        cmocka_unit_test(verify_takes_wildcards_and_lists),
        cmocka_unit_test(verify_takes_packs_before_names),
        cmocka_unit_test(verify_looks_at_requests_and_statuses),
        cmocka_unit_test(verify_finds_calls_in_a_loose_order),
        cmocka_unit_test(verify_holds_a_strict_order),
        cmocka_unit_test(verify_sees_what_nobody_asked_for),
        cmocka_unit_test(verify_refuses_what_it_does_not_understand),
        cmocka_unit_test(verify_writes_tap),
        cmocka_unit_test(verify_writes_json),
        cmocka_unit_test(verify_fails_cleanly_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
