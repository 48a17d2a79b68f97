/*
 * curl_way: clears and puts back. See curl_way.h. Called by curl.c and
 * curl_multi.c; which options matter, and how, stands in curl_options.def.
 */
#include "config.h"

#include "shim/curl_way.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "shim/curl_known.h"
#include "shim/curl_list.h"
#include "shim/vars.h"

/* The first of CURL_HTTP_VERSION_3 and 3ONLY. */
#define HTTP_VERSION_3 30

enum act { ACT_KEEP, ACT_CLEAR, ACT_EXTEND };

static const struct row {
    enum act act;
    int cleared;
} rows[OW_CURL_OPTIONS] = {
#define OW_CURL_OPTION(name, number, type, act, cleared) {ACT_##act, cleared},
#include "shim/curl_options.def"
#undef OW_CURL_OPTION
};

struct ow_curl_way {
    bool touched[OW_CURL_OPTIONS]; /* to be put back */
    struct ow_curl_node *connect_to;
    struct ow_curl_node *resolve;
};

/* Whether this process has used CURLOPT_RESOLVE: then a cache of libcurl may
 * still know a host by it, long after the option is gone. */
static _Atomic(bool) has_resolve;

static void set(const struct ow_curl_handle *handle, void *easy,
                enum ow_curl_option option, void *arg)
{
    handle->library->easy_setopt(easy, ow_curl_option_number(option), arg);
}

static void touch(struct ow_curl_handle *handle, void *easy,
                  enum ow_curl_option option, void *arg)
{
    set(handle, easy, option, arg);
    handle->way->touched[option] = true;
}

static void clear_options(struct ow_curl_handle *handle, void *easy)
{
    for (int i = 0; i < OW_CURL_OPTIONS; i++) {
        void *arg = handle->values[i].arg;
        bool is_harmless =
            i == OW_CURL_HTTP_VERSION && (intptr_t)arg < HTTP_VERSION_3;
        if (rows[i].act == ACT_CLEAR && arg && !is_harmless)
            touch(handle, easy, (enum ow_curl_option)i,
                  (void *)(intptr_t)rows[i].cleared);
    }
}

/* Without the option libcurl goes by the environment, and so do we. */
static const char *user_noproxy(const struct ow_curl_handle *handle)
{
    const char *list = handle->values[OW_CURL_NOPROXY].arg;
    if (!list)
        list = ow_vars_find(environ, "no_proxy");
    if (!list)
        list = ow_vars_find(environ, "NO_PROXY");
    return list ? list : "";
}

static void extend_noproxy(struct ow_curl_handle *handle, void *easy)
{
    const struct ow_curl_host *host = handle->host;
    const char *list = user_noproxy(handle);
    if (strcmp(list, "*") == 0)
        return;
    size_t size = strlen(list) + strlen(host->name) + strlen(host->names) + 3;
    char *text = malloc(size);
    if (!text)
        return;
    /* libcurl copies it. */
    snprintf(text, size, "%s%s%s,%s", list, *list ? "," : "", host->name,
             host->names);
    touch(handle, easy, OW_CURL_NOPROXY, text);
    free(text);
}

static size_t count_names(const char *names)
{
    size_t count = 1;
    for (; (names = strchr(names, ',')); names++)
        count++;
    return count;
}

/*
 * "H::H:" says that H is reached at H. The first entry that fits counts, so
 * the program's own follow for all other hosts.
 */
static void extend_connect_to(struct ow_curl_handle *handle, void *easy)
{
    const struct ow_curl_host *host = handle->host;
    struct ow_curl_list list;
    size_t count = 1 + count_names(host->names);
    ow_curl_list_init(&list, count,
                      2 * (strlen(host->host) + strlen(host->names)) +
                          5 * count);
    ow_curl_list_add(&list, "%s::%s:", host->host, host->host);
    for (const char *at = host->names; *at;) {
        int len = (int)strcspn(at, ",");
        if (*at != '.' && !memchr(at, ':', (size_t)len))
            ow_curl_list_add(&list, "%.*s::%.*s:", len, at, len, at);
        at += len + (at[len] == ',');
    }
    handle->way->connect_to = list.nodes;
    if (list.nodes)
        touch(handle, easy, OW_CURL_CONNECT_TO,
              ow_curl_list_end(&list, handle->values[OW_CURL_CONNECT_TO].arg));
}

