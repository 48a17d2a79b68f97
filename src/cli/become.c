/*
 * become: runs a program against the real hosts. See become.h. Called by
 * cmd_run.c and session_options.c.
 *
 * No host and no shim: the process becomes the program, so that nothing it
 * could notice is there, statically linked or not.
 */
#include "config.h"

#include "cli/become.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/join.h"
#include "cli/reach.h"

/* "api.example.com,127.0.0.1:80"; a path is no host. */
static bool looks_like_hosts(const char *word)
{
    return strpbrk(word, ".:") && !strchr(word, '/');
}

enum ow_become_word ow_become_word(const char *word, bool has_program)
{
    if (!word || word[0] == '-')
        return OW_BECOME_PROGRAM;
    if (!has_program)
        return OW_BECOME_HOSTS;
    if (!looks_like_hosts(word))
        return OW_BECOME_PROGRAM;
    char *path = ow_reach_find(word);
    enum ow_become_word found = path ? OW_BECOME_EITHER : OW_BECOME_HOSTS;
    free(path);
    return found;
}

int ow_become_program(char **argv)
{
    struct ow_environ env;
    int r = ow_environ_init(&env);

    if (r == 0)
        r = ow_join_leave(&env);
    if (r < 0)
        return ow_cli_fail(OW_EXIT_INTERNAL, "out of memory");
    ow_cli_fail(0, OW_BECOME_NOTICE);
    execvpe(argv[0], argv, env.items);
    r = errno;
    ow_environ_release(&env);
    return ow_cli_fail(r == ENOENT ? 127 : 126, "cannot run \"%s\": %s",
                       argv[0], strerror(r));
}
