/*
 * response: see response.h. Called by latency.c and throughput.c.
 */
#include "config.h"

#include "response.h"

#include <stdlib.h>
#include <string.h>

size_t response_head(const char *bytes, size_t len, uint64_t *ret_body)
{
    static const char field[] = "\r\ncontent-length:";
    const char *end = memmem(bytes, len, "\r\n\r\n", 4);

    if (!end)
        return 0;
    if (strncmp(bytes, "HTTP/1.1 200 ", 13) != 0)
        client_die(false, "not the answer that was asked for: %.40s", bytes);
    for (const char *at = bytes; at < end; at++) {
        if (strncasecmp(at, field, sizeof field - 1) == 0) {
            *ret_body = strtoull(at + sizeof field - 1, NULL, 10);
            return (size_t)(end - bytes) + 4;
        }
    }
    client_die(false, "an answer without Content-Length");
}

uint64_t response_read(struct client_conn *conn)
{
    static char bytes[256 * 1024 + 1];
    size_t have = 0;
    size_t head = 0;
    uint64_t body = 0;

    while (head == 0) {
        ssize_t got = client_read(conn, bytes + have, sizeof bytes - 1 - have);
        if (got <= 0)
            client_die(got < 0, "the connection ended in the head");
        have += (size_t)got;
        bytes[have] = '\0';
        head = response_head(bytes, have, &body);
    }
    uint64_t seen = have - head;
    while (seen < body) {
        ssize_t got = client_read(conn, bytes, sizeof bytes - 1);
        if (got <= 0)
            client_die(got < 0, "the connection ended in the body");
        seen += (uint64_t)got;
    }
    return body;
}
