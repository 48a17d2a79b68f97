/*
 * server: one SSL_CTX for the session, and a certificate for each connection
 * as soon as its ClientHello has told the name. See server.h.
 *
 * The hello callback runs before OpenSSL looks at the session that the client
 * wants to resume: it sets the leaf and, from its id, the session id context,
 * so that a ticket of another name (or from before a fault) does not fit and
 * the handshake is a full one.
 *
 * Called by the host for each TLS connection; calls hello and leaf.
 */
#include "config.h"

#include "tls/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "base/limits.h"
#include "tls/hello.h"
#include "tls/leaf.h"
#include "wire/h2_library.h"

struct ow_tls_server {
    SSL_CTX *context;
    struct ow_leaves *leaves;
    struct ow_h2_library *h2; /* NULL: not offered */
    int index;                /* of struct peer in an SSL's extra data */
};

/* What an SSL knows of its connection; freed with the SSL. */
struct peer {
    enum ow_fault_kind fault;
    bool keeps_h1; /* HTTP/2 is not offered */
    char host[OW_LIMIT_NAME];
};

/* What is offered by ALPN, best first. Another protocol is another row. */
static const struct ow_str protocols[] = {
    {"h2", 2},
    {"http/1.1", 8},
    {"http/1.0", 8},
};

static void free_peer(void *parent, void *peer, CRYPTO_EX_DATA *data, int index,
                      long argl, void *argp)
{
    (void)parent;
    (void)data;
    (void)index;
    (void)argl;
    (void)argp;
    free(peer);
}

/* Whether the client's list (length byte, name, ...) has the protocol. */
static const unsigned char *find_protocol(const unsigned char *list, size_t len,
                                          struct ow_str protocol)
{
    for (size_t at = 0; at < len && list[at] < len - at; at += 1u + list[at]) {
        struct ow_str name = {(const char *)list + at + 1, list[at]};

        if (ow_str_equal(name, protocol))
            return list + at;
    }
    return NULL;
}

static bool can_speak(struct ow_tls_server *server, SSL *ssl,
                      struct ow_str protocol)
{
    const struct peer *peer = SSL_get_ex_data(ssl, server->index);
    struct ow_err err;

    return !ow_str_equal(protocol, OW_STR("h2")) ||
           (!peer->keeps_h1 && server->h2 &&
            ow_h2_library_load(server->h2, &err) == 0);
}

static int select_protocol(SSL *ssl, const unsigned char **out,
                           unsigned char *out_len, const unsigned char *in,
                           unsigned int in_len, void *arg)
{
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        const unsigned char *at = find_protocol(in, in_len, protocols[i]);

        if (at && can_speak(arg, ssl, protocols[i])) {
            *out_len = at[0];
            *out = at + 1;
            return SSL_TLSEXT_ERR_OK;
        }
    }
    /* RFC 7301, 3.2: no_application_protocol. */
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/*
 * The name in the hello's server_name extension (RFC 6066, 3): two bytes of
 * list length, a type byte (0 is a host name), two bytes of length, the name.
 * Absent when there is none, or none that a certificate can carry.
 */
static struct ow_str find_sni(SSL *ssl)
{
    const struct ow_str absent = {NULL, 0};
    const unsigned char *data;
    size_t len;

    if (!SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &len) ||
        len < 5 || data[2] != TLSEXT_NAMETYPE_host_name)
        return absent;

    size_t name_len = (size_t)data[3] << 8 | data[4];
    struct ow_str name = {(const char *)data + 5, name_len};

    return name_len <= len - 5 && ow_leaf_name_ok(name) ? name : absent;
}

static int set_leaf(SSL *ssl, struct ow_tls_server *server, struct ow_str name,
                    enum ow_fault_kind fault)
{
    const struct ow_leaf_wish wish = {name, fault, !ow_hello_takes_ec(ssl)};
    const struct ow_leaf *leaf;
    int status = ow_leaves_get(server->leaves, &wish, &leaf);

    if (status)
        return status;
    if (SSL_use_cert_and_key(ssl, leaf->certificate, leaf->key, NULL, 1) != 1 ||
        SSL_set_session_id_context(ssl, leaf->id, sizeof leaf->id) != 1)
        return -ENOMEM;
    return 0;
}

