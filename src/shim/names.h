/*
 * names: what the host says of a name or a stand-in, for the hooks that look
 * them up: names.c (getaddrinfo, getnameinfo), lookups.c (getaddrinfo_a) and
 * hostent.c (gethostbyname and its family).
 */
#ifndef OW_SHIM_NAMES_H
#define OW_SHIM_NAMES_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>

#include "control/control.h"
#include "shim/target.h"

/* "::ffff:127.83.255.255" with its NUL. */
#define OW_NAMES_NUMERIC 24

/* What is to happen with a look-up. */
struct ow_names_fate {
    enum ow_verdict verdict;       /* PASS, TAKE or FAIL */
    bool is_let_out;               /* PASS in spite of isolation: tell what it
                                      resolves to, or connect() fails */
    int error;                     /* FAIL: an EAI_ code */
    uint32_t delay_ms;             /* FAIL: first wait so long */
    char v4[OW_NAMES_NUMERIC];     /* TAKE: the stand-in, "127.83.x.y" */
    char mapped[OW_NAMES_NUMERIC]; /* TAKE: the same, "::ffff:127.83.x.y" */
};

/*
 * Asks the host about a name. Local and numeric names pass unasked; without a
 * host the look-up fails, since the name might be one of ours.
 */
void ow_names_ask(const char *name, struct ow_names_fate *ret);
/* After a look-up of a name that is let out: its addresses, to the host. */
void ow_names_tell_found(const struct ow_names_fate *fate, const char *name,
                         const struct addrinfo *found);
void ow_names_tell_entry(const struct ow_names_fate *fate, const char *name,
                         const struct hostent *found);
/* Fills v4 and mapped from a stand-in's four bytes. */
void ow_names_digits(const uint8_t address[4], struct ow_names_fate *ret);
/* The name behind a stand-in. False if there is none. */
bool ow_names_of(const struct ow_target *target,
                 char name[OW_CONTROL_NAME_MAX]);
/* getaddrinfo for a name whose fate is known. */
int ow_names_obey(const struct ow_names_fate *fate, const char *name,
                  const char *service, const struct addrinfo *hints,
                  struct addrinfo **ret);

#endif
