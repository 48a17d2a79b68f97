/*
 * offwire webhook: sends what an API sends by itself to a program, as a rule
 * file's "webhooks" say, signed as the API signs; without a name it lists what
 * there is. The options of a webhook are its arguments: there is no list beside
 * the rules.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/cli.h"
#include "cli/locate.h"
#include "cli/webhook_help.h"
#include "cli/webhook_job.h"
#include "cli/webhook_list.h"
#include "cli/webhook_print.h"
#include "cli/webhook_talk.h"

#include "control/control.h"

enum option_id {
#define OW_WEBHOOK_OPTION(id, name, argument, help) OPTION_##id,
#include "cli/webhook_options.def"
#undef OW_WEBHOOK_OPTION
    OPTIONS
};

static const struct row {
    const char *name;
    const char *argument;
} rows[OPTIONS] = {
#define OW_WEBHOOK_OPTION(id, name, argument, help) {name, argument},
#include "cli/webhook_options.def"
#undef OW_WEBHOOK_OPTION
};

/* getopt's numbers of the webhook's own options begin here. */
#define OWN 1000

/* One call of the command. Holds the tables that it has loaded. */
struct command {
    const char *name; /* of the webhook; NULL: list them */
    const char *rules;
    struct ow_table *tables[2]; /* of the rules, of the pack */
    struct ow_arena arena;
    struct ow_talk *talk; /* NULL: one is sent */
    struct ow_webhook_job job;
    bool wants_help;
};

static int out_of_memory(void)
{
    return ow_cli_fail(OW_EXIT_INTERNAL, "out of memory");
}

/* Finding. */

static bool use_table(struct command *command, const struct ow_table *table)
{
    if (!table || !command->name)
        return false;
    command->job.table = table;
    command->job.webhook =
        ow_webhook_find(ow_table_webhooks(table), command->name);
    return command->job.webhook;
}

/* "twilio.status" is in the pack twilio, if no rules have it. */
static int find_webhook(struct command *command)
{
    const struct ow_locate_folder packs = ow_locate_packs();
    char path[PATH_MAX], pack[64];
    struct ow_err err;

    if (command->rules && *command->rules &&
        ow_table_load(command->rules, packs.path, &command->tables[0], &err) <
            0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    if (!command->name || use_table(command, command->tables[0]))
        return 0;
    snprintf(pack, sizeof pack, "%.*s", (int)strcspn(command->name, "./"),
             command->name);
    snprintf(path, sizeof path, "%.3000s/%s", packs.path, pack);
    if (*pack == '\0' || access(path, R_OK) < 0)
        return ow_webhook_fail_unknown(command->name);
    if (ow_table_load_item(pack, packs.path, &command->tables[1], &err) < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    return use_table(command, command->tables[1])
               ? 0
               : ow_webhook_fail_unknown(command->name);
}

/* Options. */

/* What says which options there are is looked for before the others. */
static const char *find_option(int argc, char **argv, const char *name)
{
    const char *found = NULL;
    size_t n = strlen(name);

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            break;
        if (strncmp(argv[i], name, n) != 0)
            continue;
        if (argv[i][n] == '=')
            found = argv[i] + n + 1;
        else if (argv[i][n] == '\0' && i + 1 < argc)
            found = argv[++i];
    }
    return found;
}

static struct option *make_options(struct command *command)
{
    const struct ow_webhook *webhook = command->job.webhook;
    size_t own = webhook ? webhook->n : 0, n = 0;
    struct option *options =
        ow_arena_zalloc(&command->arena, (OPTIONS + own + 1) * sizeof *options);

    if (!options)
        return NULL;
    for (int i = 0; i < OPTIONS; i++)
        options[n++] = (struct option){
            rows[i].name, rows[i].argument ? required_argument : no_argument,
            NULL, i + 1};
    for (size_t i = 0; i < own; i++) {
        const char *name =
            ow_webhook_option_name(&command->arena, webhook->arguments[i].name);
        if (!name)
            return NULL;
        options[n++] =
            (struct option){name, required_argument, NULL, OWN + (int)i};
    }
    return options;
}

static int add_given(struct command *command,
                     const struct ow_webhook_argument *argument,
                     const char *value)
{
    cJSON *given = command->job.given;
    cJSON *item = cJSON_CreateString(value), *list;

    if (!item)
        return out_of_memory();
    if (!argument->is_list) {
        cJSON_DeleteItemFromObjectCaseSensitive(given, argument->name);
        return cJSON_AddItemToObject(given, argument->name, item)
                   ? 0
                   : out_of_memory();
    }
    list = cJSON_GetObjectItemCaseSensitive(given, argument->name);
    if (!list)
        list = cJSON_AddArrayToObject(given, argument->name);
    return list && cJSON_AddItemToArray(list, item) ? 0 : out_of_memory();
}

/* What variables give, for arguments that nobody else gives. */
static int add_from_environment(struct command *command)
{
    const struct ow_webhook *webhook = command->job.webhook;
    int status = 0;

    for (size_t i = 0; webhook && status == 0 && i < webhook->n; i++) {
        const struct ow_webhook_argument *argument = &webhook->arguments[i];
        const char *value = argument->env ? getenv(argument->env) : NULL;
        bool is_given = cJSON_HasObjectItem(command->job.given, argument->name);
        if (value && *value && !argument->is_list && !is_given)
            status = add_given(command, argument, value);
    }
    return status;
}

static int add_header(struct command *command, const char *text)
{
    struct ow_str value = ow_str_from(text);
    struct ow_str name = ow_str_trim(ow_str_cut(&value, ':'));

    if (!value.ptr || name.len == 0)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "--header wants \"Name: value\", got \"%s\"", text);
    name = ow_arena_copy(&command->arena, name);
    return name.ptr && ow_fields_add(&command->job.headers, &command->arena,
                                     name, ow_str_trim(value)) == 0
               ? 0
               : out_of_memory();
}

