/*
 * match_run: see match_run.h. Called by table_find.c and explain.c.
 */
#include "config.h"

#include "rule/match_run.h"

#include <errno.h>

#include "rule/match_path.h"
#include "rule/table_build.h"

static const struct ow_program nobody = {.name = ""};

void ow_table_pattern_run(const struct ow_table *table, struct ow_arena *arena,
                          struct ow_pattern_run *ret)
{
    *ret = (struct ow_pattern_run){.arena = arena};
    ow_regex_run_init(&ret->regex, &table->regexes, arena);
}

void ow_match_run_init_early(struct ow_match_run *run,
                             const struct ow_table *table,
                             const struct ow_asker *asker,
                             struct ow_arena *arena)
{
    *run = (struct ow_match_run){.host = ow_str_from(asker->host),
                                 .port = asker->port,
                                 .program =
                                     asker->program ? asker->program : &nobody};
    ow_table_pattern_run(table, arena, &run->pattern);
}

int ow_match_run_init(struct ow_match_run *run, const struct ow_table *table,
                      struct ow_request *request)
{
    char normal[OW_LIMIT_NAME];
    struct ow_str host = request->host;

    /* Nearly always it is in normal form already; then nothing is copied. */
    if (ow_hosts_normal(host, normal) == 0 &&
        !ow_str_equal(host, ow_str_from(normal))) {
        host = ow_arena_copy(request->arena, ow_str_from(normal));
        if (!host.ptr)
            return -ENOMEM;
    }
    struct ow_asker asker = {NULL, request->port, request->program};
    ow_match_run_init_early(run, table, &asker, request->arena);
    run->host = host;
    run->request = request;
    bool raw = request->raw_path.ptr != NULL;
    return ow_match_path_split(raw ? request->raw_path : request->path, raw,
                               request->arena, &run->segments,
                               &run->n_segments);
}
