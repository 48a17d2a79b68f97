/*
 * offwire packs: the rule packs that are shipped, each with the first line of
 * its README.md; with a name, that pack's README.md, hosts, scenarios and
 * routes, as its rules say them: there is no list beside the rules.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/locate.h"
#include "rule/table.h"
#include "rule/webhook.h"

static const char options_help[] =
    "  --help  this text\n"
    "\n"
    "A pack answers for one API; the option of offwire run that names rule "
    "files takes\n"
    "it by its name. With PACK its hosts, scenarios and routes are listed, by "
    "the names\n"
    "that reports and expectations call them.\n";

/* "# twilio: messages" gives "messages". */
static void print_subject(const char *folder, const char *pack)
{
    char path[PATH_MAX], line[256] = "";

    snprintf(path, sizeof path, "%.2048s/%.255s/README.md", folder, pack);
    FILE *file = fopen(path, "re");
    if (file && !fgets(line, sizeof line, file))
        line[0] = '\0';
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
    const char *subject = strchr(line, ':');
    printf("%-12s %s\n", pack, subject ? subject + 2 : "");
}

static int list_pack(const char *folder, const char *pack, void *context)
{
    (void)context;
    print_subject(folder, pack);
    return 0;
}

static void print_hosts(const struct ow_table *table)
{
    char list[4096];

    ow_table_list_hosts(table, list, sizeof list);
    printf("hosts:");
    for (char *rest = list, *name; (name = strsep(&rest, ","));)
        if (*name)
            printf(" %s%s", *name == '.' ? "*" : "", name);
    printf("\n");
}

static int print_rule(const struct ow_rule *rule,
                      const struct ow_state_shape *shape)
{
    struct ow_str path = ow_rule_path(rule);
    struct ow_buf line;

    ow_buf_init(&line, 0);
    int r = ow_rule_list_methods(rule, &line);
    struct ow_str methods = ow_buf_peek(&line);
    if (r == 0) {
        printf("%-34s %-8.*s %.*s", ow_rule_name(rule),
               OW_STR_ARGS(methods.len ? methods : OW_STR("*")),
               OW_STR_ARGS(path.len ? path : OW_STR("**")));
        for (size_t i = 0; shape->scenarios && shape->scenarios[i]; i++)
            if (ow_rule_is_in_scenario(rule, i))
                printf("  (%s)", shape->scenarios[i]);
        printf("\n");
    }
    ow_buf_release(&line);
    return r;
}

static void print_webhooks(const struct ow_table *table)
{
    const struct ow_webhook *webhook = ow_table_webhooks(table)->first;

    for (; webhook; webhook = webhook->next)
        printf("%s %s",
               webhook == ow_table_webhooks(table)->first ? "webhooks:" : "",
               webhook->name);
    if (ow_table_webhooks(table)->first)
        printf("\n");
}

static int print_table(const struct ow_table *table)
{
    struct ow_state_shape shape;
    int r = 0;

    ow_table_shape(table, &shape);
    print_hosts(table);
    if (shape.scenarios) {
        printf("scenarios:");
        for (size_t i = 0; shape.scenarios[i]; i++)
            printf(" %s", shape.scenarios[i]);
        printf("\n");
    }
    print_webhooks(table);
    printf("\n%-34s %-8s %s\n", "name", "method", "path");
    for (size_t i = 0; r == 0 && i < ow_table_count(table); i++)
        r = print_rule(ow_table_rule(table, i), &shape);
    return r;
}

static int show_pack(const char *folder, const char *pack)
{
    struct ow_table *table;
    struct ow_err err;

    if (ow_table_load_item(pack, folder, &table, &err) < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    print_subject(folder, pack);
    int r = print_table(table);
    ow_table_free(table);
    return r == 0 ? 0 : ow_cli_fail(OW_EXIT_INTERNAL, "out of memory");
}

int ow_cmd_packs(int argc, char **argv)
{
    static const struct option options[] = {{"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const struct ow_locate_folder folder = ow_locate_packs();
    int option;

    while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
        if (option == 'h')
            return ow_cli_help("packs", options_help);
        return ow_cli_bad_option("packs", argv, option, options);
    }
    if (argc - optind > 1)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "packs takes one PACK; offwire packs --help");
    int status = optind < argc
                     ? show_pack(folder.path, argv[optind])
                     : ow_locate_each_pack(folder.path, list_pack, NULL);
    return fflush(stdout) == 0 ? status : OW_EXIT_INTERNAL;
}
