/*
 * Unit tests of src/host/shaper.c: times are made up.
 */
#include "config.h"

/* cmocka's header wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/limits.h"
#include "host/shaper.h"

#define MS INT64_C(1000000)

static struct ow_shaper *make(const struct ow_network *network)
{
    struct ow_rand rand;

    ow_rand_init(&rand, 1);
    struct ow_shaper *shaper = ow_shaper_new(network, &rand);
    assert_non_null(shaper);
    return shaper;
}

static void put(struct ow_shaper *shaper, size_t len, int64_t now)
{
    char *bytes = calloc(len, 1);

    assert_non_null(bytes);
    assert_int_equal(ow_shaper_put(shaper, bytes, len, now), 0);
    free(bytes);
}

/* Takes what is due; how much that was. */
static size_t drain(struct ow_shaper *shaper, int64_t now)
{
    const char *bytes;
    size_t n = ow_shaper_due(shaper, now, &bytes);

    ow_shaper_consume(shaper, n);
    return n;
}

/* When the last byte is due. */
static int64_t drain_all(struct ow_shaper *shaper)
{
    int64_t now = 0;

    while (ow_shaper_next(shaper) != INT64_MAX) {
        now = ow_shaper_next(shaper);
        drain(shaper, now);
    }
    return now;
}

static void shaper_without_a_network_lets_all_pass_at_once(void **state)
{
    struct ow_shaper *shaper = make(NULL);

    (void)state;
    put(shaper, 100000, 5);
    assert_int_equal(ow_shaper_next(shaper), 5);
    assert_int_equal(drain(shaper, 5), 100000);
    assert_int_equal(ow_shaper_next(shaper), INT64_MAX);
    assert_int_equal(ow_shaper_open(shaper), 0);
    assert_int_equal(ow_shaper_read_size(shaper), 0);
    ow_shaper_free(shaper);
}

static void shaper_moves_what_is_made_by_the_latency(void **state)
{
    struct ow_network network = {.latency_ns = 80 * MS};
    struct ow_shaper *shaper = make(&network);

    (void)state;
    put(shaper, 10, 0);
    put(shaper, 20, 20 * MS);
    assert_int_equal(drain(shaper, 80 * MS - 1), 0);
    assert_int_equal(drain(shaper, 80 * MS), 10);
    assert_int_equal(drain(shaper, 100 * MS - 1), 0);
    assert_int_equal(drain(shaper, 100 * MS), 20);
    assert_int_equal(ow_shaper_open(shaper), 80 * MS);
    assert_int_equal(ow_shaper_trip(shaper), 80 * MS);
    ow_shaper_free(shaper);
}

static void shaper_gives_bytes_at_the_rate(void **state)
{
    struct ow_network network = {.rate = 1000000};
    struct ow_shaper *shaper = make(&network);
    size_t half = 0;

    (void)state;
    put(shaper, 100000, 0);
    half = drain(shaper, 50 * MS);
    assert_in_range(half, 44000, 50000);
    assert_int_equal(drain_all(shaper), 100 * MS);
    /* An idle line owes nothing. */
    put(shaper, 1000, 500 * MS);
    assert_int_equal(drain_all(shaper), 501 * MS);
    ow_shaper_free(shaper);
}

static void shaper_keeps_the_order_when_it_jitters(void **state)
{
    struct ow_network network = {.latency_ns = 50 * MS, .jitter_ns = 50 * MS};
    struct ow_shaper *shaper = make(&network);
    int64_t before = 0;

    (void)state;
    for (int i = 0; i < 100; i++)
        put(shaper, 1, i * MS);
    for (int i = 0; i < 100; i++) {
        int64_t due = ow_shaper_next(shaper);
        assert_true(due >= before && due >= i * MS);
        assert_true(due <= (i + 100) * MS || due == before);
        before = due;
        ow_shaper_consume(shaper, 1);
    }
    ow_shaper_free(shaper);
}

static void shaper_stalls_when_packets_are_lost(void **state)
{
    struct ow_network network = {.latency_ns = 10 * MS, .loss = 0.1};
    struct ow_shaper *shaper = make(&network);
    int stalls = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t now = i * 100000 * MS;
        put(shaper, 100, now);
        int64_t due = ow_shaper_next(shaper) - now;
        assert_true(due == 10 * MS || due >= 210 * MS);
        stalls += due > 10 * MS;
        drain(shaper, INT64_MAX);
    }
    assert_in_range(stalls, 70, 130);
    ow_shaper_free(shaper);
}

