/*
 * inherit: adds to a new environment what keeps it in the session. See
 * inherit.h. Called by process.c, in vfork children too.
 */
#include "config.h"

#include "shim/inherit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "control/control.h"
#include "control/mode.h"
#include "shim/member.h"
#include "shim/shim.h"
#include "shim/vars.h"

/*
 * Room for a new table and the strings made for it, on the stack: 150 variables
 * and a long LD_PRELOAD, or 700. Threads with 16 KiB of stack start programs. A
 * mapping, which the rest gets, stays behind in the parent of a vfork child.
 */
#define LITTLE_ROOM 1536
#define MORE_ROOM   6144

/* The table grows up from its begin, the strings down from its end. */
struct room {
    char **table;
    size_t count;
    char *strings;
};

static bool is_offwire(const char *entry)
{
    return strncmp(entry, "OFFWIRE_", 8) == 0;
}

/* Whether env has the variable that entry sets. */
static bool has_same(char *const *env, const char *entry)
{
    size_t len = strcspn(entry, "=");
    for (; env && *env; env++)
        if (strncmp(*env, entry, len) == 0 && (*env)[len] == '=')
            return true;
    return false;
}

static const char *base_of(const char *path, size_t *len)
{
    const char *slash = memrchr(path, '/', *len);
    if (!slash)
        return path;
    *len -= (size_t)(slash + 1 - path);
    return slash + 1;
}

/* Where a list of libraries names this one, by whatever path; or NULL. */
static const char *find_us(const char *list, const char *own_path,
                           size_t *ret_len)
{
    size_t own_len = strlen(own_path);
    const char *own = base_of(own_path, &own_len);
    while (*list) {
        size_t len = strcspn(list, ": ");
        size_t base_len = len;
        const char *base = base_of(list, &base_len);
        if (base_len == own_len && memcmp(base, own, own_len) == 0) {
            *ret_len = len;
            return list;
        }
        list += len;
        list += strspn(list, ": ");
    }
    return NULL;
}

/* A path that means something else after the next chdir(). */
static bool is_relative(const char *path, size_t len)
{
    return *path != '/' && memchr(path, '/', len);
}

/* Whether a list of libraries names this one, wherever the program goes. The
 * loader takes no path with a space or a colon: then nothing says it better. */
static bool names_us(const char *list, const char *own_path)
{
    size_t len;
    const char *found = find_us(list, own_path, &len);
    return found && (!is_relative(found, len) || strpbrk(own_path, ": "));
}

/* Takes a relative path to this library out of a list. */
static void remove_us(char *list, const char *own_path)
{
    size_t len;
    const char *found = find_us(list, own_path, &len);
    if (!found)
        return;
    len += strspn(found + len, ": ");
    memmove(list + (found - list), found + len, strlen(found + len) + 1);
}

/* What lets a program with a sanitizer live behind a preload. */
static bool is_sanitizers(const char *entry)
{
    return ow_vars_is(entry, "ASAN_OPTIONS") &&
           strstr(entry, "verify_asan_link_order=0");
}

/* "NAME=" "first" "second" as one string in room. */
static char *make_string(struct room *room, const char *name, const char *first,
                         const char *second)
{
    size_t name_len = strlen(name);
    size_t first_len = strlen(first);
    size_t second_len = strlen(second);
    char *made = room->strings - (name_len + first_len + second_len + 1);
    memcpy(made, name, name_len);
    memcpy(made + name_len, first, first_len);
    memcpy(made + name_len + first_len, second, second_len + 1);
    room->strings = made;
    return made;
}

static void add_entry(struct room *room, const char *entry)
{
    room->table[room->count++] = (char *)(uintptr_t)entry;
}

/* What one exec needs to know; all borrowed. */
struct plan {
    char *const *envp;   /* what the program wants to pass on */
    char *const *ours;   /* where Offwire's variables are */
    const char *path;    /* our own, for LD_PRELOAD */
    const char *preload; /* envp's LD_PRELOAD or NULL */
    const char *dir;     /* the session's folder or NULL */
    const char *ticket;  /* and its ticket or NULL */
    bool is_other;       /* envp belongs to another session or rule list */
    bool lacks_preload;
    bool lacks_session;
    bool lacks_ticket;
};

static bool is_set(const char *value)
{
    return value && *value;
}

static bool has_value(char *const *env, const char *name, const char *value)
{
    const char *there = ow_vars_find(env, name);
    return there && strcmp(there, value) == 0;
}

/* Of several the loader takes the last. */
static const char *find_preload(char *const *env)
{
    const char *found = NULL;
    for (; env && *env; env++)
        if (ow_vars_is(*env, "LD_PRELOAD"))
            found = *env + sizeof("LD_PRELOAD");
    return found;
}

/* A nested session, or a child with rules of its own, is left alone. */
static bool is_other_session(const struct plan *plan)
{
    const char *session = ow_vars_find(plan->envp, OW_ENV_SESSION);
    const char *rules = ow_vars_find(plan->envp, OW_ENV_RULES);
    const char *own = ow_vars_find(plan->ours, OW_ENV_RULES);
    if (is_set(session))
        return plan->dir && strcmp(session, plan->dir) != 0;
    return is_set(rules) && (!own || strcmp(rules, own) != 0);
}

