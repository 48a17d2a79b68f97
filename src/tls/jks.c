/*
 * jks: Java's own key store format, big-endian, as its KeyStore reads it:
 *
 *     FEEDFEED version=2 count
 *     count times: tag=2 alias date "X.509" length certificate
 *     SHA-1 of password (UTF-16), "Mighty Aphrodite" and all of the above
 *
 * A string is two bytes of length and the bytes. Tag 1 is a private key, which
 * has no place in a trust store and is stepped over.
 *
 * Called by trust.
 */
#include "config.h"

#include "tls/jks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/sha.h>

#include "base/limits.h"

#define JKS_MAGIC       0xfeedfeedu
#define JKS_VERSION     2u
#define TAG_KEY         1u
#define TAG_CERTIFICATE 2u
#define COUNT_AT        8 /* offset of the count */

static void store_u32(char *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (char)(value >> (24 - 8 * i));
}

static int append_u32(struct ow_buf *buf, uint32_t value)
{
    char bytes[4];

    store_u32(bytes, value);
    return ow_buf_append(buf, bytes, sizeof bytes);
}

static int append_text(struct ow_buf *buf, const char *text)
{
    size_t len = strlen(text);
    char bytes[2] = {(char)(len >> 8), (char)len};
    int status = ow_buf_append(buf, bytes, sizeof bytes);

    return status ? status : ow_buf_append(buf, text, len);
}

int ow_jks_init(struct ow_jks *jks)
{
    int status;

    jks->count = 0;
    ow_buf_init(&jks->bytes, OW_LIMIT_CA_BUNDLE);
    if ((status = append_u32(&jks->bytes, JKS_MAGIC)) ||
        (status = append_u32(&jks->bytes, JKS_VERSION)))
        return status;
    return append_u32(&jks->bytes, 0);
}

void ow_jks_release(struct ow_jks *jks)
{
    ow_buf_release(&jks->bytes);
}

int ow_jks_add(struct ow_jks *jks, const unsigned char *der, size_t len)
{
    static const char never[8]; /* the date of an entry; nobody looks at it */
    struct ow_buf *out = &jks->bytes;
    char alias[24];
    int status;

    snprintf(alias, sizeof alias, "root-%u", (unsigned)jks->count);
    if ((status = append_u32(out, TAG_CERTIFICATE)) ||
        (status = append_text(out, alias)) ||
        (status = ow_buf_append(out, never, sizeof never)) ||
        (status = append_text(out, "X.509")) ||
        (status = append_u32(out, (uint32_t)len)) ||
        (status = ow_buf_append(out, der, len)))
        return status;
    jks->count++;
    return 0;
}

/* Reading a JKS: each take_ cuts its part off the front of rest. */

static int take_bytes(struct ow_str *rest, size_t len, struct ow_str *ret)
{
    if (len > rest->len)
        return -EBADMSG;
    if (ret)
        *ret = (struct ow_str){rest->ptr, len};
    rest->ptr += len;
    rest->len -= len;
    return 0;
}

static int take_number(struct ow_str *rest, size_t len, uint32_t *ret)
{
    struct ow_str bytes;
    uint32_t value = 0;
    int status = take_bytes(rest, len, &bytes);

    if (status)
        return status;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | (unsigned char)bytes.ptr[i];
    *ret = value;
    return 0;
}

static int skip_text(struct ow_str *rest)
{
    uint32_t len;
    int status = take_number(rest, 2, &len);

    return status ? status : take_bytes(rest, len, NULL);
}

static int take_blob(struct ow_str *rest, struct ow_str *ret)
{
    uint32_t len;
    int status = take_number(rest, 4, &len);

    return status ? status : take_bytes(rest, len, ret);
}

/* The type's name is there since version 2. */
static int take_certificate(struct ow_str *rest, uint32_t version,
                            struct ow_str *ret)
{
    int status = version >= 2 ? skip_text(rest) : 0;

    return status ? status : take_blob(rest, ret);
}

static int skip_key(struct ow_str *rest, uint32_t version)
{
    struct ow_str ignored;
    uint32_t chain;
    int status;

    if ((status = take_blob(rest, &ignored)) ||
        (status = take_number(rest, 4, &chain)))
        return status;
    while (chain-- > 0)
        if ((status = take_certificate(rest, version, &ignored)))
            return status;
    return 0;
}

static int add_jks_entry(struct ow_jks *jks, struct ow_str *rest,
                         uint32_t version)
{
    struct ow_str der;
    uint32_t tag;
    int status;

    if ((status = take_number(rest, 4, &tag)) || (status = skip_text(rest)) ||
        (status = take_bytes(rest, 8, NULL)))
        return status;
    if (tag == TAG_KEY)
        return skip_key(rest, version);
    if (tag != TAG_CERTIFICATE)
        return -EBADMSG;
    status = take_certificate(rest, version, &der);
    return status ? status
                  : ow_jks_add(jks, (const unsigned char *)der.ptr, der.len);
}

static int add_jks(struct ow_jks *jks, struct ow_str rest)
{
    uint32_t version;
    uint32_t count;
    int status;

    if ((status = take_bytes(&rest, 4, NULL)) ||
        (status = take_number(&rest, 4, &version)) ||
        (status = take_number(&rest, 4, &count)))
        return status;
    while (count-- > 0)
        if ((status = add_jks_entry(jks, &rest, version)))
            return status;
    return 0;
}

