/*
 * shaper: the way to the client as a slow network has it: bytes go in when the
 * exchange makes them and come out when they would have arrived. Knows no
 * socket and no timer; times are the session's.
 *
 *     ow_shaper_put(shaper, bytes, len, now);
 *     n = ow_shaper_due(shaper, now, &bytes);   // may be sent now
 *     ow_shaper_consume(shaper, n);
 *     due = ow_shaper_next(shaper);             // ask again then
 *
 *      put at 0         at 20                  due at
 *     +--------+       +----+        +---------+------+
 *     | 3000 B |       | 9 B|   -->  | 80, 81, | 100  |   latency 80 ms,
 *     +--------+       +----+        | 82      |      |   rate 1500 B/ms
 *                                    +---------+------+
 *
 * The latency is a round trip's, all of it on the way back: the request is
 * taken in at once, so that what a client sees is the same. What is made later
 * never arrives earlier. A lost packet holds up what is behind it: by a round
 * trip if enough follows it to be noticed (fast retransmit, RFC 5681, 3.2),
 * else until the sender's timer runs out (RFC 6298, with the 200 ms that Linux
 * has as the least), twice as long each time it is lost again.
 */
#ifndef OW_HOST_SHAPER_H
#define OW_HOST_SHAPER_H

#include "base/buf.h"
#include "base/rand.h"
#include "rule/network.h"

struct ow_shaper;

/* network: of the connection, NULL for none; it is copied. NULL: no memory. */
struct ow_shaper *ow_shaper_new(const struct ow_network *network,
                                const struct ow_rand *rand);
struct ow_shaper *ow_shaper_free(struct ow_shaper *shaper);

/* The network for what is put in from here on; NULL: the connection's. */
void ow_shaper_use(struct ow_shaper *shaper, const struct ow_network *network);
/* How long the connection itself takes to come about: a round trip, and one
 * second for each time that its first packet is lost (RFC 6298, 2.1). */
int64_t ow_shaper_open(struct ow_shaper *shaper);
/* One more round trip, for a flight of a handshake. */
int64_t ow_shaper_trip(struct ow_shaper *shaper);

/* 0 or -ENOMEM. */
int ow_shaper_put(struct ow_shaper *shaper, const void *bytes, size_t len,
                  int64_t now);
/* Whether so much is on its way that no more should be put in. */
bool ow_shaper_is_full(const struct ow_shaper *shaper);
/* How many bytes may be sent by now. */
size_t ow_shaper_due(const struct ow_shaper *shaper, int64_t now,
                     const char **ret_bytes);
void ow_shaper_consume(struct ow_shaper *shaper, size_t len);
/* Nothing more is put in: the connection ends behind it, a round trip later. */
void ow_shaper_end(struct ow_shaper *shaper, int64_t now);
/* Whether that time has come and all has been consumed. */
bool ow_shaper_is_over(const struct ow_shaper *shaper, int64_t now);
/* When more is due, or the end; INT64_MAX: nothing is on its way. */
int64_t ow_shaper_next(const struct ow_shaper *shaper);

/*
 * The other way: how many bytes to read at once, 0 for as many as there are,
 * and when to read again after so many.
 */
size_t ow_shaper_read_size(const struct ow_shaper *shaper);
int64_t ow_shaper_read(struct ow_shaper *shaper, size_t len, int64_t now);

#endif
