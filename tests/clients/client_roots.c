/*
 * client_roots: looks into a store whose default roots were asked for. Prints
 * two numbers: the certificates that lie in it, counted behind the shim's
 * back, and those that a program sees. Called by tests/system/63-roots.t.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>

#include <openssl/ssl.h>
#include <openssl/x509.h>

typedef STACK_OF(X509_OBJECT) * objects_fn(const X509_STORE *store);

/* libcrypto's own, which no preloaded object stands in front of. */
static objects_fn *find_real(void)
{
    objects_fn *found = NULL;
    Dl_info info;
    void *handle;
    if (dladdr(dlsym(RTLD_DEFAULT, "X509_STORE_free"), &info) == 0)
        return NULL;
    handle = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (handle)
        *(void **)&found = dlsym(handle, "X509_STORE_get0_objects");
    return found;
}

int main(int argc, char **argv)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    objects_fn *real = find_real();
    X509_STORE *store;
    int asked;
    if (!context || !real)
        return 99;
    /* Twice: the second finds the first one's file waiting. */
    for (int i = 0; i < 2; i++) {
        asked = argc > 1 ? SSL_CTX_load_verify_locations(context, argv[1], NULL)
                         : SSL_CTX_set_default_verify_paths(context);
        if (asked != 1)
            return 1;
        if (argc < 3)
            break;
    }
    store = SSL_CTX_get_cert_store(context);
    printf("%d ", sk_X509_OBJECT_num(real(store)));
    printf("%d\n", sk_X509_OBJECT_num(X509_STORE_get0_objects(store)));
    SSL_CTX_free(context);
    return 0;
}
