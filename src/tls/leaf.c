/*
 * leaf: certificates of hosts and their cache. See leaf.h. What is wrong with
 * the certificate of a TLS fault is a row of kinds[].
 *
 * Called by server; calls cert, ca, key.
 */
#include "config.h"

#include "tls/leaf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>
/* A table that cannot grow leaves the entry out and says so. */
#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->lost = true)
#include <uthash.h>

#include "base/limits.h"
#include "tls/cert.h"
#include "tls/key.h"

#define DAY (24L * 60 * 60)
/* Who was shown so often will be shown more: see ow_cert_read_back. */
#define OFTEN 40
/* RFC 5280, ub-common-name. */
#define COMMON_NAME_MAX 64

enum signer {
    SIGNER_CA,
    SIGNER_SELF,
    SIGNER_STRANGER, /* a CA that no program was told of */
};

struct kind {
    enum ow_fault_kind fault;
    long begins; /* seconds from now */
    long ends;
    enum signer signer;
    const char *host; /* instead of the one asked for */
};

/* A leaf is good for 90 days: Apple's verifier refuses more than 398. */
static const struct kind kinds[] = {
    {OW_FAULT_NONE, -DAY, 90 * DAY, SIGNER_CA, NULL},
    {OW_FAULT_TLS_EXPIRED, -30 * DAY, -DAY, SIGNER_CA, NULL},
    {OW_FAULT_TLS_NOT_YET, DAY, 90 * DAY, SIGNER_CA, NULL},
    {OW_FAULT_TLS_WRONG_HOST, -DAY, 90 * DAY, SIGNER_CA, "wrong.host.invalid"},
    {OW_FAULT_TLS_SELF_SIGNED, -DAY, 90 * DAY, SIGNER_SELF, NULL},
    {OW_FAULT_TLS_UNKNOWN_CA, -DAY, 90 * DAY, SIGNER_STRANGER, NULL},
};

struct entry {
    struct ow_leaf leaf;
    unsigned shown;
    bool lost; /* did not get into the table: no memory */
    UT_hash_handle hh;
};

struct ow_leaves {
    const struct ow_ca *ca;
    struct ow_ca *stranger; /* made when first needed */
    EVP_PKEY *key;
    EVP_PKEY *rsa;         /* made when first needed */
    struct entry *entries; /* by leaf.id, oldest first */
};

static const struct kind *find_kind(enum ow_fault_kind fault)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].fault == fault)
            return &kinds[i];
    return &kinds[0];
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

static bool is_address(const char *text)
{
    unsigned char address[16];

    return inet_pton(AF_INET, text, address) == 1 ||
           inet_pton(AF_INET6, text, address) == 1;
}

