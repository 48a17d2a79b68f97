/* when: what "when" asks, of requests that are over. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rule/when.h"

static const char *const own[] = {"times", NULL};

/* 1, 0, or a negative errno; why may be NULL. */
static int ask(const char *text, struct ow_buf *reason, struct ow_err *err)
{
    static const struct ow_program nobody = {.name = "curl"};
    struct ow_jsonc *doc;
    struct ow_when *when = NULL;
    struct ow_arena arena;
    struct ow_body body;

    ow_arena_init(&arena);
    ow_body_init(&body, 1024);
    assert_int_equal(ow_body_feed(&body, "{\"a\":2}", 7), 0);
    struct ow_request request = {.method = OW_STR("POST"),
                                 .host = OW_STR("api.example.com"),
                                 .path = OW_STR("/v1/users/7"),
                                 .body = &body,
                                 .program = &nobody,
                                 .arena = &arena};
    assert_int_equal(ow_jsonc_parse("t", text, strlen(text), &doc, err), 0);
    int r = ow_when_new(doc, ow_jsonc_root(doc), own, &when, err);
    if (r == 0)
        r = ow_when_match(when, &request, reason);
    ow_when_free(when);
    ow_jsonc_free(doc);
    ow_request_release(&request);
    ow_body_release(&body);
    ow_arena_release(&arena);
    return r;
}

static void when_matches_as_rules_do(void **state)
{
    struct ow_err err;

    (void)state;
    assert_int_equal(ask("{}", NULL, &err), 1);
    assert_int_equal(ask("{\"times\": 3}", NULL, &err), 1);
    assert_int_equal(ask("{\"path\": \"/v1/users/{id}\"}", NULL, &err), 1);
    assert_int_equal(ask("{\"path\": \"~^/v1/\"}", NULL, &err), 1);
    assert_int_equal(ask("{\"json\": {\"a\": {\"gt\": 1}}}", NULL, &err), 1);
    assert_int_equal(ask("{\"method\": [\"GET\", \"POST\"]}", NULL, &err), 1);
    assert_int_equal(ask("{\"host\": \"api.example.com\"}", NULL, &err), 1);
    assert_int_equal(ask("{\"program\": \"curl\"}", NULL, &err), 1);
    assert_int_equal(ask("{\"path\": \"/v1/users\"}", NULL, &err), 0);
    assert_int_equal(ask("{\"json\": {\"a\": 3}}", NULL, &err), 0);
}

static void when_gives_the_reason(void **state)
{
    struct ow_buf reason;
    struct ow_err err;

    (void)state;
    ow_buf_init(&reason, 200);
    assert_int_equal(ask("{\"json\": {\"a\": 3}}", &reason, &err), 0);
    assert_int_equal(ow_buf_append(&reason, "", 1), 0);
    assert_non_null(strstr(ow_buf_data(&reason), "json a is 2"));
    ow_buf_release(&reason);
}

static void when_refuses_keys_that_it_does_not_know(void **state)
{
    struct ow_err err;

    (void)state;
    assert_int_equal(ask("{\"tiems\": 1}", NULL, &err), -EINVAL);
    assert_non_null(strstr(err.text, "did you mean \"times\"?"));
    assert_int_equal(ask("{\"heders\": 1}", NULL, &err), -EINVAL);
    assert_non_null(strstr(err.text, "did you mean \"headers\"?"));
    assert_int_equal(ask("{\"vars\": {}}", NULL, &err), -EINVAL);
    assert_non_null(strstr(err.text, "has gone"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(when_matches_as_rules_do),
        cmocka_unit_test(when_gives_the_reason),
        cmocka_unit_test(when_refuses_keys_that_it_does_not_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
