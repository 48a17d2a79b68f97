/*
 * cli: the `offwire` command. One file per subcommand, one row each in
 * cli/commands.def: OW_COMMAND(name, "synopsis", "one line of help").
 * A subcommand gets its own argv (argv[0] is its name) and returns the exit
 * status. Its --help comes from ow_cli_help.
 */
#ifndef OW_CLI_CLI_H
#define OW_CLI_CLI_H

#include <getopt.h>
#include <stddef.h>

/* Exit statuses of the command itself. */
#define OW_EXIT_MISMATCH 1  /* a webhook's answer is not what it should be */
#define OW_EXIT_USAGE    2  /* wrong options or bad rule files */
#define OW_EXIT_UNMET    89 /* unmatched requests or unmet expectations */
#define OW_EXIT_INTERNAL                                                       \
    125 /* Offwire itself failed; 126, 127 as in env(1)                        \
         */

#define OW_COMMAND(name, synopsis, help)                                       \
    int ow_cmd_##name(int argc, char **argv);
#include "cli/commands.def"
#undef OW_COMMAND

/* "offwire: SENTENCE" on stderr, control characters as "?"; returns status. */
int ow_cli_fail(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * What getopt_long did not take: c is '?', or ':' for an option without its
 * value, which it tells apart where the letters begin with ':'; opterr is 0
 * then. argv and options are what it read. Returns OW_EXIT_USAGE.
 */
int ow_cli_bad_option(const char *command, char **argv, int c,
                      const struct option *options);
/* Of an option that takes a list: given twice it would count once. 0, or
 * OW_EXIT_USAGE with a sentence; *list is NULL at first. */
int ow_cli_take_list(const char *name, const char *value, const char **list);
/* "usage: offwire NAME SYNOPSIS", the help line and the option lines. */
int ow_cli_help(const char *command, const char *option_lines);
/*
 * The line of an option in --help: "  --name ARGUMENT", so wide, and what it
 * does. Returns its length; 0, and nothing is written, where it does not fit.
 */
size_t ow_cli_option_line(char *text, size_t size, int width, const char *name,
                          const char *argument, const char *help);

#endif
