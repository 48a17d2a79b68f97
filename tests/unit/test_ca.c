#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tls/ca.h"

static struct ow_ca *new_ca(void)
{
    struct ow_ca *ca = NULL;
    struct ow_err err;

    assert_int_equal(ow_ca_new("Offwire session CA", &ca, &err), 0);
    return ca;
}

/* Verifies a certificate against itself as the only root. */
static int verify_strictly(X509 *certificate)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();

    X509_STORE_add_cert(store, certificate);
    X509_STORE_CTX_init(context, store, certificate, NULL);
    X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT |
                                          X509_V_FLAG_CHECK_SS_SIGNATURE);
    X509_verify_cert(context);

    int error = X509_STORE_CTX_get_error(context);

    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return error;
}

static void ca_is_a_root_that_strict_verifiers_take(void **state)
{
    struct ow_ca *ca = new_ca();
    X509 *x509 = ow_ca_certificate(ca);

    (void)state;
    assert_int_equal(verify_strictly(x509), X509_V_OK);
    assert_int_equal(X509_check_ca(x509), 1);
    assert_int_equal(X509_get_pathlen(x509), 0);
    assert_int_equal(X509_get_key_usage(x509), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
    assert_int_equal(X509_get_ext_by_critical(x509, 1, -1) >= 0 &&
                         X509_get_ext_by_NID(x509, NID_subject_alt_name, -1) ==
                             -1,
                     1);
    ow_ca_free(ca);
}

static void ca_is_valid_from_a_day_ago_for_a_year(void **state)
{
    struct ow_ca *ca = new_ca();
    int days;
    int seconds;

    (void)state;
    assert_int_equal(ASN1_TIME_diff(&days, &seconds,
                                    X509_get0_notBefore(ow_ca_certificate(ca)),
                                    X509_get0_notAfter(ow_ca_certificate(ca))),
                     1);
    assert_int_equal(days, 366);
    assert_true(
        X509_cmp_current_time(X509_get0_notBefore(ow_ca_certificate(ca))) < 0);
    ow_ca_free(ca);
}

static void ca_differs_in_name_and_serial_each_time(void **state)
{
    struct ow_ca *a = new_ca();
    struct ow_ca *b = new_ca();
    X509_NAME *name = X509_get_subject_name(ow_ca_certificate(a));
    char text[128];

    (void)state;
    assert_int_not_equal(
        X509_NAME_cmp(name, X509_get_subject_name(ow_ca_certificate(b))), 0);
    assert_int_not_equal(
        ASN1_INTEGER_cmp(X509_get0_serialNumber(ow_ca_certificate(a)),
                         X509_get0_serialNumber(ow_ca_certificate(b))),
        0);
    X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof text);
    assert_int_equal(strncmp(text, "Offwire session CA ", 19), 0);
    assert_int_equal(strspn(text + 19, "0123456789abcdef"), 8);
    assert_int_equal(strlen(text), 27);
    ow_ca_free(a);
    ow_ca_free(b);
}

static void ca_refuses_a_name_that_is_too_long(void **state)
{
    struct ow_ca *ca = NULL;
    struct ow_err err;
    char name[57];

    (void)state;
    memset(name, 'x', 56);
    name[56] = '\0';
    assert_int_equal(ow_ca_new(name, &ca, &err), -EINVAL);
    assert_null(ca);
    name[55] = '\0';
    assert_int_equal(ow_ca_new(name, &ca, &err), 0);
    ow_ca_free(ca);
}

static void ca_der_parses_back(void **state)
{
    struct ow_ca *ca = new_ca();
    unsigned char der[OW_CA_DER_MAX];
    const unsigned char *at = der;
    int len = ow_ca_der(ca, der);
    X509 *parsed;

    (void)state;
    assert_true(len > 0 && len <= OW_CA_DER_MAX);
    parsed = d2i_X509(NULL, &at, len);
    assert_non_null(parsed);
    assert_int_equal(X509_cmp(parsed, ow_ca_certificate(ca)), 0);
    X509_free(parsed);
    ow_ca_free(ca);
}

static void ca_pem_is_a_new_file_that_parses_back(void **state)
{
    struct ow_ca *ca = new_ca();
    char dir[] = "/tmp/test_ca.XXXXXX";
    char path[64];
    struct ow_err err;
    struct stat st;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/ca.pem", dir);
    assert_int_equal(ow_ca_write_pem(ca, path, &err), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0133, 0);

    FILE *file = fopen(path, "r");
    X509 *parsed = PEM_read_X509(file, NULL, NULL, NULL);

    fclose(file);
    assert_non_null(parsed);
    assert_int_equal(X509_cmp(parsed, ow_ca_certificate(ca)), 0);
    X509_free(parsed);

    /* Whoever put a file or a link there first does not get written to. */
    assert_int_equal(ow_ca_write_pem(ca, path, &err), -EEXIST);
    assert_non_null(strstr(err.text, path));
    unlink(path);
    rmdir(dir);
    ow_ca_free(ca);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ca_is_a_root_that_strict_verifiers_take),
        cmocka_unit_test(ca_is_valid_from_a_day_ago_for_a_year),
        cmocka_unit_test(ca_differs_in_name_and_serial_each_time),
        cmocka_unit_test(ca_refuses_a_name_that_is_too_long),
        cmocka_unit_test(ca_der_parses_back),
        cmocka_unit_test(ca_pem_is_a_new_file_that_parses_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
