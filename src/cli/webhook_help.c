/*
 * webhook_help: see webhook_help.h. Called by cmd_webhook.c.
 */
#include "config.h"

#include "cli/webhook_help.h"

#include <stdio.h>

#include "cli/cli.h"

static const struct row {
    const char *name;
    const char *argument;
    const char *help;
} rows[] = {
#define OW_WEBHOOK_OPTION(id, name, argument, help) {name, argument, help},
#include "cli/webhook_options.def"
#undef OW_WEBHOOK_OPTION
};

#define ROWS (sizeof rows / sizeof *rows)

const char *ow_webhook_option_name(struct ow_arena *arena, const char *name)
{
    char *text = (char *)ow_arena_copy(arena, ow_str_from(name)).ptr;

    for (char *c = text; c && *c; c++)
        if (*c == '_')
            *c = '-';
    return text;
}

static void print_option(const char *name, const char *argument,
                         const char *help)
{
    char line[1024];

    ow_cli_option_line(line, sizeof line, 22, name, argument, help);
    fputs(line, stdout);
}

static void print_argument(const struct ow_webhook_argument *argument,
                           struct ow_arena *arena)
{
    char help[512];

    snprintf(help, sizeof help, "%s%s%s%s%s%s", argument->about,
             argument->is_required ? "; needed" : "",
             argument->is_list ? "; may be given several times" : "",
             argument->env ? " (" : "", argument->env ? argument->env : "",
             argument->env ? ")" : "");
    print_option(ow_webhook_option_name(arena, argument->name), argument->value,
                 help);
}

static int help_of_one(const struct ow_webhook *webhook)
{
    struct ow_arena arena;

    ow_arena_init(&arena);
    printf("usage: offwire webhook %s [OPTION]... URL\n\n%s: %s.\n\n",
           webhook->name, webhook->name, webhook->about);
    for (size_t i = 0; i < webhook->n; i++)
        print_argument(&webhook->arguments[i], &arena);
    printf("\nand, as of all webhooks:\n\n");
    for (size_t i = 0; i < ROWS; i++)
        print_option(rows[i].name, rows[i].argument, rows[i].help);
    printf("\nMore: man offwire\n");
    ow_arena_release(&arena);
    return fflush(stdout) == 0 ? 0 : OW_EXIT_INTERNAL;
}

int ow_webhook_help(const struct ow_webhook *webhook)
{
    char text[4096] = "";
    size_t len = 0;

    if (webhook)
        return help_of_one(webhook);
    for (size_t i = 0; i < ROWS; i++)
        len += ow_cli_option_line(text + len, sizeof text - len, 19,
                                  rows[i].name, rows[i].argument, rows[i].help);
    snprintf(text + len, sizeof text - len,
             "\n"
             "Without NAME it lists the webhooks of the packs; with one and "
             "%shelp its own\n"
             "options. Ends with 0 if the answer is 2xx, or a conversation as "
             "its file has it,\n"
             "else with 1.\n",
             "--");
    return ow_cli_help("webhook", text);
}
