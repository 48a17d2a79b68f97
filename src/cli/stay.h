/*
 * stay: a session without a parent's program: for host and env.
 */
#ifndef OW_CLI_STAY_H
#define OW_CLI_STAY_H

#include "host/host.h"

/* Serves until for_pid (0: nobody) and all that joined are gone, or SIGTERM,
 * SIGINT or SIGHUP asks for the end. 0 or a negative errno. */
int ow_stay(struct ow_host *host, int for_pid);

#endif
