/*
 * ticket: bytes to text and back. See ticket.h. Called by the shim's member.c
 * and by the host's session.c and control_server.c.
 */
#include "config.h"

#include "control/ticket.h"

#include <errno.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

void ow_ticket_format(const uint8_t ticket[OW_TICKET_LEN],
                      char ret_text[OW_TICKET_TEXT_SIZE])
{
    for (int i = 0; i < OW_TICKET_LEN; i++) {
        ret_text[2 * i] = digits[ticket[i] >> 4];
        ret_text[2 * i + 1] = digits[ticket[i] & 15];
    }
    ret_text[2 * OW_TICKET_LEN] = '\0';
}

int ow_ticket_parse(const char *text, uint8_t ret_ticket[OW_TICKET_LEN])
{
    if (!text || strlen(text) != 2 * OW_TICKET_LEN ||
        strspn(text, digits) != 2 * OW_TICKET_LEN)
        return -EINVAL;
    for (int i = 0; i < OW_TICKET_LEN; i++) {
        const char *high = strchr(digits, text[2 * i]);
        const char *low = strchr(digits, text[2 * i + 1]);
        ret_ticket[i] = (uint8_t)((high - digits) << 4 | (low - digits));
    }
    return 0;
}

bool ow_ticket_equal(const uint8_t a[OW_TICKET_LEN],
                     const uint8_t b[OW_TICKET_LEN])
{
    unsigned differs = 0;
    for (int i = 0; i < OW_TICKET_LEN; i++)
        differs |= (unsigned)(a[i] ^ b[i]);
    return differs == 0;
}
