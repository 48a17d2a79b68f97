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
#include <openssl/evp.h>

#include "assert_str.h"
#include "base/limits.h"
#include "http/body.h"

/* Of "" and "abc": FIPS 180-2, appendix B. */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void body_without_bytes_is_whole_and_has_a_digest(void **state)
{
    struct ow_body body;
    char hex[65];

    (void)state;
    ow_body_init(&body, 10);
    assert_true(ow_body_is_whole(&body));
    assert_int_equal(ow_body_digest(&body, hex), 0);
    assert_string_equal(hex, EMPTY);
    ow_body_release(&body);
}

static void body_within_the_limit_is_kept_whole(void **state)
{
    struct ow_body body;
    char hex[65];

    (void)state;
    ow_body_init(&body, 3);
    assert_int_equal(ow_body_feed(&body, "ab", 2), 0);
    assert_int_equal(ow_body_feed(&body, "c", 1), 0);
    assert_true(ow_body_is_whole(&body));
    assert_int_equal(body.size, 3);
    assert_buf(body.kept, "abc");
    assert_null(body.hasher);
    assert_int_equal(ow_body_digest(&body, hex), 0);
    assert_string_equal(hex, ABC);
    ow_body_release(&body);
}

static void body_over_the_limit_keeps_its_front_and_hashes_all(void **state)
{
    (void)state;
    for (size_t keep = 0; keep < 3; keep++)
        for (size_t cut = 0; cut <= 3; cut++) {
            struct ow_body body;
            char hex[65];
            ow_body_init(&body, keep);
            assert_int_equal(ow_body_feed(&body, "abc", cut), 0);
            assert_int_equal(ow_body_feed(&body, "abc" + cut, 3 - cut), 0);
            assert_false(ow_body_is_whole(&body));
            assert_int_equal(body.size, 3);
            assert_int_equal(body.kept.len, keep);
            assert_memory_equal(ow_buf_peek(&body.kept).ptr, "abc", keep);
            assert_int_equal(ow_body_digest(&body, hex), 0);
            assert_string_equal(hex, ABC);
            ow_body_release(&body);
        }
}

static void body_digest_may_be_asked_for_on_the_way(void **state)
{
    struct ow_body body;
    char hex[65];

    (void)state;
    ow_body_init(&body, 1);
    ow_body_feed(&body, "abc", 3);
    assert_int_equal(ow_body_digest(&body, hex), 0);
    assert_string_equal(hex, ABC);
    assert_int_equal(ow_body_digest(&body, hex), 0);
    assert_string_equal(hex, ABC);
    ow_body_feed(&body, "d", 1);
    assert_int_equal(ow_body_digest(&body, hex), 0);
    assert_string_not_equal(hex, ABC);
    ow_body_release(&body);
}

/* Long enough for the worker, in pieces that fit no block. */
static void body_long_enough_for_the_worker_has_the_same_digest(void **state)
{
    static unsigned char block[99991], expected[32];
    EVP_MD_CTX *whole = EVP_MD_CTX_new();
    struct ow_body body;
    char hex[65], plain[65];

    (void)state;
    ow_body_init(&body, 1000);
    EVP_DigestInit_ex(whole, EVP_sha256(), NULL);
    while (body.size < 3 * OW_LIMIT_HASH_INLINE) {
        memset(block, (int)(body.size % 251), sizeof block);
        assert_int_equal(ow_body_feed(&body, block, sizeof block), 0);
        EVP_DigestUpdate(whole, block, sizeof block);
    }
    EVP_DigestFinal_ex(whole, expected, NULL);
    EVP_MD_CTX_free(whole);
    for (int i = 0; i < 32; i++)
        snprintf(plain + 2 * i, 3, "%02x", expected[i]);
    /* Twice: the digest on the way leaves the worker fit for more. */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ow_body_digest(&body, hex), 0);
        assert_string_equal(hex, plain);
    }
    ow_body_feed(&body, "x", 1);
    assert_int_equal(ow_body_digest(&body, hex), 0);
    assert_string_not_equal(hex, plain);
    ow_body_release(&body);
}

static void body_memory_stays_within_the_limit(void **state)
{
    static char block[OW_LIMIT_IO];
    struct ow_body body;

    (void)state;
    ow_body_init(&body, OW_LIMIT_BODY_KEPT);
    for (int i = 0; i < 100; i++)
        assert_int_equal(ow_body_feed(&body, block, sizeof block), 0);
    assert_int_equal(body.size, 100 * sizeof block);
    assert_int_equal(body.kept.len, OW_LIMIT_BODY_KEPT);
    assert_int_equal(body.kept.cap, OW_LIMIT_BODY_KEPT);
    ow_body_release(&body);
}

static void body_reset_begins_anew_and_lets_big_memory_go(void **state)
{
    static char block[100000];
    struct ow_body body;
    char hex[65];

    (void)state;
    ow_body_init(&body, 200000);
    ow_body_feed(&body, "x", 1);
    ow_body_reset(&body);
    assert_non_null(body.kept.data);
    for (int i = 0; i < 3; i++)
        ow_body_feed(&body, block, sizeof block);
    assert_false(ow_body_is_whole(&body));
    ow_body_reset(&body);
    assert_null(body.kept.data);
    assert_true(ow_body_is_whole(&body));
    ow_body_feed(&body, "abc", 3);
    assert_int_equal(ow_body_digest(&body, hex), 0);
    assert_string_equal(hex, ABC);
    ow_body_release(&body);
}

static void body_release_takes_null(void **state)
{
    (void)state;
    ow_body_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_without_bytes_is_whole_and_has_a_digest),
        cmocka_unit_test(body_within_the_limit_is_kept_whole),
        cmocka_unit_test(body_over_the_limit_keeps_its_front_and_hashes_all),
        cmocka_unit_test(body_digest_may_be_asked_for_on_the_way),
        cmocka_unit_test(body_long_enough_for_the_worker_has_the_same_digest),
        cmocka_unit_test(body_memory_stays_within_the_limit),
        cmocka_unit_test(body_reset_begins_anew_and_lets_big_memory_go),
        cmocka_unit_test(body_release_takes_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
