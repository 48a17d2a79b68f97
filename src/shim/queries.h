/*
 * queries: what a program asks name servers by itself. A query about a name of
 * the rules is met here: the answer, with the stand-in, lies in the program's
 * socket when the call that sends the query returns, and the server hears
 * nothing. All else goes out as the program sent it.
 *
 * By UDP to port 53 alone. Over TCP a query about such a name is refused, with
 * a sentence.
 */
#ifndef OW_SHIM_QUERIES_H
#define OW_SHIM_QUERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "shim/names.h"
#include "shim/readable.h"
#include "wire/dns.h"

#define OW_QUERIES_PORT 53
/* By TCP a query's length stands before it. */
#define OW_QUERIES_FRAME 2

/* Whether bytes that begin a message may begin one that is a query: to be asked
 * before all else, for nearly every message is none. */
static inline bool ow_queries_is_likely(const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    return ow_readable_seems(at) &&
           (ow_dns_is_likely(at, len) ||
            (len > OW_QUERIES_FRAME &&
             ow_dns_is_likely(at + OW_QUERIES_FRAME, len - OW_QUERIES_FRAME)));
}

/* Whether message, which fd is about to send, is a query to a name server. */
bool ow_queries_is_one(int fd, const struct msghdr *message);
/* True: it was met here. *ret is what the call returns, with errno if -1. */
bool ow_queries_meet(int fd, const struct msghdr *message, ssize_t *ret);

/*
 * connect() of UDP to a name server where nothing is to go out: to nobody, but
 * queries that are sent there are met as ever, and getpeername() tells the
 * server.
 */
int ow_queries_connect(int fd, const struct sockaddr *address, socklen_t len);

/*
 * What is answered to a query whose fate is not to pass: the length, or 0:
 * there is none, the program is to wait for fate's delay_ms in vain.
 */
size_t ow_queries_answer(const struct ow_dns_query *query,
                         const struct ow_names_fate *fate,
                         uint8_t answer[OW_LIMIT_DNS_MESSAGE]);

#endif
