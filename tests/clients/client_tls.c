/*
 * client_tls: OpenSSL handshakes in every style, with verification on and the
 * system's roots. Run by 19-trust.t in a session that knows known.test.
 */
#include "config.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cmocka.h>

static const char name[] = "known.test";

static int reach(void)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    assert_int_equal(getaddrinfo(name, "443", &hints, &list), 0);
    int fd = socket(list->ai_family, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, list->ai_addr, list->ai_addrlen), 0);
    freeaddrinfo(list);
    return fd;
}

static SSL *new_client(SSL_CTX *context)
{
    SSL *ssl = SSL_new(context);
    assert_non_null(ssl);
    SSL_set_tlsext_host_name(ssl, name);
    SSL_set1_host(ssl, name);
    return ssl;
}

static SSL_CTX *new_context(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_default_verify_paths(context);
    return context;
}

/* The handshake is done and good, and no error was left for the program. */
static void assert_good(SSL *ssl, int fd)
{
    assert_int_equal(SSL_is_init_finished(ssl), 1);
    assert_int_equal(SSL_get_verify_result(ssl), X509_V_OK);
    assert_int_equal(ERR_peek_error(), 0);
    SSL_free(ssl);
    close(fd);
}

/* First: nothing is diverted yet, and an unknown CA must stay unknown. */
static void nothing_is_trusted_before_something_is_diverted(void **state)
{
    (void)state;
    SSL_CTX *context = new_context();
    SSL *ssl = new_client(context);
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    int before = sk_X509_OBJECT_num(X509_STORE_get0_objects(store));
    SSL_set_connect_state(ssl);
    SSL_set_fd(ssl, -1);
    assert_true(SSL_connect(ssl) != 1);
    assert_int_equal(sk_X509_OBJECT_num(X509_STORE_get0_objects(store)),
                     before);
    SSL_free(ssl);
    SSL_CTX_free(context);
    ERR_clear_error();
}

/* In a child, where nothing is diverted yet. */
static void assert_good_from_the_start(bool (*is_good)(SSL_CTX *))
{
    int status = -1;
    pid_t child = fork();
    if (child == 0)
        _exit(is_good(new_context()) ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* All of TLS is set up, then the name is looked up, then written. */
static bool is_good_set_up_early(SSL_CTX *context)
{
    SSL *ssl = new_client(context);
    SSL_set_connect_state(ssl);
    SSL_set_fd(ssl, reach());
    return SSL_write(ssl, "GET / HTTP/1.0\r\n\r\n", 18) == 18 &&
           SSL_get_verify_result(ssl) == X509_V_OK && ERR_peek_error() == 0;
}

static void an_early_set_up_trusts(void **state)
{
    (void)state;
    assert_good_from_the_start(is_good_set_up_early);
}

/* The handshake itself looks the name up. */
static bool is_good_by_bio(SSL_CTX *context)
{
    SSL *ssl = NULL;
    BIO *bio = BIO_new_ssl_connect(context);
    BIO_get_ssl(bio, &ssl);
    SSL_set1_host(ssl, name);
    SSL_set_tlsext_host_name(ssl, name);
    BIO_set_conn_hostname(bio, "known.test:443");
    return BIO_do_connect(bio) == 1 &&
           SSL_get_verify_result(ssl) == X509_V_OK && ERR_peek_error() == 0;
}

static void a_first_bio_chain_trusts(void **state)
{
    (void)state;
    assert_good_from_the_start(is_good_by_bio);
}

static void connect_trusts_once_per_store(void **state)
{
    (void)state;
    SSL_CTX *context = new_context();
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    int count = 0;
    for (int i = 0; i < 3; i++) {
        int fd = reach();
        SSL *ssl = new_client(context);
        SSL_set_fd(ssl, fd);
        assert_int_equal(SSL_connect(ssl), 1);
        assert_good(ssl, fd);
        int now = sk_X509_OBJECT_num(X509_STORE_get0_objects(store));
        assert_true(i == 0 || now == count);
        count = now;
    }
    SSL_CTX_free(context);
}

static void do_handshake_trusts(void **state)
{
    (void)state;
    SSL_CTX *context = new_context();
    int fd = reach();
    SSL *ssl = new_client(context);
    SSL_set_fd(ssl, fd);
    SSL_set_connect_state(ssl);
    assert_int_equal(SSL_do_handshake(ssl), 1);
    assert_good(ssl, fd);
    SSL_CTX_free(context);
}

static void writing_first_trusts(void **state)
{
    (void)state;
    SSL_CTX *context = new_context();
    int fd = reach();
    SSL *ssl = new_client(context);
    SSL_set_fd(ssl, fd);
    SSL_set_connect_state(ssl);
    assert_int_equal(SSL_write(ssl, "GET / HTTP/1.0\r\n\r\n", 18), 18);
    assert_good(ssl, fd);
    SSL_CTX_free(context);
}

/* A context without the system's roots, as certifi's users have it. */
static void stores_of_the_programs_own_trust(void **state)
{
    (void)state;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    X509_STORE *own = X509_STORE_new();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    int fd = reach();
    SSL *ssl = new_client(context);
    SSL_set1_verify_cert_store(ssl, own);
    SSL_set_fd(ssl, fd);
    assert_int_equal(SSL_connect(ssl), 1);
    assert_good(ssl, fd);
    X509_STORE_free(own);
    SSL_CTX_free(context);
}

/* Whether a store that the handshake knows nothing of says so of a chain. */
static int verify_with(X509_STORE *store, X509 *crt, STACK_OF(X509) * chain)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    assert_int_equal(X509_STORE_CTX_init(context, store, crt, chain), 1);
    int result = X509_verify_cert(context);
    X509_STORE_CTX_free(context);
    return result;
}

/* s2n and others take the handshake from OpenSSL, or not even that, and verify
 * by themselves. */
static void verification_of_the_programs_own_trusts(void **state)
{
    (void)state;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    X509_STORE *own = X509_STORE_new();
    int fd = reach();
    SSL *ssl = new_client(context);
    SSL_set_fd(ssl, fd);
    assert_int_equal(SSL_connect(ssl), 1);
    X509 *crt = SSL_get1_peer_certificate(ssl);
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    assert_int_equal(verify_with(own, crt, chain), 1);
    assert_int_equal(sk_X509_OBJECT_num(X509_STORE_get0_objects(own)), 1);
    assert_int_equal(verify_with(own, crt, chain), 1);
    assert_int_equal(sk_X509_OBJECT_num(X509_STORE_get0_objects(own)), 1);
    assert_int_equal(ERR_peek_error(), 0);
    X509_free(crt);
    X509_STORE_free(own);
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
}

static int verify_by_callback(X509_STORE_CTX *context, void *own)
{
    return verify_with(own, X509_STORE_CTX_get0_cert(context),
                       X509_STORE_CTX_get0_untrusted(context));
}

static void a_callback_that_verifies_trusts(void **state)
{
    (void)state;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    X509_STORE *own = X509_STORE_new();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context, verify_by_callback, own);
    int fd = reach();
    SSL *ssl = new_client(context);
    SSL_set_fd(ssl, fd);
    assert_int_equal(SSL_connect(ssl), 1);
    SSL_free(ssl);
    close(fd);
    X509_STORE_free(own);
    SSL_CTX_free(context);
}

