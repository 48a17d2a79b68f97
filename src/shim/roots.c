/*
 * roots: the look-up that waits. See roots.h. Called by bundles.c, and by
 * OpenSSL in the middle of a verification, by several threads at once: the
 * text never changes, and who comes second while it is parsed parses it too.
 */
#include "config.h"

#include "shim/roots.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "control/control.h"
#include "shim/found.h"
#include "shim/next.h"
#include "shim/vars.h"

/* X509_LU_X509 of OpenSSL 1.1 and later. */
#define KIND_X509 1

/* Two flavours of OpenSSL in a process at most; a third loads at once. */
#define LIBRARIES 2

typedef int get_by_subject_fn(void *lookup, int kind, const void *name,
                              void *ret);
typedef void free_fn(void *lookup);

/* Where an object's code lies, up to but not with end. */
struct code {
    const char *begin;
    const char *end;
};

/* What is called of libcrypto (1.1.1 and later); all or none. */
struct crypto {
    void *(*method_new)(const char *name);
    int (*method_set_get_by_subject)(void *method, get_by_subject_fn *function);
    int (*method_set_free)(void *method, free_fn *function);
    void *(*add_lookup)(void *store, void *method);
    int (*set_data)(void *lookup, void *data);
    void *(*get_data)(const void *lookup);
    void *(*get_store)(const void *lookup);
    int (*add_cert)(void *store, void *crt);
    int (*lock)(void *store);
    int (*unlock)(void *store);
    void *(*get_objects)(const void *store);
    void *(*find_object)(void *objects, int kind, const void *name);
    void *(*get_cert)(const void *object);
    int (*set_cert)(void *object, void *crt);
    void *(*bio_new)(const void *text, int len);
    int (*bio_free)(void *bio);
    void *(*read_cert)(void *bio, void **, void *, void *);
    void (*cert_free)(void *crt);
    int (*set_mark)(void);
    int (*pop_to_mark)(void);
    struct code code;
};

static const struct symbol {
    const char *name;
    size_t offset;
} symbols[] = {
    {"X509_LOOKUP_meth_new", offsetof(struct crypto, method_new)},
    {"X509_LOOKUP_meth_set_get_by_subject",
     offsetof(struct crypto, method_set_get_by_subject)},
    {"X509_LOOKUP_meth_set_free", offsetof(struct crypto, method_set_free)},
    {"X509_STORE_add_lookup", offsetof(struct crypto, add_lookup)},
    {"X509_LOOKUP_set_method_data", offsetof(struct crypto, set_data)},
    {"X509_LOOKUP_get_method_data", offsetof(struct crypto, get_data)},
    {"X509_LOOKUP_get_store", offsetof(struct crypto, get_store)},
    {"X509_STORE_add_cert", offsetof(struct crypto, add_cert)},
    {"X509_STORE_lock", offsetof(struct crypto, lock)},
    {"X509_STORE_unlock", offsetof(struct crypto, unlock)},
    {"X509_STORE_get0_objects", offsetof(struct crypto, get_objects)},
    {"X509_OBJECT_retrieve_by_subject", offsetof(struct crypto, find_object)},
    {"X509_OBJECT_get0_X509", offsetof(struct crypto, get_cert)},
    {"X509_OBJECT_set1_X509", offsetof(struct crypto, set_cert)},
    {"BIO_new_mem_buf", offsetof(struct crypto, bio_new)},
    {"BIO_free", offsetof(struct crypto, bio_free)},
    {"PEM_read_bio_X509_AUX", offsetof(struct crypto, read_cert)},
    {"X509_free", offsetof(struct crypto, cert_free)},
    {"ERR_set_mark", offsetof(struct crypto, set_mark)},
    {"ERR_pop_to_mark", offsetof(struct crypto, pop_to_mark)},
};

/* A libcrypto and the kind of look-up that was made in it; kept for good. */
struct library {
    struct crypto crypto;
    void *method;
};

