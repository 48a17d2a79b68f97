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

size_t ow_cli_option_line(char *text, size_t size, int width, const char *name,
                          const char *argument, const char *help)
{
    char option[64];

    snprintf(option, sizeof option, "--%s%s%s", name, argument ? " " : "",
             argument ? argument : "");
    int n = snprintf(text, size, "  %-*s  %s\n", width, option, help);
    if (n > 0 && (size_t)n < size)
        return (size_t)n;
    text[0] = '\0';
    return 0;
}
