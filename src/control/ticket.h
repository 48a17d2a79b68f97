/*
 * ticket: what a program shows that has changed its user, so that the host of a
 * session of root's serves it. The host draws it, answers a HELLO with it, and
 * `offwire run` puts it into the environment (OW_ENV_TICKET), which other users
 * cannot read: whoever shows it belongs to the session. As text it is hex.
 *
 * Used by the shim: libc's string functions alone.
 */
#ifndef OW_CONTROL_TICKET_H
#define OW_CONTROL_TICKET_H

#include <stdbool.h>
#include <stdint.h>

#define OW_TICKET_LEN       16 /* 128 bits: not to be guessed */
#define OW_TICKET_TEXT_SIZE (2 * OW_TICKET_LEN + 1)

void ow_ticket_format(const uint8_t ticket[OW_TICKET_LEN],
                      char ret_text[OW_TICKET_TEXT_SIZE]);
/* 0, or -EINVAL, also for NULL: it is no ticket, and ret_ticket stays. */
int ow_ticket_parse(const char *text, uint8_t ret_ticket[OW_TICKET_LEN]);
/* In the same time, wherever they differ. */
bool ow_ticket_equal(const uint8_t a[OW_TICKET_LEN],
                     const uint8_t b[OW_TICKET_LEN]);

#endif
