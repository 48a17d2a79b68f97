/*
 * outcome: what `offwire run` says at the end: requests that no rule answered,
 * "times" that were not met, and the summary.
 */
#ifndef OW_CLI_OUTCOME_H
#define OW_CLI_OUTCOME_H

#include "cli/session_options.h"

struct ow_judge;

/* judge: what --verify was given, or NULL. Prints to stderr; returns the run's
 * exit status: the program's, or OW_EXIT_UNMET if that is 0 and something was
 * not as the rules want it. */
int ow_outcome_tell(struct ow_host *host,
                    const struct ow_session_options *options,
                    struct ow_judge *judge, int status);

#endif
