/*
 * become: `offwire run --live`: the program as if Offwire were not there, and
 * what the word behind --live is.
 */
#ifndef OW_CLI_BECOME_H
#define OW_CLI_BECOME_H

#include <stdbool.h>

/* Said once, by whoever lets a program out. */
#define OW_BECOME_NOTICE "live: nothing is mocked, calls reach the real hosts"

enum ow_become_word {
    OW_BECOME_HOSTS,
    OW_BECOME_PROGRAM, /* or nothing, or an option */
    OW_BECOME_EITHER,  /* looks like a host, and there is such a program */
};

/* word may be NULL. has_program: a program may follow; else it is a host if it
 * is anything. */
enum ow_become_word ow_become_word(const char *word, bool has_program);
/* Becomes the program. Returns only if that fails, with the exit status; the
 * sentence has been said. */
int ow_become_program(char **argv);

#endif
