/*
 * heard: the ports of this machine at which somebody was seen to listen, so
 * that a call back that nobody takes any more can be told from one that went to
 * a wrong port: who listened and is gone may just have ended.
 *
 *     struct ow_heard heard = {0};
 *     ow_heard_look(&heard, 8080);        // when there is something to send
 *     if (ow_heard_has(&heard, 8080))     // when nobody took it
 */
#ifndef OW_UPSTREAM_HEARD_H
#define OW_UPSTREAM_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Programs are called back at a port or two; the oldest is forgotten. */
#define OW_HEARD_MAX 16

struct ow_heard {
    uint16_t ports[OW_HEARD_MAX];
    size_t n; /* counted up; modulo the maximum is the next one's place */
};

/* Remembers the port if a socket listens at it now, by the kernel's tables; one
 * that is remembered is not looked for again. */
void ow_heard_look(struct ow_heard *heard, uint16_t port);
bool ow_heard_has(const struct ow_heard *heard, uint16_t port);

#endif
