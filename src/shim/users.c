/*
 * users: the functions by which root's programs become other users. The session
 * is found before: who has changed may neither look at the processes above it
 * nor start a host that can read the rules. The group changes first, and in a
 * container that is enough not to be let look. Calls member.c.
 */
#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "shim/hooks.h"
#include "shim/member.h"
#include "shim/shim.h"

_Static_assert(sizeof(uid_t) == sizeof(gid_t), "both are ids");

/* -1 stands for no change. */
static bool is_other(uid_t id)
{
    return id != 0 && id != (uid_t)-1;
}

static void prepare(bool is_changing)
{
    if (is_changing && ow_shim_awake() && geteuid() == 0)
        ow_member_prepare();
}

int setuid(uid_t user)
{
    prepare(is_other(user));
    return OW_REAL(setuid)(user);
}

int seteuid(uid_t user)
{
    prepare(is_other(user));
    return OW_REAL(seteuid)(user);
}

int setreuid(uid_t real, uid_t effective)
{
    prepare(is_other(real) || is_other(effective));
    return OW_REAL(setreuid)(real, effective);
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
    prepare(is_other(real) || is_other(effective) || is_other(saved));
    return OW_REAL(setresuid)(real, effective, saved);
}

int setgid(gid_t group)
{
    prepare(is_other(group));
    return OW_REAL(setgid)(group);
}

int setegid(gid_t group)
{
    prepare(is_other(group));
    return OW_REAL(setegid)(group);
}

int setregid(gid_t real, gid_t effective)
{
    prepare(is_other(real) || is_other(effective));
    return OW_REAL(setregid)(real, effective);
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
    prepare(is_other(real) || is_other(effective) || is_other(saved));
    return OW_REAL(setresgid)(real, effective, saved);
}
