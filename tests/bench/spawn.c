/*
 * spawn: runs a program again and again and times each run from posix_spawn
 * to its end.
 *
 *     spawn -n COUNT [-p PRELOAD] -- PROGRAM ARGS...
 *
 * Prints "p50 p99" in nanoseconds. PRELOAD is LD_PRELOAD for the program
 * alone. Its stdout goes to /dev/null; a run that fails ends the whole.
 * Called by bench.py.
 */
#include "config.h"

#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int64_t time_one(char **argv, char **envp,
                        const posix_spawn_file_actions_t *actions)
{
    pid_t pid;
    int status;
    int64_t begin = client_now();

    errno = posix_spawnp(&pid, argv[0], actions, NULL, argv, envp);
    if (errno)
        client_die(true, "%s", argv[0]);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            client_die(true, "waitpid");
    int64_t took = client_now() - begin;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        client_die(false, "%s failed with wait status %d", argv[0], status);
    return took;
}

/* The environment with LD_PRELOAD in front, if there is one. */
static char **make_environment(const char *preload)
{
    size_t n = 0;

    while (environ[n])
        n++;
    char **envp = calloc(n + 2, sizeof *envp);
    if (!envp)
        client_die(true, "calloc");
    char **at = envp;
    if (preload && asprintf(at++, "LD_PRELOAD=%s", preload) < 0)
        client_die(true, "asprintf");
    for (size_t i = 0; i < n; i++)
        if (!preload || strncmp(environ[i], "LD_PRELOAD=", 11) != 0)
            *at++ = environ[i];
    return envp;
}

int main(int argc, char **argv)
{
    const char *preload = NULL;
    uint64_t count = 100;
    posix_spawn_file_actions_t actions;
    int option;

    while ((option = getopt(argc, argv, "n:p:")) != -1) {
        switch (option) {
        case 'n':
            count = client_number(optarg);
            break;
        case 'p':
            preload = optarg;
            break;
        default:
            return 2;
        }
    }
    if (optind == argc)
        client_die(false, "a program, please");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    char **envp = make_environment(preload);
    int64_t *took = calloc(count, sizeof *took);
    if (!took)
        client_die(true, "calloc");
    for (uint64_t i = 0; i < count / 10 + 1; i++)
        time_one(argv + optind, envp, &actions);
    for (uint64_t i = 0; i < count; i++)
        took[i] = time_one(argv + optind, envp, &actions);
    printf("%lld ", (long long)client_percentile(took, count, 500));
    printf("%lld\n", (long long)client_percentile(took, count, 990));
    free(took);
    if (preload)
        free(envp[0]);
    free(envp);
    posix_spawn_file_actions_destroy(&actions);
    return 0;
}
