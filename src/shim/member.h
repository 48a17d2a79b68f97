/*
 * member: this process as a member of a session: which session it is, the
 * greeting that joins it, and questions to its host.
 *
 * All state is in atomics and written once per process; a forked child notices
 * by its pid that it has not joined yet, and joins by itself. No locks: who
 * comes second while a session is being found waits for the first, and a child
 * forked meanwhile finds its own.
 */
#ifndef OW_SHIM_MEMBER_H
#define OW_SHIM_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control.h"

/*
 * Joins first if this process has not yet (starting a host if there is no
 * session), then asks. Returns the verdict: PASS, TAKE or FAIL, with answer
 * filled, or BROKEN, when no answer can be had: the sentence has been said on
 * stderr, and the caller fails closed. Keeps errno.
 */
enum ow_verdict ow_member_ask(const struct ow_question *question,
                              struct ow_control_answer *answer);
/* Joins if need be; false if that cannot be done (said on stderr). */
bool ow_member_join(void);
/* After a join: OW_SESSION_ flags. */
uint32_t ow_member_flags(void);
/* After a join: this process's source address, network order; 0 if none. */
uint32_t ow_member_source(void);
/* The session CA's DER, asked for once, or NULL without a session. */
const unsigned char *ow_member_ca(size_t *ret_len);
/*
 * Finds the session, in which a host may be started, before this process
 * becomes a user who could neither find nor start it, nor read what variables
 * it began with. Keeps errno.
 */
void ow_member_prepare(void);
/* The session's folder, or NULL if it is not known yet. Does not wait. */
const char *ow_member_dir(void);
/* Its ticket as text (control/ticket.h), or NULL. Does not wait. */
const char *ow_member_ticket(void);

/* That libcurl is used here: told when a child of this process joins. */
void ow_member_set_libcurl(void);

/*
 * Whether something of this process has been diverted: a stand-in handed out
 * or a connection turned. Until then TLS is left alone.
 */
void ow_member_set_diverted(void);
bool ow_member_is_diverted(void);

#endif
