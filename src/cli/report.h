/*
 * report: what `offwire run` says at the end: requests that no rule answered,
 * "times" that were not met, and the summary.
 */
#ifndef OW_CLI_REPORT_H
#define OW_CLI_REPORT_H

#include "cli/session_options.h"

/* Prints to stderr; returns the run's exit status: the program's, or
 * OW_EXIT_UNMET if that is 0 and something was not as the rules want it. */
int ow_report_end(const struct ow_serve_env *env,
                  const struct ow_session_options *options, int status);

#endif
