/*
 * server: the TLS side of the host: gives each accepted connection an SSL that
 * will present the right certificate (SNI, else the name behind the stand-in,
 * else the IP literal), with leaves made as they are asked for and kept. TLS
 * 1.2 and 1.3, ALPN h2 and http/1.1. Sessions resume, but only for the same
 * name and the same fault. A TLS-stage fault gets a leaf of its own (leaf.h).
 */
#ifndef OW_TLS_SERVER_H
#define OW_TLS_SERVER_H

#include <openssl/ssl.h>

#include "plan/answer.h"
#include "tls/ca.h"

struct ow_h2_library; /* wire/h2_library.h */
struct ow_tls_server;

/* Borrows ca. 0 or -ENOMEM with a sentence. */
int ow_tls_server_new(const struct ow_ca *ca, struct ow_tls_server **ret,
                      struct ow_err *err);
/*
 * Offers HTTP/2 by ALPN, first, to clients that know it, if the library can be
 * loaded: it is at the first of them. Borrowed.
 */
void ow_tls_server_offer_h2(struct ow_tls_server *server,
                            struct ow_h2_library *library);
/* After all of its SSLs. */
struct ow_tls_server *ow_tls_server_free(struct ow_tls_server *server);

/*
 * A new SSL in accept state, no BIO or descriptor set yet. fault is
 * OW_FAULT_NONE or a TLS_... kind (TLS_STALL and TLS_ALERT need no SSL and are
 * the caller's). host is copied. NULL with a sentence on failure.
 */
SSL *ow_tls_server_accept(struct ow_tls_server *server, const char *host,
                          enum ow_fault_kind fault, struct ow_err *err);

/* This connection is not offered HTTP/2. Before its handshake. */
void ow_tls_server_keep_h1(struct ow_tls_server *server, SSL *ssl);

/* The bytes of a fatal handshake_failure alert record, for TLS_ALERT. */
struct ow_str ow_tls_alert_record(void);

#endif