static void shaper_stalls_less_when_more_follows(void **state)
{
    struct ow_network network = {
        .latency_ns = 10 * MS, .rate = 1448000, .loss = 0.01};
    struct ow_shaper *shaper = make(&network);

    (void)state;
    /* 1000 packets in a second, and some ten of them 10 ms late. */
    put(shaper, 1448000, 0);
    assert_in_range(drain_all(shaper), 1020 * MS, 1400 * MS);
    ow_shaper_free(shaper);
}

static void shaper_is_the_same_for_the_same_seed(void **state)
{
    struct ow_network network = {
        .latency_ns = 10 * MS, .jitter_ns = 5 * MS, .loss = 0.1};
    struct ow_shaper *one = make(&network), *two = make(&network);

    (void)state;
    for (int i = 0; i < 100; i++) {
        put(one, 1000, i * MS);
        put(two, 1000, i * MS);
    }
    assert_int_equal(drain_all(one), drain_all(two));
    ow_shaper_free(one);
    ow_shaper_free(two);
}

static void shaper_uses_another_network_for_what_comes_next(void **state)
{
    struct ow_network own = {.latency_ns = 10 * MS};
    struct ow_network other = {.latency_ns = 50 * MS};
    struct ow_shaper *shaper = make(&own);

    (void)state;
    ow_shaper_use(shaper, &other);
    put(shaper, 1, 0);
    ow_shaper_use(shaper, NULL);
    put(shaper, 2, 0);
    assert_int_equal(drain(shaper, 49 * MS), 0);
    assert_int_equal(drain(shaper, 50 * MS), 3);
    put(shaper, 4, 100 * MS);
    assert_int_equal(drain(shaper, 110 * MS), 4);
    ow_shaper_free(shaper);
}

static void shaper_ends_behind_its_bytes(void **state)
{
    struct ow_network network = {.latency_ns = 10 * MS};
    struct ow_shaper *shaper = make(&network);

    (void)state;
    put(shaper, 5, 0);
    ow_shaper_end(shaper, 2 * MS);
    ow_shaper_end(shaper, 9 * MS);
    assert_false(ow_shaper_is_over(shaper, 12 * MS));
    assert_int_equal(drain(shaper, 10 * MS), 5);
    assert_int_equal(ow_shaper_next(shaper), 12 * MS);
    assert_false(ow_shaper_is_over(shaper, 11 * MS));
    assert_true(ow_shaper_is_over(shaper, 12 * MS));
    ow_shaper_free(shaper);
}

static void shaper_is_full_when_a_round_trip_is_on_its_way(void **state)
{
    struct ow_network network = {.latency_ns = 1000 * MS, .rate = 1000000};
    struct ow_shaper *shaper = make(&network);

    (void)state;
    put(shaper, 1000000, 0);
    assert_false(ow_shaper_is_full(shaper));
    put(shaper, OW_LIMIT_OUT_HIGH, 0);
    assert_true(ow_shaper_is_full(shaper));
    drain(shaper, 2000 * MS);
    assert_false(ow_shaper_is_full(shaper));
    ow_shaper_free(shaper);
}

static void shaper_reads_at_the_rate_of_the_upload(void **state)
{
    struct ow_network network = {.upload = 1000000};
    struct ow_shaper *shaper = make(&network);

    (void)state;
    assert_int_equal(ow_shaper_read_size(shaper), 4000);
    assert_int_equal(ow_shaper_read(shaper, 4000, 0), 4 * MS);
    assert_int_equal(ow_shaper_read(shaper, 4000, 1 * MS), 8 * MS);
    assert_int_equal(ow_shaper_read(shaper, 4000, 100 * MS), 104 * MS);
    ow_shaper_free(shaper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shaper_without_a_network_lets_all_pass_at_once),
        cmocka_unit_test(shaper_moves_what_is_made_by_the_latency),
        cmocka_unit_test(shaper_gives_bytes_at_the_rate),
        cmocka_unit_test(shaper_keeps_the_order_when_it_jitters),
        cmocka_unit_test(shaper_stalls_when_packets_are_lost),
        cmocka_unit_test(shaper_stalls_less_when_more_follows),
        cmocka_unit_test(shaper_is_the_same_for_the_same_seed),
        cmocka_unit_test(shaper_uses_another_network_for_what_comes_next),
        cmocka_unit_test(shaper_ends_behind_its_bytes),
        cmocka_unit_test(shaper_is_full_when_a_round_trip_is_on_its_way),
        cmocka_unit_test(shaper_reads_at_the_rate_of_the_upload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
