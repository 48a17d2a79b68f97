/*
 * cert: a certificate from its few facts. Extensions are built as structures
 * and never from OpenSSL's text form, which would bring in the configuration
 * parser and, for names from the wire, its quoting. See cert.h.
 */
#include "config.h"

#include "tls/cert.h"

#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

/* RFC 5280 allows 20 bytes; 16 random ones are what public CAs use. */
#define SERIAL_LEN 16
/* RFC 7093, 2, method 1: the first 160 bits of SHA-256 of the key. */
#define KEY_ID_LEN 20

static int set_serial(X509 *x509)
{
    unsigned char bytes[SERIAL_LEN];

    if (!RAND_bytes(bytes, sizeof bytes))
        return -ENOMEM;
    /* Positive, and of full length: no two verifiers then disagree on it. */
    bytes[0] = (bytes[0] & 0x3f) | 0x40;

    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    int ok = number &&
             BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != NULL;

    BN_free(number);
    return ok ? 0 : -ENOMEM;
}

static int set_names(X509 *x509, const struct ow_cert *cert)
{
    X509_NAME *subject = X509_get_subject_name(x509);

    if (cert->common_name &&
        !X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                    (const unsigned char *)cert->common_name,
                                    -1, -1, 0))
        return -ENOMEM;
    if (!X509_set_issuer_name(
            x509, cert->issuer ? X509_get_subject_name(cert->issuer) : subject))
        return -ENOMEM;
    return 0;
}

static int set_validity(X509 *x509, const struct ow_cert *cert)
{
    if (!X509_gmtime_adj(X509_getm_notBefore(x509), cert->begins) ||
        !X509_gmtime_adj(X509_getm_notAfter(x509), cert->ends))
        return -ENOMEM;
    return 0;
}

static int add_extension(X509 *x509, int nid, void *value, int critical)
{
    if (!value)
        return -ENOMEM;
    return X509_add1_ext_i2d(x509, nid, value, critical, X509V3_ADD_APPEND) == 1
               ? 0
               : -ENOMEM;
}

static int add_basic_constraints(X509 *x509, int is_ca)
{
    BASIC_CONSTRAINTS *basic = BASIC_CONSTRAINTS_new();

    if (basic && is_ca) {
        basic->ca = 0xff;
        basic->pathlen = ASN1_INTEGER_new();
        if (!basic->pathlen || !ASN1_INTEGER_set(basic->pathlen, 0)) {
            BASIC_CONSTRAINTS_free(basic);
            return -ENOMEM;
        }
    }

    int status = add_extension(x509, NID_basic_constraints, basic, 1);

    BASIC_CONSTRAINTS_free(basic);
    return status;
}

static int add_key_usage(X509 *x509, int is_ca, int is_rsa)
{
    ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
    int status = -ENOMEM;

    /* RFC 5280, 4.2.1.3: 0 digitalSignature, 2 keyEncipherment (a client may
     * send its secret so), 5 keyCertSign, 6 cRLSign. */
    if (bits && (!is_rsa || ASN1_BIT_STRING_set_bit(bits, 2, 1)) &&
        ASN1_BIT_STRING_set_bit(bits, is_ca ? 5 : 0, 1) &&
        (!is_ca || ASN1_BIT_STRING_set_bit(bits, 6, 1)))
        status = add_extension(x509, NID_key_usage, bits, 1);
    ASN1_BIT_STRING_free(bits);
    return status;
}

static int add_server_auth(X509 *x509)
{
    EXTENDED_KEY_USAGE *usage = sk_ASN1_OBJECT_new_null();
    int status = -ENOMEM;

    /* Objects from the table need no free. */
    if (usage && sk_ASN1_OBJECT_push(usage, OBJ_nid2obj(NID_server_auth)) > 0)
        status = add_extension(x509, NID_ext_key_usage, usage, 0);
    sk_ASN1_OBJECT_free(usage);
    return status;
}

