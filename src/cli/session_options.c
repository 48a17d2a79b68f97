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
#include "cli/become.h"
#include "cli/cli.h"
#include "cli/locate.h"
#include "control/control.h"
#include "control/mode.h"
#include "rule/network.h"

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
#define SEED   1

#define SPEEDS "a number from 0.001 to 1000000"

static int print_help(char letter, const char *command)
{
    char text[4096] = "";
    size_t len = 0;

    for (int i = 0; i < OPTIONS; i++)
        if (strchr(rows[i].commands, letter))
            len += ow_cli_option_line(text + len, sizeof text - len, 18,
                                      rows[i].name, rows[i].argument,
                                      rows[i].help);
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

static bool is_unmatched(const char *text)
{
    return strcmp(text, OW_UNMATCHED_ERROR) == 0 || strcmp(text, "404") == 0;
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

/* Of an option that takes no value; NULL: it takes one. */
static bool *find_flag(struct ow_session_options *options, enum option_id id)
{
    switch (id) {
    case OPTION_ISOLATE:
        return &options->host.isolate;
    case OPTION_SUMMARY:
        return &options->summary;
    case OPTION_NO_FAIL:
        return &options->no_fail;
    case OPTION_ALLOW_UNREACHED:
        return &options->allow_unreached;
    case OPTION_LEND_STDERR:
        return &options->host.lend_stderr;
    default:
        return NULL;
    }
}

/* Of an option whose value is kept as it was written; NULL: it is not. */
static const char **find_text(struct ow_session_options *options,
                              enum option_id id)
{
    switch (id) {
    case OPTION_RULES:
        return &options->host.rules;
    case OPTION_SCENARIO:
        return &options->host.scenarios;
    case OPTION_KEEP:
        return &options->host.keep;
    case OPTION_NETWORK:
        return &options->network;
    case OPTION_VERIFY:
        return &options->verify;
    case OPTION_DIR:
        return &options->host.dir;
    default:
        return NULL;
    }
}

/* Of the other options: each has its own idea of a value. */
static int parse_value(struct ow_session_options *options, enum option_id id,
                       const char *value)
{
    uint64_t number = 0;
    int r = 0;

    switch (id) {
    case OPTION_LIVE:
        options->is_live |= value == NULL;
        if (value)
            options->host.live = value;
        return value && !*value ? -EINVAL : 0;
    case OPTION_UNMATCHED:
        options->unmatched = value;
        return is_unmatched(value) ? 0 : -EINVAL;
    case OPTION_SPEED:
        options->has_speed = true;
        return parse_speed(value, &options->host.speed);
    case OPTION_SEED:
        return parse_number(value, UINT64_MAX, &options->host.seed);
    case OPTION_BODY_LIMIT:
        r = ow_units_parse_size(ow_str_from(value), &number);
        options->host.body_kept = number;
        return r;
    case OPTION_FAIL_ON:
        options->fail_on_hygiene = true;
        return strcmp(value, "hygiene") == 0 ? 0 : -EINVAL;
    case OPTION_FOR:
        r = parse_number(value, INT_MAX, &number);
        return r == 0 ? add_for(options, (int)number) : r;
    case OPTION_READY_FD:
        r = parse_number(value, INT_MAX, &number);
        options->ready_fd = (int)number;
        return r;
    default:
        return 0;
    }
}

/* -EEXIST: that it is there twice has been told. */
static int take(struct ow_session_options *options, enum option_id id,
                const char *value)
{
    bool is_list = id == OPTION_RULES || id == OPTION_SCENARIO;
    bool *flag = find_flag(options, id);
    const char **text = find_text(options, id);

    if (flag)
        *flag = true;
    else if (is_list && ow_cli_take_list(rows[id].name, value, text) != 0)
        return -EEXIST;
    else if (text)
        *text = value;
    else
        return parse_value(options, id, value);
    if (id == OPTION_VERIFY)
        options->host.keeps_requests = true;
    return 0;
}

/* What a value that was not taken should have been. */
static const char *wanted(enum option_id id)
{
    switch (id) {
    case OPTION_LIVE:
        return "hosts with commas between them";
    case OPTION_SPEED:
        return SPEEDS;
    case OPTION_SEED:
        return "a whole number from 0";
    case OPTION_BODY_LIMIT:
        return "a size, as 64KiB or 4MB";
    case OPTION_FOR:
        return "the number of a process, twice at most";
    case OPTION_READY_FD:
        return "the number of a file descriptor";
    default:
        return rows[id].argument;
    }
}

/* What getopt knows of this command's options; "val" is the row. */
static void make_table(char letter, struct option table[OPTIONS + 1])
{
    size_t n = 0;

    for (int i = 0; i < OPTIONS; i++) {
        const char *argument = rows[i].argument;
        if (!strchr(rows[i].commands, letter))
            continue;
        table[n] = (struct option){rows[i].name, no_argument, NULL, i};
        if (argument)
            table[n].has_arg =
                argument[0] == '[' ? optional_argument : required_argument;
        n++;
    }
    table[n] = (struct option){NULL, 0, NULL, 0};
}

/* --live HOSTS: what getopt leaves of it, an argument that may be missing. */
static int take_live_hosts(char letter, char **argv, const char **ret)
{
    const char *word = argv[optind];

    switch (ow_become_word(word, letter == 'R')) {
    case OW_BECOME_HOSTS:
        optind++;
        *ret = word;
        return -1;
    case OW_BECOME_PROGRAM:
        return -1;
    case OW_BECOME_EITHER:
        break;
    }
    return ow_cli_fail(OW_EXIT_USAGE,
                       "--live %s: is \"%s\" a host or the program? Write "
                       "--live=%s, or --live -- %s",
                       word, word, word, word);
}

/* 0, or -EINVAL and the problem. The option goes before it. */
static int read_speed(struct ow_session_options *options)
{
    const char *speed = getenv(OW_ENV_SPEED);

    if (!speed || !*speed || options->has_speed ||
        parse_speed(speed, &options->host.speed) == 0)
        return 0;
    return ow_err_set(&options->problem, -EINVAL,
                      OW_ENV_SPEED " is \"%s\"; it wants " SPEEDS, speed);
}

/* 0, or -EINVAL and the problem. */
static int read_environment(struct ow_session_options *options)
{
    const char *mode = getenv(OW_ENV_MODE);
    const char *live = getenv(OW_ENV_LIVE);
    const char *isolate = getenv(OW_ENV_ISOLATE);
    const char *unmatched = getenv(OW_ENV_UNMATCHED);
    char text[256];

    if (ow_mode_parse(mode) == OW_MODE_UNKNOWN) {
        ow_mode_complain(mode, text, sizeof text);
        return ow_err_set(&options->problem, -EINVAL, "%s", text);
    }
    if (ow_mode_parse(mode) == OW_MODE_LIVE)
        options->is_live = true;
    if (live && *live && !options->host.live)
        options->host.live = live;
    if (!options->host.scenarios)
        options->host.scenarios = getenv(OW_ENV_SCENARIO);
    if (isolate && *isolate)
        options->host.isolate = true;
    if (unmatched && *unmatched && !is_unmatched(unmatched))
        return ow_err_set(&options->problem, -EINVAL,
                          OW_ENV_UNMATCHED
                          " is \"%s\"; it can be \"404\" or "
                          "\"" OW_UNMATCHED_ERROR "\"",
                          unmatched);
    if (options->unmatched)
        unmatched = options->unmatched;
    options->host.unmatched_is_error =
        unmatched && strcmp(unmatched, OW_UNMATCHED_ERROR) == 0;
    return read_speed(options);
}

static int print_networks(void)
{
    const struct ow_network *network;
    const char *help;

    for (size_t i = 0; (network = ow_network_at(i, &help)); i++)
        printf("%-10s  %s\n", network->name, help);
    return fflush(stdout) == 0 ? 0 : OW_EXIT_INTERNAL;
}

/* 0, or -EINVAL and the problem. */
static int find_network(struct ow_session_options *options)
{
    const char *name =
        options->network ? options->network : getenv(OW_ENV_NETWORK);

    if (!name || *name == '\0')
        return 0;
    options->host.network = ow_network_profile(name, &options->problem);
    return options->host.network ? 0 : -EINVAL;
}

static int check(const char *command, struct ow_session_options *options)
{
    if (options->is_live)
        return -1;
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
        .host = {.speed = 1.0, .seed = SEED},
        .packs = ow_locate_packs(),
        .ready_fd = -1,
    };
    struct option table[OPTIONS + 1];
    int c;

    make_table(letter, table);
    /* "+": what follows the program's name is the program's. */
    while ((c = getopt_long(argc, argv, "+:h", table, NULL)) != -1) {
        if (c == '?' || c == ':')
            return ow_cli_bad_option(command, argv, c, table);
        if (c == OPTION_HELP || c == 'h')
            return print_help(letter, command);
        const char *value = optarg;
        if (c == OPTION_LIVE && !value) {
            int status = take_live_hosts(letter, argv, &value);
            if (status >= 0)
                return status;
        }
        int r = take(&options, (enum option_id)c, value);
        if (r == -EEXIST)
            return OW_EXIT_USAGE;
        if (r < 0)
            return ow_cli_fail(OW_EXIT_USAGE,
                               "--%s does not take \"%s\"; it wants %s",
                               rows[c].name, value, wanted((enum option_id)c));
    }
    options.rest = optind;
    if (options.network && strcmp(options.network, "help") == 0)
        return print_networks();
    int r = read_environment(&options);
    if (r == 0)
        r = find_network(&options);
    if (r < 0 && letter != 'H')
        return ow_cli_fail(OW_EXIT_USAGE, "%s", options.problem.text);
    int status = check(command, &options);
    if (status >= 0)
        return status;
    *ret = options;
    ret->host.pack_dir = ret->packs.path;
    return -1;
}

int ow_session_options_status(int error)
{
    return error == -EIO || error == -ENOMEM ? OW_EXIT_INTERNAL : OW_EXIT_USAGE;
}
