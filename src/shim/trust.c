/*
 * trust: adds the session's CA inside the program's own OpenSSL or GnuTLS, at
 * the handshake and where OpenSSL verifies: whatever the program has configured
 * by then (its own roots, certifi's, none) stays, and verification stays on.
 * Nothing is trusted before something of this process has been diverted. Calls
 * next.c to find the library that the caller means.
 *
 * X509_verify_cert is what libssl calls in the middle of each handshake, and
 * what others verify by themselves with (s2n). A libssl and libcrypto in one
 * object need not call it by name: there the handshake's hooks are all.
 */
#include "config.h"

#include "shim/trust.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shim/found.h"
#include "shim/hooks.h"
#include "shim/member.h"
#include "shim/next.h"
#include "shim/shim.h"

/* What is called of OpenSSL (1.0.2 to 3, BoringSSL, LibreSSL). */
struct adder {
    void *(*d2i_X509)(void **, const unsigned char **, long);
    void (*X509_free)(void *);
    int (*X509_STORE_add_cert)(void *, void *);
    int (*ERR_set_mark)(void);
    int (*ERR_pop_to_mark)(void);
};

struct openssl {
    struct adder adder;
    void *(*SSL_get_SSL_CTX)(const void *);
    void *(*SSL_CTX_get_cert_store)(const void *);
    int (*SSL_is_server)(const void *);          /* or NULL */
    long (*SSL_ctrl)(void *, int, long, void *); /* or NULL */
};

/* OpenSSL 1.1 and later. */
struct verifier {
    struct adder adder;
    void *(*get0_store)(const void *);
    void *(*get0_cert)(const void *);
    int (*check_issued)(void *issuer, void *subject);
};

/* SSL_get0_verify_cert_store, a macro; older versions say 0 to it. */
#define SSL_CTRL_GET_VERIFY_CERT_STORE 137

/* What is called of GnuTLS 3. */
struct gnutls_datum {
    const unsigned char *data;
    unsigned int size;
};

struct gnutls {
    int (*credentials_get)(void *, int, void **);
    int (*set_x509_trust_mem)(void *, const struct gnutls_datum *, int);
    int (*get_issuer)(void *, void *, void **, unsigned int);
    int (*crt_init)(void **);
    int (*crt_import)(void *, const struct gnutls_datum *, int);
    void (*crt_deinit)(void *);
};

#define GNUTLS_CRD_CERTIFICATE 1
#define GNUTLS_X509_FMT_DER    0

/* The SSL whose SSL_connect is under way in this thread: the handshake that
 * it calls by name needs no second look. Only ever compared. */
static __thread const void *connecting
    __attribute__((tls_model("initial-exec")));

static struct ow_found *_Atomic openssls;
static struct ow_found *_Atomic verifiers;
static struct ow_found *_Atomic gnutlses;

static void find(void *handle, const char *name, void *ret_function)
{
    /* A pointer to a function, whatever its type. */
    *(void **)ret_function = ow_next_symbol(handle, name);
}

static bool find_adder(void *handle, struct adder *ret)
{
    find(handle, "d2i_X509", &ret->d2i_X509);
    find(handle, "X509_free", &ret->X509_free);
    find(handle, "X509_STORE_add_cert", &ret->X509_STORE_add_cert);
    find(handle, "ERR_set_mark", &ret->ERR_set_mark);
    find(handle, "ERR_pop_to_mark", &ret->ERR_pop_to_mark);
    return ret->d2i_X509 && ret->X509_free && ret->X509_STORE_add_cert &&
           ret->ERR_set_mark && ret->ERR_pop_to_mark;
}

static bool find_openssl(void *handle, void *found)
{
    struct openssl *ret = found;
    find(handle, "SSL_get_SSL_CTX", &ret->SSL_get_SSL_CTX);
    find(handle, "SSL_CTX_get_cert_store", &ret->SSL_CTX_get_cert_store);
    find(handle, "SSL_is_server", &ret->SSL_is_server);
    find(handle, "SSL_ctrl", &ret->SSL_ctrl);
    return find_adder(handle, &ret->adder) && ret->SSL_get_SSL_CTX &&
           ret->SSL_CTX_get_cert_store;
}

