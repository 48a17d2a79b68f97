/*
 * stay: a session without a parent's program. See stay.h.
 */
#include "config.h"

#include "cli/stay.h"

#include <signal.h>

static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
#define ENDING (sizeof ending / sizeof *ending)

static void on_signal(evutil_socket_t signal_number, short what, void *context)
{
    (void)signal_number;
    (void)what;
    ow_host_stop(context);
}

int ow_stay(struct ow_host *host, const int for_pids[OW_STAY_FOR])
{
    struct event *events[ENDING];

    for (size_t i = 0; i < ENDING; i++) {
        events[i] =
            evsignal_new(ow_host_base(host), ending[i], on_signal, host);
        if (events[i])
            event_add(events[i], NULL);
    }
    for (int i = 0; i < OW_STAY_FOR; i++)
        ow_host_end_with_programs(host, for_pids[i]);
    int r = ow_host_run(host);
    for (size_t i = 0; i < ENDING; i++)
        if (events[i])
            event_free(events[i]);
    return r;
}
