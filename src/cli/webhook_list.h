/*
 * webhook_list: which webhooks there are: those of rules, and those of the
 * packs.
 */
#ifndef OW_CLI_WEBHOOK_LIST_H
#define OW_CLI_WEBHOOK_LIST_H

struct ow_table;

/* Prints their names and what they are; rules may be NULL. A status. */
int ow_webhook_list(const struct ow_table *rules);
/* Says that there is none of that name, and which one could be meant. A status.
 */
int ow_webhook_fail_unknown(const char *wanted);

#endif
