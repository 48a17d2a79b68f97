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
#include "base/buf.h"

static void buf_appends_and_consumes_in_order(void **state)
{
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 0);
    assert_int_equal(ow_buf_append(&buf, "hello ", 6), 0);
    assert_int_equal(ow_buf_append_str(&buf, OW_STR("world")), 0);
    ow_buf_consume(&buf, 6);
    assert_buf(buf, "world");
    assert_int_equal(ow_buf_printf(&buf, " %d%s", 42, "!"), 0);
    assert_buf(buf, "world 42!");
    ow_buf_consume(&buf, 100);
    assert_int_equal(buf.len, 0);
    ow_buf_release(&buf);
    assert_null(buf.data);
}

static void buf_of_nothing_peeks_as_empty_not_absent(void **state)
{
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 0);
    assert_buf(buf, "");
    assert_int_equal(ow_buf_append(&buf, NULL, 0), 0);
    assert_buf(buf, "");
    ow_buf_release(&buf);
}

static void buf_refuses_more_than_max_and_keeps_what_it_has(void **state)
{
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 8);
    assert_int_equal(ow_buf_append(&buf, "12345", 5), 0);
    assert_int_equal(ow_buf_append(&buf, "6789", 4), -ENOBUFS);
    assert_int_equal(ow_buf_printf(&buf, "%d", 6789), -ENOBUFS);
    assert_null(ow_buf_reserve(&buf, 4));
    assert_buf(buf, "12345");
    assert_int_equal(ow_buf_append(&buf, "678", 3), 0);
    assert_buf(buf, "12345678");
    ow_buf_consume(&buf, 4);
    assert_int_equal(ow_buf_append(&buf, "9abc", 4), 0);
    assert_buf(buf, "56789abc");
    ow_buf_release(&buf);
}

/* The NUL that vsnprintf writes behind the text is no content. */
static void buf_printf_fills_up_to_max(void **state)
{
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 4);
    assert_int_equal(ow_buf_printf(&buf, "%d", 1234), 0);
    assert_buf(buf, "1234");
    assert_int_equal(ow_buf_printf(&buf, "%s", ""), 0);
    assert_int_equal(ow_buf_printf(&buf, "%d", 5), -ENOBUFS);
    ow_buf_release(&buf);
}

static void buf_uses_consumed_room_before_it_grows(void **state)
{
    struct ow_buf buf;
    char block[512] = {0};

    (void)state;
    ow_buf_init(&buf, 0);
    ow_buf_append(&buf, block, sizeof block);
    size_t cap = buf.cap;
    for (int i = 0; i < 100; i++) {
        ow_buf_consume(&buf, 300);
        assert_int_equal(ow_buf_append(&buf, block, 300), 0);
    }
    assert_int_equal(buf.cap, cap);
    assert_int_equal(buf.len, sizeof block);
    ow_buf_release(&buf);
}

static void buf_reserve_and_commit_write_in_place(void **state)
{
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 0);
    ow_buf_append(&buf, "a", 1);
    char *at = ow_buf_reserve(&buf, 1000);
    assert_non_null(at);
    memcpy(at, "bc", 2);
    ow_buf_commit(&buf, 2);
    assert_buf(buf, "abc");
    ow_buf_release(&buf);
}

static void buf_clear_keeps_small_memory_alone(void **state)
{
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 0);
    ow_buf_append(&buf, "abc", 3);
    ow_buf_clear(&buf, 4096);
    assert_non_null(buf.data);
    assert_int_equal(buf.len, 0);
    ow_buf_clear(&buf, 0);
    assert_null(buf.data);
    assert_int_equal(buf.cap, 0);
}

static void buf_refuses_sizes_that_overflow(void **state)
{
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 0);
    ow_buf_append(&buf, "abc", 3);
    assert_null(ow_buf_reserve(&buf, SIZE_MAX));
    assert_null(ow_buf_reserve(&buf, SIZE_MAX - 2));
    assert_buf(buf, "abc");
    ow_buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_appends_and_consumes_in_order),
        cmocka_unit_test(buf_of_nothing_peeks_as_empty_not_absent),
        cmocka_unit_test(buf_refuses_more_than_max_and_keeps_what_it_has),
        cmocka_unit_test(buf_printf_fills_up_to_max),
        cmocka_unit_test(buf_uses_consumed_room_before_it_grows),
        cmocka_unit_test(buf_reserve_and_commit_write_in_place),
        cmocka_unit_test(buf_clear_keeps_small_memory_alone),
        cmocka_unit_test(buf_refuses_sizes_that_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
