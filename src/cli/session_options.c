/*
 * session_options: the options of run, env and host. See session_options.h.
 */
#include "config.h"

#include "cli/session_options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "cli/cli.h"
#include "cli/locate.h"
#include "control/control.h"

enum option_id {
#define OW_SESSION_OPTION(id, name, argument, commands, help) OPTION_##id,
#include "cli/session_options.def"
#undef OW_SESSION_OPTION
    OPTIONS
};

struct row {
    const char *name;
    const char *argument;
    const char *commands;
    const char *help;
};

static const struct row rows[OPTIONS] = {
#define OW_SESSION_OPTION(id, name, argument, commands, help)                  \
    {name, argument, commands, help},
#include "cli/session_options.def"
#undef OW_SESSION_OPTION
};

/* Same seed, same run: also when nobody says one. */
#define SEED 1

static int print_help(char letter, const char *command)
{
    char text[4096] = "";
    size_t len = 0;

    for (int i = 0; i < OPTIONS; i++) {
        char option[64];
        if (!strchr(rows[i].commands, letter))
            continue;
        snprintf(option, sizeof option, "--%s%s%s", rows[i].name,
                 rows[i].argument ? " " : "",
                 rows[i].argument ? rows[i].argument : "");
        int n = snprintf(text + len, sizeof text - len, "  %-18s  %s\n", option,
                         rows[i].help);
        len += n < (int)(sizeof text - len) ? (size_t)n : 0;
    }
    return ow_cli_help(command, text);
}

/* 0 or -EINVAL. */
static int parse_number(const char *text, uint64_t max, uint64_t *ret)
{
    uint64_t value;

    if (ow_str_parse_u64(ow_str_from(text), &value) < 0 || value > max)
        return -EINVAL;
    *ret = value;
    return 0;
}

static int parse_speed(const char *text, double *ret)
{
    char *end;
    double speed = strtod(text, &end);

    /* The bounds keep session times within 64 bits. */
    if (end == text || *end != '\0' || !(speed >= 1e-3 && speed <= 1e6))
        return -EINVAL;
    *ret = speed;
    return 0;
}

static int parse_unmatched(const char *text, bool *ret_is_error)
{
    bool is_error = strcmp(text, OW_UNMATCHED_ERROR) == 0;

    if (!is_error && strcmp(text, "404") != 0)
        return -EINVAL;
    *ret_is_error = is_error;
    return 0;
}

static int add_for(struct ow_session_options *options, int pid)
{
    for (int i = 0; i < OW_STAY_FOR; i++) {
        if (options->for_pids[i] != 0)
            continue;
        options->for_pids[i] = pid;
        return 0;
    }
    return -EINVAL;
}

static int take(struct ow_session_options *options, enum option_id id,
                const char *value)
{
    uint64_t number = 0;
    int r = 0;

    switch (id) {
    case OPTION_RULES:
        options->host.rules = value;
        break;
    case OPTION_ISOLATE:
        options->host.isolate = true;
        break;
    case OPTION_UNMATCHED:
        r = parse_unmatched(value, &options->host.unmatched_is_error);
        break;
    case OPTION_KEEP:
        options->host.keep = value;
        break;
    case OPTION_SUMMARY:
        options->summary = true;
        break;
    case OPTION_SPEED:
        r = parse_speed(value, &options->host.speed);
        break;
    case OPTION_SEED:
        r = parse_number(value, UINT64_MAX, &options->host.seed);
        break;
    case OPTION_BODY_LIMIT:
        r = ow_units_parse_size(ow_str_from(value), &number);
        options->host.body_kept = number;
        break;
    case OPTION_NO_FAIL:
        options->no_fail = true;
        break;
    case OPTION_FAIL_ON:
        r = strcmp(value, "hygiene") == 0 ? 0 : -EINVAL;
        options->fail_on_hygiene = true;
        break;
    case OPTION_ALLOW_UNREACHED:
        options->allow_unreached = true;
        break;
    case OPTION_FOR:
        r = parse_number(value, INT_MAX, &number);
        if (r == 0)
            r = add_for(options, (int)number);
        break;
    case OPTION_DIR:
        options->host.dir = value;
        break;
    case OPTION_LEND_STDERR:
        options->host.lend_stderr = true;
        break;
    case OPTION_READY_FD:
        r = parse_number(value, INT_MAX, &number);
        options->ready_fd = (int)number;
        break;
    case OPTION_HELP:
    case OPTIONS:
        break;
    }
    return r;
}

/* What getopt knows of this command's options; "val" is the row. */
static void make_table(char letter, struct option table[OPTIONS + 1])
{
    size_t n = 0;

    for (int i = 0; i < OPTIONS; i++)
        if (strchr(rows[i].commands, letter))
            table[n++] = (struct option){
                rows[i].name,
                rows[i].argument ? required_argument : no_argument, NULL, i};
    table[n] = (struct option){NULL, 0, NULL, 0};
}

static int complain(const char *command, char **argv, int c)
{
    const char *last = argv[optind - 1];

    if (c == ':')
        return ow_cli_fail(OW_EXIT_USAGE, "%s wants a value; offwire %s --help",
                           last, command);
    return ow_cli_fail(OW_EXIT_USAGE,
                       "no option \"%s\" here; offwire %s --help lists them",
                       last, command);
}

static int check(const char *command, struct ow_session_options *options)
{
    if (!options->host.rules)
        options->host.rules = getenv(OW_ENV_RULES);
    if (!options->host.rules || options->host.rules[0] == '\0')
        return ow_cli_fail(OW_EXIT_USAGE,
                           "offwire %s needs rules: --rules my.json, or "
                           "the variable " OW_ENV_RULES,
                           command);
    return -1;
}

int ow_session_options_parse(char letter, const char *command, int argc,
                             char **argv, struct ow_session_options *ret)
{
    struct ow_session_options options = {
        .host = {.speed = 1.0, .seed = SEED, .pack_dir = ow_locate_packs()},
        .ready_fd = -1,
    };
    struct option table[OPTIONS + 1];
    int c;

    make_table(letter, table);
    /* "+": what follows the program's name is the program's. */
    while ((c = getopt_long(argc, argv, "+:", table, NULL)) != -1) {
        if (c == '?' || c == ':')
            return complain(command, argv, c);
        if (c == OPTION_HELP)
            return print_help(letter, command);
        if (take(&options, (enum option_id)c, optarg) < 0)
            return ow_cli_fail(OW_EXIT_USAGE,
                               "--%s does not take \"%s\"; it wants %s",
                               rows[c].name, optarg, rows[c].argument);
    }
    options.rest = optind;
    const char *isolate = getenv(OW_ENV_ISOLATE);
    if (isolate && *isolate)
        options.host.isolate = true;
    const char *unmatched = getenv(OW_ENV_UNMATCHED);
    if (unmatched && strcmp(unmatched, OW_UNMATCHED_ERROR) == 0)
        options.host.unmatched_is_error = true;
    int status = check(command, &options);
    if (status >= 0)
        return status;
    *ret = options;
    return -1;
}