static int add_x509(struct ow_jks *jks, X509 *x509)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x509, &der);
    int status = len > 0 ? ow_jks_add(jks, der, (size_t)len) : -ENOMEM;

    OPENSSL_free(der);
    return status;
}

static int add_bags(struct ow_jks *jks, const STACK_OF(PKCS12_SAFEBAG) * bags)
{
    int status = 0;

    for (int i = 0; status == 0 && i < sk_PKCS12_SAFEBAG_num(bags); i++) {
        PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);
        X509 *x509 = PKCS12_SAFEBAG_get_nid(bag) == NID_certBag
                         ? PKCS12_SAFEBAG_get1_cert(bag)
                         : NULL;

        if (x509)
            status = add_x509(jks, x509);
        X509_free(x509);
    }
    return status;
}

static int add_safe(struct ow_jks *jks, PKCS7 *safe, const char *password)
{
    STACK_OF(PKCS12_SAFEBAG) *bags = NULL;

    if (OBJ_obj2nid(safe->type) == NID_pkcs7_data)
        bags = PKCS12_unpack_p7data(safe);
    else if (OBJ_obj2nid(safe->type) == NID_pkcs7_encrypted)
        bags = PKCS12_unpack_p7encdata(safe, password, -1);
    if (!bags)
        return -EBADMSG;

    int status = add_bags(jks, bags);

    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return status;
}

/*
 * Part by part and not by PKCS12_parse(), which wants a MAC: the cacerts of
 * newer Javas have neither MAC nor password.
 */
static int add_pkcs12(struct ow_jks *jks, struct ow_str store,
                      const char *password)
{
    const unsigned char *at = (const unsigned char *)store.ptr;
    PKCS12 *p12 = d2i_PKCS12(NULL, &at, (long)store.len);
    STACK_OF(PKCS7) *safes = p12 ? PKCS12_unpack_authsafes(p12) : NULL;
    int status = safes ? 0 : -EBADMSG;

    for (int i = 0; status == 0 && i < sk_PKCS7_num(safes); i++)
        status = add_safe(jks, sk_PKCS7_value(safes, i), password);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    PKCS12_free(p12);
    ERR_clear_error();
    return status;
}

/* Takes the bytes as they stand: parsing 140 roots would cost 15 ms. */
static int add_pem(struct ow_jks *jks, struct ow_str store)
{
    BIO *in = BIO_new_mem_buf(store.ptr, (int)store.len);
    char *name;
    char *header;
    unsigned char *der;
    long len;
    int status = in ? -EBADMSG : -ENOMEM;

    while (in && status != -ENOMEM && status != -ENOBUFS &&
           PEM_read_bio(in, &name, &header, &der, &len)) {
        if (strcmp(name, PEM_STRING_X509) == 0)
            status = ow_jks_add(jks, der, (size_t)len);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(der);
    }
    BIO_free(in);
    ERR_clear_error();
    return status;
}

int ow_jks_add_store(struct ow_jks *jks, struct ow_str store,
                     const char *password)
{
    if (ow_str_starts(store, OW_STR("\xfe\xed\xfe\xed")))
        return add_jks(jks, store);
    /* A SEQUENCE with a two-byte or longer length: DER. */
    if (ow_str_starts(store, OW_STR("\x30\x82")) ||
        ow_str_starts(store, OW_STR("\x30\x83")))
        return add_pkcs12(jks, store, password);
    return add_pem(jks, store);
}

/* Java's characters are UTF-16; passwords beyond ASCII are not supported. */
static int append_password(struct ow_buf *buf, const char *password)
{
    int status = 0;

    for (; status == 0 && *password; password++) {
        char unit[2] = {0, *password};

        status = ow_buf_append(buf, unit, sizeof unit);
    }
    return status;
}

static int digest(const struct ow_jks *jks, const char *password,
                  unsigned char out[SHA_DIGEST_LENGTH])
{
    static const char salt[] = "Mighty Aphrodite";
    struct ow_buf head;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int status;

    ow_buf_init(&head, 0);
    status = append_password(&head, password);
    if (status == 0 &&
        (!context || !EVP_DigestInit_ex(context, EVP_sha1(), NULL) ||
         !EVP_DigestUpdate(context, ow_buf_data(&head), head.len) ||
         !EVP_DigestUpdate(context, salt, sizeof salt - 1) ||
         !EVP_DigestUpdate(context, ow_buf_data(&jks->bytes), jks->bytes.len) ||
         !EVP_DigestFinal_ex(context, out, NULL)))
        status = -ENOMEM;
    EVP_MD_CTX_free(context);
    ow_buf_release(&head);
    return status;
}

int ow_jks_finish(struct ow_jks *jks, const char *password)
{
    unsigned char sum[SHA_DIGEST_LENGTH];

    store_u32(ow_buf_data(&jks->bytes) + COUNT_AT, jks->count);

    int status = digest(jks, password, sum);

    return status ? status : ow_buf_append(&jks->bytes, sum, sizeof sum);
}
