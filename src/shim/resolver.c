/*
 * resolver: res_query and its family, by which programs have libc ask name
 * servers: libc's own calls inside of it are no hooks. A name of the rules is
 * answered here. Calls queries.c.
 */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "shim/hooks.h"
#include "shim/queries.h"
#include "shim/quiet.h"
#include "shim/shim.h"
#include "wire/dns.h"

/* A head and the question about any name. */
#define QUERY_SIZE (NS_HFIXEDSZ + OW_LIMIT_NAME + NS_QFIXEDSZ)

/* What a caller asks, and where it wants the answer. */
struct wish {
    const char *name;
    const char *domain; /* stands behind the name, or NULL */
    int class;
    int type;
    unsigned char *answer;
    int size;
};

/* Cut off where there is no room, as libc's own are. Out of line: the bytes are
 * not to lie on the stack while the host is asked. */
__attribute__((noinline)) static int
write_answer(const struct ow_dns_query *query, const struct ow_names_fate *fate,
             unsigned char *room, int size)
{
    uint8_t answer[OW_LIMIT_DNS_MESSAGE];
    size_t len = ow_queries_answer(query, fate, answer);
    if (len > (size_t)(size > 0 ? size : 0))
        len = size > 0 ? (size_t)size : 0;
    memcpy(room, answer, len);
    return (int)len;
}

/*
 * The answer to query. False: the name is none of ours. *ret_len is 0 if there
 * is to be no answer: that has been waited for.
 */
static bool answer_to(const struct ow_dns_query *query, unsigned char *room,
                      int size, int *ret_len)
{
    struct ow_names_fate fate;
    int kept = errno;
    ow_names_ask(query->name, &fate);
    if (fate.verdict == OW_VERDICT_PASS)
        return false;
    ow_quiet_sleep_ms(fate.delay_ms);
    errno = kept;
    *ret_len = write_answer(query, &fate, room, size);
    return true;
}

static int h_error_of(const unsigned char *answer, int len)
{
    if (len < NS_HFIXEDSZ)
        return len == 0 ? TRY_AGAIN : NO_RECOVERY;
    switch (answer[3] & 0x0f) {
    case OW_DNS_NOERROR:
        return answer[6] == 0 && answer[7] == 0 ? NO_DATA : NETDB_SUCCESS;
    case OW_DNS_NXDOMAIN:
        return HOST_NOT_FOUND;
    default:
        return TRY_AGAIN;
    }
}

static bool write_query(const struct wish *wish, uint8_t bytes[QUERY_SIZE],
                        struct ow_dns_query *ret)
{
    char whole[OW_LIMIT_NAME];
    const char *name = wish->name;
    if (name && wish->domain) {
        int len = snprintf(whole, sizeof(whole), "%s.%s", name, wish->domain);
        if (len < 0 || (size_t)len >= sizeof(whole))
            return false;
        name = whole;
    }
    ssize_t len =
        name ? ow_dns_ask(name, wish->type, wish->class, bytes, QUERY_SIZE)
             : -EINVAL;
    return len > 0 && ow_dns_parse(bytes, (size_t)len, ret) == 0;
}

/* The result of a look-up of a name of the rules. state may be NULL. */
static bool find(res_state state, const struct wish *wish, int *ret)
{
    uint8_t bytes[QUERY_SIZE];
    struct ow_dns_query query;
    int len;
    if (!ow_shim_awake() || !write_query(wish, bytes, &query) ||
        !answer_to(&query, wish->answer, wish->size, &len))
        return false;
    int h_error = h_error_of(wish->answer, len);
    h_errno = h_error;
    if (state)
        state->res_h_errno = h_error;
    *ret = h_error == NETDB_SUCCESS ? len : -1;
    return true;
}

/* A query that the program has written. */
static bool find_written(const unsigned char *message, int message_len,
                         unsigned char *answer, int size, int *ret)
{
    struct ow_dns_query query;
    if (!message || message_len < 0 ||
        ow_dns_parse(message, (size_t)message_len, &query) != 0 ||
        !ow_shim_awake() || !answer_to(&query, answer, size, ret))
        return false;
    if (*ret > 0)
        return true;
    errno = ETIMEDOUT;
    *ret = -1;
    return true;
}

int res_query(const char *name, int class, int type, unsigned char *answer,
              int size)
{
    struct wish wish = {name, NULL, class, type, answer, size};
    int result;
    if (find(NULL, &wish, &result))
        return result;
    return OW_REAL(res_query)(name, class, type, answer, size);
}

/* libc's own look-up tries its domains behind names that are none of ours. */
int res_search(const char *name, int class, int type, unsigned char *answer,
               int size)
{
    struct wish wish = {name, NULL, class, type, answer, size};
    int result;
    if (find(NULL, &wish, &result))
        return result;
    return OW_REAL(res_search)(name, class, type, answer, size);
}

int res_querydomain(const char *name, const char *domain, int class, int type,
                    unsigned char *answer, int size)
{
    struct wish wish = {name, domain, class, type, answer, size};
    int result;
    if (find(NULL, &wish, &result))
        return result;
    return OW_REAL(res_querydomain)(name, domain, class, type, answer, size);
}

int res_send(const unsigned char *message, int len, unsigned char *answer,
             int size)
{
    int result;
    if (find_written(message, len, answer, size, &result))
        return result;
    return OW_REAL(res_send)(message, len, answer, size);
}

int res_nquery(res_state state, const char *name, int class, int type,
               unsigned char *answer, int size)
{
    struct wish wish = {name, NULL, class, type, answer, size};
    int result;
    if (find(state, &wish, &result))
        return result;
    return OW_REAL(res_nquery)(state, name, class, type, answer, size);
}

int res_nsearch(res_state state, const char *name, int class, int type,
                unsigned char *answer, int size)
{
    struct wish wish = {name, NULL, class, type, answer, size};
    int result;
    if (find(state, &wish, &result))
        return result;
    return OW_REAL(res_nsearch)(state, name, class, type, answer, size);
}

int res_nquerydomain(res_state state, const char *name, const char *domain,
                     int class, int type, unsigned char *answer, int size)
{
    struct wish wish = {name, domain, class, type, answer, size};
    int result;
    if (find(state, &wish, &result))
        return result;
    return OW_REAL(res_nquerydomain)(state, name, domain, class, type, answer,
                                     size);
}

int res_nsend(res_state state, const unsigned char *message, int len,
              unsigned char *answer, int size)
{
    int result;
    if (find_written(message, len, answer, size, &result))
        return result;
    return OW_REAL(res_nsend)(state, message, len, answer, size);
}

#define ALIAS(name) __attribute__((nothrow, leaf, alias(#name)))
extern __typeof__(res_query) __res_query ALIAS(res_query);
extern __typeof__(res_search) __res_search ALIAS(res_search);
extern __typeof__(res_querydomain) __res_querydomain ALIAS(res_querydomain);
extern __typeof__(res_send) __res_send ALIAS(res_send);
extern __typeof__(res_nquery) __res_nquery ALIAS(res_nquery);
extern __typeof__(res_nsearch) __res_nsearch ALIAS(res_nsearch);
extern __typeof__(res_nquerydomain) __res_nquerydomain ALIAS(res_nquerydomain);
extern __typeof__(res_nsend) __res_nsend ALIAS(res_nsend);
