/*
 * cli: what all subcommands share. See cli.h.
 */
#include "config.h"

#include "cli/cli.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

/* Of the options of one command; more are not suggested. */
#define OPTIONS_MAX 48

/* What was given, a file's name or a word, must not steer the terminal. */
static void disarm(char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\n') || *text == 0x7f)
            *text = '?';
}

int ow_cli_fail(int status, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0)
        return status;
    disarm(text);
    fprintf(stderr, "offwire: %s\n", text);
    free(text);
    return status;
}

/* "--sede" or "--summary=yes", which takes none: what is meant, or NULL. */
static const char *find_near(const struct option *options, struct ow_str word)
{
    const char *names[OPTIONS_MAX + 1];
    size_t n = 0;

    for (; options->name && n < OPTIONS_MAX; options++)
        names[n++] = options->name;
    names[n] = NULL;
    return ow_suggest(word, names);
}

static int fail_long(const char *command, const char *last,
                     const struct option *options)
{
    struct ow_str word = {last + 2, strcspn(last + 2, "=")};
    const char *near = find_near(options, word);

    if (near && ow_str_equal(word, ow_str_from(near)))
        return ow_cli_fail(OW_EXIT_USAGE,
                           "--%s takes no value; offwire %s --help", near,
                           command);
    if (near)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "no option \"--%.*s\" here; did you mean \"--%s\"?",
                           OW_STR_ARGS(word), near);
    return ow_cli_fail(
        OW_EXIT_USAGE,
        "no option \"--%.*s\" here; offwire %s --help lists them",
        OW_STR_ARGS(word), command);
}

int ow_cli_bad_option(const char *command, char **argv, int c,
                      const struct option *options)
{
    const char letter[] = {'-', (char)optopt, '\0'};
    const char *last = argv[optind - 1];

    /* Of letters in one word the word may not be over yet. */
    if (strncmp(last, "--", 2) != 0 && optopt != 0)
        last = letter;
    if (c == ':')
        return ow_cli_fail(OW_EXIT_USAGE, "%s wants a value; offwire %s --help",
                           last, command);
    if (last != letter)
        return fail_long(command, last, options);
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