static void make_plan(char *const *envp, struct plan *plan)
{
    memset(plan, 0, sizeof(*plan));
    plan->envp = envp;
    plan->ours = ow_vars_ours();
    plan->path = ow_shim_path();
    plan->preload = find_preload(envp);
    plan->dir = ow_member_dir();
    if (!plan->dir)
        plan->dir = ow_vars_find(plan->ours, OW_ENV_SESSION);
    if (!is_set(plan->dir))
        plan->dir = NULL;
    plan->ticket = ow_member_ticket();
    if (!plan->ticket)
        plan->ticket = ow_vars_find(plan->ours, OW_ENV_TICKET);
    plan->is_other = is_other_session(plan);
    plan->lacks_preload =
        plan->path && !(plan->preload && names_us(plan->preload, plan->path));
    plan->lacks_session = !plan->is_other && plan->dir &&
                          !is_set(ow_vars_find(envp, OW_ENV_SESSION));
    plan->lacks_ticket = !plan->is_other && plan->dir && is_set(plan->ticket) &&
                         !has_value(envp, OW_ENV_TICKET, plan->ticket);
}

/* What is written anew for this exec. */
static bool is_made(const struct plan *plan, const char *entry)
{
    return (plan->lacks_session && ow_vars_is(entry, OW_ENV_SESSION)) ||
           (plan->lacks_ticket && ow_vars_is(entry, OW_ENV_TICKET));
}

/* A variable of ours that the new environment should have and has not. */
static bool is_wanted(const struct plan *plan, const char *entry)
{
    bool is_sessions =
        is_offwire(entry) || (plan->dir && strstr(entry, plan->dir));
    if (!is_sanitizers(entry) && (plan->is_other || !is_sessions))
        return false;
    return !ow_vars_is(entry, "LD_PRELOAD") && !is_made(plan, entry) &&
           !has_same(plan->envp, entry);
}

static size_t count_entries(char *const *env)
{
    size_t count = 0;
    while (env && env[count])
        count++;
    return count;
}

/* How many entries of ours are to be added. */
static size_t count_wanted(const struct plan *plan)
{
    size_t count = 0;
    for (char *const *env = plan->ours; env && *env; env++)
        count += is_wanted(plan, *env);
    return count;
}

static size_t room_needed(const struct plan *plan, size_t wanted)
{
    size_t strings = 0;
    if (plan->lacks_preload)
        strings += sizeof("LD_PRELOAD=:") + strlen(plan->path) +
                   (plan->preload ? strlen(plan->preload) : 0);
    if (plan->lacks_session)
        strings += sizeof(OW_ENV_SESSION "=") + strlen(plan->dir);
    if (plan->lacks_ticket)
        strings += sizeof(OW_ENV_TICKET "=") + strlen(plan->ticket);
    /* Three entries more for these strings, one for the end. */
    return (count_entries(plan->envp) + wanted + 4) * sizeof(char *) + strings;
}

static void fill_table(const struct plan *plan, struct room *room)
{
    for (char *const *env = plan->envp; env && *env; env++) {
        bool replaced =
            (plan->lacks_preload && ow_vars_is(*env, "LD_PRELOAD")) ||
            is_made(plan, *env);
        if (!replaced)
            add_entry(room, *env);
    }
    for (char *const *env = plan->ours; env && *env; env++)
        if (is_wanted(plan, *env))
            add_entry(room, *env);
    if (plan->lacks_session)
        add_entry(room, make_string(room, OW_ENV_SESSION "=", plan->dir, ""));
    if (plan->lacks_ticket)
        add_entry(room, make_string(room, OW_ENV_TICKET "=", plan->ticket, ""));
    if (plan->lacks_preload && is_set(plan->preload)) {
        char *rest = make_string(room, ":", plan->preload, "");
        remove_us(rest, plan->path);
        add_entry(room, make_string(room, "LD_PRELOAD=", plan->path, rest));
    } else if (plan->lacks_preload) {
        add_entry(room, make_string(room, "LD_PRELOAD=", plan->path, ""));
    }
    room->table[room->count] = NULL;
}

/* How the program is to be started. */
struct start {
    ow_inherit_fn *function;
    void *call;
};

OW_INHERIT_VFORK static int start_in(const struct plan *plan,
                                     const struct start *start, char *at,
                                     size_t size)
{
    struct room room = {(char **)(void *)at, 0, at + size};
    fill_table(plan, &room);
    return start->function(room.table, start->call);
}

__attribute__((noinline)) OW_INHERIT_VFORK static int
start_in_little(const struct plan *plan, const struct start *start)
{
    _Alignas(char *) char stack[LITTLE_ROOM];
    return start_in(plan, start, stack, sizeof(stack));
}

__attribute__((noinline)) OW_INHERIT_VFORK static int
start_in_more(const struct plan *plan, const struct start *start)
{
    _Alignas(char *) char stack[MORE_ROOM];
    return start_in(plan, start, stack, sizeof(stack));
}

OW_INHERIT_VFORK static int start_in_mapping(const struct plan *plan,
                                             const struct start *start,
                                             size_t size)
{
    char *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        return -ENOMEM;
    int result = start_in(plan, start, mapped, size);
    int kept = errno;
    munmap(mapped, size);
    errno = kept;
    return result;
}

OW_INHERIT_VFORK int ow_inherit_call(char *const *envp, ow_inherit_fn *function,
                                     void *call)
{
    struct plan plan;
    struct start start = {function, call};
    if (!ow_shim_awake() || is_set(ow_vars_find(envp, OW_ENV_SKIP)) ||
        ow_mode_parse(ow_vars_find(envp, OW_ENV_MODE)) == OW_MODE_LIVE)
        return function(envp, call);
    make_plan(envp, &plan);
    size_t wanted = count_wanted(&plan);
    if (wanted == 0 && !plan.lacks_preload && !plan.lacks_session &&
        !plan.lacks_ticket)
        return function(envp, call);
    size_t size = room_needed(&plan, wanted);
    if (size <= LITTLE_ROOM)
        return start_in_little(&plan, &start);
    if (size <= MORE_ROOM)
        return start_in_more(&plan, &start);
    return start_in_mapping(&plan, &start, size);
}
