/*
 * serve_lab: see serve_lab.h.
 */
#include "config.h"

#include "serve_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "quoted.h"

static void say(void *context, const struct ow_program *program,
                const char *line)
{
    (void)program;
    ow_buf_printf(context, "%s\n", line);
}

int serve_lab_set_up(void **state)
{
    struct serve_lab *lab = calloc(1, sizeof *lab);

    if (!lab)
        return -1;
    lab->odds = (struct ow_odds){.seed = 1};
    lab->env = (struct ow_serve_env){
        .states = &lab->states,
        .odds = &lab->odds,
        .clock = &lab->clock,
        .body_kept = OW_LIMIT_BODY_KEPT,
        .say = say,
        .say_context = &lab->said,
    };
    *state = lab;
    return ow_journal_open(NULL, &lab->env.journal, NULL);
}

int serve_lab_tear_down(void **state)
{
    struct serve_lab *lab = *state;

    ow_serve_free(lab->serve);
    ow_table_free(lab->table);
    ow_states_release(&lab->states);
    ow_journal_free(lab->env.journal);
    ow_buf_release(&lab->said);
    free(lab);
    return 0;
}

void serve_lab_open(struct serve_lab *lab, const char *host, const char *rules)
{
    static const struct ow_program program = {.name = "test", .pid = 7};
    struct ow_serve_peer peer = {
        .host = host, .port = 443, .tls = true, .program = &program};

    lab->table = quoted_table(&lab->states,
                              "{'offwire': 1, 'hosts': ['a.test', "
                              "'127.0.0.1'], 'rules': [%s]}",
                              rules);
    lab->env.table = lab->table;
    lab->serve = ow_serve_new(&lab->env, &peer);
    assert_non_null(lab->serve);
}

void serve_lab_feed(struct serve_lab *lab, const char *text)
{
    ow_serve_feed(lab->serve, text, strlen(text));
}
