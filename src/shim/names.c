/*
 * names: getaddrinfo and getnameinfo. See names.h. A name that the rules know
 * becomes its stand-in by a numeric look-up in libc: what the program gets is
 * libc's own memory, which libc's freeaddrinfo frees.
 */
#include "config.h"

#include "shim/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/utsname.h>

#include "shim/hooks.h"
#include "shim/member.h"
#include "shim/quiet.h"
#include "shim/shim.h"

/* Only glibc keeps the canonical name in a block of its own. */
extern const char *gnu_get_libc_version(void) __attribute__((weak));

/* Digits and dots, or a colon: never asked of a name server. */
static bool is_numeric(const char *name)
{
    return strchr(name, ':') || name[strspn(name, "0123456789.")] == '\0';
}

/* OpenLDAP, in libcurl, looks up the machine's own name at each start. */
static bool is_own(const char *name)
{
    struct utsname own;
    return uname(&own) == 0 && strcasecmp(name, own.nodename) == 0;
}

static bool is_local(const char *name)
{
    static const char local[] = "localhost";
    size_t len = strlen(name);
    if (len > 0 && name[len - 1] == '.')
        len--;
    if (len < sizeof(local) - 1)
        return false;
    size_t before = len - (sizeof(local) - 1);
    return strncasecmp(name + before, local, sizeof(local) - 1) == 0 &&
           (before == 0 || name[before - 1] == '.');
}

void ow_names_digits(const uint8_t address[4], struct ow_names_fate *ret)
{
    snprintf(ret->v4, sizeof(ret->v4), "%u.%u.%u.%u", address[0], address[1],
             address[2], address[3]);
    snprintf(ret->mapped, sizeof(ret->mapped), "::ffff:%u.%u.%u.%u", address[0],
             address[1], address[2], address[3]);
}

void ow_names_ask(const char *name, struct ow_names_fate *ret)
{
    struct ow_question question;
    struct ow_control_answer answer;
    memset(ret, 0, sizeof(*ret));
    ret->verdict = OW_VERDICT_PASS;
    size_t len = strlen(name);
    if (len == 0 || len >= sizeof(question.name) || is_numeric(name) ||
        is_local(name) || is_own(name))
        return;
    ow_question_init(&question, OW_QUESTION_NAME);
    memcpy(question.name, name, len + 1);
    question.pid = 0;
    ret->verdict = ow_member_ask(&question, &answer);
    if (ret->verdict == OW_VERDICT_TAKE) {
        ow_names_digits(answer.address, ret);
        ow_member_set_diverted();
    } else if (ret->verdict == OW_VERDICT_FAIL) {
        ret->error = answer.error;
        ret->delay_ms = answer.delay_ms;
    } else if (ret->verdict == OW_VERDICT_BROKEN) {
        ret->verdict = OW_VERDICT_FAIL;
        ret->error = EAI_FAIL;
    } else {
        ret->is_let_out = ow_member_flags() & OW_SESSION_ISOLATE;
    }
}

/* From here on, connect() to this address may go out. */
static void tell_address(const char *name, const struct ow_target *target)
{
    struct ow_question question;
    struct ow_control_answer answer;
    size_t len = strlen(name);
    if (len >= sizeof(question.name))
        return;
    ow_question_init(&question, OW_QUESTION_LEARN);
    memcpy(question.name, name, len + 1);
    question.family = (uint32_t)target->family;
    memcpy(question.address, target->address, sizeof(question.address));
    (void)ow_member_ask(&question, &answer);
}

void ow_names_tell_found(const struct ow_names_fate *fate, const char *name,
                         const struct addrinfo *found)
{
    struct ow_target target;
    for (; fate->is_let_out && found; found = found->ai_next)
        if (ow_target_read(found->ai_addr, found->ai_addrlen, &target))
            tell_address(name, &target);
}

void ow_names_tell_entry(const struct ow_names_fate *fate, const char *name,
                         const struct hostent *found)
{
    struct ow_target target;
    if (!fate->is_let_out || !found)
        return;
    for (char **at = found->h_addr_list; *at; at++)
        if (ow_target_read_bare(*at, (socklen_t)found->h_length,
                                found->h_addrtype, &target))
            tell_address(name, &target);
}

