/* request_record: a request goes into a journal's record and comes out again.
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

#include "../lib/assert_str.h"
#include "base/limits.h"
#include "journal/request_record.h"

struct lab {
    struct ow_arena arena;
    struct ow_program program;
    struct ow_body sent;
    struct ow_body body;
    struct ow_request request;
    cJSON *record;
};

/* The request with this body, written and read; what reading returned. */
static int pass(struct lab *lab, const char *body, size_t len)
{
    struct ow_field fields[] = {{OW_STR("Accept"), OW_STR("a")},
                                {OW_STR("X-Two"), OW_STR("1")},
                                {OW_STR("x-two"), OW_STR("2")}};
    struct ow_request request = {.host = OW_STR("api.example.com"),
                                 .path = OW_STR("/v1/a b"),
                                 .query = OW_STR("x=1"),
                                 .upgrade = OW_STR("websocket"),
                                 .headers = {fields, 3, 3},
                                 .body = &lab->sent};
    struct ow_buf text;
    struct ow_jsonw w = {.buf = &text};

    *lab = (struct lab){.record = NULL};
    ow_arena_init(&lab->arena);
    ow_body_init(&lab->sent, 1024 * 1024);
    assert_int_equal(ow_body_feed(&lab->sent, body, len), 0);
    ow_buf_init(&text, 0);
    assert_int_equal(
        ow_buf_printf(&text,
                      "{\"method\":\"PUT\",\"url\":\"https://API.example.com:"
                      "8443/v1/a%%20b?x=1\",\"pid\":7,\"program\":\"curl\","
                      "\"request_bytes\":%zu,\"request\":",
                      len),
        0);
    ow_request_record_put(&w, &request);
    assert_int_equal(w.error, 0);
    assert_int_equal(ow_buf_append(&text, "}", 2), 0);
    lab->record = cJSON_Parse(ow_buf_data(&text));
    assert_non_null(lab->record);
    ow_buf_release(&text);
    return ow_request_record_read(lab->record, &lab->arena, &lab->program,
                                  &lab->body, &lab->request);
}

static void release(struct lab *lab)
{
    ow_request_release(&lab->request);
    ow_body_release(&lab->body);
    ow_body_release(&lab->sent);
    ow_arena_release(&lab->arena);
    cJSON_Delete(lab->record);
}

static void record_gives_the_request_back(void **state)
{
    struct lab lab;

    (void)state;
    assert_int_equal(pass(&lab, "{\"a\": \"\xc3\xa9\"}", 11), 0);
    assert_str(lab.request.method, "PUT");
    assert_str(lab.request.host, "api.example.com");
    assert_int_equal(lab.request.port, 8443);
    assert_str(lab.request.path, "/v1/a b");
    assert_str(lab.request.query, "x=1");
    assert_str(lab.request.upgrade, "websocket");
    assert_int_equal(lab.request.headers.n, 3);
    const struct ow_field *two =
        ow_fields_find(&lab.request.headers, OW_STR("X-TWO"));
    assert_str(two->value, "1");
    assert_str(ow_fields_next(&lab.request.headers, two)->value, "2");
    assert_str(ow_buf_peek(&lab.body.kept), "{\"a\": \"\xc3\xa9\"}");
    assert_true(ow_body_is_whole(&lab.body));
    assert_non_null(ow_request_json(&lab.request));
    assert_int_equal(lab.program.pid, 7);
    assert_string_equal(lab.program.name, "curl");
    release(&lab);
}

static void record_keeps_bytes_that_are_no_text(void **state)
{
    static const char *const bodies[] = {"\xff\xfe", "a\0b", ""};
    static const size_t lens[] = {2, 3, 0};
    struct lab lab;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pass(&lab, bodies[i], lens[i]), 0);
        assert_int_equal(lab.body.kept.len, lens[i]);
        if (lens[i] > 0)
            assert_memory_equal(ow_buf_data(&lab.body.kept), bodies[i],
                                lens[i]);
        release(&lab);
    }
}

static void record_does_not_take_a_part_for_the_whole(void **state)
{
    size_t len = OW_LIMIT_CALL_BODY + 1;
    char *body = malloc(len);
    struct lab lab;

    (void)state;
    memset(body, '7', len);
    assert_int_equal(pass(&lab, body, len), 0);
    assert_int_equal(lab.body.kept.len, OW_LIMIT_CALL_BODY);
    assert_int_equal(lab.body.size, len);
    assert_false(ow_body_is_whole(&lab.body));
    assert_null(ow_request_json(&lab.request));
    release(&lab);
    free(body);
}

static void record_without_a_request_is_told(void **state)
{
    static const struct {
        const char *text;
        int result;
    } cases[] = {
        {"{\"method\":\"GET\",\"url\":\"https://a.test/\"}", -ENOENT},
        {"{\"request\":{}}", -EINVAL},
        {"{\"method\":\"GET\",\"url\":\"/x\",\"request\":{}}", -EINVAL},
        {"{\"method\":\"GET\",\"url\":\"https://a.test/\","
         "\"request\":{\"body_base64\":\"*\"}}",
         -EINVAL},
        {"{\"method\":\"GET\",\"url\":\"https://a.test/\",\"request\":{}}", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab lab = {.record = cJSON_Parse(cases[i].text)};
        ow_arena_init(&lab.arena);
        ow_body_init(&lab.sent, 1);
        assert_int_equal(ow_request_record_read(lab.record, &lab.arena,
                                                &lab.program, &lab.body,
                                                &lab.request),
                         cases[i].result);
        release(&lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_gives_the_request_back),
        cmocka_unit_test(record_keeps_bytes_that_are_no_text),
        cmocka_unit_test(record_does_not_take_a_part_for_the_whole),
        cmocka_unit_test(record_without_a_request_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