static GENERAL_NAME *new_general_name(const char *host)
{
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(host);

    if (name && address) {
        GENERAL_NAME_set0_value(name, GEN_IPADD, address);
        return name;
    }

    ASN1_IA5STRING *text = address ? NULL : ASN1_IA5STRING_new();

    if (name && text && ASN1_STRING_set(text, host, -1)) {
        GENERAL_NAME_set0_value(name, GEN_DNS, text);
        return name;
    }
    ASN1_IA5STRING_free(text);
    ASN1_OCTET_STRING_free(address);
    GENERAL_NAME_free(name);
    return NULL;
}

/* Critical exactly when there is no subject (RFC 5280, 4.2.1.6). */
static int add_host(X509 *x509, const char *host, int critical)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    GENERAL_NAME *name = names ? new_general_name(host) : NULL;
    int status = -ENOMEM;

    if (name && sk_GENERAL_NAME_push(names, name) > 0)
        status = add_extension(x509, NID_subject_alt_name, names, critical);
    else
        GENERAL_NAME_free(name);
    GENERAL_NAMES_free(names);
    return status;
}

static ASN1_OCTET_STRING *new_key_id(X509 *x509)
{
    const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(x509);
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    unsigned char digest[SHA256_DIGEST_LENGTH];

    if (!key || !id ||
        !SHA256(ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key),
                digest) ||
        !ASN1_OCTET_STRING_set(id, digest, KEY_ID_LEN)) {
        ASN1_OCTET_STRING_free(id);
        return NULL;
    }
    return id;
}

static int add_key_ids(X509 *x509, X509 *issuer)
{
    ASN1_OCTET_STRING *own = new_key_id(x509);
    AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();
    int status = add_extension(x509, NID_subject_key_identifier, own, 0);

    if (status == 0 && authority) {
        authority->keyid = new_key_id(issuer);
        status = authority->keyid
                     ? add_extension(x509, NID_authority_key_identifier,
                                     authority, 0)
                     : -ENOMEM;
    } else if (status == 0) {
        status = -ENOMEM;
    }
    AUTHORITY_KEYID_free(authority);
    ASN1_OCTET_STRING_free(own);
    return status;
}

static int add_host_extensions(X509 *x509, const struct ow_cert *cert)
{
    int status = add_server_auth(x509);

    return status ? status : add_host(x509, cert->host, !cert->common_name);
}

static int fill(X509 *x509, const struct ow_cert *cert)
{
    int is_ca = cert->host == NULL;
    int status;

    if (!X509_set_version(x509, X509_VERSION_3) ||
        !X509_set_pubkey(x509, cert->key))
        return -ENOMEM;
    if ((status = set_serial(x509)) || (status = set_names(x509, cert)) ||
        (status = set_validity(x509, cert)) ||
        (status = add_basic_constraints(x509, is_ca)) ||
        (status =
             add_key_usage(x509, is_ca, EVP_PKEY_is_a(cert->key, "RSA"))) ||
        (status = add_key_ids(x509, cert->issuer ? cert->issuer : x509)))
        return status;
    return is_ca ? 0 : add_host_extensions(x509, cert);
}

int ow_cert_new(const struct ow_cert *cert, X509 **ret)
{
    EVP_PKEY *signer = cert->issuer ? cert->issuer_key : cert->key;
    X509 *x509 = X509_new();

    if (!x509 || fill(x509, cert) ||
        X509_sign(x509, signer, EVP_sha256()) <= 0) {
        X509_free(x509);
        return -ENOMEM;
    }
    *ret = x509;
    return 0;
}

X509 *ow_cert_read_back(const X509 *x509)
{
    unsigned char *der = NULL;

    /* Called in the middle of handshakes, which look for errors. */
    ERR_set_mark();
    int len = i2d_X509(x509, &der);
    const unsigned char *at = der;
    X509 *same = len > 0 ? d2i_X509(NULL, &at, len) : NULL;
    ERR_pop_to_mark();
    OPENSSL_free(der);
    return same;
}
