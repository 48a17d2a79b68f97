/*
 * act_curl: the CURLcode that a caller of libcurl gets ("curl"). The host ends
 * the connection; the shim, which sees the transfer's end, asks for the code.
 */
#ifndef OW_PLAN_ACT_CURL_H
#define OW_PLAN_ACT_CURL_H

#include "plan/plan.h"

/*
 * Ends the plan before any byte of an answer; waits that it begins with stay.
 * libcurl's caller gets the code, any other program a connection that closes.
 * 0 or -ENOMEM.
 */
int ow_act_curl_end(struct ow_plan *plan, const struct ow_program *program,
                    int code);
/* The name of a code, or NULL. */
const char *ow_act_curl_name(int code);
/* All names, NULL-terminated; the older ones last. */
const char *const *ow_act_curl_names(void);

#endif
