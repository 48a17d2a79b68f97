/*
 * h1_head: the text of a request's head or trailers, whole and with CR LF at
 * every line's end, taken apart (RFC 9112, 3, 5 and 6). The inner part of h1:
 * nobody else calls it.
 *
 * It is strict where two readers of the same bytes could differ on where a
 * message ends: what a proxy in front might read differently is refused, as
 * today's front ends do, so a client that passes here passes there.
 */
#ifndef OW_WIRE_H1_HEAD_H
#define OW_WIRE_H1_HEAD_H

#include "wire/h1.h"

/* Why bytes are no HTTP/1: see ow_h1_problem(). */
struct ow_h1_problem {
    int status;
    char text[160];
};

/* Fills in the problem; returns -EBADMSG. */
int ow_h1_head_fail(struct ow_h1_problem *problem, int status,
                    const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Parses the first line of text, which must be whole, into method, target and
 * minor. 0 or -EBADMSG.
 */
int ow_h1_head_parse_line(struct ow_str text, struct ow_h1_head *head,
                          struct ow_h1_problem *problem);
/* Parses head->raw into all of head; fields grow in the arena, strings point
 * into raw. 0, -EBADMSG, -ENOMEM. */
int ow_h1_head_parse(struct ow_h1_head *head, struct ow_arena *arena,
                     struct ow_h1_problem *problem);
/* Parses trailers with their blank line: the same for fields alone. */
int ow_h1_head_parse_trailers(struct ow_str text, struct ow_fields *fields,
                              struct ow_arena *arena,
                              struct ow_h1_problem *problem);

#endif
