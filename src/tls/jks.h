/*
 * jks: a trust store for Java, in the one format that every Java reads (JKS;
 * since Java 8 whatever type is asked for). Made of what another store holds,
 * in any of the three forms they come in, plus certificates of our own.
 *
 *     struct ow_jks jks;
 *     ow_jks_init(&jks);
 *     ow_jks_add_store(&jks, bytes_of_cacerts, "changeit");
 *     ow_jks_add(&jks, der, der_len);
 *     ow_jks_finish(&jks, "changeit");
 *     write(fd, ow_buf_data(&jks.bytes), jks.bytes.len);
 *     ow_jks_release(&jks);
 */
#ifndef OW_TLS_JKS_H
#define OW_TLS_JKS_H

#include "base/buf.h"

struct ow_jks {
    struct ow_buf bytes;
    uint32_t count; /* entries so far */
};

/* 0 or -ENOMEM. Either way ow_jks_release() may follow. */
int ow_jks_init(struct ow_jks *jks);
void ow_jks_release(struct ow_jks *jks);

/* One certificate, DER. 0, -ENOMEM, -ENOBUFS (OW_LIMIT_CA_BUNDLE). */
int ow_jks_add(struct ow_jks *jks, const unsigned char *der, size_t len);
/*
 * The trusted certificates of a store: JKS, PKCS12 (password is used) or PEM.
 * 0, -EBADMSG when it is none of them or damaged, or as ow_jks_add; some may
 * have been added then.
 */
int ow_jks_add_store(struct ow_jks *jks, struct ow_str store,
                     const char *password);
/* Once, at the end: fills in count and digest. 0, -ENOMEM, -ENOBUFS. */
int ow_jks_finish(struct ow_jks *jks, const char *password);

#endif
