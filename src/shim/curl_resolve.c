/*
 * curl_resolve: rewrites the list. See curl_resolve.h. Called by curl.c and
 * curl_way.c.
 */
#include "config.h"

#include "shim/curl_resolve.h"

#include <stdlib.h>
#include <string.h>

#include "shim/curl_known.h"

/* Where HOST:PORT of an entry "[+]HOST:PORT:ADDRESS" is; it may be none. */
struct key {
    const char *host;
    size_t host_len;
    size_t len;
    uint16_t port;
};

static bool find_key(const char *entry, struct key *ret)
{
    const char *host = entry + (*entry == '+');
    const char *host_end = *host == '[' ? strchr(host, ']') : host;
    const char *colon = host_end ? strchr(host_end, ':') : NULL;
    const char *end = colon ? strchr(colon + 1, ':') : NULL;
    if (*entry == '-' || !end)
        return false;
    *ret = (struct key){host, (size_t)(colon - host), (size_t)(end - host),
                        (uint16_t)strtoul(colon + 1, NULL, 10)};
    return true;
}

static bool is_for_all(const struct key *key)
{
    return key->host_len == 1 && *key->host == '*';
}

static bool is_for_known(const struct key *key)
{
    const struct ow_curl_host *known =
        ow_curl_known_ask(key->host, key->host_len, key->port);
    return known && known->is_known;
}

/* "-HOST:PORT" is shorter than what it replaces. */
static void replace(char *entry, const struct key *key)
{
    size_t len = key->len;
    memmove(entry + 1, key->host, len);
    *entry = '-';
    entry[1 + len] = '\0';
}

struct ow_curl_node *ow_curl_resolve_copy(const struct ow_curl_node *list,
                                          bool without_all)
{
    struct ow_curl_node *copy = list ? ow_curl_list_copy(list) : NULL;
    struct key key;
    for (struct ow_curl_node *at = copy; at; at = at->next)
        if (find_key(at->data, &key) &&
            (is_for_all(&key) ? without_all : is_for_known(&key)))
            replace(at->data, &key);
    return copy;
}

bool ow_curl_resolve_concerns(const struct ow_curl_node *list)
{
    struct key key;
    for (; list; list = list->next)
        if (find_key(list->data, &key) &&
            (is_for_all(&key) || is_for_known(&key)))
            return true;
    return false;
}

bool ow_curl_resolve_has_all(const struct ow_curl_node *list)
{
    struct key key;
    for (; list; list = list->next)
        if (find_key(list->data, &key) && is_for_all(&key))
            return true;
    return false;
}
