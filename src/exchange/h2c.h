/*
 * h2c: HTTP/1.1's way to HTTP/2 without TLS (RFC 7540, 3.2; RFC 9113 leaves it
 * out, curl --http2 and Java's HttpClient still ask for it):
 *
 *     Connection: Upgrade, HTTP2-Settings
 *     Upgrade: h2c
 *     HTTP2-Settings: <the payload of SETTINGS in base64url>
 *
 * The answer is 101, and then that of the request, as stream 1. A server may
 * always go on in HTTP/1.1 instead, and does where something is not right.
 */
#ifndef OW_EXCHANGE_H2C_H
#define OW_EXCHANGE_H2C_H

#include "exchange/exchange.h"
#include "exchange/face.h"

/*
 * For a whole request of HTTP/1.1: writes 101 and returns the face that goes
 * on, which has answered the exchange. NULL: the request asks for nothing of
 * the kind, or it cannot be; the exchange is as it was. What the exchange
 * borrows must stay as long as the new face.
 */
struct ow_face *ow_h2c_take(struct ow_line *line, struct ow_exchange *x,
                            const struct ow_fields *trailers);

/* face_h2.c: a face whose stream 1 is this exchange, which is moved away.
 * NULL: no memory, or settings that are none; then it is not. */
struct ow_face *ow_h2_face_upgrade(struct ow_line *line, struct ow_str settings,
                                   struct ow_exchange *x,
                                   const struct ow_fields *trailers);

#endif
