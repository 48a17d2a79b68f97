/*
 * lookups: getaddrinfo_a. Names that the host knows are resolved at once; the
 * others, if any, are left to libc, which also does the notifying: it takes
 * NULL for an entry that is not there.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "shim/hooks.h"
#include "shim/names.h"
#include "shim/shim.h"

/* Longer lists are copied to a mapping. */
#define SHORT_LIST 64

/* libc keeps the result of a finished look-up here, for gai_error. */
static void finish(struct gaicb *entry, int error)
{
    entry->__return = error;
}

/* True: the entry is finished, libc need not see it. */
static bool resolve(struct gaicb *entry, int mode)
{
    struct ow_names_fate fate;
    const struct addrinfo *hints = entry->ar_request;
    if (!entry->ar_name || (hints && hints->ai_flags & AI_NUMERICHOST))
        return false;
    ow_names_ask(entry->ar_name, &fate);
    if (fate.verdict == OW_VERDICT_PASS && !fate.is_let_out)
        return false;
    /* Who does not wait must not be made to. */
    if (mode == GAI_NOWAIT)
        fate.delay_ms = 0;
    entry->ar_result = NULL;
    finish(entry, ow_names_obey(&fate, entry->ar_name, entry->ar_service, hints,
                                &entry->ar_result));
    return true;
}

static int resolve_list(int mode, struct gaicb **list, int count,
                        struct sigevent *event)
{
    for (int i = 0; i < count; i++)
        if (list[i] && resolve(list[i], mode))
            list[i] = NULL;
    return OW_REAL(getaddrinfo_a)(mode, list, count, event);
}

int getaddrinfo_a(int mode, struct gaicb *list[restrict], int count,
                  struct sigevent *restrict event)
{
    struct gaicb *copy[SHORT_LIST];
    if (count <= 0 || (mode != GAI_WAIT && mode != GAI_NOWAIT) ||
        !ow_shim_awake())
        return OW_REAL(getaddrinfo_a)(mode, list, count, event);
    size_t size = (size_t)count * sizeof(*list);
    if (count <= SHORT_LIST) {
        memcpy(copy, list, size);
        return resolve_list(mode, copy, count, event);
    }
    struct gaicb **mapped = mmap(NULL, size, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        return EAI_MEMORY;
    memcpy(mapped, list, size);
    int error = resolve_list(mode, mapped, count, event);
    munmap(mapped, size);
    return error;
}
