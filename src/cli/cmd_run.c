/*
 * offwire run: the host and the parent of the program.
 */
#include "config.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cli/become.h"
#include "cli/cli.h"
#include "cli/join.h"
#include "cli/judge.h"
#include "cli/launch.h"
#include "cli/outcome.h"
#include "cli/reach.h"
#include "cli/session_options.h"
#include "cli/tune.h"
#include "control/control.h"

struct run {
    struct ow_session_options options;
    struct ow_host *host;
    struct ow_environ environ;
    struct ow_launch *launch;
    struct ow_judge judge; /* of --verify */
    struct ow_launch_signals signals;
    struct ow_tune_limits limits;
    int wait_status; /* of the program */
};

static void on_ended(void *context, int status)
{
    struct run *run = context;

    run->wait_status = status;
    ow_host_stop(run->host);
}

static int prepare_environ(struct run *run, struct ow_err *err)
{
    int r = ow_environ_init(&run->environ);

    if (r < 0)
        return ow_err_set(err, r, "out of memory");
    r = ow_join_environ(&run->environ, &run->options.host, run->host, err);
    if (r < 0)
        return r;
    ow_join_trust_or_say(&run->environ, run->host);
    return 0;
}

/* As env(1) and the shell have it. */
static int status_of(int wait_status)
{
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status)
                                    : WEXITSTATUS(wait_status);
}

/* Of an exec that failed, as env(1) and the shell have it. */
static int status_of_error(int error)
{
    return error == ENOENT ? 127 : 126;
}

static int start_and_serve(struct run *run, char **argv, struct ow_err *err)
{
    char *path = ow_reach_find(argv[0]);
    int status = OW_EXIT_INTERNAL;

    if (!path)
        return ow_cli_fail(status_of_error(errno), "cannot run \"%s\": %s",
                           argv[0],
                           errno == ENOENT ? "there is no such program in PATH"
                                           : strerror(errno));
    if (ow_reach_check_or_say(path, run->options.allow_unreached) == 0) {
        struct ow_launch_program program = {
            .path = path,
            .argv = argv,
            .env = run->environ.items,
            .signals = run->signals,
            .limits = run->limits,
        };
        int r = ow_launch_new(ow_host_base(run->host), &program, on_ended, run,
                              &run->launch, err);
        if (r < 0)
            status = ow_cli_fail(status_of_error(-r), "%s", err->text);
    }
    free(path);
    if (!run->launch)
        return status;
    ow_tune_process();
    /* What rules and trust needed lies free among what stays. The program is
     * under way, so that it does not wait for this. */
    malloc_trim(0);
    if (ow_host_run(run->host) < 0)
        return ow_cli_fail(OW_EXIT_INTERNAL, "the host's loop failed");
    return ow_outcome_tell(run->host, &run->options,
                           run->options.verify ? &run->judge : NULL,
                           status_of(run->wait_status));
}

static int run_all(struct run *run, char **argv)
{
    struct ow_err err = {""};
    int r = 0;

    /* A mistake there is told before the program has done anything. */
    if (run->options.verify)
        r = ow_judge_open(&run->judge, run->options.verify, &err);
    if (r < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    r = ow_tune_limits(&run->limits, &err);
    if (r < 0)
        return ow_cli_fail(OW_EXIT_INTERNAL, "%s", err.text);
    r = ow_host_new(&run->options.host, &run->host, &err);

    if (r < 0)
        return ow_cli_fail(ow_session_options_status(r), "%s", err.text);
    r = prepare_environ(run, &err);
    if (r < 0)
        return ow_cli_fail(OW_EXIT_INTERNAL, "%s", err.text);
    return start_and_serve(run, argv, &err);
}

int ow_cmd_run(int argc, char **argv)
{
    struct run run = {0};
    int status = ow_session_options_parse('R', "run", argc, argv, &run.options);

    if (status >= 0)
        return status;
    if (run.options.rest == argc)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "offwire run needs a program; offwire run --help");
    if (run.options.is_live)
        return ow_become_program(argv + run.options.rest);
    /* Within another session: our own calls are not that session's. */
    setenv(OW_ENV_SKIP, "1", 1);
    ow_launch_hold_signals(&run.signals);
    status = run_all(&run, argv + run.options.rest);
    ow_launch_free(run.launch);
    ow_environ_release(&run.environ);
    ow_judge_release(&run.judge);
    ow_host_free(run.host);
    return status;
}
