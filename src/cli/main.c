/*
 * main: the `offwire` command: finds the subcommand in commands.def, and
 * answers --help and --version.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/cli.h"
#include "cli/tune.h"

struct command {
    const char *name;
    const char *synopsis;
    const char *help;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
#define OW_COMMAND(name, synopsis, help) {#name, synopsis, help, ow_cmd_##name},
#include "cli/commands.def"
#undef OW_COMMAND
};

static const char *const names[] = {
#define OW_COMMAND(name, synopsis, help) #name,
#include "cli/commands.def"
#undef OW_COMMAND
    NULL};

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int ow_cli_help(const char *command, const char *option_lines)
{
    const struct command *c = find(command);

    printf("usage: offwire %s %s\n\nOffwire: %s.\n\n%s\nMore: man offwire\n",
           c->name, c->synopsis, c->help, option_lines);
    return fflush(stdout) == 0 ? 0 : OW_EXIT_INTERNAL;
}

static int help(void)
{
    printf(
        "usage: offwire COMMAND [OPTION]...\n\n"
        "Runs any program with its API calls answered off the wire.\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        printf("  %-8s  %s\n", commands[i].name, commands[i].help);
    printf(
        "\n  offwire COMMAND --help tells a command's options;\n"
        "  offwire --version tells the version. More: man offwire\n");
    return fflush(stdout) == 0 ? 0 : OW_EXIT_INTERNAL;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        help();
        return OW_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help();
    if (strcmp(argv[1], "--version") == 0) {
        printf("offwire %s\n", PACKAGE_VERSION);
        return 0;
    }
    const struct command *command = find(argv[1]);
    if (command)
        return command->run(argc - 1, argv + 1);
    const char *near = ow_suggest(ow_str_from(argv[1]), names);
    return near ? ow_cli_fail(OW_EXIT_USAGE,
                              "no command \"%s\"; did you mean \"%s\"?",
                              argv[1], near)
                : ow_cli_fail(OW_EXIT_USAGE,
                              "no command \"%s\"; offwire --help lists them",
                              argv[1]);
}

int main(int argc, char **argv)
{
    ow_tune_stdio();
    /* Commands say themselves what is wrong with their options. */
    opterr = 0;
    int status = run(argc, argv);
    /* A pipe whose reader has left, as head does, ends us by SIGPIPE. */
    if (fflush(stdout) != 0 || ferror(stdout))
        return ow_cli_fail(OW_EXIT_INTERNAL,
                           "what was to be printed could not be written");
    return status;
}
