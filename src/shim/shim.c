/*
 * shim: whether to serve, and the table of real functions. See shim.h.
 * Called by every hook; calls vars.c and next.c.
 */
#include "config.h"

#include "shim/shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "control/control.h"
#include "control/mode.h"
#include "shim/maps.h"
#include "shim/next.h"
#include "shim/vars.h"

/*
 * The longest name in hooks.def with its NUL. Names stand in the table, not
 * pointers to them: those would be relocated at the start of every program.
 */
#define NAME_MAX_LEN 32

static const char names[OW_HOOK_COUNT][NAME_MAX_LEN] = {
#define OW_HOOK(type, name, params)     #name,
#define OW_HOOK_LIB(type, name, params) OW_HOOK(type, name, params)
#include "shim/hooks.def"
#undef OW_HOOK
#undef OW_HOOK_LIB
};

/* The linker's mark for the first byte of this object: its ELF header. */
extern const char object_begin[] __asm__("__ehdr_start")
    __attribute__((visibility("hidden")));

/* The loader's list for debuggers; musl has none by this name. */
extern struct r_debug _r_debug __attribute__((weak));

enum state { STATE_UNKNOWN, STATE_INERT, STATE_LIVE, STATE_AWAKE };

static _Atomic(void *) real[OW_HOOK_COUNT];
static _Atomic(int) state;
static _Atomic(bool) has_spoken;

/* Where the loader has our path as a relative one: the absolute one. */
static char own_path[OW_LIMIT_SHIM_PATH];
static _Atomic(bool) is_found;

static bool is_set(const char *value)
{
    return value && *value;
}

/* A mode that is no word of ours is awake, and fails in member.c. */
static enum state read_state(void)
{
    char *const *env = ow_vars_ours();
    if (is_set(ow_vars_find(env, OW_ENV_SKIP)))
        return STATE_INERT;
    if (ow_mode_parse(ow_vars_find(env, OW_ENV_MODE)) == OW_MODE_LIVE)
        return STATE_LIVE;
    return is_set(ow_vars_find(env, OW_ENV_SESSION)) ||
                   is_set(ow_vars_find(env, OW_ENV_RULES))
               ? STATE_AWAKE
               : STATE_INERT;
}

/* Out of line: each hook asks, and all but the first call know. */
__attribute__((noinline)) static enum state find_state(void)
{
    int kept = errno;
    enum state now = read_state();
    errno = kept;
    atomic_store_explicit(&state, now, memory_order_relaxed);
    return now;
}

static enum state get_state(void)
{
    int now = atomic_load_explicit(&state, memory_order_relaxed);
    return now == STATE_UNKNOWN ? find_state() : (enum state)now;
}

bool ow_shim_awake(void)
{
    return get_state() == STATE_AWAKE;
}

bool ow_shim_inert(void)
{
    return get_state() == STATE_INERT;
}

void ow_shim_tell_live(void)
{
    if (get_state() == STATE_LIVE)
        ow_shim_say("live: nothing is mocked here, calls reach the real hosts");
}

/* Stands in for what this libc does not have. */
static long missing(void)
{
    errno = ENOSYS;
    return -1;
}

void *ow_shim_real(enum ow_hook hook)
{
    void *found = atomic_load_explicit(&real[hook], memory_order_acquire);
    if (found)
        return found;
    int kept = errno;
    found = ow_next_in_libc(names[hook]);
    if (!found)
        found = (void *)missing;
    atomic_store_explicit(&real[hook], found, memory_order_release);
    errno = kept;
    return found;
}

const char *ow_shim_name(enum ow_hook hook)
{
    return names[hook];
}

bool ow_shim_owns(const void *address)
{
    const ElfW(Ehdr) *header = (const void *)object_begin;
    const ElfW(Phdr) *part = (const void *)(object_begin + header->e_phoff);
    uintptr_t at = (uintptr_t)address - (uintptr_t)object_begin;
    for (int i = 0; i < header->e_phnum; i++)
        if (part[i].p_type == PT_LOAD && at >= part[i].p_vaddr &&
            at - part[i].p_vaddr < part[i].p_memsz)
            return true;
    return false;
}

/*
 * The loader's list of objects, without its lock, which a fork in a threaded
 * process can leave taken. We stand near its head and are never unloaded.
 */
static const char *find_path(void)
{
    const struct link_map *map = &_r_debug ? _r_debug.r_map : NULL;
    for (; map; map = map->l_next)
        if (map->l_ld == _DYNAMIC)
            return map->l_name;
    Dl_info info;
    return dladdr(object_begin, &info) ? info.dli_fname : NULL;
}

/* As the kernel has it. Whoever writes it writes the same: no lock. */
static const char *find_absolute(void)
{
    if (!atomic_load_explicit(&is_found, memory_order_acquire)) {
        if (!ow_maps_find(object_begin, own_path, sizeof(own_path)))
            return NULL;
        atomic_store_explicit(&is_found, true, memory_order_release);
    }
    return own_path;
}

const char *ow_shim_path(void)
{
    const char *path = find_path();
    if (!path || !*path)
        return NULL;
    const char *absolute = *path == '/' ? path : find_absolute();
    return absolute ? absolute : path;
}

/*
 * Open, read by somebody, so that no SIGPIPE ends a program that says nothing
 * itself, and no socket but one of this machine's, as service managers give it.
 */
bool ow_shim_has_stderr(void)
{
    const struct timespec now = {0, 0};
    struct pollfd watched = {.fd = STDERR_FILENO};
    int domain = AF_UNIX;
    socklen_t len = sizeof(domain);
    int kept = errno;
    bool is_open = syscall(SYS_ppoll, &watched, 1, &now, NULL, 8) == 0;
    if (is_open)
        syscall(SYS_getsockopt, STDERR_FILENO, SOL_SOCKET, SO_DOMAIN, &domain,
                &len);
    errno = kept;
    return is_open && domain == AF_UNIX;
}

void ow_shim_say(const char *text)
{
    static const char prefix[] = "offwire: ";
    char line[sizeof(prefix) + OW_CONTROL_TEXT_MAX + 1];
    size_t len = sizeof(prefix) - 1;
    if (atomic_exchange(&has_spoken, true) || !ow_shim_has_stderr())
        return;
    size_t text_len = strnlen(text, OW_CONTROL_TEXT_MAX);
    memcpy(line, prefix, len);
    memcpy(line + len, text, text_len);
    len += text_len;
    line[len++] = '\n';
    int kept = errno;
    syscall(SYS_write, STDERR_FILENO, line, len);
    errno = kept;
}
