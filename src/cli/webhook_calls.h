/*
 * webhook_calls: what a program has called in the session that this command is
 * in, asked of http://offwire.test/ (offwire-control(7)).
 */
#ifndef OW_CLI_WEBHOOK_CALLS_H
#define OW_CLI_WEBHOOK_CALLS_H

#include <cjson/cJSON.h>

#include "upstream/caller.h"

/* The number of the latest call. 0; -ENOTCONN with a sentence: there is no
 * session; another errno with a sentence. */
int ow_webhook_calls_last(struct ow_caller *caller, uint64_t *ret,
                          struct ow_err *err);
/*
 * Whether calls behind that number are as expected, a list for POST /verify or
 * one of it: looked at again and again until they are, for so long of real
 * time. 1: they are; 0: they are not, with a sentence; or a negative errno with
 * one.
 */
int ow_webhook_calls_verify(struct ow_caller *caller, const cJSON *expected,
                            uint64_t since, int64_t within_ns,
                            struct ow_err *err);

#endif
