/*
 * ports: refuses ports of known hosts. See ports.h. Called by verdicts.c.
 */
#include "config.h"

#include "host/ports.h"

#include <stdio.h>
#include <string.h>

#include "rule/host_parse.h"

static const struct {
    uint16_t port;
    const char *protocol;
} greeters[] = {
#define OW_GREETER(port, protocol) {port, protocol},
#include "host/greeters.def"
#undef OW_GREETER
};

/* Whose rules say "host:22" speak HTTP there. */
static bool is_named(const struct ow_table *table, uint16_t port)
{
    for (size_t i = 0; i < ow_table_count_hosts(table); i++)
        if (ow_table_host(table, i)->port == port)
            return true;
    return false;
}

static bool refuse_greeter(const struct ow_table *table, const char *host,
                           uint16_t port, char *text, size_t size)
{
    size_t i = 0;

    while (i < sizeof greeters / sizeof *greeters && greeters[i].port != port)
        i++;
    if (i == sizeof greeters / sizeof *greeters || is_named(table, port))
        return false;
    snprintf(text, size,
             "%s is mocked, and answers HTTP alone; port %u is %s's (\"%s:%u\" "
             "in \"hosts\" says that HTTP is spoken there)",
             host, port, greeters[i].protocol, host, port);
    return true;
}

bool ow_ports_refuse(const struct ow_session *session, const char *host,
                     uint16_t port, char *text, size_t size)
{
    if (port == 0) {
        snprintf(text, size, "nobody listens at port 0 of %s", host);
        return true;
    }
    if (ow_session_knows(session, host, port))
        return refuse_greeter(session->table, host, port, text, size);
    if (strcmp(host, OW_SERVE_CONTROL_HOST) == 0)
        snprintf(text, size, "%s answers at port %d alone, in plain HTTP", host,
                 OW_SERVE_CONTROL_PORT);
    else
        snprintf(text, size,
                 "the rules name \"%s\", but not its port %u; the real host "
                 "is not reached",
                 host, port);
    return true;
}
