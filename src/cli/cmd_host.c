/*
 * offwire host: serves a session without being a program's parent. Started by
 * the shim when there is no session yet, and by `offwire env`; ends when the
 * processes that joined are gone.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/session_options.h"
#include "cli/stay.h"
#include "cli/tune.h"
#include "rule/files.h"

/* "ok" or "error: ..." to whoever waits for us; then it waits no more. */
static void tell_ready(int fd, const char *problem)
{
    char text[2048];

    if (fd < 0)
        return;
    int n = problem ? snprintf(text, sizeof text, "error: %s\n", problem)
                    : snprintf(text, sizeof text, "ok\n");
    /* Who has gone does not wait for it. */
    ssize_t told = write(fd, text, (size_t)n);
    (void)told;
    close(fd);
}

/* Where we look is where the first program was when it looked a name up, which
 * nobody sees. */
static void add_folder(const char *rules, struct ow_err *err)
{
    char folder[512], text[sizeof err->text];
    size_t len = strlen(err->text);

    if (rules[0] == '/' || len == 0 || err->text[len - 1] == '?' ||
        !getcwd(folder, sizeof folder))
        return;
    memcpy(text, err->text, len + 1);
    ow_err_set(err, 0, "%s (relative paths count from \"%s\" here)", text,
               folder);
}

int ow_cmd_host(int argc, char **argv)
{
    struct ow_session_options options;
    struct ow_host *host;
    struct ow_tune_limits limits;
    struct ow_err err;
    int status = ow_session_options_parse('H', "host", argc, argv, &options);

    if (status >= 0)
        return status;
    ow_tune_close_inherited(options.ready_fd);
    if (options.problem.text[0]) {
        tell_ready(options.ready_fd, options.problem.text);
        return ow_cli_fail(OW_EXIT_USAGE, "%s", options.problem.text);
    }
    /* The shim says whose session it is, and can begin another for it. */
    options.host.renews = options.for_pids[1] != 0;
    int r = ow_tune_limits(&limits, &err);
    if (r == 0)
        r = ow_host_new(&options.host, &host, &err);
    if (r == -EALREADY && options.ready_fd >= 0) {
        /* Another program's host was faster; it serves ours too. */
        tell_ready(options.ready_fd, NULL);
        return 0;
    }
    if (r == -ENOENT &&
        ow_files_stamp(options.host.rules, options.host.pack_dir) == 0)
        add_folder(options.host.rules, &err);
    if (r < 0) {
        tell_ready(options.ready_fd, err.text);
        return ow_cli_fail(ow_session_options_status(r), "%s", err.text);
    }
    ow_tune_process();
    tell_ready(options.ready_fd, NULL);
    r = ow_stay(host, options.for_pids);
    ow_host_free(host);
    return r < 0 ? OW_EXIT_INTERNAL : 0;
}