static bool find_verifier(void *handle, void *found)
{
    struct verifier *ret = found;
    find(handle, "X509_STORE_CTX_get0_store", &ret->get0_store);
    find(handle, "X509_STORE_CTX_get0_cert", &ret->get0_cert);
    find(handle, "X509_check_issued", &ret->check_issued);
    return find_adder(handle, &ret->adder) && ret->get0_store &&
           ret->get0_cert && ret->check_issued;
}

/*
 * The CA as an X509 of one OpenSSL, kept because parsing it costs a quarter of
 * a handshake. A process has one session's CA for good, and two flavours of
 * OpenSSL at most; a third parses it each time.
 */
static struct {
    const void *_Atomic library; /* its d2i_X509 tells which it is */
    void *_Atomic crt;
} kept[2];

/* The kept certificate, or NULL and the slot where it may be kept; -1: none. */
static void *find_kept(const void *library, int *ret_slot)
{
    for (int i = 0; i < 2; i++) {
        const void *owner = NULL;
        *ret_slot = i;
        if (atomic_compare_exchange_strong(&kept[i].library, &owner, library))
            return NULL;
        if (owner == library)
            return atomic_load(&kept[i].crt);
    }
    *ret_slot = -1;
    return NULL;
}

/* The CA as this OpenSSL has it; NULL: no memory. */
struct taken {
    void *crt;
    bool is_kept;
};

/* For give_back. A store that has the certificate already says so in the error
 * queue, which is put back then as it was. */
static struct taken take(const struct adder *adder, const unsigned char *der,
                         size_t len)
{
    int slot;
    void *none = NULL;
    adder->ERR_set_mark();
    void *crt = find_kept((const void *)(uintptr_t)adder->d2i_X509, &slot);
    if (crt)
        return (struct taken){crt, true};
    crt = adder->d2i_X509(NULL, &der, (long)len);
    bool is_kept = crt && slot >= 0 &&
                   atomic_compare_exchange_strong(&kept[slot].crt, &none, crt);
    return (struct taken){crt, is_kept};
}

static void give_back(const struct adder *adder, struct taken taken)
{
    if (!taken.is_kept)
        adder->X509_free(taken.crt);
    adder->ERR_pop_to_mark();
}

static void add_to_stores(const struct openssl *openssl, void *ssl, void *crt)
{
    void *store = NULL;
    if (openssl->SSL_ctrl &&
        openssl->SSL_ctrl(ssl, SSL_CTRL_GET_VERIFY_CERT_STORE, 0, &store) ==
            1 &&
        store)
        openssl->adder.X509_STORE_add_cert(store, crt);
    void *context = openssl->SSL_get_SSL_CTX(ssl);
    store = context ? openssl->SSL_CTX_get_cert_store(context) : NULL;
    if (store)
        openssl->adder.X509_STORE_add_cert(store, crt);
}

/* What this process is to trust, or NULL: nothing, as yet. */
static const unsigned char *find_ca(size_t *ret_len)
{
    return ow_shim_awake() && ow_member_is_diverted() ? ow_member_ca(ret_len)
                                                      : NULL;
}

static void trust_openssl(void *ssl, const void *function, bool is_client)
{
    size_t len = 0;
    const unsigned char *der = ssl && function ? find_ca(&len) : NULL;
    const struct openssl *openssl =
        der ? ow_found_get(&openssls, function, sizeof(*openssl), find_openssl)
            : NULL;
    if (!openssl ||
        (!is_client && openssl->SSL_is_server && openssl->SSL_is_server(ssl)))
        return;
    struct taken ca = take(&openssl->adder, der, len);
    if (ca.crt)
        add_to_stores(openssl, ssl, ca.crt);
    give_back(&openssl->adder, ca);
}

int SSL_connect(void *ssl)
{
    ow_SSL_connect_fn *next =
        ow_next_for(OW_HOOK_SSL_connect, __builtin_return_address(0));
    if (!next)
        return -1;
    trust_openssl(ssl, next, true);
    const void *outer = connecting;
    connecting = ssl;
    int result = next(ssl);
    connecting = outer;
    return result;
}

