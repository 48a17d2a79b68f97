/*
 * ca: the session's root: a key, a certificate that it signed itself. See
 * ca.h. Called by the host at its start, and by leaf for the CA that nobody
 * knows.
 */
#include "config.h"

#include "tls/ca.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "base/file.h"
#include "tls/cert.h"
#include "tls/key.h"

#define DAY (24L * 60 * 60)
/* RFC 5280, ub-common-name, and room for the random part. */
#define NAME_MAX_LEN    64
#define NAME_RANDOM_LEN 9

struct ow_ca {
    EVP_PKEY *key;
    X509 *certificate;
};

/*
 * Without the configuration file: it may add providers and policies that a
 * stand-in must not depend on, and reading it costs 0.1 ms and more.
 */
static int start_openssl(void)
{
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) ? 0 : -ENOMEM;
}

static int format_name(char *out, size_t size, const char *common_name)
{
    unsigned char random[4];

    if (RAND_bytes(random, sizeof random) != 1)
        return -ENOMEM;
    snprintf(out, size, "%s %02x%02x%02x%02x", common_name, random[0],
             random[1], random[2], random[3]);
    return 0;
}

static int fill(struct ow_ca *ca, const char *common_name)
{
    char name[NAME_MAX_LEN + 1];
    int status = format_name(name, sizeof name, common_name);

    if (status)
        return status;
    ca->key = ow_key_new();
    if (!ca->key)
        return -ENOMEM;

    struct ow_cert cert = {
        .common_name = name,
        .key = ca->key,
        .begins = -DAY,
        .ends = 365 * DAY,
    };

    return ow_cert_new(&cert, &ca->certificate);
}

int ow_ca_new(const char *common_name, struct ow_ca **ret, struct ow_err *err)
{
    if (strlen(common_name) > NAME_MAX_LEN - NAME_RANDOM_LEN)
        return ow_err_set(err, -EINVAL, "the CA's name is too long: \"%s\"",
                          common_name);

    struct ow_ca *ca = calloc(1, sizeof *ca);
    int status = ca ? start_openssl() : -ENOMEM;

    if (status == 0)
        status = fill(ca, common_name);
    if (status) {
        ow_ca_free(ca);
        return ow_err_set(err, status, "cannot make the session's CA: %s",
                          "OpenSSL has no memory or no random numbers");
    }
    *ret = ca;
    return 0;
}

struct ow_ca *ow_ca_free(struct ow_ca *ca)
{
    if (!ca)
        return NULL;
    X509_free(ca->certificate);
    EVP_PKEY_free(ca->key);
    free(ca);
    return NULL;
}

X509 *ow_ca_certificate(const struct ow_ca *ca)
{
    return ca->certificate;
}

EVP_PKEY *ow_ca_key(const struct ow_ca *ca)
{
    return ca->key;
}

int ow_ca_der(const struct ow_ca *ca, unsigned char *out)
{
    int len = i2d_X509(ca->certificate, NULL);

    if (len <= 0)
        return -ENOMEM;
    if (len > OW_CA_DER_MAX)
        return -ENOBUFS;
    return i2d_X509(ca->certificate, &out);
}

int ow_ca_write_pem(const struct ow_ca *ca, const char *path,
                    struct ow_err *err)
{
    BIO *memory = BIO_new(BIO_s_mem());
    int status = -ENOMEM;

    if (memory && PEM_write_bio_X509(memory, ca->certificate)) {
        char *text;
        long len = BIO_get_mem_data(memory, &text);
        struct ow_str pem = {text, (size_t)len};

        status = ow_file_write_new(path, &pem, 1);
    }
    BIO_free(memory);
    if (status)
        return ow_err_set(err, status,
                          "cannot write the session's CA to \"%s\": %s", path,
                          strerror(-status));
    return 0;
}
