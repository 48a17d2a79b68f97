/*
 * readable: asks the kernel. See readable.h. Called by target.c and
 * datagrams.c.
 */
#include "config.h"

#include "shim/readable.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The smallest that there are: where pages are larger it is asked more often.
 */
#define PAGE_BITS 12
/* Stack, heap, a struct in static memory: a few pages in turn. */
#define KEPT 4

/* Pages of this thread that could be read; 0 is none. */
static __thread uintptr_t kept[KEPT] __attribute__((tls_model("initial-exec")));

/*
 * sigprocmask reads the eight bytes of a mask before it finds that there is no
 * such way to set it: no call that only reads is cheaper, and none is let by
 * where programs shut themselves in (seccomp) more surely.
 */
static bool can_read(uintptr_t address)
{
    return syscall(SYS_rt_sigprocmask, ~0, address, NULL, sizeof(uint64_t)) ==
               0 ||
           errno != EFAULT;
}

/* Eight bytes, which may lie in two pages. */
static bool is_readable(uintptr_t address)
{
    uintptr_t page = address >> PAGE_BITS;
    bool is_one = (address + sizeof(uint64_t) - 1) >> PAGE_BITS == page;
    if (is_one && kept[page % KEPT] == page)
        return true;
    int kept_errno = errno;
    bool is_there = can_read(address);
    errno = kept_errno;
    if (is_there && is_one)
        kept[page % KEPT] = page;
    return is_there;
}

bool ow_readable(const void *address, size_t size)
{
    uintptr_t at = (uintptr_t)address;
    return ow_readable_seems(address) && is_readable(at) &&
           is_readable(at + size - sizeof(uint64_t));
}
