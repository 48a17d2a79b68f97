/*
 * curl_way: clears and puts back. See curl_way.h. Called by curl.c,
 * curl_multi.c, curl_end.c and curl_watch.c; which options matter, and how,
 * stands in curl_options.def.
 */
#include "config.h"

#include "shim/curl_way.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "shim/curl_environ.h"
#include "shim/curl_known.h"
#include "shim/curl_list.h"
#include "shim/curl_resolve.h"
#include "shim/curl_watch.h"
#include "shim/vars.h"

/* Numbers of <curl/curl.h>. */
#define OUT_OF_MEMORY  27
#define IPRESOLVE_V6   2
#define HTTP_VERSION_3 30 /* the first of 3 and 3ONLY */

enum act { ACT_KEEP, ACT_LEADS, ACT_CLEAR, ACT_EXTEND, ACT_RESOLVE, ACT_WATCH };

static const struct row {
    enum act act;
    int cleared;
} rows[OW_CURL_OPTIONS] = {
#define OW_CURL_OPTION(name, number, type, act, cleared) {ACT_##act, cleared},
#include "shim/curl_options.def"
#undef OW_CURL_OPTION
};

/* What is cleared for a known host. */
static const ow_curl_options clearing = 0
#define OW_CURL_OPTION(name, number, type, act, cleared)                       \
    | (ACT_##act == ACT_CLEAR ? OW_CURL_SET(OW_CURL_##name) : 0)
#include "shim/curl_options.def"
#undef OW_CURL_OPTION
    ;

/* What leads elsewhere, by itself or where the host has no entry in it. */
static const ow_curl_options leading = 0
#define OW_CURL_OPTION(name, number, type, act, cleared)                       \
    | (ACT_##act == ACT_CLEAR || ACT_##act == ACT_LEADS                        \
           ? OW_CURL_SET(OW_CURL_##name)                                       \
           : 0)
#include "shim/curl_options.def"
#undef OW_CURL_OPTION
                                       | OW_CURL_SET(OW_CURL_CONNECT_TO);

static const ow_curl_options proxies =
    OW_CURL_SET(OW_CURL_PROXY) | OW_CURL_SET(OW_CURL_PRE_PROXY);
static const ow_curl_options others = OW_CURL_SET(OW_CURL_CONNECT_TO) |
                                      OW_CURL_SET(OW_CURL_ALTSVC) |
                                      OW_CURL_SET(OW_CURL_ALTSVC_CTRL);
/* Set for a transfer, not for a host. */
static const ow_curl_options for_good = OW_CURL_SET(OW_CURL_RESOLVE) |
                                        OW_CURL_SET(OW_CURL_HEADERFUNCTION) |
                                        OW_CURL_SET(OW_CURL_HEADERDATA);

struct ow_curl_way {
    const struct ow_curl_host *first; /* where it began, if it is known */
    const struct ow_curl_host *host;  /* where it goes now, if it is known */
    ow_curl_options touched;          /* to be put back */
    struct ow_curl_node *connect_to;
    struct ow_curl_node *resolve;
    struct ow_curl_watch *watch;
};

static int set(const struct ow_curl_handle *handle, void *easy,
               enum ow_curl_option option, void *arg)
{
    return handle->library->easy_setopt(easy, ow_curl_option_number(option),
                                        arg);
}

static void touch(struct ow_curl_handle *handle, void *easy,
                  enum ow_curl_option option, void *arg)
{
    set(handle, easy, option, arg);
    handle->way->touched |= OW_CURL_SET(option);
}

static bool is_harmless(enum ow_curl_option option, long value)
{
    return value == 0 ||
           (option == OW_CURL_HTTP_VERSION && value < HTTP_VERSION_3) ||
           (option == OW_CURL_IPRESOLVE && value != IPRESOLVE_V6);
}

/* The options of wanted that have a value which leads elsewhere. */
static ow_curl_options find_set(const struct ow_curl_handle *handle,
                                ow_curl_options wanted)
{
    ow_curl_options found = 0;
    for (wanted &= handle->set; wanted; wanted &= wanted - 1) {
        enum ow_curl_option i = (enum ow_curl_option)__builtin_ctzll(wanted);
        if (!is_harmless(i, ow_curl_handle_number(handle, i, 0)))
            found |= OW_CURL_SET(i);
    }
    return found;
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
    const char *name = handle->way->host->name;
    const char *list = user_noproxy(handle);
    if (strcmp(list, "*") == 0)
        return;
    size_t size = strlen(list) + strlen(name) + 2;
    char *text = malloc(size);
    if (!text)
        return;
    /* libcurl copies it. */
    snprintf(text, size, "%s%s%s", list, *list ? "," : "", name);
    touch(handle, easy, OW_CURL_NOPROXY, text);
    free(text);
}

/*
 * "H::H:" says that H is reached at H. The first entry that fits counts, so
 * the program's own follow for all other hosts.
 */
static void extend_connect_to(struct ow_curl_handle *handle, void *easy)
{
    const char *host = handle->way->host->host;
    struct ow_curl_list list;
    ow_curl_list_init(&list, 1, 2 * strlen(host) + 4);
    ow_curl_list_add(&list, "%s::%s:", host, host);
    if (!list.nodes)
        return;
    touch(handle, easy, OW_CURL_CONNECT_TO,
          ow_curl_list_end(&list, handle->values[OW_CURL_CONNECT_TO].arg));
    free(handle->way->connect_to);
    handle->way->connect_to = list.nodes;
}

static void clear(struct ow_curl_handle *handle, void *easy)
{
    ow_curl_options left = find_set(handle, clearing);
    for (; left; left &= left - 1) {
        enum ow_curl_option i = (enum ow_curl_option)__builtin_ctzll(left);
        touch(handle, easy, i, (void *)(intptr_t)rows[i].cleared);
    }
    if (find_set(handle, proxies) || ow_curl_environ_has_proxy())
        extend_noproxy(handle, easy);
    if (find_set(handle, others))
        extend_connect_to(handle, easy);
}

/* libcurl reads it once, at the begin: what it says of every host goes. */
static void leave_out_all(struct ow_curl_handle *handle, void *easy)
{
    if (!handle->values[OW_CURL_RESOLVE].arg ||
        !ow_curl_resolve_has_all(handle->resolve))
        return;
    handle->way->resolve = ow_curl_resolve_copy(handle->resolve, true);
    if (handle->way->resolve)
        touch(handle, easy, OW_CURL_RESOLVE, handle->way->resolve);
}

static void watch(struct ow_curl_handle *handle, void *easy)
{
    handle->way->watch = ow_curl_watch_new(handle);
    if (!handle->way->watch)
        return;
    touch(handle, easy, OW_CURL_HEADERFUNCTION,
          (void *)(uintptr_t)ow_curl_watch_header);
    touch(handle, easy, OW_CURL_HEADERDATA, handle->way->watch);
}

void ow_curl_way_begin(struct ow_curl_handle *handle, void *easy)
{
    handle->has_errno = false;
    if (handle->way)
        return;
    const struct ow_curl_host *host = ow_curl_known_of(handle);
    bool follows = ow_curl_handle_number(handle, OW_CURL_FOLLOWLOCATION, 0);
    bool leads = (host || follows) &&
                 (find_set(handle, leading) || ow_curl_environ_has_proxy());
    if (!host && !leads)
        return;
    handle->way = calloc(1, sizeof(*handle->way));
    if (!handle->way)
        return;
    handle->way->first = handle->way->host = host;
    if (host) {
        clear(handle, easy);
        leave_out_all(handle, easy);
    }
    if (follows && leads)
        watch(handle, easy);
}

const struct ow_curl_host *ow_curl_way_host(const struct ow_curl_handle *handle)
{
    return handle->way ? handle->way->first : NULL;
}

/* First what is not set, then what is: two options share one place. */
static void put_back(const struct ow_curl_handle *values, void *easy,
                     ow_curl_options touched)
{
    for (int pass = 0; pass < 2; pass++)
        for (ow_curl_options left = touched; left; left &= left - 1) {
            enum ow_curl_option i = (enum ow_curl_option)__builtin_ctzll(left);
            void *arg = values->values[i].arg;
            if (!arg == !pass)
                set(values, easy, i,
                    i == OW_CURL_RESOLVE && values->resolve ? values->resolve
                                                            : arg);
        }
}

void ow_curl_way_turn(struct ow_curl_handle *handle, void *easy,
                      const struct ow_curl_host *host)
{
    struct ow_curl_way *way = handle->way;
    if (!way || way->host == host)
        return;
    put_back(handle, easy, way->touched & ~for_good);
    way->touched &= for_good;
    way->host = host;
    if (host)
        clear(handle, easy);
}

void ow_curl_way_end(struct ow_curl_handle *handle, void *easy)
{
    if (!handle->way)
        return;
    put_back(handle, easy, handle->way->touched);
    ow_curl_way_free(handle->way);
    handle->way = NULL;
}

void ow_curl_way_end_copy(const struct ow_curl_handle *handle, void *copy,
                          struct ow_curl_handle *copied)
{
    void *list = handle->values[OW_CURL_RESOLVE].arg;
    if (handle->way)
        put_back(copied, copy, handle->way->touched);
    /* The list that libcurl took over from the original is the original's. */
    if (list && handle->resolve)
        ow_curl_way_set_resolve(copied, copy, handle->resolve);
    else if (list)
        ow_curl_handle_set(copied, OW_CURL_RESOLVE, list);
}

bool ow_curl_way_holds(const struct ow_curl_handle *handle,
                       enum ow_curl_option option)
{
    struct ow_curl_way *way = handle->way;
    if (!way)
        return false;
    if (way->host &&
        (rows[option].act == ACT_CLEAR || rows[option].act == ACT_EXTEND))
        way->touched |= OW_CURL_SET(option);
    return way->touched & OW_CURL_SET(option);
}

int ow_curl_way_set_resolve(struct ow_curl_handle *handle, void *easy,
                            void *list)
{
    struct ow_curl_node *copy = NULL;
    if (list && ow_curl_resolve_concerns(list)) {
        copy = ow_curl_resolve_copy(list, false);
        if (!copy)
            return OUT_OF_MEMORY;
    }
    int code = 0;
    if (!ow_curl_way_holds(handle, OW_CURL_RESOLVE))
        code = set(handle, easy, OW_CURL_RESOLVE, copy ? copy : list);
    free(handle->resolve);
    handle->resolve = copy;
    ow_curl_handle_set(handle, OW_CURL_RESOLVE, list);
    return code;
}

void ow_curl_way_free(struct ow_curl_way *way)
{
    if (!way)
        return;
    free(way->connect_to);
    free(way->resolve);
    ow_curl_watch_free(way->watch);
    free(way);
}
