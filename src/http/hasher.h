/*
 * hasher: the SHA-256 of bytes that come in pieces. A long run is hashed by a
 * thread of its own beside the caller, because at 2 GB/s the hash would
 * otherwise be the larger half of what a big upload costs the host's loop; a
 * short one never meets a thread. Where none can be made, all is hashed in the
 * caller.
 *
 *     caller: feed -> [block][block][block][block] -> SHA-256
 *                      a ring      by the worker; by the caller when it is full
 *
 * So the worker takes what a CPU has time for, and nobody waits for it where
 * the client and the loop keep all of them busy.
 *
 * One hasher belongs to one caller thread. The worker calls nothing but
 * OpenSSL's digest and takes no signals.
 */
#ifndef OW_HTTP_HASHER_H
#define OW_HTTP_HASHER_H

#include <stddef.h>

#define OW_HASHER_SIZE 32 /* bytes of a digest */

struct ow_hasher;

struct ow_hasher *ow_hasher_new(void); /* NULL: no memory */
struct ow_hasher *ow_hasher_free(struct ow_hasher *hasher);

/* 0 or -ENOMEM. */
int ow_hasher_feed(struct ow_hasher *hasher, const void *bytes, size_t len);
/* Of all bytes so far, waiting for the worker; more may be fed. 0, -ENOMEM. */
int ow_hasher_digest(struct ow_hasher *hasher,
                     unsigned char ret[OW_HASHER_SIZE]);

#endif
