/*
 * webhook_print: what offwire webhook prints: a request as a command line of
 * curl, and answers, for people or as JSON.
 */
#ifndef OW_CLI_WEBHOOK_PRINT_H
#define OW_CLI_WEBHOOK_PRINT_H

#include "cli/webhook_job.h"

void ow_webhook_print_curl(const struct ow_delivery *delivery);
/* "200 OK, text/xml, 2 messages, 12 ms" and what they say, a line each. */
void ow_webhook_print_sent(const struct ow_sent *sent);
/* What the messages say, each line behind the mark. */
void ow_webhook_print_messages(const cJSON *messages, const char *mark);
/* Lines behind a mark; what could move a terminal's cursor is left out. */
void ow_webhook_print_lines(struct ow_str text, const char *mark);
struct ow_jsonw;
/* What came back, as an object. */
void ow_webhook_write_sent(struct ow_jsonw *w,
                           const struct ow_delivery *delivery,
                           const struct ow_sent *sent);
/* The same on one line. 0 or -ENOMEM. */
int ow_webhook_print_json(const struct ow_delivery *delivery,
                          const struct ow_sent *sent);

#endif
