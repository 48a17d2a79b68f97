/*
 * heard: see heard.h. Called by deliver.c.
 */
#include "config.h"

#include "upstream/heard.h"

#include <stdio.h>

/* As the tables write TCP_LISTEN. */
#define LISTENS 0x0a

bool ow_heard_has(const struct ow_heard *heard, uint16_t port)
{
    size_t n = heard->n < OW_HEARD_MAX ? heard->n : OW_HEARD_MAX;

    for (size_t i = 0; i < n; i++)
        if (heard->ports[i] == port)
            return true;
    return false;
}

/* proc_net_tcp(5): "  0: 0100007F:1F90 00000000:0000 0A ...", in hex. */
static bool is_in_table(const char *path, uint16_t port)
{
    FILE *file = fopen(path, "re");
    char line[512];
    bool found = false;

    if (!file)
        return false;
    while (!found && fgets(line, sizeof line, file)) {
        unsigned local, state;
        found = sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &local,
                       &state) == 2 &&
                local == port && state == LISTENS;
    }
    fclose(file);
    return found;
}

void ow_heard_look(struct ow_heard *heard, uint16_t port)
{
    if (port == 0 || ow_heard_has(heard, port))
        return;
    if (is_in_table("/proc/net/tcp", port) ||
        is_in_table("/proc/net/tcp6", port))
        heard->ports[heard->n++ % OW_HEARD_MAX] = port;
}