/* What the session has not signed is verified as if it were not there. */
static void chains_of_others_add_nothing(void **state)
{
    (void)state;
    X509_STORE *own = X509_STORE_new();
    FILE *file = fopen(getenv("OFFWIRE_TEST_OTHER"), "r");
    assert_non_null(file);
    X509 *crt = PEM_read_X509(file, NULL, NULL, NULL);
    assert_non_null(crt);
    fclose(file);
    assert_int_equal(verify_with(own, crt, NULL), 0);
    assert_int_equal(sk_X509_OBJECT_num(X509_STORE_get0_objects(own)), 0);
    X509_free(crt);
    X509_STORE_free(own);
    ERR_clear_error();
}

static void pump(BIO *from, int fd)
{
    char bytes[16384];
    int got;
    while ((got = BIO_read(from, bytes, sizeof(bytes))) > 0)
        assert_int_equal(write(fd, bytes, (size_t)got), got);
}

/* As Python's asyncio does it: no descriptor that OpenSSL knows. */
static void memory_handshakes_trust(void **state)
{
    (void)state;
    SSL_CTX *context = new_context();
    int fd = reach();
    SSL *ssl = new_client(context);
    BIO *in = BIO_new(BIO_s_mem());
    BIO *out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    SSL_set_connect_state(ssl);
    int result;
    while ((result = SSL_do_handshake(ssl)) != 1) {
        char bytes[16384];
        assert_int_equal(SSL_get_error(ssl, result), SSL_ERROR_WANT_READ);
        pump(out, fd);
        ssize_t got = read(fd, bytes, sizeof(bytes));
        assert_true(got > 0);
        BIO_write(in, bytes, (int)got);
    }
    assert_good(ssl, fd);
    SSL_CTX_free(context);
}

