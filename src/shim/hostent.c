/*
 * hostent: gethostbyname, gethostbyaddr and their families. A known name is
 * looked up in libc by its stand-in's digits, so that the result lies in
 * libc's static memory or in the caller's buffer, as it does otherwise; then
 * the name is put in.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "shim/hooks.h"
#include "shim/names.h"
#include "shim/quiet.h"
#include "shim/shim.h"

/* The h_name of static results; as libc's own, of the latest call. */
static char static_name[OW_CONTROL_NAME_MAX];

static int h_error_of(int error)
{
    switch (error) {
    case EAI_AGAIN:
        return TRY_AGAIN;
    case EAI_NONAME:
        return HOST_NOT_FOUND;
    case EAI_NODATA:
        return NO_DATA;
    default:
        return NO_RECOVERY;
    }
}

static const char *digits_of(const struct ow_names_fate *fate, int family)
{
    return family == AF_INET6 ? fate->mapped : fate->v4;
}

static struct hostent *rename_static(struct hostent *found, const char *name)
{
    size_t len = strnlen(name, sizeof(static_name) - 1);
    if (!found)
        return NULL;
    memcpy(static_name, name, len);
    static_name[len] = '\0';
    found->h_name = static_name;
    return found;
}

static void wait_out(const struct ow_names_fate *fate)
{
    int kept = errno;
    ow_quiet_sleep_ms(fate->delay_ms);
    errno = kept;
}

/* Of a name that passes. */
static struct hostent *tell(const struct ow_names_fate *fate, const char *name,
                            struct hostent *found)
{
    ow_names_tell_entry(fate, name, found);
    return found;
}

static struct hostent *obey(const struct ow_names_fate *fate, const char *name,
                            int family)
{
    if (fate->verdict == OW_VERDICT_FAIL) {
        wait_out(fate);
        h_errno = h_error_of(fate->error);
        return NULL;
    }
    return rename_static(
        OW_REAL(gethostbyname2)(digits_of(fate, family), family), name);
}

struct hostent *gethostbyname(const char *name)
{
    struct ow_names_fate fate;
    if (!ow_shim_awake())
        return OW_REAL(gethostbyname)(name);
    ow_names_ask(name, &fate);
    if (fate.verdict == OW_VERDICT_PASS)
        return tell(&fate, name, OW_REAL(gethostbyname)(name));
    return obey(&fate, name, AF_INET);
}

static bool is_known_family(int family)
{
    return family == AF_INET || family == AF_INET6;
}

struct hostent *gethostbyname2(const char *name, int family)
{
    struct ow_names_fate fate;
    if (!is_known_family(family) || !ow_shim_awake())
        return OW_REAL(gethostbyname2)(name, family);
    ow_names_ask(name, &fate);
    if (fate.verdict == OW_VERDICT_PASS)
        return tell(&fate, name, OW_REAL(gethostbyname2)(name, family));
    return obey(&fate, name, family);
}

/* Where a caller of the _r functions wants its result. */
struct room {
    struct hostent *entry;
    char *buf;
    size_t size;
    struct hostent **ret;
    int *ret_h_errno;
};

static int fail_in(const struct room *room, int h_error, int error)
{
    *room->ret = NULL;
    *room->ret_h_errno = h_error;
    return error;
}

/* Looks digits up into room; the name takes the end of the buffer. */
static int fill(const struct room *room, const char *digits, int family,
                const char *name)
{
    size_t len = strlen(name) + 1;
    if (room->size <= len) {
        errno = ERANGE;
        return fail_in(room, NETDB_INTERNAL, ERANGE);
    }
    char *place = room->buf + room->size - len;
    int error = OW_REAL(gethostbyname2_r)(digits, family, room->entry,
                                          room->buf, room->size - len,
                                          room->ret, room->ret_h_errno);
    if (error || !*room->ret)
        return error;
    memcpy(place, name, len);
    room->entry->h_name = place;
    return 0;
}

static int tell_in(const struct room *room, const struct ow_names_fate *fate,
                   const char *name, int error)
{
    if (error == 0)
        ow_names_tell_entry(fate, name, *room->ret);
    return error;
}

static int obey_in(const struct room *room, const struct ow_names_fate *fate,
                   const char *name, int family)
{
    if (fate->verdict == OW_VERDICT_FAIL) {
        wait_out(fate);
        return fail_in(room, h_error_of(fate->error), 0);
    }
    return fill(room, digits_of(fate, family), family, name);
}

int gethostbyname_r(const char *restrict name, struct hostent *restrict entry,
                    char *restrict buf, size_t size,
                    struct hostent **restrict ret, int *restrict ret_h_errno)
{
    struct ow_names_fate fate;
    struct room room = {entry, buf, size, ret, ret_h_errno};
    if (!ow_shim_awake())
        return OW_REAL(gethostbyname_r)(name, entry, buf, size, ret,
                                        ret_h_errno);
    ow_names_ask(name, &fate);
    if (fate.verdict == OW_VERDICT_PASS)
        return tell_in(
            &room, &fate, name,
            OW_REAL(gethostbyname_r)(name, entry, buf, size, ret, ret_h_errno));
    return obey_in(&room, &fate, name, AF_INET);
}

int gethostbyname2_r(const char *restrict name, int family,
                     struct hostent *restrict entry, char *restrict buf,
                     size_t size, struct hostent **restrict ret,
                     int *restrict ret_h_errno)
{
    struct ow_names_fate fate;
    struct room room = {entry, buf, size, ret, ret_h_errno};
    if (!is_known_family(family) || !ow_shim_awake())
        return OW_REAL(gethostbyname2_r)(name, family, entry, buf, size, ret,
                                         ret_h_errno);
    ow_names_ask(name, &fate);
    if (fate.verdict == OW_VERDICT_PASS)
        return tell_in(&room, &fate, name,
                       OW_REAL(gethostbyname2_r)(name, family, entry, buf, size,
                                                 ret, ret_h_errno));
    return obey_in(&room, &fate, name, family);
}

/* A stand-in's name, and its digits in the family that the caller uses. */
static bool find_name(const void *address, socklen_t len, int family,
                      struct ow_names_fate *ret_digits,
                      char name[OW_CONTROL_NAME_MAX])
{
    struct ow_target target;
    if (!ow_target_read_bare(address, len, family, &target) ||
        !ow_target_is_stand_in(&target) || !ow_shim_awake() ||
        !ow_names_of(&target, name))
        return false;
    ow_names_digits(target.address, ret_digits);
    return true;
}

struct hostent *gethostbyaddr(const void *address, socklen_t len, int family)
{
    struct ow_names_fate digits;
    char name[OW_CONTROL_NAME_MAX];
    if (!find_name(address, len, family, &digits, name))
        return OW_REAL(gethostbyaddr)(address, len, family);
    return rename_static(
        OW_REAL(gethostbyname2)(digits_of(&digits, family), family), name);
}

int gethostbyaddr_r(const void *restrict address, socklen_t len, int family,
                    struct hostent *restrict entry, char *restrict buf,
                    size_t size, struct hostent **restrict ret,
                    int *restrict ret_h_errno)
{
    struct ow_names_fate digits;
    char name[OW_CONTROL_NAME_MAX];
    struct room room = {entry, buf, size, ret, ret_h_errno};
    if (!find_name(address, len, family, &digits, name))
        return OW_REAL(gethostbyaddr_r)(address, len, family, entry, buf, size,
                                        ret, ret_h_errno);
    return fill(&room, digits_of(&digits, family), family, name);
}
