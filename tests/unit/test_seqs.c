/*
 * Counters by format.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "state/seqs.h"

static int next(struct ow_seqs *seqs, const char *format, struct ow_buf *out)
{
    return ow_seqs_next(seqs, ow_str_from(format), out);
}

static void seqs_count_each_format(void **state)
{
    struct ow_seqs seqs = {0};
    struct ow_buf out;

    (void)state;
    ow_buf_init(&out, 0);
    assert_int_equal(next(&seqs, "a%d ", &out), 0);
    assert_int_equal(next(&seqs, "b%03d ", &out), 0);
    assert_int_equal(next(&seqs, "a%d ", &out), 0);
    assert_int_equal(next(&seqs, "%%%5d", &out), 0);
    assert_true(ow_str_equal(ow_buf_peek(&out), OW_STR("a1 b001 a2 %    1")));
    ow_buf_release(&out);
    ow_seqs_release(&seqs);
}

static void seqs_refuse_other_formats(void **state)
{
    static const char *const bad[] = {"",     "%",    "a",  "%s",
                                      "%d%d", "%-5d", "%5", "%21d"};
    struct ow_seqs seqs = {0};
    struct ow_buf out;

    (void)state;
    ow_buf_init(&out, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(next(&seqs, bad[i], &out), -EINVAL);
    assert_int_equal(out.len, 0);
    ow_buf_release(&out);
    ow_seqs_release(&seqs);
}

static void seqs_have_a_bound(void **state)
{
    struct ow_seqs seqs = {0};
    struct ow_buf out;
    char format[32];
    int r = 0;

    (void)state;
    ow_buf_init(&out, 0);
    for (int i = 0; i <= OW_LIMIT_SEQS; i++) {
        assert_int_equal(r, 0);
        snprintf(format, sizeof format, "%d-%%d", i);
        r = next(&seqs, format, &out);
    }
    assert_int_equal(r, -ENOSPC);
    assert_int_equal(next(&seqs, "0-%d", &out), 0);
    ow_buf_release(&out);
    ow_seqs_release(&seqs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seqs_count_each_format),
        cmocka_unit_test(seqs_refuse_other_formats),
        cmocka_unit_test(seqs_have_a_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
