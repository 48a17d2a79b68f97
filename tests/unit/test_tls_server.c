/*
 * Handshakes in memory: a client that verifies as strictly as OpenSSL can,
 * against the server, with a BIO pair between them.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "tls/server.h"

struct fixture {
    struct ow_ca *ca;
    struct ow_tls_server *server;
    SSL_CTX *client; /* trusts ca */
    SSL_SESSION *session;
};

/* What a client asks for, and what came of it. */
struct shake {
    const char *host;   /* behind the stand-in address */
    const char *sni;    /* NULL: none */
    const char *verify; /* name or address that the client wants */
    enum ow_fault_kind fault;
    int max_version; /* 0: what OpenSSL has */
    /* NULL: what OpenSSL has. */
    const char *ciphers;
    const char *signatures;
    const char *groups;
    const char *alpn; /* wire form, NULL: none */
    SSL_SESSION *resume;

    bool done;
    bool resumed;
    long verified; /* X509_V_ code */
    int reason;    /* of the client's failure */
    int version;
    char got_alpn[16];
    int key; /* EVP_PKEY_ of the server's */
};

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    struct fixture *f = SSL_get_app_data(ssl);

    SSL_SESSION_free(f->session);
    f->session = session;
    return 1;
}

static int set_up(void **state)
{
    static struct fixture f;
    struct ow_err err;

    memset(&f, 0, sizeof f);
    assert_int_equal(ow_ca_new("Offwire session CA", &f.ca, &err), 0);
    assert_int_equal(ow_tls_server_new(f.ca, &f.server, &err), 0);
    f.client = SSL_CTX_new(TLS_client_method());
    X509_STORE_add_cert(SSL_CTX_get_cert_store(f.client),
                        ow_ca_certificate(f.ca));
    SSL_CTX_set_verify(f.client, SSL_VERIFY_PEER, NULL);
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(f.client),
                                X509_V_FLAG_X509_STRICT);
    SSL_CTX_set_session_cache_mode(f.client, SSL_SESS_CACHE_CLIENT |
                                                 SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(f.client, keep_session);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    SSL_SESSION_free(f->session);
    SSL_CTX_free(f->client);
    assert_null(ow_tls_server_free(f->server));
    assert_null(ow_ca_free(f->ca));
    return 0;
}

static SSL *new_client(struct fixture *f, const struct shake *shake)
{
    SSL *ssl = SSL_new(f->client);
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

    SSL_set_app_data(ssl, (void *)f);
    SSL_set_connect_state(ssl);
    if (shake->sni)
        SSL_set_tlsext_host_name(ssl, shake->sni);
    if (shake->verify && !X509_VERIFY_PARAM_set1_ip_asc(param, shake->verify))
        X509_VERIFY_PARAM_set1_host(param, shake->verify, 0);
    if (shake->max_version)
        SSL_set_max_proto_version(ssl, shake->max_version);
    if (shake->ciphers)
        SSL_set_cipher_list(ssl, shake->ciphers);
    if (shake->signatures)
        SSL_set1_sigalgs_list(ssl, shake->signatures);
    if (shake->groups)
        SSL_set1_groups_list(ssl, shake->groups);
    if (shake->alpn)
        SSL_set_alpn_protos(ssl, (const unsigned char *)shake->alpn,
                            (unsigned int)strlen(shake->alpn));
    if (shake->resume)
        SSL_set_session(ssl, shake->resume);
    ERR_clear_error();
    return ssl;
}

static void note_result(SSL *client, struct shake *shake)
{
    const unsigned char *alpn;
    unsigned int len;

    shake->done = SSL_is_init_finished(client);
    shake->resumed = SSL_session_reused(client);
    shake->verified = SSL_get_verify_result(client);
    shake->version = SSL_version(client);
    X509 *certificate = SSL_get0_peer_certificate(client);
    shake->key =
        certificate ? EVP_PKEY_base_id(X509_get0_pubkey(certificate)) : 0;
    SSL_get0_alpn_selected(client, &alpn, &len);
    if (len < sizeof shake->got_alpn)
        memcpy(shake->got_alpn, alpn ? (const char *)alpn : "", len);
}

static bool is_stuck(const SSL *ssl, int result)
{
    int error = SSL_get_error(ssl, result);

    return result <= 0 && error != SSL_ERROR_WANT_READ;
}

/* Runs one handshake and takes the ticket that follows. */
static void run(struct fixture *f, struct shake *shake)
{
    struct ow_err err;
    SSL *client = new_client(f, shake);
    SSL *server =
        ow_tls_server_accept(f->server, shake->host, shake->fault, &err);
    BIO *near;
    BIO *far;
    char byte;

    assert_non_null(server);
    BIO_new_bio_pair(&near, 65536, &far, 65536);
    SSL_set_bio(client, near, near);
    SSL_set_bio(server, far, far);
    for (int i = 0; i < 6; i++) {
        int result = SSL_do_handshake(client);

        if (is_stuck(client, result)) {
            shake->reason = ERR_GET_REASON(ERR_peek_last_error());
            break;
        }
        ERR_clear_error();
        if (is_stuck(server, SSL_do_handshake(server)))
            ERR_clear_error();
    }
    SSL_read(client, &byte, 1);
    ERR_clear_error();
    note_result(client, shake);
    SSL_shutdown(client);
    SSL_free(client);
    SSL_free(server);
    ERR_clear_error();
}