int SSL_do_handshake(void *ssl)
{
    ow_SSL_do_handshake_fn *next =
        ow_next_for(OW_HOOK_SSL_do_handshake, __builtin_return_address(0));
    if (!next)
        return -1;
    if (connecting != ssl)
        trust_openssl(ssl, next, false);
    return next(ssl);
}

/* For a chain that the session has signed alone: who verifies others, a server
 * its clients, say, finds its store as it was. */
void ow_trust_chain(void *context, const void *function)
{
    size_t len = 0;
    const unsigned char *der = context ? find_ca(&len) : NULL;
    const struct verifier *verifier =
        der ? ow_found_get(&verifiers, function, sizeof(*verifier),
                           find_verifier)
            : NULL;
    void *store = verifier ? verifier->get0_store(context) : NULL;
    void *crt = store ? verifier->get0_cert(context) : NULL;
    if (!crt)
        return;
    struct taken ca = take(&verifier->adder, der, len);
    if (ca.crt && verifier->check_issued(ca.crt, crt) == 0)
        verifier->adder.X509_STORE_add_cert(store, ca.crt);
    give_back(&verifier->adder, ca);
}

int X509_verify_cert(void *context)
{
    ow_X509_verify_cert_fn *next =
        ow_next_for(OW_HOOK_X509_verify_cert, __builtin_return_address(0));
    if (!next)
        return -1;
    ow_trust_chain(context, (const void *)(uintptr_t)next);
    return next(context);
}

static bool find_gnutls(void *handle, void *found)
{
    struct gnutls *ret = found;
    find(handle, "gnutls_credentials_get", &ret->credentials_get);
    find(handle, "gnutls_certificate_set_x509_trust_mem",
         &ret->set_x509_trust_mem);
    find(handle, "gnutls_certificate_get_issuer", &ret->get_issuer);
    find(handle, "gnutls_x509_crt_init", &ret->crt_init);
    find(handle, "gnutls_x509_crt_import", &ret->crt_import);
    find(handle, "gnutls_x509_crt_deinit", &ret->crt_deinit);
    return ret->credentials_get && ret->set_x509_trust_mem && ret->get_issuer &&
           ret->crt_init && ret->crt_import && ret->crt_deinit;
}

/* GnuTLS would add it once more at each call of the handshake. */
static bool has_in_gnutls(const struct gnutls *gnutls, void *credentials,
                          const struct gnutls_datum *der)
{
    void *crt = NULL;
    void *issuer = NULL;
    if (gnutls->crt_init(&crt) != 0)
        return false;
    bool has = gnutls->crt_import(crt, der, GNUTLS_X509_FMT_DER) == 0 &&
               gnutls->get_issuer(credentials, crt, &issuer, 0) == 0;
    gnutls->crt_deinit(crt);
    return has;
}

static void add_to_gnutls(const struct gnutls *gnutls, void *session,
                          const struct gnutls_datum *der)
{
    void *credentials = NULL;
    if (gnutls->credentials_get(session, GNUTLS_CRD_CERTIFICATE,
                                &credentials) != 0 ||
        !credentials || has_in_gnutls(gnutls, credentials, der))
        return;
    gnutls->set_x509_trust_mem(credentials, der, GNUTLS_X509_FMT_DER);
}

static void trust_gnutls(void *session, const void *function)
{
    size_t len;
    if (!session || !ow_member_is_diverted())
        return;
    const unsigned char *der = ow_member_ca(&len);
    const struct gnutls *gnutls =
        der ? ow_found_get(&gnutlses, function, sizeof(*gnutls), find_gnutls)
            : NULL;
    if (!gnutls)
        return;
    struct gnutls_datum datum = {der, (unsigned int)len};
    add_to_gnutls(gnutls, session, &datum);
}

int gnutls_handshake(void *session)
{
    ow_gnutls_handshake_fn *next =
        ow_next_for(OW_HOOK_gnutls_handshake, __builtin_return_address(0));
    if (!next)
        return -1;
    trust_gnutls(session, next);
    return next(session);
}
