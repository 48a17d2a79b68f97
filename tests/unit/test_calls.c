/* calls: what was called lately, and that it is bounded. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "journal/calls.h"

static int set_up(void **state)
{
    *state = ow_calls_new();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    *state = ow_calls_free(*state);
    return 0;
}

static void add(struct ow_calls *calls, enum ow_event event, uint64_t id,
                const struct ow_request *request)
{
    struct ow_record record;

    ow_record_init(&record, event);
    record.id = id;
    record.rule = OW_STR("models");
    record.status = 200;
    record.request = request;
    ow_calls_add(calls, &record, OW_STR("{\"event\":\"request\"}"));
}

static void calls_is_found_by_the_rules_laid_over_it(void **state)
{
    const struct ow_str over[] = {OW_STR("slow"), OW_STR("marked")};
    const struct ow_str packs[] = {OW_STR("my"), OW_STR("openai")};
    struct ow_record record;

    ow_record_init(&record, OW_EVENT_REQUEST);
    record.rule = OW_STR("chat");
    record.pack = OW_STR("openai");
    record.place = OW_STR("my.json:3");
    record.over = over;
    record.over_packs = packs;
    record.n_over = 2;
    ow_calls_add(*state, &record, OW_STR("{}"));
    const struct ow_call_kept *kept = ow_calls_at(*state, 0);
    assert_true(ow_call_kept_is_of(kept, OW_STR("chat")));
    assert_true(ow_call_kept_is_of(kept, OW_STR("my.json:3")));
    assert_true(ow_call_kept_is_of(kept, OW_STR("slow")));
    assert_true(ow_call_kept_is_of(kept, OW_STR("marked")));
    assert_true(ow_call_kept_is_of(kept, OW_STR("openai/chat")));
    assert_true(ow_call_kept_is_of(kept, OW_STR("openai/marked")));
    assert_false(ow_call_kept_is_of(kept, OW_STR("openai/slow")));
    assert_false(ow_call_kept_is_of(kept, OW_STR("mark")));
}

static void calls_gives_a_request_back(void **state)
{
    static struct ow_field fields[] = {{{"X-A", 3}, {"1", 1}},
                                       {{"X-A", 3}, {"2", 1}}};
    struct ow_program who = {.pid = 42, .name = "curl"}, program;
    struct ow_body body, given;
    struct ow_request back, request = {.method = OW_STR("POST"),
                                       .scheme = OW_STR("https"),
                                       .host = OW_STR("api.example.com"),
                                       .port = 443,
                                       .path = OW_STR("/v1 x"),
                                       .raw_path = OW_STR("/v1%20x"),
                                       .query = OW_STR("a=1"),
                                       .headers = {fields, 2, 2},
                                       .body = &body,
                                       .program = &who};
    struct ow_arena arena;

    ow_arena_init(&arena);
    ow_body_init(&body, 1024);
    assert_int_equal(ow_body_feed(&body, "{\"a\":2}", 7), 0);
    struct ow_record record;
    ow_record_init(&record, OW_EVENT_REQUEST);
    record.program = &who;
    record.request = &request;
    ow_calls_add(*state, &record, OW_STR("{}"));
    ow_body_release(&body);
    const struct ow_call_kept *kept = ow_calls_at(*state, 0);
    assert_int_equal(
        ow_call_kept_request(kept, &arena, &program, &given, &back), 0);
    assert_true(ow_str_equal(back.method, OW_STR("POST")));
    assert_true(ow_str_equal(back.path, OW_STR("/v1 x")));
    assert_null(back.target.ptr);
    assert_int_equal(back.headers.n, 2);
    assert_true(ow_str_equal(back.headers.items[1].value, OW_STR("2")));
    assert_int_equal(program.pid, 42);
    assert_string_equal(program.name, "curl");
    assert_true(ow_body_is_whole(&given));
    assert_non_null(ow_request_json(&back));
    ow_request_release(&back);
    ow_body_release(&given);
    ow_arena_release(&arena);
}

static void calls_keeps_no_more_than_the_beginning_of_a_body(void **state)
{
    struct ow_body body, given;
    struct ow_program program;
    struct ow_request back, request = {.body = &body};
    struct ow_arena arena;
    size_t len = OW_LIMIT_CALL_BODY + 1;
    char *bytes = calloc(1, len);

    assert_non_null(bytes);
    ow_arena_init(&arena);
    ow_body_init(&body, len);
    assert_int_equal(ow_body_feed(&body, bytes, len), 0);
    add(*state, OW_EVENT_REQUEST, 1, &request);
    const struct ow_call_kept *kept = ow_calls_at(*state, 0);
    assert_int_equal(kept->body.len, OW_LIMIT_CALL_BODY);
    assert_int_equal(kept->body_size, len);
    assert_int_equal(
        ow_call_kept_request(kept, &arena, &program, &given, &back), 0);
    assert_false(ow_body_is_whole(&given));
    ow_request_release(&back);
    ow_body_release(&given);
    ow_body_release(&body);
    ow_arena_release(&arena);
    free(bytes);
}

static void calls_drops_the_oldest(void **state)
{
    for (uint64_t i = 1; i <= OW_LIMIT_CALLS + 5; i++)
        add(*state, OW_EVENT_REQUEST, i, NULL);
    assert_int_equal(ow_calls_count(*state), OW_LIMIT_CALLS);
    assert_int_equal(ow_calls_dropped(*state), 5);
    assert_int_equal(ow_calls_at(*state, 0)->number, 6);
    assert_null(ow_calls_find(*state, 5));
    assert_non_null(ow_calls_find(*state, OW_LIMIT_CALLS + 5));
    ow_calls_clear(*state);
    assert_int_equal(ow_calls_count(*state), 0);
    assert_int_equal(ow_calls_dropped(*state), 0);
    assert_int_equal(ow_calls_last(*state), OW_LIMIT_CALLS + 5);
}

static void calls_is_bounded_in_bytes(void **state)
{
    struct ow_body body;
    struct ow_request request = {.body = &body};
    char bytes[OW_LIMIT_CALL_BODY] = "";

    ow_body_init(&body, sizeof bytes);
    assert_int_equal(ow_body_feed(&body, bytes, sizeof bytes), 0);
    for (uint64_t i = 1; i <= 1000; i++)
        add(*state, OW_EVENT_REQUEST, i, &request);
    assert_in_range(ow_calls_count(*state), 10,
                    OW_LIMIT_CALLS_BYTES / OW_LIMIT_CALL_BODY);
    ow_body_release(&body);
}

static void calls_puts_an_end_to_its_call(void **state)
{
    struct ow_record record;

    add(*state, OW_EVENT_REQUEST, 1, NULL);
    add(*state, OW_EVENT_REQUEST, 2, NULL);
    ow_record_init(&record, OW_EVENT_END);
    record.id = 1;
    ow_calls_add(*state, &record, OW_STR("{\"event\":\"end\"}"));
    record.id = 3;
    ow_calls_add(*state, &record, OW_STR("{\"event\":\"end\"}"));
    assert_int_equal(ow_calls_count(*state), 2);
    assert_true(ow_str_equal(ow_calls_at(*state, 0)->end,
                             OW_STR("{\"event\":\"end\"}")));
    assert_null(ow_calls_at(*state, 1)->end.ptr);
}

static void calls_passes_over_what_is_no_call(void **state)
{
    add(*state, OW_EVENT_PROGRAM, 0, NULL);
    add(*state, OW_EVENT_SESSION, 0, NULL);
    add(*state, OW_EVENT_TRANSFER, 0, NULL);
    assert_int_equal(ow_calls_count(*state), 0);
    add(*state, OW_EVENT_CONNECT, 0, NULL);
    assert_int_equal(ow_calls_count(*state), 1);
    assert_false(ow_calls_at(*state, 0)->has_request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            calls_is_found_by_the_rules_laid_over_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(calls_gives_a_request_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            calls_keeps_no_more_than_the_beginning_of_a_body, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(calls_drops_the_oldest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(calls_is_bounded_in_bytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(calls_puts_an_end_to_its_call, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(calls_passes_over_what_is_no_call,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