static void server_proves_the_name_of_the_sni(void **state)
{
    struct shake shake = {.host = "other.example",
                          .sni = "api.example.com",
                          .verify = "api.example.com"};

    run(*state, &shake);
    assert_true(shake.done);
    assert_int_equal(shake.verified, X509_V_OK);
    assert_int_equal(shake.version, TLS1_3_VERSION);
}

/* A leaf that is shown often is kept in another form. */
static void server_shows_the_same_leaf_however_often(void **state)
{
    for (int i = 0; i < 50; i++) {
        struct shake shake = {.host = "api.example.com",
                              .verify = "api.example.com",
                              .max_version = i % 2 == 0 ? 0 : TLS1_2_VERSION};

        run(*state, &shake);
        assert_true(shake.done);
        assert_int_equal(shake.verified, X509_V_OK);
    }
}

static void server_proves_the_host_when_there_is_no_sni(void **state)
{
    struct shake shake = {.host = "Api.Example.Com.",
                          .verify = "api.example.com"};

    run(*state, &shake);
    assert_true(shake.done);
}

static void server_takes_the_host_for_an_sni_that_is_no_name(void **state)
{
    struct shake shake = {.host = "api.example.com",
                          .sni = "a b\x01",
                          .verify = "api.example.com"};

    run(*state, &shake);
    assert_true(shake.done);
}

static void server_proves_ip_literals(void **state)
{
    static const char *const hosts[][2] = {{"127.0.0.1", "127.0.0.1"},
                                           {"::1", "::1"},
                                           {"[2001:db8::7]", "2001:db8::7"}};

    for (size_t i = 0; i < 3; i++) {
        struct shake shake = {.host = hosts[i][0], .verify = hosts[i][1]};

        run(*state, &shake);
        assert_true(shake.done);
    }
}

