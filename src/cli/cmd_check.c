/*
 * offwire check: loads rule files and says what is wrong with them. A good
 * file, folder or pack is a line on stdout; errors and warnings go to stderr
 * with their place.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/locate.h"
#include "rule/table.h"
#include "rule/talk.h"

static const char options_help[] =
    "  --help  this text\n"
    "\n"
    "A FILE may be a folder or a pack, too: its files are looked at together. "
    "Ends with\n"
    "0, or with 2 if a file is wrong; warnings (a rule that never answers) "
    "change nothing.\n";

static void warn_of_shadows(const struct ow_table *table)
{
    for (size_t i = 0; i < ow_table_count(table); i++) {
        const struct ow_rule *rule = ow_table_rule(table, i);
        const struct ow_rule *before = ow_table_find_shadow(table, rule);
        if (before)
            ow_cli_fail(0,
                        "%s: warning: this rule never answers: the one at %s "
                        "takes all of its requests",
                        ow_rule_place(rule), ow_rule_place(before));
    }
}

static void list_scenarios(const struct ow_table *table)
{
    struct ow_state_shape shape;

    ow_table_shape(table, &shape);
    for (size_t i = 0; shape.scenarios && shape.scenarios[i]; i++)
        printf("%s%s", i > 0 ? ", " : "; scenarios: ", shape.scenarios[i]);
}

static void print_counts(const struct ow_table *table, const char *item)
{
    size_t routes, resources = ow_table_count_resources(table, &routes);
    size_t hosts = ow_table_count_hosts(table);
    size_t rules = ow_table_count(table) - routes;
    size_t replies = ow_table_count_replies(table);

    printf("%s: %zu rule%s", item, rules, rules == 1 ? "" : "s");
    if (resources > 0)
        printf(" and %zu resource%s", resources, resources == 1 ? "" : "s");
    if (replies > 0)
        printf(", %zu repl%s", replies, replies == 1 ? "y" : "ies");
    printf(" for %zu host%s", hosts, hosts == 1 ? "" : "s");
    list_scenarios(table);
    printf("\n");
    if (rules + routes + replies == 0)
        ow_cli_fail(0, "%s: warning: there are no rules in it", item);
}

/* A conversation, if the file is one: -ENOMSG otherwise. */
static int check_talk(const char *path)
{
    struct ow_talk *talk;
    struct ow_err err;
    struct stat status;

    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
        return -ENOMSG;
    int r = ow_talk_load(path, &talk, &err);
    if (r == -ENOMSG)
        return r;
    if (r < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    size_t n = ow_talk_count(talk);
    printf("%s: a conversation of %zu turn%s\n", path, n, n == 1 ? "" : "s");
    ow_talk_free(talk);
    return 0;
}

/* The files of a folder or a pack may need each other: they are one. */
static int check_item(const char *item)
{
    const struct ow_locate_folder packs = ow_locate_packs();
    struct ow_table *table;
    struct ow_err err;
    int status = check_talk(item);

    if (status != -ENOMSG)
        return status;
    if (ow_table_load_item(item, packs.path, &table, &err) < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    print_counts(table, item);
    warn_of_shadows(table);
    ow_table_free(table);
    return 0;
}

int ow_cmd_check(int argc, char **argv)
{
    static const struct option options[] = {{"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option, status = 0;

    while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
        if (option == 'h')
            return ow_cli_help("check", options_help);
        return ow_cli_bad_option("check", argv, option, options);
    }
    if (optind == argc)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "check wants rule files; offwire check --help");
    for (int i = optind; i < argc; i++)
        if (check_item(argv[i]) != 0)
            status = OW_EXIT_USAGE;
    return fflush(stdout) == 0 ? status : OW_EXIT_INTERNAL;
}
