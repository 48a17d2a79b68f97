/*
 * nameservers: the name servers that this process has asked about names of the
 * rules. What the shim answers in their place comes from an address of its own
 * in 127.85.0.0/16, one for each server and the same in forked children;
 * whoever looks where a datagram came from is told the server's.
 *
 *     127.85.0.n  <->  entry n - 1  <->  the server's address and port
 *
 * No lock: entries are taken by a swap and never given back.
 */
#ifndef OW_SHIM_NAMESERVERS_H
#define OW_SHIM_NAMESERVERS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Where answers in place of a server come from; false: there are already
 * OW_LIMIT_SHIM_SERVERS. server has the family of the program's socket. */
bool ow_nameservers_take(const struct sockaddr *server, socklen_t len,
                         struct in_addr *ret);
/*
 * Puts a server's address in the place of ours, if that is where a datagram
 * came from. *len is what the kernel said of address, whose first room bytes
 * are the caller's.
 */
void ow_nameservers_correct(struct sockaddr *address, socklen_t room,
                            socklen_t *len);

#endif