/* One form for all spellings of a name; out has OW_LIMIT_NAME bytes. */
static int normalize(struct ow_str name, char *out)
{
    if (name.len >= 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
        name = (struct ow_str){name.ptr + 1, name.len - 2};
    if (name.len > 1 && name.ptr[name.len - 1] == '.')
        name.len--;
    if (name.len == 0 || name.len >= OW_LIMIT_NAME)
        return -EINVAL;

    bool is_name = name.ptr[0] != '.';

    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        is_name = is_name && is_name_byte(c);
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    out[name.len] = '\0';
    return is_name || is_address(out) ? 0 : -EINVAL;
}

bool ow_leaf_name_ok(struct ow_str name)
{
    char normal[OW_LIMIT_NAME];

    return normalize(name, normal) == 0;
}

static int make_id(const char *host, const struct kind *kind, bool is_rsa,
                   unsigned char id[OW_LEAF_ID_LEN])
{
    _Static_assert(OW_LEAF_ID_LEN == SHA256_DIGEST_LENGTH, "an id is a digest");
    char text[OW_LIMIT_NAME + 2];
    size_t len = strlen(host);

    text[0] = (char)kind->fault;
    text[1] = is_rsa;
    memcpy(text + 2, host, len);
    return SHA256((unsigned char *)text, len + 2, id) ? 0 : -ENOMEM;
}

static int set_signer(struct ow_leaves *leaves, enum signer signer,
                      struct ow_cert *cert)
{
    const struct ow_ca *ca = leaves->ca;

    if (signer == SIGNER_SELF)
        return 0;
    if (signer == SIGNER_STRANGER) {
        if (!leaves->stranger &&
            ow_ca_new("Offwire session CA", &leaves->stranger, NULL))
            return -ENOMEM;
        ca = leaves->stranger;
    }
    cert->issuer = ow_ca_certificate(ca);
    cert->issuer_key = ow_ca_key(ca);
    return 0;
}

static EVP_PKEY *choose_key(struct ow_leaves *leaves, bool wants_rsa)
{
    if (wants_rsa && !leaves->rsa)
        leaves->rsa = ow_key_new_rsa();
    return wants_rsa ? leaves->rsa : leaves->key;
}

static int make_certificate(struct ow_leaves *leaves, const char *asked,
                            const struct kind *kind, EVP_PKEY *key, X509 **ret)
{
    const char *host = kind->host ? kind->host : asked;
    struct ow_cert cert = {
        .common_name = strlen(host) <= COMMON_NAME_MAX ? host : NULL,
        .host = host,
        .key = key,
        .begins = kind->begins,
        .ends = kind->ends,
    };
    int status = set_signer(leaves, kind->signer, &cert);

    /* An issuer must have a name (RFC 5280, 4.1.2.4). */
    if (!cert.issuer && !cert.common_name)
        cert.common_name = "Offwire self-signed";
    return status ? status : ow_cert_new(&cert, ret);
}

static void free_entry(struct entry *entry)
{
    X509_free(entry->leaf.certificate);
    free(entry);
}

static void drop_oldest(struct ow_leaves *leaves)
{
    /* uthash keeps the order of adding. */
    struct entry *oldest = leaves->entries;

    HASH_DEL(leaves->entries, oldest);
    free_entry(oldest);
}

static int add_entry(struct ow_leaves *leaves, const unsigned char *id,
                     X509 *take_certificate, EVP_PKEY *key, struct entry **ret)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (!entry) {
        X509_free(take_certificate);
        return -ENOMEM;
    }
    entry->leaf.certificate = take_certificate;
    entry->leaf.key = key;
    memcpy(entry->leaf.id, id, OW_LEAF_ID_LEN);
    if (HASH_COUNT(leaves->entries) >= OW_LIMIT_LEAVES)
        drop_oldest(leaves);
    HASH_ADD(hh, leaves->entries, leaf.id, OW_LEAF_ID_LEN, entry);
    if (entry->lost) {
        free_entry(entry);
        return -ENOMEM;
    }
    *ret = entry;
    return 0;
}

static int make_entry(struct ow_leaves *leaves, const char *host,
                      const struct ow_leaf_wish *wish, const unsigned char *id,
                      struct entry **ret)
{
    EVP_PKEY *key = choose_key(leaves, wish->wants_rsa);
    X509 *certificate;
    int status = key ? make_certificate(leaves, host, find_kind(wish->fault),
                                        key, &certificate)
                     : -ENOMEM;

    return status ? status : add_entry(leaves, id, certificate, key, ret);
}

/* Connections that show the old one have a reference of their own. */
static void count_shown(struct entry *entry)
{
    if (++entry->shown != OFTEN)
        return;
    X509 *same = ow_cert_read_back(entry->leaf.certificate);
    if (!same)
        return;
    X509_free(entry->leaf.certificate);
    entry->leaf.certificate = same;
}

int ow_leaves_get(struct ow_leaves *leaves, const struct ow_leaf_wish *wish,
                  const struct ow_leaf **ret)
{
    unsigned char id[OW_LEAF_ID_LEN];
    char host[OW_LIMIT_NAME];
    struct entry *entry = NULL;
    int status = normalize(wish->name, host);

    if (status == 0)
        status = make_id(host, find_kind(wish->fault), wish->wants_rsa, id);
    if (status)
        return status;
    HASH_FIND(hh, leaves->entries, id, OW_LEAF_ID_LEN, entry);
    if (!entry)
        status = make_entry(leaves, host, wish, id, &entry);
    if (status)
        return status;
    count_shown(entry);
    *ret = &entry->leaf;
    return 0;
}

struct ow_leaves *ow_leaves_new(const struct ow_ca *ca)
{
    struct ow_leaves *leaves = calloc(1, sizeof *leaves);

    if (!leaves)
        return NULL;
    leaves->ca = ca;
    leaves->key = ow_key_new();
    return leaves->key ? leaves : ow_leaves_free(leaves);
}

struct ow_leaves *ow_leaves_free(struct ow_leaves *leaves)
{
    if (!leaves)
        return NULL;
    while (leaves->entries)
        drop_oldest(leaves);
    ow_ca_free(leaves->stranger);
    EVP_PKEY_free(leaves->key);
    EVP_PKEY_free(leaves->rsa);
    free(leaves);
    return NULL;
}
