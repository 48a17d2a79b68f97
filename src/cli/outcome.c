/*
 * outcome: what `offwire run` says at the end. See outcome.h.
 */
#include "config.h"

#include "cli/outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/judge.h"
#include "journal/hygiene.h"
#include "journal/reader.h"
#include "journal/report.h"

static size_t tell_unmet(const struct ow_serve_env *env)
{
    size_t unmet = 0;

    for (size_t i = 0; i < ow_table_count(env->table); i++) {
        const struct ow_rule *rule = ow_table_rule(env->table, i);
        struct ow_err text;
        if (ow_rule_met(rule, env->states, &text))
            continue;
        unmet++;
        ow_cli_fail(0, "the rule \"%s\" (%s) was not met: %s",
                    ow_rule_name(rule), ow_rule_place(rule), text.text);
    }
    return unmet;
}

static void tell_summary(struct ow_host *host)
{
    struct ow_reader *reader = NULL;
    struct ow_buf text;
    struct ow_err err = {""};

    ow_buf_init(&text, 0);
    int r = ow_reader_open(ow_host_journal_dir(host), &reader, &err);
    if (r == 0)
        r = ow_report(reader, &text);
    if (r == 0)
        fwrite(ow_buf_data(&text), 1, text.len, stderr);
    else
        ow_cli_fail(0, "no summary: %s", err.text[0] ? err.text : strerror(-r));
    ow_reader_free(reader);
    ow_buf_release(&text);
}

/* The transfers that would be questioned, each with its line on stderr. */
static uint64_t tell_hygiene(struct ow_host *host)
{
    struct ow_reader *reader = NULL;
    struct ow_buf text;
    struct ow_err err = {""};
    uint64_t questioned = 0;

    ow_buf_init(&text, 0);
    int r = ow_reader_open(ow_host_journal_dir(host), &reader, &err);
    if (r == 0)
        r = ow_hygiene_list(reader, &text, &questioned);
    if (r == 0)
        fwrite(ow_buf_data(&text), 1, text.len, stderr);
    else
        ow_cli_fail(0, "libcurl's transfers cannot be judged: %s",
                    err.text[0] ? err.text : strerror(-r));
    ow_reader_free(reader);
    ow_buf_release(&text);
    if (questioned > 0)
        ow_cli_fail(0,
                    "a reviewer would question %" PRIu64 " kind%s of transfer",
                    questioned, questioned == 1 ? "" : "s");
    /* What cannot be judged has not passed. */
    return r == 0 ? questioned : 1;
}

/* Whether what was called is as expected; what cannot be judged is not. */
static bool tell_verdict(struct ow_host *host, struct ow_judge *judge)
{
    struct ow_buf text;
    struct ow_err err = {""};
    bool is_met = false;

    ow_buf_init(&text, 0);
    int r = ow_judge_hear(judge, ow_host_journal_dir(host), &err);
    if (r == 0)
        r = ow_verify_write(judge->verify, OW_VERIFY_TEXT, &text);
    if (r < 0)
        ow_cli_fail(0, "%s", err.text[0] ? err.text : strerror(-r));
    else
        is_met = ow_verify_is_met(judge->verify);
    if (r == 0 && !is_met)
        fwrite(ow_buf_data(&text), 1, text.len, stderr);
    ow_buf_release(&text);
    return is_met;
}

static void tell_count(uint64_t n, const char *one, const char *more,
                       const char *what)
{
    if (n > 0)
        ow_cli_fail(0, "%" PRIu64 " %s %s", n, n == 1 ? one : more, what);
}

/* How many were given up. */
static uint64_t tell_undelivered(const struct ow_host *host)
{
    const struct ow_undelivered un = ow_host_undelivered(host);
    char what[sizeof((struct ow_err *)0)->text + 60];

    tell_count(un.failed, "call back was", "call backs were", "not delivered");
    snprintf(what, sizeof what, "not sent: the program had ended; %s %s",
             un.cancelled == 1 ? "it is" : "the first is", un.first);
    tell_count(un.cancelled, "call back was", "call backs were", what);
    return un.failed;
}

int ow_outcome_tell(struct ow_host *host,
                    const struct ow_session_options *options,
                    struct ow_judge *judge, int status)
{
    const struct ow_serve_env *env = ow_host_env(host);
    uint64_t unmatched = env->unmatched;
    uint64_t lost = ow_journal_lost(env->journal);

    if (options->summary)
        tell_summary(host);
    size_t unmet = tell_unmet(env);
    tell_count(unmatched, "request was", "requests were",
               "answered by no rule");
    tell_count(lost, "record", "records",
               "of the journal could not be written");
    uint64_t failed = tell_undelivered(host);
    bool is_questioned = options->fail_on_hygiene && tell_hygiene(host) > 0;
    bool is_refuted = judge && !tell_verdict(host, judge);
    bool is_unmet =
        !options->no_fail && (unmet > 0 || unmatched > 0 || failed > 0);
    if (status != 0 || (!is_unmet && !is_questioned && !is_refuted))
        return status;
    return ow_cli_fail(OW_EXIT_UNMET,
                       "the program ended with 0; this run ends with %d "
                       "because of that",
                       OW_EXIT_UNMET);
}
