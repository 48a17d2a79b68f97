/*
 * quoted: see quoted.h.
 */
#include "config.h"

#include "quoted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void swap_quotes(char *text, char from, char to)
{
    for (; *text; text++)
        if (*text == from)
            *text = to;
}

struct ow_table *quoted_table(struct ow_states *states, const char *format, ...)
{
    struct ow_err err = {.text = ""};
    struct ow_state_shape shape;
    struct ow_table *table;
    va_list args;
    char *text;

    va_start(args, format);
    assert_true(vasprintf(&text, format, args) >= 0);
    va_end(args);
    swap_quotes(text, '\'', '"');
    if (ow_table_load_text("/tmp/rules.json", text, strlen(text), &table,
                           &err) < 0)
        fail_msg("%s", err.text);
    free(text);
    ow_table_shape(table, &shape);
    assert_int_equal(ow_states_init(states, &shape), 0);
    return table;
}
