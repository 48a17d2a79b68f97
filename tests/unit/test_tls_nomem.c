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
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "../lib/failmalloc.h"
#include "base/file.h"
#include "tls/jks.h"
#include "tls/leaf.h"
#include "tls/server.h"
#include "tls/trust.h"

/*
 * Every allocation of tls fails once, OpenSSL's included: the call says
 * -ENOMEM, or does without what it could not have; it breaks nothing and
 * leaves nothing behind (a sanitizer or valgrind looks).
 */

static void *openssl_malloc(size_t len, const char *file, int line)
{
    (void)file;
    (void)line;
    return malloc(len);
}

static void *openssl_realloc(void *old, size_t len, const char *file, int line)
{
    (void)file;
    (void)line;
    if (len > 0)
        return realloc(old, len);
    free(old);
    return NULL;
}

static void openssl_free(void *old, const char *file, int line)
{
    (void)file;
    (void)line;
    free(old);
}

typedef int subject_fn(void *context);

/* Once unharmed first: what OpenSSL sets up once must not be half there. */
static void fail_each(subject_fn *subject, void *context)
{
    bool done = false;

    assert_int_equal(subject(context), 0);
    for (long n = 0; !done; n++) {
        failmalloc_arm(n);
        int r = subject(context);
        done = !failmalloc_disarm();
        ERR_clear_error();
        assert_true(r == 0 || (r == -ENOMEM && !done));
        assert_true(n > 0 || !done);
    }
}

static int make_ca(void *context)
{
    struct ow_ca *ca = NULL;
    unsigned char der[OW_CA_DER_MAX];
    struct ow_err err;
    int r = ow_ca_new("Offwire session CA", &ca, &err);

    (void)context;
    if (r == 0) {
        r = ow_ca_der(ca, der);
        r = r > 0 ? 0 : r;
    }
    ow_ca_free(ca);
    return r;
}

static void ca_without_memory_is_none(void **state)
{
    (void)state;
    fail_each(make_ca, NULL);
}

static int make_leaves(void *context)
{
    static const enum ow_fault_kind faults[] = {
        OW_FAULT_NONE, OW_FAULT_TLS_SELF_SIGNED, OW_FAULT_TLS_UNKNOWN_CA};
    struct ow_leaves *leaves = ow_leaves_new(context);
    int r = leaves ? 0 : -ENOMEM;

    for (int i = 0; r == 0 && i < 3; i++) {
        struct ow_leaf_wish wish = {OW_STR("::1"), faults[i], false};
        const struct ow_leaf *leaf;

        r = ow_leaves_get(leaves, &wish, &leaf);
        wish.name = OW_STR("a.example");
        if (r == 0)
            r = ow_leaves_get(leaves, &wish, &leaf);
    }
    ow_leaves_free(leaves);
    return r;
}

static void leaves_without_memory_are_not_kept(void **state)
{
    struct ow_ca *ca = NULL;

    (void)state;
    assert_int_equal(ow_ca_new("CA", &ca, NULL), 0);
    fail_each(make_leaves, ca);
    ow_ca_free(ca);
}

static int make_server(void *context)
{
    struct ow_tls_server *server = NULL;
    struct ow_err err;
    int r = ow_tls_server_new(context, &server, &err);

    ow_tls_server_free(server);
    return r;
}

static int accept_one(void *context)
{
    struct ow_err err;
    SSL *ssl = ow_tls_server_accept(context, "a.example", OW_FAULT_NONE, &err);

    if (!ssl)
        return -ENOMEM;
    SSL_free(ssl);
    return 0;
}

static void server_without_memory_accepts_nothing(void **state)
{
    struct ow_ca *ca = NULL;
    struct ow_tls_server *server = NULL;

    (void)state;
    assert_int_equal(ow_ca_new("CA", &ca, NULL), 0);
    assert_int_equal(ow_tls_server_new(ca, &server, NULL), 0);
    fail_each(accept_one, server);
    ow_tls_server_free(server);
    fail_each(make_server, ca);
    ow_ca_free(ca);
}

static int copy_store(void *context)
{
    const struct ow_buf *store = context;
    struct ow_jks jks;
    int r = ow_jks_init(&jks);

    if (r == 0)
        r = ow_jks_add_store(&jks, ow_buf_peek(store), "");
    if (r == 0)
        r = ow_jks_finish(&jks, "changeit");
    ow_jks_release(&jks);
    return r;
}

static void jks_without_memory_is_refused(void **state)
{
    struct ow_jks jks;

    (void)state;
    assert_int_equal(ow_jks_init(&jks), 0);
    for (int i = 0; i < 64; i++)
        assert_int_equal(ow_jks_add(&jks, (const unsigned char *)"der", 3), 0);
    assert_int_equal(ow_jks_finish(&jks, "x"), 0);
    fail_each(copy_store, &jks.bytes);
    ow_jks_release(&jks);
}

static const char *look_up(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "SSL_CERT_FILE") == 0 ? "/dev/null/none" : NULL;
}

static int add(void *context, const char *name, const char *value)
{
    (void)context;
    (void)name;
    (void)value;
    return 0;
}

static int set_trust(void *context)
{
    struct ow_err err;
    char path[64];
    int r = ow_trust_prepare(context, look_up, add, NULL, &err);

    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/roots-%d.pem", (char *)context, i);
        unlink(path);
    }
    return r;
}

static void trust_without_memory_is_refused(void **state)
{
    char dir[] = "/tmp/test_tls_nomem.XXXXXX";
    char path[64];
    struct ow_str pem = OW_STR("pem\n");

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/ca.pem", dir);
    assert_int_equal(ow_file_write_new(path, &pem, 1), 0);
    fail_each(set_trust, dir);
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ca_without_memory_is_none),
        cmocka_unit_test(leaves_without_memory_are_not_kept),
        cmocka_unit_test(server_without_memory_accepts_nothing),
        cmocka_unit_test(jks_without_memory_is_refused),
        cmocka_unit_test(trust_without_memory_is_refused),
    };

    /* Before OpenSSL has allocated anything. */
    if (!CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc,
                                  openssl_free))
        return 99;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
