/*
 * dns: queries to name servers and their answers (RFC 1035, section 4), as far
 * as a session has to know them: does a program ask for the address of a host
 * here, and what is it told in place of the name server's word. Libc alone and
 * no allocation: the shim uses it inside of programs.
 *
 *     struct ow_dns_query query;
 *     if (ow_dns_parse(bytes, len, &query) == 0) {
 *         struct ow_dns_reply reply = {OW_DNS_NOERROR, stand_in};
 *         n = ow_dns_answer(&query, &reply, answer, sizeof(answer));
 *     }
 */
#ifndef OW_WIRE_DNS_H
#define OW_WIRE_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/limits.h"

/* A header and the question about a name of no label. */
#define OW_DNS_QUERY_MIN 17

/* RFC 1035, 4.1.1. */
enum ow_dns_code {
    OW_DNS_NOERROR = 0,
    OW_DNS_SERVFAIL = 2,
    OW_DNS_NXDOMAIN = 3,
};

struct ow_dns_query {
    const uint8_t *bytes; /* the message, the caller's */
    size_t question_end;
    size_t end; /* behind its OPT record (RFC 6891) if it has just that */
    uint16_t type;
    char name[OW_LIMIT_NAME]; /* with dots, none at the end */
};

struct ow_dns_reply {
    enum ow_dns_code code;
    const uint8_t *address; /* four bytes of IPv4, or NULL */
};

/*
 * Whether bytes may be a query at all: one question and nothing beside it. What
 * programs send mostly is none, which these few bytes tell.
 */
static inline bool ow_dns_is_likely(const uint8_t *bytes, size_t len)
{
    return len >= OW_DNS_QUERY_MIN && bytes[5] == 1 && bytes[4] == 0 &&
           (bytes[6] | bytes[7] | bytes[8] | bytes[9]) == 0;
}

/*
 * Whether bytes are a query with one question, about a host's name in the
 * class Internet: 0, else -EBADMSG. What follows the question may be cut off.
 */
int ow_dns_parse(const void *bytes, size_t len, struct ow_dns_query *ret);
/*
 * Writes such a query. Its length; -EINVAL for what is no name or class (one
 * that parse would not take), -ENOBUFS.
 */
ssize_t ow_dns_ask(const char *name, int type, int class, void *buf,
                   size_t size);
/*
 * Writes the answer: the address to who asks for it (A, ANY), "no such data"
 * to all else. It may be kept for no time, so that a fault that a rule says
 * later is met. An OPT record is sent back as it came: with it the cookie (RFC
 * 7873), without which some clients drop an answer. The length, or -ENOBUFS;
 * OW_LIMIT_DNS_MESSAGE is room enough for any.
 */
ssize_t ow_dns_answer(const struct ow_dns_query *query,
                      const struct ow_dns_reply *reply, void *buf, size_t size);

#endif
