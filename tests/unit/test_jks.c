#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/pkcs12.h>

#include "tls/ca.h"
#include "tls/jks.h"

#define DER     ((const unsigned char *)"certificate")
#define DER_LEN 11

static void fill(struct ow_jks *jks, const char *password)
{
    assert_int_equal(ow_jks_init(jks), 0);
    assert_int_equal(ow_jks_add(jks, DER, DER_LEN), 0);
    assert_int_equal(ow_jks_finish(jks, password), 0);
}

static void jks_is_what_java_writes(void **state)
{

    static const char expected[] =
        "\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01"
        "\0\0\0\x02\0\x06root-0\0\0\0\0\0\0\0\0\0\x05X.509"
        "\0\0\0\x0b"
        "certificate";
    struct ow_jks jks;

    (void)state;
    fill(&jks, "ab");
    assert_int_equal(jks.bytes.len, sizeof expected - 1 + 20);
    assert_memory_equal(ow_buf_data(&jks.bytes), expected, sizeof expected - 1);
    ow_jks_release(&jks);
}

static void jks_reads_its_own_stores(void **state)
{
    struct ow_jks from;
    struct ow_jks to;

    (void)state;
    fill(&from, "x");
    assert_int_equal(ow_jks_init(&to), 0);
    assert_int_equal(ow_jks_add_store(&to, ow_buf_peek(&from.bytes), ""), 0);
    assert_int_equal(to.count, 1);
    assert_int_equal(ow_jks_finish(&to, "x"), 0);
    assert_int_equal(to.bytes.len, from.bytes.len);
    assert_memory_equal(ow_buf_data(&to.bytes), ow_buf_data(&from.bytes),
                        to.bytes.len);
    ow_jks_release(&from);
    ow_jks_release(&to);
}

static void jks_steps_over_private_keys(void **state)
{
    static const char store[] =
        "\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x02"
        "\0\0\0\x01\0\x01k\0\0\0\0\0\0\0\0\0\0\0\x03"
        "key\0\0\0\x01\0\x05X.509\0\0\0\x01"
        "c"
        "\0\0\0\x02\0\x01t\0\0\0\0\0\0\0\0\0\x05X.509\0\0\0\x02"
        "ab";
    struct ow_jks jks;

    (void)state;
    assert_int_equal(ow_jks_init(&jks), 0);
    assert_int_equal(
        ow_jks_add_store(&jks, (struct ow_str){store, sizeof store - 1}, ""),
        0);
    assert_int_equal(jks.count, 1);
    ow_jks_release(&jks);
}

static void jks_refuses_a_store_that_was_cut(void **state)
{
    struct ow_jks from;

    (void)state;
    fill(&from, "x");
    /* Without its digest it is still whole. */
    for (size_t len = 0; len < from.bytes.len - 20; len++) {
        struct ow_jks to;

        assert_int_equal(ow_jks_init(&to), 0);
        assert_int_equal(
            ow_jks_add_store(
                &to, (struct ow_str){ow_buf_data(&from.bytes), len}, ""),
            -EBADMSG);
        ow_jks_release(&to);
    }
    ow_jks_release(&from);
}

static void jks_refuses_what_is_no_store(void **state)
{
    static const char *const junk[] = {"", "hello", "\x30\x82 no DER",
                                       "\xfe\xed\xfe\xed\0\0\0\2\xff\xff\xff"};

    (void)state;
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++) {
        struct ow_jks jks;

        assert_int_equal(ow_jks_init(&jks), 0);
        assert_int_equal(ow_jks_add_store(&jks, ow_str_from(junk[i]), ""),
                         -EBADMSG);
        ow_jks_release(&jks);
    }
}

/* A PKCS12 with one certificate; der is for OPENSSL_free(). */
static int make_pkcs12(const char *password, int cipher, unsigned char **der)
{
    struct ow_ca *ca = NULL;
    STACK_OF(X509) *certificates = sk_X509_new_null();

    assert_int_equal(ow_ca_new("test", &ca, NULL), 0);
    sk_X509_push(certificates, ow_ca_certificate(ca));

    PKCS12 *p12 = PKCS12_create(password, NULL, NULL, NULL, certificates, 0,
                                cipher, 0, password ? 0 : -1, 0);
    int len;

    assert_non_null(p12);
    len = i2d_PKCS12(p12, der);
    PKCS12_free(p12);
    sk_X509_free(certificates);
    ow_ca_free(ca);
    return len;
}

static void jks_reads_pkcs12_with_and_without_a_password(void **state)
{
    static const struct {
        const char *password;
        int cipher; /* 0: OpenSSL's own, -1: none */
    } rows[] = {{"secret", 0}, {NULL, -1}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        unsigned char *der = NULL;
        int len = make_pkcs12(rows[i].password, rows[i].cipher, &der);
        struct ow_str store = {(char *)der, (size_t)len};
        struct ow_jks jks;

        assert_int_equal(ow_jks_init(&jks), 0);
        assert_int_equal(ow_jks_add_store(&jks, store, "secret"), 0);
        assert_int_equal(jks.count, 1);
        if (rows[i].password)
            assert_int_equal(ow_jks_add_store(&jks, store, "wrong"), -EBADMSG);
        ow_jks_release(&jks);
        OPENSSL_free(der);
    }
}

static void jks_reads_pem_and_skips_what_is_no_certificate(void **state)
{
    static const char pem[] =
        "# a comment\n"
        "-----BEGIN CERTIFICATE-----\nAAEC\n"
        "-----END CERTIFICATE-----\n"
        "-----BEGIN X509 CRL-----\nAAEC\n"
        "-----END X509 CRL-----\n"
        "-----BEGIN CERTIFICATE-----\nAwQF\n"
        "-----END CERTIFICATE-----";
    struct ow_jks jks;

    (void)state;
    assert_int_equal(ow_jks_init(&jks), 0);
    assert_int_equal(ow_jks_add_store(&jks, ow_str_from(pem), ""), 0);
    assert_int_equal(jks.count, 2);
    ow_jks_release(&jks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jks_is_what_java_writes),
        cmocka_unit_test(jks_reads_its_own_stores),
        cmocka_unit_test(jks_steps_over_private_keys),
        cmocka_unit_test(jks_refuses_a_store_that_was_cut),
        cmocka_unit_test(jks_refuses_what_is_no_store),
        cmocka_unit_test(jks_reads_pkcs12_with_and_without_a_password),
        cmocka_unit_test(jks_reads_pem_and_skips_what_is_no_certificate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