/* Whether an entry "[+]HOST:PORT:..." is for a known host; its HOST:PORT. */
static bool is_for_known(const char *entry, const char **ret_key, int *ret_len)
{
    const char *host = entry + (*entry == '+');
    const char *host_end = *host == '[' ? strchr(host, ']') : host;
    const char *colon = host_end ? strchr(host_end, ':') : NULL;
    const char *end = colon ? strchr(colon + 1, ':') : NULL;
    if (*entry == '-' || !end)
        return false;
    *ret_key = host;
    *ret_len = (int)(end - host);
    if (*host == '*')
        return true;
    const struct ow_curl_host *known = ow_curl_known_ask(
        host, (size_t)(colon - host), (uint16_t)strtoul(colon + 1, NULL, 10));
    return known && known->is_known;
}

/*
 * "-H:P" takes a host out of libcurl's cache of names. It stands in the place
 * of the program's entries for known hosts; its other entries stay.
 */
static void extend_resolve(struct ow_curl_handle *handle, void *easy)
{
    const struct ow_curl_host *host = handle->host;
    const struct ow_curl_node *own = handle->values[OW_CURL_RESOLVE].arg;
    struct ow_curl_list list;
    size_t count = 1, size = strlen(host->host) + 8;
    const char *key;
    int len;
    if (!own && !atomic_load_explicit(&has_resolve, memory_order_relaxed))
        return;
    atomic_store_explicit(&has_resolve, true, memory_order_relaxed);
    for (const struct ow_curl_node *at = own; at; at = at->next) {
        count++;
        size += strlen(at->data) + 2;
    }
    ow_curl_list_init(&list, count, size);
    for (const struct ow_curl_node *at = own; at; at = at->next)
        if (is_for_known(at->data, &key, &len))
            ow_curl_list_add(&list, "-%.*s", len, key);
        else
            ow_curl_list_add(&list, "%s", at->data);
    ow_curl_list_add(&list, "-%s:%u", host->host, host->port);
    handle->way->resolve = list.nodes;
    if (list.nodes)
        touch(handle, easy, OW_CURL_RESOLVE, ow_curl_list_end(&list, NULL));
}

void ow_curl_way_begin(struct ow_curl_handle *handle, void *easy)
{
    handle->has_errno = false;
    if (handle->values[OW_CURL_RESOLVE].arg)
        atomic_store_explicit(&has_resolve, true, memory_order_relaxed);
    if (handle->way || !ow_curl_known_is(handle))
        return;
    handle->way = calloc(1, sizeof(*handle->way));
    if (!handle->way)
        return;
    clear_options(handle, easy);
    extend_noproxy(handle, easy);
    extend_connect_to(handle, easy);
    extend_resolve(handle, easy);
}

/* First what is not set, then what is: two options share one place. */
static void put_back(const struct ow_curl_way *way,
                     const struct ow_curl_handle *values, void *easy)
{
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < OW_CURL_OPTIONS; i++)
            if (way->touched[i] && !values->values[i].arg == !pass)
                set(values, easy, (enum ow_curl_option)i,
                    values->values[i].arg);
}

void ow_curl_way_end(struct ow_curl_handle *handle, void *easy)
{
    if (!handle->way)
        return;
    put_back(handle->way, handle, easy);
    ow_curl_way_free(handle->way);
    handle->way = NULL;
}

void ow_curl_way_end_copy(const struct ow_curl_handle *handle, void *copy,
                          const struct ow_curl_handle *copied)
{
    /* The list that libcurl took over from the original is ours to free. */
    if (copied->values[OW_CURL_RESOLVE].arg)
        set(copied, copy, OW_CURL_RESOLVE, copied->values[OW_CURL_RESOLVE].arg);
    if (handle->way)
        put_back(handle->way, copied, copy);
}

bool ow_curl_way_holds(struct ow_curl_handle *handle,
                       enum ow_curl_option option)
{
    if (!handle->way || rows[option].act == ACT_KEEP)
        return false;
    handle->way->touched[option] = true;
    return true;
}

void ow_curl_way_free(struct ow_curl_way *way)
{
    if (!way)
        return;
    free(way->connect_to);
    free(way->resolve);
    free(way);
}
