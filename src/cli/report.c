/*
 * report: what `offwire run` says at the end. See report.h.
 */
#include "config.h"

#include "cli/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/cli.h"

static size_t tell_unmet(const struct ow_serve_env *env)
{
    size_t unmet = 0;

    for (size_t i = 0; i < ow_table_count(env->table); i++) {
        const struct ow_rule *rule = ow_table_rule(env->table, i);
        struct ow_err text;
        if (ow_rule_times_met(rule, ow_hits_get(env->hits, i), &text))
            continue;
        unmet++;
        ow_cli_fail(0, "the rule \"%s\" (%s) was not met: %s",
                    ow_rule_name(rule), ow_rule_place(rule), text.text);
    }
    return unmet;
}

int ow_report_end(const struct ow_serve_env *env,
                  const struct ow_session_options *options, int status)
{
    size_t unmet = tell_unmet(env);
    uint64_t lost = ow_journal_lost(env->journal);

    if (env->unmatched > 0)
        ow_cli_fail(0, "%" PRIu64 " request%s answered by no rule",
                    env->unmatched, env->unmatched == 1 ? " was" : "s were");
    if (lost > 0)
        ow_cli_fail(0,
                    "%" PRIu64 " record%s of the journal could not be written",
                    lost, lost == 1 ? "" : "s");
    if (status != 0 || options->no_fail || (unmet == 0 && env->unmatched == 0))
        return status;
    return ow_cli_fail(OW_EXIT_UNMET,
                       "the program ended with 0; this run ends "
                       "with 89 because of that");
}