static int read_time(const char *option, const char *text, int64_t *ret)
{
    if (ow_units_parse_duration(ow_str_from(text), ret) == 0)
        return 0;
    return ow_cli_fail(OW_EXIT_USAGE,
                       "--%s wants a time as 500ms or 10s, got \"%s\"", option,
                       text);
}

static int read_number(const char *option, const char *text, uint64_t max,
                       uint64_t *ret)
{
    if (ow_str_parse_u64(ow_str_from(text), ret) == 0 && *ret <= max)
        return 0;
    return ow_cli_fail(OW_EXIT_USAGE, "--%s wants a number, got \"%s\"", option,
                       text);
}

/* Of an option that takes no value; NULL: it takes one. */
static bool *find_flag(struct command *command, enum option_id id)
{
    switch (id) {
    case OPTION_INSECURE:
        return &command->job.is_unverified;
    case OPTION_ANYWHERE:
        return &command->job.may_leave;
    case OPTION_PRINT:
        return &command->job.prints;
    case OPTION_JSON:
        return &command->job.as_json;
    case OPTION_HELP:
        return &command->wants_help;
    default:
        return NULL;
    }
}

static int take_option(struct command *command, enum option_id id)
{
    struct ow_webhook_job *job = &command->job;
    bool *flag = find_flag(command, id);
    uint64_t number = 0;
    int status;

    if (flag)
        *flag = true;
    switch (id) {
    case OPTION_AS:
        job->as = optarg;
        return 0;
    case OPTION_HEADER:
        return add_header(command, optarg);
    case OPTION_WAIT:
        return read_time("wait", optarg, &job->wait_ns);
    case OPTION_TIMEOUT:
        return read_time("timeout", optarg, &job->timeout_ns);
    case OPTION_RETRIES:
        status = read_number("retries", optarg, 100, &number);
        job->retries = (int)number;
        return status;
    case OPTION_SEED:
        return read_number("seed", optarg, UINT64_MAX, &job->seed);
    default: /* a flag; or one that find_option has seen */
        return 0;
    }
}

static int fail_option(const struct command *command, char **argv, int option,
                       const struct option *options)
{
    char name[128];

    snprintf(name, sizeof name, "webhook%s%s", command->name ? " " : "",
             command->name ? command->name : "");
    return ow_cli_bad_option(name, argv, option, options);
}

static int read_options(struct command *command, int argc, char **argv)
{
    const struct option *options = make_options(command);
    int option, status = 0;

    if (!options)
        return out_of_memory();
    while (status == 0 &&
           (option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option >= OWN)
            status = add_given(command,
                               &command->job.webhook->arguments[option - OWN],
                               optarg);
        else if (option > 0 && option <= OPTIONS)
            status = take_option(command, (enum option_id)(option - 1));
        else
            status = fail_option(command, argv, option, options);
    }
    return status;
}

static bool is_url(const char *text)
{
    return strncmp(text, "http://", 7) == 0 ||
           strncmp(text, "https://", 8) == 0;
}

static int read_url(struct command *command, int argc, char **argv)
{
    struct ow_webhook_job *job = &command->job;

    if (argc - optind != 1)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "webhook %s wants the URL of the program, as "
                           "http://localhost:8080/hook",
                           command->name);
    job->url = argv[optind];
    if (!is_url(job->url) || (job->as && !is_url(job->as)))
        return ow_cli_fail(OW_EXIT_USAGE,
                           "expected a URL as http://localhost:8080/hook, got "
                           "\"%s\"",
                           is_url(job->url) ? job->as : job->url);
    return 0;
}

/* Sending. */

