/*
 * quiet: a stretch of work that no signal handler of the program interrupts.
 *
 *     struct ow_quiet quiet;
 *     ow_quiet_begin(&quiet);
 *     ...
 *     ow_quiet_end(&quiet);
 */
#ifndef OW_SHIM_QUIET_H
#define OW_SHIM_QUIET_H

#include <stdint.h>

struct ow_quiet {
    uint64_t mask; /* the thread's, as the kernel keeps it */
    int kept_errno;
};

/* Blocks all signals of this thread, libc's own too. */
void ow_quiet_begin(struct ow_quiet *quiet);
/* Puts the mask and errno back. */
void ow_quiet_end(const struct ow_quiet *quiet);

/* CLOCK_MONOTONIC. */
int64_t ow_quiet_now_ms(void);
/* Sleeps, through signals, outside of any quiet stretch. */
void ow_quiet_sleep_ms(uint32_t ms);

#endif