bool ow_names_of(const struct ow_target *target, char name[OW_CONTROL_NAME_MAX])
{
    struct ow_question question;
    struct ow_control_answer answer;
    ow_question_init(&question, OW_QUESTION_ADDRESS);
    question.family = AF_INET;
    memcpy(question.address, target->address, 4);
    if (ow_member_ask(&question, &answer) != OW_VERDICT_TAKE || !answer.name[0])
        return false;
    memcpy(name, answer.name, sizeof(answer.name));
    return true;
}

static void set_canonical(struct addrinfo *info, const char *name)
{
    char *own = info && info->ai_canonname && gnu_get_libc_version
                    ? strdup(name)
                    : NULL;
    if (!own)
        return;
    free(info->ai_canonname);
    info->ai_canonname = own;
}

int ow_names_obey(const struct ow_names_fate *fate, const char *name,
                  const char *service, const struct addrinfo *hints,
                  struct addrinfo **ret)
{
    if (fate->verdict == OW_VERDICT_PASS) {
        int result = OW_REAL(getaddrinfo)(name, service, hints, ret);
        if (result == 0)
            ow_names_tell_found(fate, name, *ret);
        return result;
    }
    if (fate->verdict == OW_VERDICT_FAIL) {
        int kept = errno;
        ow_quiet_sleep_ms(fate->delay_ms);
        errno = kept;
        return fate->error;
    }
    struct addrinfo own = {.ai_family = AF_UNSPEC};
    if (hints)
        own = *hints;
    /* A stand-in needs no network, whatever interfaces there are. */
    own.ai_flags &= ~(AI_ADDRCONFIG | AI_V4MAPPED | AI_ALL);
    own.ai_flags |= AI_NUMERICHOST;
    int error = OW_REAL(getaddrinfo)(own.ai_family == AF_INET6 ? fate->mapped
                                                               : fate->v4,
                                     service, &own, ret);
    if (error == 0)
        set_canonical(*ret, name);
    return error;
}

/*
 * Found even by who wants no name server asked: so a test can tell whether it
 * is in a session, and cannot reach the network by it (offwire.h).
 */
static bool is_control(const char *name)
{
    return strcmp(name, OW_CONTROL_API) == 0;
}

int getaddrinfo(const char *restrict node, const char *restrict service,
                const struct addrinfo *restrict hints,
                struct addrinfo **restrict ret)
{
    struct ow_names_fate fate;
    if (!node || !ow_shim_awake() ||
        (hints && hints->ai_flags & AI_NUMERICHOST && !is_control(node)))
        return OW_REAL(getaddrinfo)(node, service, hints, ret);
    ow_names_ask(node, &fate);
    return ow_names_obey(&fate, node, service, hints, ret);
}

static int copy_name(const char *name, char *host, socklen_t size)
{
    size_t len = strlen(name);
    if (len >= size)
        return EAI_OVERFLOW;
    memcpy(host, name, len + 1);
    return 0;
}

int getnameinfo(const struct sockaddr *restrict address, socklen_t len,
                char *restrict host, socklen_t host_len, char *restrict service,
                socklen_t service_len, int flags)
{
    struct ow_target target;
    char name[OW_CONTROL_NAME_MAX];
    if (!host || host_len == 0 || flags & NI_NUMERICHOST ||
        !ow_target_read(address, len, &target) ||
        !ow_target_is_stand_in(&target) || !ow_shim_awake())
        return OW_REAL(getnameinfo)(address, len, host, host_len, service,
                                    service_len, flags);
    if (!ow_names_of(&target, name)) {
        if (flags & NI_NAMEREQD)
            return EAI_NONAME;
        return OW_REAL(getnameinfo)(address, len, host, host_len, service,
                                    service_len, flags | NI_NUMERICHOST);
    }
    int error = copy_name(name, host, host_len);
    if (error || !service || service_len == 0)
        return error;
    return OW_REAL(getnameinfo)(address, len, NULL, 0, service, service_len,
                                flags & ~NI_NAMEREQD);
}