static void server_proves_a_name_longer_than_a_common_name(void **state)
{
    static const char name[] =
        "a-label-of-forty-letters-aaaaaaaaaaaaaaa."
        "another-label-of-forty-letters-aaaaaaaaa.example.com";
    struct shake shake = {.host = name, .sni = name, .verify = name};

    run(*state, &shake);
    assert_true(shake.done);
    shake = (struct shake){
        .host = name, .verify = name, .fault = OW_FAULT_TLS_SELF_SIGNED};
    run(*state, &shake);
    assert_int_equal(shake.verified, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
}

static void server_speaks_tls_1_2_and_nothing_older(void **state)
{
    struct shake shake = {.host = "a.example",
                          .verify = "a.example",
                          .max_version = TLS1_2_VERSION};

    run(*state, &shake);
    assert_true(shake.done);
    assert_int_equal(shake.version, TLS1_2_VERSION);
    shake = (struct shake){.host = "a.example", .max_version = TLS1_1_VERSION};
    run(*state, &shake);
    assert_false(shake.done);
}

static void all_get(struct fixture *f, struct shake *shakes, size_t n, int key)
{
    for (size_t i = 0; i < n; i++) {
        shakes[i].host = shakes[i].verify = "a.example";
        run(f, &shakes[i]);
        assert_true(shakes[i].done);
        assert_int_equal(shakes[i].key, key);
    }
}

/* Programs name ciphers, and a real server has what they name. */
static void server_proves_itself_by_rsa_to_who_takes_that_alone(void **state)
{
    struct shake shakes[] = {
        {.ciphers = "ECDHE-RSA-AES128-GCM-SHA256",
         .max_version = TLS1_2_VERSION},
        {.ciphers = "AES256-GCM-SHA384", .max_version = TLS1_2_VERSION},
        {.groups = "X25519", .max_version = TLS1_2_VERSION},
        {.signatures = "RSA+SHA256:RSA-PSS+SHA256"},
    };

    all_get(*state, shakes, sizeof shakes / sizeof *shakes, EVP_PKEY_RSA);
}

static void server_proves_itself_by_ec_to_all_others(void **state)
{
    struct shake shakes[] = {
        {.max_version = TLS1_2_VERSION},
        {.ciphers = "ECDHE-RSA-AES128-GCM-SHA256"}, /* of TLS 1.2 alone */
        {.groups = "X25519"},
        {.signatures = "ECDSA+SHA256:RSA+SHA256"},
        {.signatures = "ECDSA+SHA384", .max_version = TLS1_2_VERSION},
    };

    all_get(*state, shakes, sizeof shakes / sizeof *shakes, EVP_PKEY_EC);
}

static void server_picks_http_1_1_from_the_alpn_list(void **state)
{
    struct shake shake = {.host = "a.example",
                          .verify = "a.example",
                          .alpn = "\x02h2\x08http/1.0\x08http/1.1"};

    run(*state, &shake);
    assert_string_equal(shake.got_alpn, "http/1.1");
}

static void server_refuses_alpn_without_a_protocol_of_its_own(void **state)
{
    struct shake shake = {.host = "a.example", .alpn = "\x02h2"};

    run(*state, &shake);
    assert_false(shake.done);
    assert_int_equal(shake.reason,
                     SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL);
}

static void server_resumes_sessions_of_the_same_name(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct fixture *f = *state;

    for (int i = 0; i < 2; i++) {
        struct shake shake = {.host = "a.example",
                              .sni = "a.example",
                              .verify = "a.example",
                              .max_version = versions[i]};

        run(f, &shake);
        assert_true(shake.done && !shake.resumed);
        shake.resume = f->session;
        f->session = NULL;
        run(f, &shake);
        assert_true(shake.done && shake.resumed);
        SSL_SESSION_free(shake.resume);
    }
}

static void server_does_not_resume_for_another_name_or_fault(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct fixture *f = *state;

    for (int i = 0; i < 2; i++) {
        struct shake shake = {.host = "a.example",
                              .sni = "a.example",
                              .verify = "a.example",
                              .max_version = versions[i]};

        run(f, &shake);
        shake.resume = f->session;
        f->session = NULL;
        shake.sni = shake.verify = "b.example";
        run(f, &shake);
        assert_true(shake.done && !shake.resumed);
        shake.sni = shake.verify = "a.example";
        shake.fault = OW_FAULT_TLS_EXPIRED;
        run(f, &shake);
        assert_false(shake.done);
        assert_int_equal(shake.verified, X509_V_ERR_CERT_HAS_EXPIRED);
        SSL_SESSION_free(shake.resume);
    }
}

static void server_faults_are_wrong_in_the_way_they_say(void **state)
{
    static const struct {
        enum ow_fault_kind fault;
        long verified;
    } rows[] = {
        {OW_FAULT_TLS_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED},
        {OW_FAULT_TLS_NOT_YET, X509_V_ERR_CERT_NOT_YET_VALID},
        {OW_FAULT_TLS_WRONG_HOST, X509_V_ERR_HOSTNAME_MISMATCH},
        {OW_FAULT_TLS_SELF_SIGNED, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
        {OW_FAULT_TLS_UNKNOWN_CA, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct shake shake = {.host = "a.example",
                              .sni = "a.example",
                              .verify = "a.example",
                              .fault = rows[i].fault};

        run(*state, &shake);
        assert_false(shake.done);
        assert_int_equal(shake.verified, rows[i].verified);
    }
}

static void server_version_fault_alerts_every_version(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

    for (int i = 0; i < 2; i++) {
        struct shake shake = {.host = "a.example",
                              .fault = OW_FAULT_TLS_VERSION,
                              .max_version = versions[i]};

        run(*state, &shake);
        assert_false(shake.done);
        assert_int_equal(shake.reason, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    }
}

static void server_alert_record_is_a_fatal_handshake_failure(void **state)
{
    struct fixture *f = *state;
    SSL *ssl = SSL_new(f->client);
    BIO *in = BIO_new(BIO_s_mem());
    struct ow_str record = ow_tls_alert_record();

    SSL_set_connect_state(ssl);
    BIO_write(in, record.ptr, (int)record.len);
    SSL_set_bio(ssl, in, BIO_new(BIO_s_mem()));
    assert_true(SSL_do_handshake(ssl) <= 0);
    assert_int_equal(ERR_GET_REASON(ERR_peek_last_error()),
                     SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    ERR_clear_error();
    SSL_free(ssl);
}

static void server_refuses_a_host_that_is_too_long(void **state)
{
    struct fixture *f = *state;
    struct ow_err err;
    char host[300];

    memset(host, 'x', sizeof host - 1);
    host[sizeof host - 1] = '\0';
    assert_null(ow_tls_server_accept(f->server, host, OW_FAULT_NONE, &err));
    assert_non_null(strstr(err.text, "cannot begin TLS"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(server_proves_the_name_of_the_sni),
        TEST(server_shows_the_same_leaf_however_often),
        TEST(server_proves_the_host_when_there_is_no_sni),
        TEST(server_takes_the_host_for_an_sni_that_is_no_name),
        TEST(server_proves_ip_literals),
        TEST(server_proves_a_name_longer_than_a_common_name),
        TEST(server_speaks_tls_1_2_and_nothing_older),
        TEST(server_proves_itself_by_rsa_to_who_takes_that_alone),
        TEST(server_proves_itself_by_ec_to_all_others),
        TEST(server_picks_http_1_1_from_the_alpn_list),
        TEST(server_refuses_alpn_without_a_protocol_of_its_own),
        TEST(server_resumes_sessions_of_the_same_name),
        TEST(server_does_not_resume_for_another_name_or_fault),
        TEST(server_faults_are_wrong_in_the_way_they_say),
        TEST(server_version_fault_alerts_every_version),
        TEST(server_alert_record_is_a_fatal_handshake_failure),
        TEST(server_refuses_a_host_that_is_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
