/*
 * cares: look-ups by c-ares (aria2, some builds of libcurl), which speaks to
 * name servers itself. A known name is replaced by its stand-in's digits, and
 * c-ares does the rest: its own result, by its own callback. Calls names.c.
 */
#include "config.h"

#include <stddef.h>

#include "shim/hooks.h"
#include "shim/names.h"
#include "shim/next.h"
#include "shim/shim.h"

/* From c-ares' ares.h, where they have been since 1.0. */
#define ARES_ESERVFAIL 3
#define ARES_ENOTFOUND 4
#define ARES_ETIMEOUT  12
#define ARES_ENOTIMP   5

/* The beginning of struct ares_addrinfo_hints. */
struct hints {
    int flags;
    int family;
};

static int status_of(const struct ow_names_fate *fate)
{
    if (fate->delay_ms > 0)
        return ARES_ETIMEOUT;
    return fate->error == EAI_NONAME ? ARES_ENOTFOUND : ARES_ESERVFAIL;
}

/*
 * What c-ares is to look up instead of name; NULL: nothing, the callback has
 * been told. An event loop is never made to wait.
 */
static const char *replace(const char *name, int family,
                           struct ow_names_fate *fate,
                           ow_cares_callback_fn *callback, void *arg)
{
    if (!name || !ow_shim_awake())
        return name;
    ow_names_ask(name, fate);
    if (fate->verdict == OW_VERDICT_TAKE)
        return family == AF_INET6 ? fate->mapped : fate->v4;
    if (fate->verdict == OW_VERDICT_PASS)
        return name;
    callback(arg, status_of(fate), 0, NULL);
    return NULL;
}

void ares_gethostbyname(void *channel, const char *name, int family,
                        ow_cares_callback_fn *callback, void *arg)
{
    struct ow_names_fate fate;
    ow_ares_gethostbyname_fn *next =
        ow_next_for(OW_HOOK_ares_gethostbyname, __builtin_return_address(0));
    const char *wanted = replace(name, family, &fate, callback, arg);
    if (next && (wanted || !name))
        next(channel, wanted, family, callback, arg);
    else if (wanted || !name)
        callback(arg, ARES_ENOTIMP, 0, NULL);
}

void ares_getaddrinfo(void *channel, const char *name, const char *service,
                      const void *hints, ow_cares_callback_fn *callback,
                      void *arg)
{
    struct ow_names_fate fate;
    const struct hints *known = hints;
    ow_ares_getaddrinfo_fn *next =
        ow_next_for(OW_HOOK_ares_getaddrinfo, __builtin_return_address(0));
    const char *wanted =
        replace(name, known ? known->family : AF_UNSPEC, &fate, callback, arg);
    if (next && (wanted || !name))
        next(channel, wanted, service, hints, callback, arg);
    else if (wanted || !name)
        callback(arg, ARES_ENOTIMP, 0, NULL);
}
