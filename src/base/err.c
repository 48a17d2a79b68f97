/*
 * err: sentences of failure. See err.h.
 */
#include "config.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What was quoted may hold line ends, or codes that paint the terminal. */
static void keep_on_one_line(struct ow_err *err)
{
    for (char *c = err->text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
}

int ow_err_set(struct ow_err *err, int code, const char *format, ...)
{
    va_list args;

    if (!err)
        return code;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    keep_on_one_line(err);
    return code;
}

int ow_err_prefix(struct ow_err *err, int code, const char *what)
{
    if (!err)
        return code;
    size_t room = sizeof err->text - 1;
    size_t before = strnlen(what, room / 2);
    size_t text = strnlen(err->text, room - before - 2);

    memmove(err->text + before + 2, err->text, text);
    memcpy(err->text, what, before);
    memcpy(err->text + before, ": ", 2);
    err->text[before + 2 + text] = '\0';
    keep_on_one_line(err);
    return code;
}
