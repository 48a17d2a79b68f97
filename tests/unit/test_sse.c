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
#include "wire/sse.h"

static struct ow_buf out;

static struct ow_str format(struct ow_sse_event event)
{
    ow_buf_clear(&out, SIZE_MAX);
    assert_int_equal(ow_sse_format(&out, &event), 0);
    return ow_buf_peek(&out);
}

static void sse_has_a_line_for_each_part(void **state)
{
    (void)state;
    assert_str(format((struct ow_sse_event){.comment = OW_STR("why"),
                                            .event = OW_STR("token"),
                                            .id = OW_STR("7"),
                                            .retry_ms = 1500,
                                            .data = OW_STR("{\"t\":1}")}),
               ": why\nevent: token\nid: 7\nretry: 1500\ndata: {\"t\":1}\n\n");
    assert_str(
        format((struct ow_sse_event){.data = OW_STR("[DONE]"), .retry_ms = -1}),
        "data: [DONE]\n\n");
    assert_str(
        format((struct ow_sse_event){.comment = OW_STR(""), .retry_ms = -1}),
        ":\n\n");
}

/* The reader puts LF between the data lines of an event. */
static void sse_data_has_a_line_for_each_of_its_lines(void **state)
{
    (void)state;
    assert_str(format((struct ow_sse_event){.data = OW_STR("a\nb\r\nc\rd\n"),
                                            .retry_ms = -1}),
               "data: a\ndata: b\ndata: c\ndata: d\ndata:\n\n");
    assert_str(
        format((struct ow_sse_event){.data = OW_STR(""), .retry_ms = -1}),
        "data:\n\n");
    assert_str(format((struct ow_sse_event){.comment = OW_STR("a\nb"),
                                            .retry_ms = -1}),
               ": a\n: b\n\n");
}

/* One space behind the colon is not part of the value. */
static void sse_keeps_leading_spaces(void **state)
{
    (void)state;
    assert_str(
        format((struct ow_sse_event){.data = OW_STR(" a"), .retry_ms = -1}),
        "data:  a\n\n");
}

static void sse_event_and_id_stay_on_their_line(void **state)
{
    (void)state;
    assert_str(format((struct ow_sse_event){.event = OW_STR("a\r\ndata: x"),
                                            .id = OW_STR("1\0002"),
                                            .retry_ms = 0}),
               "event: a  data: x\nid: 1 2\nretry: 0\n\n");
}

static void sse_writes_all_of_an_event_or_nothing(void **state)
{
    struct ow_sse_event event = {
        .event = OW_STR("token"), .data = OW_STR("hello"), .retry_ms = -1};
    struct ow_buf small;

    (void)state;
    for (size_t max = 4; max < 27; max++) {
        ow_buf_init(&small, max);
        ow_buf_append(&small, "xyz", 3);
        int r = ow_sse_format(&small, &event);
        assert_int_equal(r, max < 3 + 27 ? -ENOBUFS : 0);
        assert_buf(small, "xyz");
        ow_buf_release(&small);
    }
}

static void sse_ndjson_is_one_line(void **state)
{
    (void)state;
    ow_buf_clear(&out, SIZE_MAX);
    assert_int_equal(ow_sse_format_ndjson(&out, OW_STR("{\n\"a\":\r\n1}")), 0);
    assert_int_equal(ow_sse_format_ndjson(&out, OW_STR("[]")), 0);
    assert_buf(out, "{ \"a\":  1}\n[]\n");
    ow_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sse_has_a_line_for_each_part),
        cmocka_unit_test(sse_data_has_a_line_for_each_of_its_lines),
        cmocka_unit_test(sse_keeps_leading_spaces),
        cmocka_unit_test(sse_event_and_id_stay_on_their_line),
        cmocka_unit_test(sse_writes_all_of_an_event_or_nothing),
        cmocka_unit_test(sse_ndjson_is_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
