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
#include "base/units.h"

static int64_t duration(const char *text)
{
    int64_t ns = -1;

    assert_int_equal(ow_units_parse_duration(ow_str_from(text), &ns), 0);
    return ns;
}

static uint64_t size(const char *text)
{
    uint64_t bytes = 0;

    assert_int_equal(ow_units_parse_size(ow_str_from(text), &bytes), 0);
    return bytes;
}

static void units_durations_have_units(void **state)
{
    (void)state;
    assert_int_equal(duration("300ms"), 300000000);
    assert_int_equal(duration("1.5s"), 1500000000);
    assert_int_equal(duration("2m"), 120000000000);
    assert_int_equal(duration("2 min"), 120000000000);
    assert_int_equal(duration("1h"), 3600000000000);
    assert_int_equal(duration("250us"), 250000);
    assert_int_equal(duration("7ns"), 7);
    assert_int_equal(duration("0"), 0);
    assert_int_equal(duration(" 0.1s "), 100000000);
}

static void units_sizes_count_in_1000_or_1024(void **state)
{
    (void)state;
    assert_int_equal(size("64"), 64);
    assert_int_equal(size("64B"), 64);
    assert_int_equal(size("256KB"), 256000);
    assert_int_equal(size("1kB"), 1000);
    assert_int_equal(size("1KiB"), 1024);
    assert_int_equal(size("1.5MiB"), 1572864);
    assert_int_equal(size("500MB"), 500000000);
    assert_int_equal(size("2GiB"), 2147483648);
}

static void units_refuse_what_has_no_meaning(void **state)
{
    static const char *const durations[] = {
        "",   "300",   "ms", "-1s", "1.2.3s", "1 s s", "1S",    "1e3s", "0x10s",
        "s1", "1days", ".",  "+1s", "1s1ms",  "nan",   "inf s", ".s",   "1,5s",
    };
    static const char *const sizes[] = {"", "KB", "-1", "1kb", "1K", "1e3"};
    int64_t ns = 7;
    uint64_t bytes = 7;

    (void)state;
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
        assert_int_equal(
            ow_units_parse_duration(ow_str_from(durations[i]), &ns), -EINVAL);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        assert_int_equal(ow_units_parse_size(ow_str_from(sizes[i]), &bytes),
                         -EINVAL);
    assert_int_equal(ns, 7);
    assert_int_equal(bytes, 7);
}

static void units_refuse_what_overflows(void **state)
{
    int64_t ns = 7;
    uint64_t bytes = 7;

    (void)state;
    assert_int_equal(ow_units_parse_duration(OW_STR("99999999999999h"), &ns),
                     -ERANGE);
    assert_int_equal(
        ow_units_parse_size(OW_STR("99999999999999999999"), &bytes), -ERANGE);
    assert_true(
        ow_units_parse_size(OW_STR("9999999999999999999999999999999999999999"),
                            &bytes) < 0);
    assert_int_equal(ns, 7);
    assert_int_equal(bytes, 7);
}

static void units_rates_are_sizes_a_second(void **state)
{
    uint64_t rate = 7;

    (void)state;
    assert_int_equal(ow_units_parse_rate(OW_STR("256KB/s"), &rate), 0);
    assert_int_equal(rate, 256000);
    assert_int_equal(ow_units_parse_rate(OW_STR("1.6Mbit/s"), &rate), 0);
    assert_int_equal(rate, 200000);
    assert_int_equal(ow_units_parse_rate(OW_STR("56 kbit/s"), &rate), 0);
    assert_int_equal(rate, 7000);
    assert_int_equal(ow_units_parse_rate(OW_STR("1bit/s"), &rate), -ERANGE);
    assert_int_equal(ow_units_parse_rate(OW_STR("5Mbyte/s"), &rate), -EINVAL);
    assert_int_equal(ow_units_parse_rate(OW_STR("256KB/s"), &rate), 0);
    assert_int_equal(ow_units_parse_rate(OW_STR("256KB"), &rate), -EINVAL);
    assert_int_equal(ow_units_parse_rate(OW_STR("/s"), &rate), -EINVAL);
    assert_int_equal(ow_units_parse_rate(OW_STR("0/s"), &rate), -ERANGE);
    assert_int_equal(rate, 256000);
}

static void units_percentages_are_fractions_of_one(void **state)
{
    double fraction = 7;

    (void)state;
    assert_int_equal(ow_units_parse_percent(OW_STR("60%"), &fraction), 0);
    assert_true(fraction > 0.599 && fraction < 0.601);
    assert_int_equal(ow_units_parse_percent(OW_STR("0 %"), &fraction), 0);
    assert_true(fraction == 0);
    assert_int_equal(ow_units_parse_percent(OW_STR("100%"), &fraction), 0);
    assert_true(fraction == 1);
    assert_int_equal(ow_units_parse_percent(OW_STR("101%"), &fraction),
                     -ERANGE);
    assert_int_equal(ow_units_parse_percent(OW_STR("60"), &fraction), -EINVAL);
    assert_int_equal(ow_units_parse_percent(OW_STR("%"), &fraction), -EINVAL);
    assert_int_equal(ow_units_parse_percent(OW_STR("6 0%"), &fraction),
                     -EINVAL);
    assert_true(fraction == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_durations_have_units),
        cmocka_unit_test(units_sizes_count_in_1000_or_1024),
        cmocka_unit_test(units_refuse_what_has_no_meaning),
        cmocka_unit_test(units_refuse_what_overflows),
        cmocka_unit_test(units_rates_are_sizes_a_second),
        cmocka_unit_test(units_percentages_are_fractions_of_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
