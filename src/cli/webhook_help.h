/*
 * webhook_help: what offwire webhook --help prints: the command's options or,
 * with a NAME, that webhook's own before them.
 */
#ifndef OW_CLI_WEBHOOK_HELP_H
#define OW_CLI_WEBHOOK_HELP_H

#include "rule/webhook.h"

/* webhook may be NULL: none was named. A status. */
int ow_webhook_help(const struct ow_webhook *webhook);
/* What the option of an argument is called: of "profile_name", "profile-name".
 * NULL: no memory. */
const char *ow_webhook_option_name(struct ow_arena *arena, const char *name);

#endif