/* openssl(1)'s way: the SSL exists before the name is looked up. */
static void bio_chains_trust(void **state)
{
    (void)state;
    SSL_CTX *context = new_context();
    SSL *ssl = NULL;
    BIO *bio = BIO_new_ssl_connect(context);
    BIO_get_ssl(bio, &ssl);
    SSL_set1_host(ssl, name);
    SSL_set_tlsext_host_name(ssl, name);
    BIO_set_conn_hostname(bio, "known.test:443");
    assert_int_equal(BIO_do_connect(bio), 1);
    assert_int_equal(SSL_get_verify_result(ssl), X509_V_OK);
    assert_int_equal(ERR_peek_error(), 0);
    BIO_free_all(bio);
    SSL_CTX_free(context);
}

static void other_names_stay_refused(void **state)
{
    (void)state;
    SSL_CTX *context = new_context();
    int fd = reach();
    SSL *ssl = SSL_new(context);
    SSL_set_tlsext_host_name(ssl, name);
    SSL_set1_host(ssl, "someone.else");
    SSL_set_fd(ssl, fd);
    assert_true(SSL_connect(ssl) != 1);
    assert_int_equal(SSL_get_verify_result(ssl), X509_V_ERR_HOSTNAME_MISMATCH);
    SSL_free(ssl);
    close(fd);
    SSL_CTX_free(context);
    ERR_clear_error();
}

static void servers_are_left_alone(void **state)
{
    (void)state;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    SSL *ssl = SSL_new(context);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl);
    assert_true(SSL_do_handshake(ssl) != 1);
    assert_int_equal(sk_X509_OBJECT_num(X509_STORE_get0_objects(store)), 0);
    SSL_free(ssl);
    SSL_CTX_free(context);
    ERR_clear_error();
}

static void errors_that_were_there_stay(void **state)
{
    (void)state;
    SSL_CTX *context = new_context();
    int fd = reach();
    SSL *ssl = new_client(context);
    SSL_set_fd(ssl, fd);
    ERR_raise(ERR_LIB_USER, 7);
    SSL_set_connect_state(ssl);
    assert_int_equal(ERR_GET_REASON(ERR_get_error()), 7);
    assert_int_equal(ERR_peek_error(), 0);
    assert_int_equal(SSL_connect(ssl), 1);
    assert_good(ssl, fd);
    SSL_CTX_free(context);
}

/* A program that goes back to a mark of its own must not stop at ours. */
static void no_mark_is_left_in_the_error_queue(void **state)
{
    (void)state;
    SSL_CTX *context = new_context();
    int fd = reach();
    SSL *ssl = new_client(context);
    ERR_raise(ERR_LIB_USER, 7);
    SSL_set_connect_state(ssl);
    assert_int_equal(ERR_pop_to_mark(), 0);
    ERR_clear_error();
    SSL_free(ssl);
    close(fd);
    SSL_CTX_free(context);
}

static void *connect_often(void *context)
{
    intptr_t failed = 0;
    for (int i = 0; i < 5; i++) {
        struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
        struct addrinfo *list;
        if (getaddrinfo(name, "443", &hints, &list) != 0)
            return (void *)1;
        int fd = socket(list->ai_family, SOCK_STREAM, 0);
        SSL *ssl = SSL_new(context);
        SSL_set1_host(ssl, name);
        SSL_set_tlsext_host_name(ssl, name);
        failed += connect(fd, list->ai_addr, list->ai_addrlen) != 0;
        SSL_set_fd(ssl, fd);
        failed += SSL_connect(ssl) != 1;
        freeaddrinfo(list);
        SSL_free(ssl);
        close(fd);
    }
    return (void *)failed;
}

static void threads_share_a_context(void **state)
{
    (void)state;
    SSL_CTX *context = new_context();
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, connect_often, context);
    for (int i = 0; i < 8; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    SSL_CTX_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_trusted_before_something_is_diverted),
        cmocka_unit_test(an_early_set_up_trusts),
        cmocka_unit_test(a_first_bio_chain_trusts),
        cmocka_unit_test(connect_trusts_once_per_store),
        cmocka_unit_test(do_handshake_trusts),
        cmocka_unit_test(writing_first_trusts),
        cmocka_unit_test(stores_of_the_programs_own_trust),
        cmocka_unit_test(verification_of_the_programs_own_trusts),
        cmocka_unit_test(a_callback_that_verifies_trusts),
        cmocka_unit_test(chains_of_others_add_nothing),
        cmocka_unit_test(memory_handshakes_trust),
        cmocka_unit_test(bio_chains_trust),
        cmocka_unit_test(other_names_stay_refused),
        cmocka_unit_test(servers_are_left_alone),
        cmocka_unit_test(errors_that_were_there_stay),
        cmocka_unit_test(no_mark_is_left_in_the_error_queue),
        cmocka_unit_test(threads_share_a_context),
    };
    return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
