#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "journal/reader.h"
#include "journal/report.h"

static char folder[] = "/tmp/ow-reader-XXXXXX";

static void path_of(char ret[64])
{
    snprintf(ret, 64, "%s/%s", folder, OW_READER_FILE);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char path[64];

    (void)state;
    path_of(path);
    unlink(path);
    return rmdir(folder);
}

static struct ow_reader *read_text(const char *text)
{
    struct ow_reader *reader;
    struct ow_err err;
    char path[64];

    path_of(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(ow_reader_open(folder, &reader, &err), 0);
    return reader;
}

/* Writes calls down as text, one line each. */
static int note_call(void *context, const struct ow_call *call)
{
    return ow_buf_printf(context, "%s %.*s %d %.2f %.*s\n",
                         ow_event_name((int)call->event),
                         OW_STR_ARGS(call->url), call->status, call->ms,
                         OW_STR_ARGS(call->ended));
}

static void check_calls(struct ow_reader *reader, const char *expected)
{
    struct ow_buf notes = {0};

    assert_int_equal(ow_reader_each(reader, note_call, &notes), 0);
    if (!ow_str_equal(ow_buf_peek(&notes), ow_str_from(expected)))
        fail_msg("the calls are:\n%.*s", OW_STR_ARGS(ow_buf_peek(&notes)));
    ow_buf_release(&notes);
}

static void reader_merges_ends_into_their_requests(void **state)
{
    struct ow_reader *reader = read_text(
        "{\"event\":\"request\",\"id\":1,\"url\":\"/a\",\"status\":200,"
        "\"wait_ms\":3}\n"
        "{\"event\":\"request\",\"id\":2,\"url\":\"/b\",\"status\":200,"
        "\"wait_ms\":0.5}\n"
        "{\"event\":\"end\",\"id\":1,\"total_ms\":70.25,\"ended\":\"cut\"}\n");

    (void)state;
    /* Twice: each pass begins anew. */
    for (int i = 0; i < 2; i++)
        check_calls(reader,
                    "request /a 200 70.25 cut\n"
                    "request /b 200 0.50 \n");
    ow_reader_free(reader);
}

static void reader_passes_over_lines_that_are_no_record(void **state)
{
    struct ow_reader *reader = read_text(
        "{\"event\":\"request\",\"id\":1,\"ur\n"
        "{\"event\":\"of another version\"}\n"
        "[]\n"
        "\n"
        "{\"event\":\"unmatched\",\"id\":2,\"url\":\"/b\"}\n"
        "{\"event\":\"end\",\"id\":77}\n"
        "{\"event\":\"requ");

    (void)state;
    check_calls(reader, "unmatched /b -1 -1.00 \n");
    assert_int_equal(ow_reader_unreadable(reader), 4);
    ow_reader_free(reader);
}

static void reader_takes_values_of_wrong_types_as_absent(void **state)
{
    struct ow_reader *reader = read_text(
        "{\"event\":\"request\",\"id\":\"x\",\"url\":7,"
        "\"status\":\"200\",\"wait_ms\":[]}\n"
        "{\"event\":\"request\",\"id\":-1,\"status\":1e99}\n");

    (void)state;
    check_calls(reader, "request  -1 -1.00 \nrequest  -1 -1.00 \n");
    ow_reader_free(reader);
}

static void reader_says_what_is_no_session(void **state)
{
    struct ow_reader *reader = NULL;
    struct ow_err err;

    (void)state;
    assert_int_equal(ow_reader_open("/nowhere", &reader, &err), -ENOENT);
    assert_non_null(strstr(err.text, "\"/nowhere\" is no session"));
    assert_null(reader);
}

static void reader_refuses_a_file_that_is_no_journal(void **state)
{
    struct ow_reader *reader = NULL;
    struct ow_err err;
    char path[64];

    (void)state;
    path_of(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs("{\n  \"offwire\": 1\n}\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(ow_reader_open(folder, &reader, &err), -EBADMSG);
    assert_non_null(strstr(err.text, "is no journal"));
    assert_null(reader);
    ow_reader_free(read_text(""));
}

static void report_counts_by_rule(void **state)
{
    struct ow_buf out = {0};
    struct ow_reader *reader = read_text(
        "{\"event\":\"session\"}\n"
        "{\"event\":\"request\",\"id\":1,\"program\":\"curl\",\"rule\":"
        "\"models\",\"place\":\"my.json:3\"}\n"
        "{\"event\":\"request\",\"id\":2,\"program\":\"git\",\"rule\":"
        "\"my.json:9\",\"place\":\"my.json:9\"}\n"
        "{\"event\":\"request\",\"id\":3,\"program\":\"git\",\"rule\":"
        "\"my.json:9\",\"place\":\"my.json:9\"}\n"
        "{\"event\":\"unmatched\",\"id\":4,\"method\":\"GET\",\"url\":"
        "\"http://a.test/x\"}\n"
        "{\"event\":\"callback\",\"id\":1,\"rule\":\"models\",\"place\":"
        "\"my.json:3\",\"ended\":\"delivered\"}\n"
        "{\"event\":\"callback\",\"id\":1,\"rule\":\"models\",\"place\":"
        "\"my.json:3\",\"ended\":\"tried again\"}\n"
        "{\"event\":\"callback\",\"id\":1,\"rule\":\"models\",\"place\":"
        "\"my.json:3\",\"ended\":\"cancelled\"}\n"
        "{\"event\":\"end\",\"id\":3,\"ended\":\"cut\"}\n");

    (void)state;
    assert_int_equal(ow_report(reader, &out), 0);
    ow_buf_append(&out, "", 1);
    assert_string_equal(ow_buf_data(&out),
                        "4 requests of 2 programs: 3 answered, 1 matched no "
                        "rule, 1 cut short by a rule, 1 called back, "
                        "1 not called back any more\n"
                        "       2  my.json:9\n"
                        "       1  models (my.json:3)\n"
                        "       1  no rule: GET http://a.test/x\n");
    ow_buf_release(&out);
    ow_reader_free(reader);
}

static void report_bounds_its_lines(void **state)
{
    struct ow_buf text = {0}, out = {0};

    (void)state;
    for (int i = 0; i < 60; i++)
        ow_buf_printf(&text,
                      "{\"event\":\"unmatched\",\"method\":\"GET\",\"url\":"
                      "\"/%d\"}\n",
                      i);
    ow_buf_append(&text, "", 1);
    struct ow_reader *reader = read_text(ow_buf_data(&text));
    assert_int_equal(ow_report(reader, &out), 0);
    ow_buf_append(&out, "", 1);
    assert_non_null(strstr(ow_buf_data(&out), "      10  others\n"));
    ow_reader_free(reader);
    ow_buf_release(&text);
    ow_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_merges_ends_into_their_requests),
        cmocka_unit_test(reader_passes_over_lines_that_are_no_record),
        cmocka_unit_test(reader_takes_values_of_wrong_types_as_absent),
        cmocka_unit_test(reader_says_what_is_no_session),
        cmocka_unit_test(reader_refuses_a_file_that_is_no_journal),
        cmocka_unit_test(report_counts_by_rule),
        cmocka_unit_test(report_bounds_its_lines),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
