/*
 * cli: what all subcommands share. See cli.h.
 */
#include "config.h"

#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>

int ow_cli_fail(int status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("offwire: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return status;
}
