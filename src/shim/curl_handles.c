/*
 * curl_handles: the side table. See curl_handles.h. Called by curl.c,
 * curl_multi.c and curl_way.c.
 */
#include "config.h"

#include "shim/curl_handles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shim/curl_way.h"

/* One bucket for a handle or less, for programs with a thousand of them. */
#define BUCKETS 1024

/* Entries are never freed, only used again: finding needs no lock. */
static struct ow_curl_handle *_Atomic buckets[BUCKETS];

/* The numbers of a kind of argument are close together, from its first one. */
#define NUMBERS   512
#define KIND_SIZE 10000

enum type { TYPE_STRING, TYPE_LONG, TYPE_BLOB, TYPE_POINTER };

_Static_assert(OW_CURL_OPTIONS <= 64, "the options are the bits of a set");

/* Of these more than the value changes. */
#define IS_SPECIAL(option)                                                     \
    ((option) == OW_CURL_PORT || (option) == OW_CURL_CURLU ||                  \
     (option) == OW_CURL_RESOLVE)

static const struct option {
    int number;
    enum type type;
    bool is_plain;
} options[OW_CURL_OPTIONS] = {
#define OW_CURL_OPTION(name, number, type, act, cleared)                       \
    {number, TYPE_##type,                                                      \
     (TYPE_##type == TYPE_LONG || TYPE_##type == TYPE_POINTER) &&              \
         !IS_SPECIAL(OW_CURL_##name)},
#include "shim/curl_options.def"
#undef OW_CURL_OPTION
};

/* The row of a number without its kind, and one; no two kinds share any. */
static const unsigned char rows[NUMBERS] = {
#define OW_CURL_OPTION(name, number, type, act, cleared)                       \
    [(number) % KIND_SIZE] = OW_CURL_##name + 1,
#include "shim/curl_options.def"
#undef OW_CURL_OPTION
};

/* struct curl_blob, and CURL_BLOB_COPY. */
struct blob {
    void *data;
    size_t len;
    unsigned int flags;
};
#define BLOB_COPY 1u

static struct ow_curl_handle *_Atomic *bucket_of(const void *key)
{
    uint64_t hash = (uint64_t)(uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15);
    return &buckets[hash >> 54]; /* the ten upper bits */
}

static struct ow_curl_handle *search(struct ow_curl_handle *_Atomic *bucket,
                                     const void *key)
{
    struct ow_curl_handle *at =
        atomic_load_explicit(bucket, memory_order_acquire);
    while (at && atomic_load_explicit(&at->key, memory_order_relaxed) != key)
        at = at->next;
    return at;
}

struct ow_curl_handle *ow_curl_handle_find(const void *key)
{
    return key ? search(bucket_of(key), key) : NULL;
}

/* A free entry of the bucket, taken. */
static struct ow_curl_handle *reuse(struct ow_curl_handle *_Atomic *bucket,
                                    const void *key)
{
    struct ow_curl_handle *at = search(bucket, NULL);
    const void *none = NULL;
    while (at && !atomic_compare_exchange_strong(&at->key, &none, key)) {
        none = NULL;
        at = at->next;
    }
    return at;
}

static struct ow_curl_handle *add(const void *key)
{
    struct ow_curl_handle *_Atomic *bucket = bucket_of(key);
    struct ow_curl_handle *handle = reuse(bucket, key);
    if (handle)
        return handle;
    handle = calloc(1, sizeof(*handle));
    if (!handle)
        return NULL;
    atomic_init(&handle->key, key);
    handle->next = atomic_load(bucket);
    while (!atomic_compare_exchange_weak(bucket, &handle->next, handle))
        continue;
    return handle;
}

struct ow_curl_handle *
ow_curl_handle_take(const void *key, const struct ow_curl_library *library,
                    bool is_new)
{
    struct ow_curl_handle *handle = ow_curl_handle_find(key);
    if (handle && !is_new)
        return handle;
    if (handle)
        ow_curl_handle_clear(handle);
    else
        handle = add(key);
    if (!handle)
        return NULL;
    handle->library = library;
    handle->multi = NULL;
    handle->in_multi = 0;
    handle->in_perform = false;
    return handle;
}

static void forget(struct ow_curl_handle *handle, enum ow_curl_option option)
{
    free(handle->values[option].copy);
    handle->values[option] = (struct ow_curl_value){NULL, NULL};
    handle->set &= ~OW_CURL_SET(option);
}

void ow_curl_handle_clear(struct ow_curl_handle *handle)
{
    while (handle->set)
        forget(handle, (enum ow_curl_option)__builtin_ctzll(handle->set));
    ow_curl_way_free(handle->way);
    handle->way = NULL;
    handle->host = NULL;
    handle->has_errno = false;
    handle->retries = 0;
}

void ow_curl_handle_drop(struct ow_curl_handle *handle)
{
    if (!handle)
        return;
    ow_curl_handle_clear(handle);
    free(handle->resolve);
    handle->resolve = NULL;
    atomic_store_explicit(&handle->key, NULL, memory_order_release);
}

struct ow_curl_handle *ow_curl_handle_in_multi(const void *multi)
{
    for (int i = 0; i < BUCKETS; i++) {
        struct ow_curl_handle *at = atomic_load(&buckets[i]);
        for (; at; at = at->next)
            if (atomic_load(&at->key) && at->multi == multi)
                return at;
    }
    return NULL;
}

int ow_curl_option_find(int number)
{
    unsigned at = (unsigned)number % KIND_SIZE;
    int row = at < NUMBERS ? rows[at] - 1 : -1;
    return row >= 0 && options[row].number == number ? row : -1;
}

int ow_curl_option_number(enum ow_curl_option option)
{
    return options[option].number;
}

bool ow_curl_option_is_plain(enum ow_curl_option option)
{
    return options[option].is_plain;
}

/* One block: the struct, and the data behind it if libcurl copies it too. */
static void *copy_blob(const struct blob *blob)
{
    size_t extra = blob->flags & BLOB_COPY ? blob->len : 0;
    struct blob *copy = malloc(sizeof(*copy) + extra);
    if (!copy)
        return NULL;
    *copy = *blob;
    if (extra)
        copy->data = memcpy(copy + 1, blob->data, extra);
    return copy;
}

/* In the old copy's place, if it is long enough: a URL changes all the time. */
static char *copy_string(const char *string, char *old)
{
    size_t size = strlen(string) + 1;
    if (old && strlen(old) + 1 >= size)
        return memmove(old, string, size);
    return strdup(string);
}

static void *copy_of(enum type type, void *arg, void *old)
{
    switch (type) {
    case TYPE_STRING:
        return copy_string(arg, old);
    case TYPE_BLOB:
        return copy_blob(arg);
    case TYPE_LONG:
    case TYPE_POINTER:
        break;
    }
    return NULL;
}

/* Whether a new URL goes on otherwise behind the same "scheme://authority". */
static bool is_same_host(const struct ow_curl_handle *handle, const char *url)
{
    const char *old = handle->values[OW_CURL_URL].arg;
    size_t len = handle->begin_len;
    return handle->host && len > 0 && old && url &&
           strncmp(old, url, len) == 0 &&
           (url[len] == '/' || url[len] == '?' || url[len] == '#' ||
            url[len] == '\0');
}

int ow_curl_handle_set(struct ow_curl_handle *handle,
                       enum ow_curl_option option, void *arg)
{
    bool is_elsewhere = (option == OW_CURL_URL && !is_same_host(handle, arg)) ||
                        option == OW_CURL_PORT || option == OW_CURL_CURLU;
    enum type type = options[option].type;
    bool is_ours = arg && type != TYPE_LONG && type != TYPE_POINTER;
    void *old = handle->values[option].copy;
    void *copy = is_ours ? copy_of(type, arg, old) : NULL;
    if (is_ours && !copy)
        return -ENOMEM;
    if (old != copy)
        free(old);
    handle->values[option] = (struct ow_curl_value){is_ours ? copy : arg, copy};
    handle->set |= OW_CURL_SET(option);
    /* libcurl keeps both in one place. */
    if (option == OW_CURL_UNIX_SOCKET_PATH)
        forget(handle, OW_CURL_ABSTRACT_UNIX_SOCKET);
    else if (option == OW_CURL_ABSTRACT_UNIX_SOCKET)
        forget(handle, OW_CURL_UNIX_SOCKET_PATH);
    if (option == OW_CURL_HAPROXY_CLIENT_IP && arg)
        ow_curl_handle_keep(handle, OW_CURL_HAPROXYPROTOCOL, (void *)1);
    if (is_elsewhere) {
        handle->host = NULL;
        handle->begin_len = 0;
    }
    return 0;
}

long ow_curl_handle_number(const struct ow_curl_handle *handle,
                           enum ow_curl_option option, long by_default)
{
    return handle->set & OW_CURL_SET(option)
               ? (long)(intptr_t)handle->values[option].arg
               : by_default;
}

int ow_curl_handle_copy(struct ow_curl_handle *to,
                        const struct ow_curl_handle *from)
{
    ow_curl_options left = from->set & ~OW_CURL_SET(OW_CURL_RESOLVE);
    for (; left; left &= left - 1) {
        enum ow_curl_option option = (enum ow_curl_option)__builtin_ctzll(left);
        int error = ow_curl_handle_set(to, option, from->values[option].arg);
        if (error)
            return error;
    }
    return 0;
}
