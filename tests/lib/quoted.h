/*
 * quoted: JSON in C strings, with ' for ".
 */
#ifndef OW_TESTS_LIB_QUOTED_H
#define OW_TESTS_LIB_QUOTED_H

#include "rule/table.h"
#include "state/state.h"

void swap_quotes(char *text, char from, char to);
/* The table of a rule file, and states of its shape; fails the test if the file
 * is wrong. */
struct ow_table *quoted_table(struct ow_states *states, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