/* What waits beside one store, until the store goes. */
struct waiting {
    _Atomic(bool) is_loaded;
    int len;
    char text[];
};

static struct library *_Atomic libraries[LIBRARIES];
static struct ow_found *_Atomic cryptos;

/* Where distributions keep it, as libraries are told at their build. */
static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/lib/ssl/cert.pem",
};

bool ow_roots_can_wait(const char *path)
{
    static const char made[] = "/roots-";
    const char *dir = ow_vars_find(environ, OW_ENV_SESSION);
    size_t len = dir ? strlen(dir) : 0;
    if (len > 0 && strncmp(path, dir, len) == 0 &&
        strncmp(path + len, made, sizeof(made) - 1) == 0)
        return true;
    for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++)
        if (strcmp(path, bundles[i]) == 0)
            return true;
    return false;
}

static void load(const struct crypto *crypto, void *store,
                 struct waiting *waiting)
{
    void *crt;
    if (atomic_load_explicit(&waiting->is_loaded, memory_order_acquire))
        return;
    crypto->set_mark();
    void *bio = crypto->bio_new(waiting->text, waiting->len);
    bool is_whole = bio != NULL;
    while (bio && (crt = crypto->read_cert(bio, NULL, NULL, NULL))) {
        is_whole = crypto->add_cert(store, crt) == 1 && is_whole;
        crypto->cert_free(crt);
    }
    if (bio)
        crypto->bio_free(bio);
    /* Where the text ends is an error to OpenSSL. */
    crypto->pop_to_mark();
    atomic_store_explicit(&waiting->is_loaded, is_whole, memory_order_release);
}

/*
 * Now that something has been added. OpenSSL takes one more reference of what
 * it gets than it gives back, so one goes here (X509_LOOKUP_meth_new(3)).
 */
static int find_again(const struct crypto *crypto, void *store,
                      const void *name, void *ret)
{
    int found = 0;
    if (crypto->lock(store) != 1)
        return 0;
    void *object =
        crypto->find_object(crypto->get_objects(store), KIND_X509, name);
    void *crt = object ? crypto->get_cert(object) : NULL;
    if (crt && crypto->set_cert(ret, crt) == 1) {
        crypto->cert_free(crt);
        found = 1;
    }
    crypto->unlock(store);
    return found;
}

static int get_by_subject(unsigned at, void *lookup, int kind, const void *name,
                          void *ret)
{
    const struct crypto *crypto = &atomic_load(&libraries[at])->crypto;
    struct waiting *waiting = crypto->get_data(lookup);
    void *store = crypto->get_store(lookup);
    /* A bundle has no revocation lists. */
    if (kind != KIND_X509 || !waiting || !store)
        return 0;
    load(crypto, store, waiting);
    return find_again(crypto, store, name, ret);
}

static void release(unsigned at, void *lookup)
{
    const struct library *library = atomic_load(&libraries[at]);
    free(library->crypto.get_data(lookup));
}

/* OpenSSL does not say whose look-up it is: one pair for each library. */
static int get_by_subject_0(void *lookup, int kind, const void *name, void *ret)
{
    return get_by_subject(0, lookup, kind, name, ret);
}

static int get_by_subject_1(void *lookup, int kind, const void *name, void *ret)
{
    return get_by_subject(1, lookup, kind, name, ret);
}

static void release_0(void *lookup)
{
    release(0, lookup);
}

static void release_1(void *lookup)
{
    release(1, lookup);
}

static const struct callbacks {
    get_by_subject_fn *get_by_subject;
    free_fn *release;
} callbacks[LIBRARIES] = {{get_by_subject_0, release_0},
                          {get_by_subject_1, release_1}};

