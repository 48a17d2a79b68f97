/*
 * curl_handles: what is remembered of each handle of libcurl: the library it
 * belongs to, and, in a process that is served, the options that may have to
 * be put back (libcurl has no way to ask for them).
 *
 * A handle is used by one thread at a time, as libcurl demands; only finding
 * it is safe against others. No lock: a fork in the middle leaves nothing
 * taken behind.
 */
#ifndef OW_SHIM_CURL_HANDLES_H
#define OW_SHIM_CURL_HANDLES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shim/curl_library.h"

enum ow_curl_option {
#define OW_CURL_OPTION(name, number, type, act, cleared) OW_CURL_##name,
#include "shim/curl_options.def"
#undef OW_CURL_OPTION
    OW_CURL_OPTIONS,
};

/* A set of options. */
typedef uint64_t ow_curl_options;
#define OW_CURL_SET(option) (UINT64_C(1) << (option))

/* What the program has set. */
struct ow_curl_value {
    void *arg;  /* as curl_easy_setopt takes it; NULL or 0: the default */
    void *copy; /* what is behind it, if it is ours to free */
};

struct ow_curl_host; /* curl_known.h */
struct ow_curl_node; /* curl_list.h */
struct ow_curl_way;  /* curl_way.h */

struct ow_curl_handle {
    const void *_Atomic key;     /* the handle; NULL: free for another */
    struct ow_curl_handle *next; /* in its bucket, for good */
    const struct ow_curl_library *library;
    struct ow_curl_value values[OW_CURL_OPTIONS];
    ow_curl_options set; /* by the program, to its default too */
    /* What libcurl has as CURLOPT_RESOLVE; it may read it after a reset. */
    struct ow_curl_node *resolve;
    const struct ow_curl_host *host; /* of the URL; NULL: not looked at yet */
    size_t begin_len; /* of the URL's "scheme://authority"; 0: not known */
    struct ow_curl_way *way;   /* of the transfer; most need none */
    const void *_Atomic multi; /* an easy handle that is in one */
    int in_multi;              /* a multi handle: how many are in it */
    bool in_perform;           /* curl_easy_perform is running */
    bool has_errno;            /* CURLINFO_OS_ERRNO is ours to tell */
    long os_errno;
    int16_t retries; /* transfers that failed since one did not */
};

/* The entry of a handle, or NULL. */
struct ow_curl_handle *ow_curl_handle_find(const void *key);
/* The same, made empty if there is none; what was left of an older handle at
 * that address goes first if is_new. NULL: no memory. */
struct ow_curl_handle *
ow_curl_handle_take(const void *key, const struct ow_curl_library *library,
                    bool is_new);
/* Forgets the options, as curl_easy_reset does. */
void ow_curl_handle_clear(struct ow_curl_handle *handle);
/* Forgets the handle. NULL is allowed. */
void ow_curl_handle_drop(struct ow_curl_handle *handle);
/* An entry whose handle is in multi, or NULL. */
struct ow_curl_handle *ow_curl_handle_in_multi(const void *multi);

/* An option by its number, or -1; and back. */
int ow_curl_option_find(int number);
int ow_curl_option_number(enum ow_curl_option option);
/* Whether it is the number or the pointer alone that is to be remembered. */
bool ow_curl_option_is_plain(enum ow_curl_option option);
/* The value as a number. */
long ow_curl_handle_number(const struct ow_curl_handle *handle,
                           enum ow_curl_option option, long by_default);
/* Remembers the value of a plain option. */
static inline void ow_curl_handle_keep(struct ow_curl_handle *handle,
                                       enum ow_curl_option option, void *arg)
{
    handle->values[option].arg = arg;
    handle->set |= OW_CURL_SET(option);
}
/* Remembers what the program has set. 0 or -ENOMEM. */
int ow_curl_handle_set(struct ow_curl_handle *handle,
                       enum ow_curl_option option, void *arg);
/* Copies the options of one handle to another; all but CURLOPT_RESOLVE, whose
 * list is each handle's own. 0 or -ENOMEM. */
int ow_curl_handle_copy(struct ow_curl_handle *to,
                        const struct ow_curl_handle *from);

#endif