static int see_hello(SSL *ssl, int *alert, void *arg)
{
    struct ow_tls_server *server = arg;
    const struct peer *peer = SSL_get_ex_data(ssl, server->index);
    struct ow_str name = find_sni(ssl);

    /* What any client gets whose versions the server does not know: told so
     * here, it holds for clients that would still take TLS 1.0, too. */
    if (peer->fault == OW_FAULT_TLS_VERSION) {
        *alert = SSL_AD_PROTOCOL_VERSION;
        return SSL_CLIENT_HELLO_ERROR;
    }
    if (!name.ptr)
        name = ow_str_from(peer->host);
    if (set_leaf(ssl, server, name, peer->fault)) {
        *alert = SSL_AD_INTERNAL_ERROR;
        return SSL_CLIENT_HELLO_ERROR;
    }
    return SSL_CLIENT_HELLO_SUCCESS;
}

/*
 * All that OpenSSL has, the cheapest first: both ends take part in what a test
 * costs, and nothing here is worth more than 128 bits.
 */
#define CIPHERSUITES                                                           \
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"                           \
    "TLS_CHACHA20_POLY1305_SHA256"

static void set_modes(SSL_CTX *context)
{
    /* Clients that end without close_notify are plenty; HTTP's own framing
     * tells whether something is missing. */
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_NO_COMPRESSION |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    /* A record's head and body in one read(); buffers only while in use,
     * as thousands of connections may idle. */
    SSL_CTX_set_read_ahead(context, 1);
    /* Four records of a large body with one system call. */
    SSL_CTX_set_default_read_buffer_len(context, OW_LIMIT_IO);
    /* A leaf is sent alone: its issuer is what clients trust. */
    SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN |
                                  SSL_MODE_RELEASE_BUFFERS |
                                  SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* Each ticket of TLS 1.3 costs the handshake some; one is enough. */
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
    SSL_CTX_sess_set_cache_size(context, OW_LIMIT_TLS_SESSIONS);
}

static int set_up_context(struct ow_tls_server *server)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    server->context = context;
    if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION))
        return -ENOMEM;
    set_modes(context);
    if (!SSL_CTX_set_ciphersuites(context, CIPHERSUITES))
        return -ENOMEM;
    SSL_CTX_set_alpn_select_cb(context, select_protocol, server);
    SSL_CTX_set_client_hello_cb(context, see_hello, server);
    return 0;
}

int ow_tls_server_new(const struct ow_ca *ca, struct ow_tls_server **ret,
                      struct ow_err *err)
{
    struct ow_tls_server *server = calloc(1, sizeof *server);

    if (!server)
        return ow_err_set(err, -ENOMEM, "cannot set up TLS: out of memory");
    server->index = SSL_get_ex_new_index(0, NULL, NULL, NULL, free_peer);
    server->leaves = ow_leaves_new(ca);
    if (server->index < 0 || !server->leaves || set_up_context(server)) {
        char reason[256];

        ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
        ERR_clear_error();
        ow_tls_server_free(server);
        return ow_err_set(err, -ENOMEM, "cannot set up TLS: %s", reason);
    }
    *ret = server;
    return 0;
}

void ow_tls_server_offer_h2(struct ow_tls_server *server,
                            struct ow_h2_library *library)
{
    server->h2 = library;
}

struct ow_tls_server *ow_tls_server_free(struct ow_tls_server *server)
{
    if (!server)
        return NULL;
    SSL_CTX_free(server->context);
    ow_leaves_free(server->leaves);
    if (server->index >= 0)
        CRYPTO_free_ex_index(CRYPTO_EX_INDEX_SSL, server->index);
    free(server);
    return NULL;
}

static struct peer *new_peer(const char *host, enum ow_fault_kind fault)
{
    size_t len = strlen(host);
    struct peer *peer = len < OW_LIMIT_NAME ? calloc(1, sizeof *peer) : NULL;

    if (!peer)
        return NULL;
    peer->fault = fault;
    memcpy(peer->host, host, len);
    return peer;
}

SSL *ow_tls_server_accept(struct ow_tls_server *server, const char *host,
                          enum ow_fault_kind fault, struct ow_err *err)
{
    SSL *ssl = SSL_new(server->context);
    struct peer *peer = new_peer(host, fault);

    if (!ssl || !peer || !SSL_set_ex_data(ssl, server->index, peer)) {
        SSL_free(ssl);
        free(peer);
        ow_err_set(err, -ENOMEM, "cannot begin TLS for \"%s\"", host);
        return NULL;
    }
    SSL_set_accept_state(ssl);
    return ssl;
}

void ow_tls_server_keep_h1(struct ow_tls_server *server, SSL *ssl)
{
    struct peer *peer = SSL_get_ex_data(ssl, server->index);

    peer->keeps_h1 = true;
}

struct ow_str ow_tls_alert_record(void)
{
    /* Alert, TLS 1.2's version, two bytes: fatal (2), handshake_failure (40).
     */
    return OW_STR("\x15\x03\x03\x00\x02\x02\x28");
}
