/*
 * err: sentences of failure. See err.h.
 */
#include "config.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int ow_err_set(struct ow_err *err, int code, const char *format, ...)
{
    va_list args;

    if (!err)
        return code;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
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
    return code;
}
