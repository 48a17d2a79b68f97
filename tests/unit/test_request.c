#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_str.h"
#include "base/limits.h"
#include "http/request.h"

struct fixture {
    struct ow_arena arena;
    struct ow_body body;
    struct ow_request request;
};

static void begin(struct fixture *f, const char *body)
{
    *f = (struct fixture){0};
    ow_arena_init(&f->arena);
    ow_body_init(&f->body, 2500);
    ow_body_feed(&f->body, body, strlen(body));
    f->request = (struct ow_request){
        .scheme = OW_STR("https"),
        .host = OW_STR("api.example.com"),
        .port = 443,
        .raw_path = OW_STR("/v1/a%20b"),
        .body = &f->body,
        .arena = &f->arena,
    };
}

static void end(struct fixture *f)
{
    ow_request_release(&f->request);
    ow_body_release(&f->body);
    ow_arena_release(&f->arena);
}

static void request_url_leaves_usual_ports_out(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "");
    assert_str(ow_request_url(&f.request), "https://api.example.com/v1/a%20b");
    f.request.query = OW_STR("x=1");
    f.request.port = 80;
    assert_str(ow_request_url(&f.request),
               "https://api.example.com:80/v1/a%20b?x=1");
    f.request.scheme = OW_STR("http");
    f.request.host = OW_STR("::1");
    f.request.query = OW_STR("");
    assert_str(ow_request_url(&f.request), "http://[::1]/v1/a%20b?");
    f.request.raw_path = OW_STR("*");
    f.request.query = (struct ow_str){NULL, 0};
    assert_str(ow_request_url(&f.request), "http://[::1]/*");
    end(&f);
}

static void request_json_is_parsed_once_whatever_the_type(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, " {\"model\": \"gpt-4o\"}\r\n ");
    const cJSON *json = ow_request_json(&f.request);
    assert_string_equal(
        cJSON_GetObjectItemCaseSensitive(json, "model")->valuestring, "gpt-4o");
    assert_ptr_equal(ow_request_json(&f.request), json);
    end(&f);
}

static void expect_no_json(const char *body)
{
    struct fixture f;

    begin(&f, body);
    assert_null(ow_request_json(&f.request));
    assert_true(f.request.json_tried);
    end(&f);
}

static void request_json_refuses_what_is_none(void **state)
{
    char deep[2 * OW_LIMIT_JSON_DEPTH + 3];

    (void)state;
    expect_no_json("");
    expect_no_json("a=b");
    expect_no_json("{\"a\": 1");
    expect_no_json("{\"a\": 1} x");
    memset(deep, '[', OW_LIMIT_JSON_DEPTH + 1);
    memset(deep + OW_LIMIT_JSON_DEPTH + 1, ']', OW_LIMIT_JSON_DEPTH + 1);
    deep[2 * OW_LIMIT_JSON_DEPTH + 2] = '\0';
    expect_no_json(deep);
}

/* Brackets inside strings do not nest. */
static void request_json_counts_depth_outside_strings(void **state)
{
    struct fixture f;
    char text[OW_LIMIT_JSON_DEPTH * 2 + 10] = "[\"\\\"";
    size_t len = strlen(text);

    (void)state;
    memset(text + len, '[', OW_LIMIT_JSON_DEPTH * 2);
    memcpy(text + len + OW_LIMIT_JSON_DEPTH * 2, "\"]", 3);
    begin(&f, text);
    assert_non_null(ow_request_json(&f.request));
    end(&f);
}

static void request_json_wants_the_whole_body(void **state)
{
    struct fixture f;
    char text[3000];

    (void)state;
    memset(text, ' ', sizeof text);
    memcpy(text, "[1]", 3);
    text[sizeof text - 1] = '\0';
    begin(&f, text);
    assert_null(ow_request_json(&f.request));
    end(&f);
}

static void request_lists_are_parsed_once_and_may_be_empty(void **state)
{
    struct ow_field items[] = {
        {OW_STR("cookie"), OW_STR("a=1; b=2")},
        {OW_STR("content-type"), OW_STR("application/x-www-form-urlencoded")}};
    struct fixture f;

    (void)state;
    begin(&f, "c=3");
    assert_int_equal(ow_request_params(&f.request)->n, 0);
    assert_int_equal(ow_request_cookies(&f.request)->n, 0);
    assert_null(ow_request_form(&f.request));
    ow_request_release(&f.request);
    f.request.query = OW_STR("d=4&e=5");
    f.request.headers = (struct ow_fields){items, 2, 2};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ow_request_params(&f.request)->n, 2);
        assert_int_equal(ow_request_cookies(&f.request)->n, 2);
        assert_int_equal(ow_request_form(&f.request)->n, 1);
    }
    end(&f);
}

static void request_lists_end_at_their_limit(void **state)
{
    static char fields[OW_LIMIT_PARAMS * 2 + 16];
    struct ow_field type = {OW_STR("content-type"),
                            OW_STR("application/x-www-form-urlencoded")};
    struct fixture f;

    (void)state;
    for (size_t i = 0; i <= OW_LIMIT_PARAMS; i++)
        memcpy(fields + i * 2, "a&", 2);
    begin(&f, fields);
    f.request.headers = (struct ow_fields){&type, 1, 1};
    f.request.query = ow_str_from(fields);
    assert_int_equal(ow_request_params(&f.request)->n, OW_LIMIT_PARAMS);
    assert_non_null(ow_request_form(&f.request));
    assert_int_equal(ow_request_form(&f.request)->n, OW_LIMIT_PARAMS);
    end(&f);
}

static void request_json_counts_values_outside_strings(void **state)
{
    size_t len = OW_LIMIT_JSON_VALUES + 3;
    char *text = malloc(len);
    cJSON *json;

    (void)state;
    assert_non_null(text);
    memset(text, ',', len);
    text[0] = '[';
    text[len - 1] = ']';
    assert_null(ow_request_parse_json((struct ow_str){text, len}));
    text[0] = text[len - 1] = '"';
    json = ow_request_parse_json((struct ow_str){text, len});
    assert_true(cJSON_IsString(json));
    cJSON_Delete(json);
    free(text);
}

static void request_without_a_body_has_no_json_and_no_form(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "");
    f.request.body = NULL;
    assert_null(ow_request_json(&f.request));
    assert_null(ow_request_form(&f.request));
    end(&f);
    ow_request_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_url_leaves_usual_ports_out),
        cmocka_unit_test(request_json_is_parsed_once_whatever_the_type),
        cmocka_unit_test(request_json_refuses_what_is_none),
        cmocka_unit_test(request_json_counts_depth_outside_strings),
        cmocka_unit_test(request_json_counts_values_outside_strings),
        cmocka_unit_test(request_json_wants_the_whole_body),
        cmocka_unit_test(request_lists_are_parsed_once_and_may_be_empty),
        cmocka_unit_test(request_lists_end_at_their_limit),
        cmocka_unit_test(request_without_a_body_has_no_json_and_no_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
