/*
 * crowds: how many connections each host has open, for hosts that take so many
 * at once (rule/crowd.h).
 */
#ifndef OW_HOST_CROWDS_H
#define OW_HOST_CROWDS_H

#include <stdbool.h>
#include <stdint.h>

struct ow_crowds;

struct ow_crowds *ow_crowds_new(void); /* NULL: no memory */
struct ow_crowds *ow_crowds_free(struct ow_crowds *crowds);

/* Counts one more, unless there are max; without memory there is room. */
bool ow_crowds_enter(struct ow_crowds *crowds, const char *host, uint32_t max);
/* Counts one less; for each that has entered. */
void ow_crowds_leave(struct ow_crowds *crowds, const char *host);
uint32_t ow_crowds_count(const struct ow_crowds *crowds, const char *host);

#endif
