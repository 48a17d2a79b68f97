/*
 * webhook_list: see webhook_list.h. Called by cmd_webhook.c.
 */
#include "config.h"

#include "cli/webhook_list.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/cli.h"
#include "cli/locate.h"
#include "rule/webhook.h"

static void list_table(const struct ow_table *table)
{
    const struct ow_webhook *webhook = ow_table_webhooks(table)->first;

    for (; webhook; webhook = webhook->next)
        printf("%-20s %s\n", webhook->name, webhook->about);
}

static int list_pack(const char *folder, const char *pack, void *context)
{
    struct ow_table *table;
    struct ow_err err;

    (void)context;
    if (ow_table_load_item(pack, folder, &table, &err) < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    list_table(table);
    ow_table_free(table);
    return 0;
}

int ow_webhook_list(const struct ow_table *rules)
{
    const struct ow_locate_folder packs = ow_locate_packs();

    if (rules)
        list_table(rules);
    return ow_locate_each_pack(packs.path, list_pack, NULL);
}

static int collect_names(const char *folder, const char *pack, void *context)
{
    struct ow_buf *names = context;
    struct ow_table *table;
    int r = ow_table_load_item(pack, folder, &table, NULL);

    if (r < 0)
        return 0; /* who uses it is told what is wrong with it */
    const struct ow_webhook *webhook = ow_table_webhooks(table)->first;
    for (; webhook && r == 0; webhook = webhook->next)
        r = ow_buf_append(names, webhook->name, strlen(webhook->name) + 1);
    ow_table_free(table);
    return r < 0 ? ow_cli_fail(OW_EXIT_INTERNAL, "out of memory") : 0;
}

/* "no webhook "twillio"; did you mean "twilio"?" */
int ow_webhook_fail_unknown(const char *wanted)
{
    const struct ow_locate_folder packs = ow_locate_packs();
    const char *known[64] = {NULL};
    struct ow_buf names;
    size_t n = 0;

    ow_buf_init(&names, 0);
    int status = ow_locate_each_pack(packs.path, collect_names, &names);
    const char *name = names.len > 0 ? ow_buf_data(&names) : NULL;
    const char *end = name ? name + names.len : NULL;
    for (; name < end && n + 1 < sizeof known / sizeof *known;
         name += strlen(name) + 1)
        known[n++] = name;
    const char *near = ow_suggest(ow_str_from(wanted), known);
    if (status == 0 && near)
        status = ow_cli_fail(OW_EXIT_USAGE,
                             "no webhook \"%s\"; did you mean \"%s\"?", wanted,
                             near);
    else if (status == 0)
        status = ow_cli_fail(OW_EXIT_USAGE,
                             "no webhook \"%s\"; offwire webhook lists them",
                             wanted);
    ow_buf_release(&names);
    return status;
}