/* For dl_iterate_phdr: the object that code->begin lies in. */
static int find_code(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct code *code = arg;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        const char *begin =
            (const char *)(uintptr_t)(info->dlpi_addr + part->p_vaddr);
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X) ||
            code->begin < begin || code->begin >= begin + part->p_memsz)
            continue;
        *code = (struct code){begin, begin + part->p_memsz};
        return 1;
    }
    return 0;
}

static bool find_crypto(void *handle, void *ret)
{
    struct crypto *crypto = ret;
    bool is_whole = true;
    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        void *found = ow_next_symbol(handle, symbols[i].name);
        *(void **)((char *)ret + symbols[i].offset) = found;
        is_whole = is_whole && found;
    }
    crypto->code.begin = (const char *)(uintptr_t)crypto->lock;
    return is_whole && dl_iterate_phdr(find_code, &crypto->code) == 1;
}

/* A method belongs to its slot. One that another thread was quicker with is
 * left to lie: there is no telling whether it is in use. */
static struct library *make_library(const struct crypto *crypto, int at)
{
    struct library *made = malloc(sizeof(*made));
    if (!made)
        return NULL;
    made->crypto = *crypto;
    made->method = crypto->method_new("offwire's roots");
    if (made->method &&
        crypto->method_set_get_by_subject(made->method,
                                          callbacks[at].get_by_subject) == 1 &&
        crypto->method_set_free(made->method, callbacks[at].release) == 1)
        return made;
    free(made);
    return NULL;
}

static const struct library *get_library(const void *function)
{
    const struct crypto *crypto =
        ow_found_get(&cryptos, function, sizeof(*crypto), find_crypto);
    if (!crypto)
        return NULL;
    for (int i = 0; i < LIBRARIES; i++) {
        struct library *there = atomic_load(&libraries[i]);
        struct library *made = there ? NULL : make_library(crypto, i);
        if (!there && !made)
            return NULL;
        if (!there &&
            atomic_compare_exchange_strong(&libraries[i], &there, made))
            return made;
        free(made);
        if (there->crypto.method_new == crypto->method_new)
            return there;
    }
    return NULL;
}

/* The whole file, or NULL: it is none, too large, or no bundle. */
static struct waiting *read_bundle(int fd)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    struct stat status;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
        status.st_size <= 0 || status.st_size > OW_LIMIT_CA_BUNDLE)
        return NULL;
    size_t size = (size_t)status.st_size, len = 0;
    struct waiting *waiting = malloc(sizeof(*waiting) + size);
    while (waiting && len < size) {
        ssize_t got = read(fd, waiting->text + len, size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    if (waiting && len == size &&
        memmem(waiting->text, size, begin, sizeof(begin) - 1)) {
        waiting->len = (int)size;
        return waiting;
    }
    free(waiting);
    return NULL;
}

bool ow_roots_defer(void *store, const char *path, const void *function)
{
    const struct library *library = get_library(function);
    void *lookup =
        library ? library->crypto.add_lookup(store, library->method) : NULL;
    if (!lookup || library->crypto.get_data(lookup))
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct waiting *waiting = fd >= 0 ? read_bundle(fd) : NULL;
    if (fd >= 0)
        close(fd);
    if (!waiting)
        return false;
    atomic_init(&waiting->is_loaded, false);
    library->crypto.set_data(lookup, waiting);
    return true;
}

void ow_roots_load_for(void *store, const void *function, const void *caller)
{
    /* Nothing waits anywhere before the first library was needed. */
    if (!store || !atomic_load(&libraries[0]))
        return;
    const struct library *library = get_library(function);
    const char *place = caller;
    if (!library || (place >= library->crypto.code.begin &&
                     place < library->crypto.code.end))
        return;
    void *lookup = library->crypto.add_lookup(store, library->method);
    struct waiting *waiting = lookup ? library->crypto.get_data(lookup) : NULL;
    if (waiting)
        load(&library->crypto, store, waiting);
}

void ow_roots_load(void *store, const void *function)
{
    ow_roots_load_for(store, function, NULL);
}
