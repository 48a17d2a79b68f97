/*
 * leaf: the certificates of hosts, made as they are asked for and kept by
 * name. All share one key: making one per host would cost time and prove
 * nothing. For clients that take RSA alone there are leaves with a key of it,
 * which is made when the first of them comes. A TLS fault has leaves of its
 * own, wrong in the one way that it says.
 *
 *     struct ow_leaf_wish wish = {OW_STR("api.example.com"), OW_FAULT_NONE};
 *     ow_leaves_get(leaves, &wish, &leaf);
 *     SSL_use_cert_and_key(ssl, leaf->certificate, leaf->key, ...);
 *
 * A session may ask for any number of names, so the oldest is dropped at
 * OW_LIMIT_LEAVES.
 */
#ifndef OW_TLS_LEAF_H
#define OW_TLS_LEAF_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "plan/answer.h"
#include "tls/ca.h"

#define OW_LEAF_ID_LEN 32

struct ow_leaf {
    X509 *certificate;
    EVP_PKEY *key; /* borrowed from ow_leaves */
    /* Differs between any two leaves, names, keys and faults: a TLS session of
     * one must not be resumed for another. */
    unsigned char id[OW_LEAF_ID_LEN];
};

struct ow_leaf_wish {
    struct ow_str name; /* one that is ok */
    enum ow_fault_kind fault;
    bool wants_rsa;
};

struct ow_leaves;

/* Borrows ca. NULL when OpenSSL or memory has failed. */
struct ow_leaves *ow_leaves_new(const struct ow_ca *ca);
struct ow_leaves *ow_leaves_free(struct ow_leaves *leaves);
/* Whether name can stand in a certificate: a DNS name or an IP literal. */
bool ow_leaf_name_ok(struct ow_str name);
/*
 * The leaf of a name that is ok: in any case, with or without a final dot, an
 * IPv6 literal with or without brackets. Borrowed till the next call. 0,
 * -EINVAL (the name is not ok), -ENOMEM.
 */
int ow_leaves_get(struct ow_leaves *leaves, const struct ow_leaf_wish *wish,
                  const struct ow_leaf **ret);

#endif
