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
 * What was seen last. A variable that comes new moves the table or stands
 * behind the last one, and one that goes moves the last; the value of one that
 * stays does not matter. Written by several threads at once, the parts may not
 * belong together: then the sum is wrong, and it is looked at anew.
 */
static struct {
    _Atomic(char *const *) table;
    _Atomic(size_t) len;
    _Atomic(const char *) last;
    _Atomic(bool) has_proxy;
    _Atomic(uintptr_t) sum;
} seen;

static uintptr_t sum_of(char *const *table, size_t len, const char *last,
                        bool has_proxy)
{
    return ((uintptr_t)table ^ (uintptr_t)last * 3) + len * 2 + has_proxy + 1;
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

__attribute__((noinline)) static bool look(char *const *table)
{
    bool has_proxy = false;
    size_t len = 0;
    for (; table[len]; len++)
        has_proxy = has_proxy || is_proxy(table[len]);
    const char *last = len > 0 ? table[len - 1] : NULL;
    atomic_store_explicit(&seen.table, table, memory_order_relaxed);
    atomic_store_explicit(&seen.len, len, memory_order_relaxed);
    atomic_store_explicit(&seen.last, last, memory_order_relaxed);
    atomic_store_explicit(&seen.has_proxy, has_proxy, memory_order_relaxed);
    atomic_store_explicit(&seen.sum, sum_of(table, len, last, has_proxy),
                          memory_order_relaxed);
    return has_proxy;
}

bool ow_curl_environ_has_proxy(void)
{
    char *const *table = environ;
    size_t len = atomic_load_explicit(&seen.len, memory_order_relaxed);
    const char *last = atomic_load_explicit(&seen.last, memory_order_relaxed);
    bool has_proxy =
        atomic_load_explicit(&seen.has_proxy, memory_order_relaxed);
    if (!table)
        return false;
    if (len > 0 &&
        table == atomic_load_explicit(&seen.table, memory_order_relaxed) &&
        atomic_load_explicit(&seen.sum, memory_order_relaxed) ==
            sum_of(table, len, last, has_proxy) &&
        table[len - 1] == last && !table[len])
        return has_proxy;
    return look(table);
}
