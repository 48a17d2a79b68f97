/*
 * curl_environ: looks once, and again when the environment has changed. See
 * curl_environ.h. Called by curl_way.c before each transfer.
 */
#include "config.h"

#include "shim/curl_environ.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/*
 * What was seen last, as one number: the table's place, its length, its last
 * entry, and whether there was a proxy. A variable that comes new moves the
 * table or stands behind the last one, and one that goes moves the last; the
 * value of one that stays does not matter.
 */
static _Atomic(uintptr_t) seen;

static uintptr_t sum_of(char *const *table, size_t len, bool has_proxy)
{
    uintptr_t last = len > 0 ? (uintptr_t)table[len - 1] : 0;
    return (((uintptr_t)table ^ last * 31) + len * 17) << 1 | has_proxy;
}

/* "https_proxy=", "ALL_PROXY="; not "no_proxy=". */
static bool is_proxy(const char *entry)
{
    static const char end[] = "_proxy";
    size_t len = strcspn(entry, "=");
    return len >= sizeof(end) - 1 && strncasecmp(entry, "no", 2) != 0 &&
           strncasecmp(entry + len - (sizeof(end) - 1), end, sizeof(end) - 1) ==
               0;
}

__attribute__((noinline)) static bool look(char *const *table, size_t len)
{
    bool has_proxy = false;
    for (size_t i = 0; i < len; i++)
        has_proxy = has_proxy || is_proxy(table[i]);
    atomic_store_explicit(&seen, sum_of(table, len, has_proxy),
                          memory_order_relaxed);
    return has_proxy;
}

bool ow_curl_environ_has_proxy(void)
{
    char *const *table = environ;
    size_t len = 0;
    if (!table)
        return false;
    while (table[len])
        len++;
    uintptr_t sum = atomic_load_explicit(&seen, memory_order_relaxed);
    return (sum | 1) == sum_of(table, len, true) ? sum & 1 : look(table, len);
}
