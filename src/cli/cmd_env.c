/*
 * offwire env: starts a session for a process (the caller's, if none is named)
 * and prints the variables that put a shell into it:
 *
 *     eval "$(offwire env --rules my.json --for $$)"
 *
 *   offwire env --fork--> host: makes the session, prints the lines, lets go
 *       |                 of stdio, serves until its processes are gone
 *       +-- waits until the lines are printed
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/become.h"
#include "cli/cli.h"
#include "cli/join.h"
#include "cli/reach.h"
#include "cli/session_options.h"
#include "cli/stay.h"
#include "cli/tune.h"
#include "control/control.h"

/* For sh: in single quotes, with '\'' for each quote in it. */
static void print_export(const char *item)
{
    const char *value = strchr(item, '=') + 1;

    printf("export %.*s='", (int)(value - 1 - item), item);
    for (; *value; value++) {
        if (*value == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*value);
    }
    puts("'");
}

/* Of a variable of ours that the program is not to have. */
static int print_unset(const struct ow_environ *env, const char *item)
{
    char *name = strndup(item, strcspn(item, "="));

    if (!name)
        return -ENOMEM;
    if (!ow_environ_find(env, name))
        printf("unset %s\n", name);
    free(name);
    return 0;
}

static int print_changed(const struct ow_environ *env)
{
    int r = 0;

    for (size_t i = 0; i < env->n; i++)
        if (env->changed[i])
            print_export(env->items[i]);
    for (char **item = environ; r == 0 && *item; item++)
        r = print_unset(env, *item);
    return r;
}

/* A shell that is to reach the real hosts needs no host of ours. */
static int print_live(void)
{
    struct ow_environ env;
    int r = ow_environ_init(&env);

    if (r == 0)
        r = ow_join_leave(&env);
    if (r == 0)
        r = print_changed(&env);
    ow_environ_release(&env);
    if (r < 0 || fflush(stdout) != 0)
        return ow_cli_fail(OW_EXIT_INTERNAL, "cannot print: %s",
                           strerror(r < 0 ? -r : errno));
    ow_cli_fail(0, OW_BECOME_NOTICE);
    return 0;
}

static int print_environ(struct ow_host *host,
                         const struct ow_host_options *options,
                         struct ow_err *err)
{
    struct ow_environ env;
    int r = ow_environ_init(&env);

    if (r == 0)
        r = ow_join_environ(&env, options, host, err);
    if (r == 0)
        ow_join_trust_or_say(&env, host);
    if (r == 0 && print_changed(&env) < 0)
        r = ow_err_set(err, -ENOMEM, "out of memory");
    ow_environ_release(&env);
    if (r == 0 && (fflush(stdout) != 0 || ferror(stdout)))
        r = ow_err_set(err, -EIO, "cannot print: %s", strerror(errno));
    return r;
}

/* Whoever reads our output until its end must not wait for the host. */
static void let_go_of_stdio(void)
{
    int null = open("/dev/null", O_RDWR);

    for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    if (null > STDERR_FILENO)
        close(null);
}

/* The host's process. Returns its exit status. */
static int be_host(const struct ow_session_options *options, int ready_fd)
{
    struct ow_host *host;
    struct ow_tune_limits limits;
    struct ow_err err;

    setsid();
    ow_tune_close_inherited(ready_fd);
    /* Who does not read what is printed must not end us by SIGPIPE: then the
     * session's folder would stay. */
    ow_tune_process();
    if (ow_tune_limits(&limits, &err) < 0)
        return ow_cli_fail(OW_EXIT_INTERNAL, "%s", err.text);
    int r = ow_host_new(&options->host, &host, &err);
    if (r < 0)
        return ow_cli_fail(ow_session_options_status(r), "%s", err.text);
    if (print_environ(host, &options->host, &err) < 0) {
        ow_host_free(host);
        return ow_cli_fail(OW_EXIT_INTERNAL, "%s", err.text);
    }
    let_go_of_stdio();
    if (write(ready_fd, "ok\n", 3) < 0)
        ow_host_stop(host);
    close(ready_fd);
    r = ow_stay(host, options->for_pids);
    ow_host_free(host);
    return r < 0 ? OW_EXIT_INTERNAL : 0;
}

/* 0 when the host is ready, else its exit status. */
static int wait_for(pid_t host, int fd)
{
    char byte;
    int status;

    if (read(fd, &byte, 1) == 1)
        return 0;
    if (waitpid(host, &status, 0) != host || !WIFEXITED(status))
        return OW_EXIT_INTERNAL;
    return WEXITSTATUS(status);
}

/* The one that the variables are for; name may be NULL. */
static int check_program(const struct ow_session_options *options,
                         const char *name)
{
    char *path = name ? ow_reach_find(name) : NULL;
    int r = ow_reach_check_or_say(path, options->allow_unreached);

    free(path);
    return r;
}

int ow_cmd_env(int argc, char **argv)
{
    struct ow_session_options options;
    int ready[2];
    int status = ow_session_options_parse('E', "env", argc, argv, &options);

    if (status >= 0)
        return status;
    if (argc - options.rest > 1)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "offwire env runs no program; offwire run does");
    if (options.is_live)
        return print_live();
    if (check_program(&options, argv[options.rest]) < 0)
        return OW_EXIT_INTERNAL;
    if (options.for_pids[0] == 0)
        options.for_pids[0] = getppid();
    options.host.lend_stderr = true;
    setenv(OW_ENV_SKIP, "1", 1);
    if (pipe2(ready, O_CLOEXEC) < 0)
        return ow_cli_fail(OW_EXIT_INTERNAL, "cannot make a pipe: %s",
                           strerror(errno));
    pid_t pid = fork();
    if (pid < 0)
        return ow_cli_fail(OW_EXIT_INTERNAL, "cannot start a host: %s",
                           strerror(errno));
    if (pid == 0)
        return be_host(&options, ready[1]);
    close(ready[1]);
    return wait_for(pid, ready[0]);
}
