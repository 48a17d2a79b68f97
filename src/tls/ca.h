/*
 * ca: the session's certificate authority, in memory (D5): its key is made at
 * the session's begin and never touches the disk. EC P-256, valid from a day
 * ago for a year, for no chain but CA -> leaf. Serial and subject are random,
 * because NSS takes two certificates of one issuer and serial for an attack.
 *
 * On the start path of each bare run: ow_ca_new() must stay under 1 ms, so
 * OpenSSL is set up here without its configuration file.
 */
#ifndef OW_TLS_CA_H
#define OW_TLS_CA_H

#include <openssl/x509.h>

#include "base/err.h"

struct ow_ca;

/*
 * The subject is CN = "<common_name> <8 random hex digits>"; common_name has
 * at most 55 bytes. 0, -EINVAL or -ENOMEM with a sentence.
 */
int ow_ca_new(const char *common_name, struct ow_ca **ret, struct ow_err *err);
struct ow_ca *ow_ca_free(struct ow_ca *ca);
/* Borrowed. */
X509 *ow_ca_certificate(const struct ow_ca *ca);
EVP_PKEY *ow_ca_key(const struct ow_ca *ca);
/* DER, at most OW_CA_DER_MAX bytes; returns its length or negative errno. */
#define OW_CA_DER_MAX 1024
int ow_ca_der(const struct ow_ca *ca, unsigned char *out);
/* Writes PEM to a new file (0644 & umask). */
int ow_ca_write_pem(const struct ow_ca *ca, const char *path,
                    struct ow_err *err);

#endif
