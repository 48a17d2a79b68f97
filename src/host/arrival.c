/*
 * arrival: connections as they come. See arrival.h. Called by conns.c,
 * conns_in.c and control_server.c.
 */
#include "config.h"

#include "host/arrival.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "host/pipe.h"
#include "rule/network.h"

/* What the kernel takes from a client of a slow network before it is read. */
#define RECEIVED_AHEAD (64 * 1024)

const char *ow_arrival_host(struct ow_session *session, struct in_addr local)
{
    const char *host = ow_standins_find(session->standins, local);
    char literal[INET_ADDRSTRLEN];
    struct in_addr standin;

    if (host)
        return host;
    /* A stand-in is taken for the literal only to keep its text. */
    inet_ntop(AF_INET, &local, literal, sizeof literal);
    if (ow_standins_take(session->standins, literal, &standin) < 0)
        return NULL;
    return ow_standins_find(session->standins, standin);
}

void ow_arrival_drop(struct ow_session *session,
                     const struct ow_accepted *accepted, const char *host,
                     const char *text)
{
    struct ow_pipe pipe;
    struct ow_record record;

    ow_pipe_init(&pipe, accepted->fd);
    ow_pipe_reset(&pipe);
    ow_pipe_release(&pipe);
    if (!text)
        return;
    ow_session_record(session, &record, OW_EVENT_REFUSED, NULL);
    record.host = ow_str_from(host);
    record.port = accepted->original_port;
    record.text = ow_str_from(text);
    ow_journal_add(session->journal, &record);
}

void ow_arrival_tell_shortage(struct ow_session *session)
{
    static const char sentence[] =
        "the host has no file descriptor left to answer programs with; raise "
        "its limit (ulimit -n)";
    struct ow_record record;

    if (session->has_told_shortage)
        return;
    session->has_told_shortage = true;
    session->env.say(session->env.say_context, NULL, sentence);
    ow_session_record(session, &record, OW_EVENT_ERROR, NULL);
    record.text = OW_STR(sentence);
    ow_journal_add(session->journal, &record);
}

bool ow_arrival_keeps_h1(const struct ow_session *session,
                         const struct ow_program *program)
{
    return program->has_libcurl && (session->env.unmatched_is_error ||
                                    ow_table_sets_curl(session->table));
}

struct ow_shaper *ow_arrival_shaper(struct ow_session *session,
                                    const char *host, uint16_t port, int fd)
{
    const struct ow_network *network =
        session->network ? session->network
                         : ow_table_network(session->table, host, port);
    int small = RECEIVED_AHEAD;
    struct ow_rand rand;

    if ((session->network && ow_network_is_none(session->network)) ||
        ow_session_is_control(host))
        return NULL;
    ow_odds_draw(&session->odds, OW_ODDS_NETWORK, 0, session->connections++,
                 &rand);
    /* Else the kernel takes in megabytes as fast as they come. */
    if (network && network->upload > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    return ow_shaper_new(network, &rand);
}