static int tell(const struct command *command,
                const struct ow_delivery *delivery, const struct ow_sent *sent)
{
    if (command->job.as_json && ow_webhook_print_json(delivery, sent) < 0)
        return out_of_memory();
    if (sent->called.status == 0)
        return ow_cli_fail(OW_EXIT_MISMATCH, "no answer from %s: %s%s",
                           delivery->url, sent->called.why.text,
                           command->job.wait_ns > 0
                               ? ""
                               : "; --wait 10s waits until somebody listens");
    if (!command->job.as_json)
        ow_webhook_print_sent(sent);
    fflush(stdout);
    if (sent->unread.text[0])
        ow_cli_fail(0, "%s", sent->unread.text);
    if (sent->hint)
        ow_cli_fail(0, "%s", sent->hint);
    return ow_sent_is_good(sent) ? 0 : OW_EXIT_MISMATCH;
}

static int send_one(struct command *command, struct ow_sender *sender)
{
    struct ow_delivery *delivery;
    struct ow_sent sent;
    struct ow_err err;
    int r = ow_sender_prepare(sender, command->job.given, &delivery, &err);

    if (r == -EINVAL)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    if (r < 0)
        return out_of_memory();
    int status = 0;
    if (command->job.prints) {
        ow_webhook_print_curl(delivery);
    } else {
        r = ow_sender_send(sender, delivery, &sent, &err);
        if (r < 0)
            status = r == -ENOMEM
                         ? out_of_memory()
                         : ow_cli_fail(OW_EXIT_INTERNAL, "%s", err.text);
        else
            status = tell(command, delivery, &sent);
        if (r == 0)
            ow_sent_release(&sent);
    }
    ow_delivery_free(delivery);
    return status;
}

/* Its webhook, unless the command line says one, and its arguments. */
static int load_talk(struct command *command)
{
    struct ow_err err;
    int r;

    if (!command->job.conversation)
        return 0;
    r = ow_talk_load(command->job.conversation, &command->talk, &err);
    if (r == -ENOMSG)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "%s: a conversation has \"turns\"; offwire schema "
                           "conversation tells all",
                           command->job.conversation);
    if (r < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    if (!command->name)
        command->name = ow_talk_webhook(command->talk);
    return command->name ? 0
                         : ow_cli_fail(OW_EXIT_USAGE,
                                       "%s says no \"webhook\": which one is "
                                       "it? offwire webhook lists them",
                                       command->job.conversation);
}

static int take_talk(struct command *command)
{
    struct ow_webhook_job *job = &command->job;
    struct ow_err err;

    if (!command->talk)
        return 0;
    if (ow_talk_fit(command->talk, job->webhook, &err) < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    return ow_talk_give(job->webhook, ow_talk_arguments(command->talk), false,
                        job->given) < 0
               ? out_of_memory()
               : 0;
}

static int run(struct command *command, int argc, char **argv)
{
    int status = load_talk(command);

    if (status == 0)
        status = find_webhook(command);
    if (status == 0)
        status = read_options(command, argc, argv);
    if (status == 0 && !command->wants_help)
        status = take_talk(command);
    if (status == 0)
        status = add_from_environment(command);
    if (status != 0)
        return status;
    if (command->wants_help)
        return ow_webhook_help(command->job.webhook);
    if (!command->name)
        return ow_webhook_list(command->tables[0]);
    status = read_url(command, argc, argv);
    if (status != 0)
        return status;
    struct ow_sender *sender = ow_sender_new(&command->job);
    if (!sender)
        return out_of_memory();
    status = command->talk
                 ? ow_webhook_talk(&command->job, command->talk, sender)
                 : send_one(command, sender);
    ow_sender_free(sender);
    return status;
}

/* What is sent twice is not the same message. */
static uint64_t random_seed(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000007U ^ (uint64_t)now.tv_nsec ^
           (uint64_t)getpid() << 32;
}

int ow_cmd_webhook(int argc, char **argv)
{
    struct command command = {.rules = find_option(argc, argv, "--rules")};
    int skip = argc > 1 && argv[1][0] != '-';

    ow_arena_init(&command.arena);
    if (!command.rules)
        command.rules = getenv(OW_ENV_RULES);
    command.name = skip ? argv[1] : NULL;
    command.job.conversation = find_option(argc, argv, "--conversation");
    command.job.seed = random_seed();
    command.job.given = cJSON_CreateObject();
    int status = command.job.given ? run(&command, argc - skip, argv + skip)
                                   : out_of_memory();
    cJSON_Delete(command.job.given);
    ow_talk_free(command.talk);
    for (int i = 0; i < 2; i++)
        ow_table_free(command.tables[i]);
    ow_arena_release(&command.arena);
    return fflush(stdout) == 0 ? status : OW_EXIT_INTERNAL;
}
