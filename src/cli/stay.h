/*
 * stay: a session without a parent's program: for host and env.
 */
#ifndef OW_CLI_STAY_H
#define OW_CLI_STAY_H

#include "host/host.h"

/* How many processes a session can be for: who starts it, and whose it is. */
#define OW_STAY_FOR 2

/* Serves until for_pids (0: nobody) and all that joined are gone, or SIGTERM,
 * SIGINT or SIGHUP asks for the end. 0 or a negative errno. */
int ow_stay(struct ow_host *host, const int for_pids[OW_STAY_FOR]);

#endif
