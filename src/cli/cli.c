/*
 * cli: what all subcommands share. See cli.h.
 */
#include "config.h"

#include "cli/cli.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

int ow_cli_bad_option(const char *command, char **argv, int c)
{
    const char letter[] = {'-', (char)optopt, '\0'};
    const char *last = argv[optind - 1];

    /* Of letters in one word the word may not be over yet. */
    if (strncmp(last, "--", 2) != 0 && optopt != 0)
        last = letter;
    if (c == ':')
        return ow_cli_fail(OW_EXIT_USAGE, "%s wants a value; offwire %s --help",
                           last, command);
    return ow_cli_fail(OW_EXIT_USAGE,
                       "no option \"%s\" here; offwire %s --help lists them",
                       last, command);
}

int ow_cli_take_list(const char *name, const char *value, const char **list)
{
    if (*list)
        return ow_cli_fail(
            OW_EXIT_USAGE, "--%s is there twice; it takes a list: %s%s%s", name,
            *list, strcmp(name, "rules") == 0 ? ":" : ",", value);
    *list = value;
    return 0;
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
