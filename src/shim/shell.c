/*
 * shell: system() and popen(), which start a shell with the environment of the
 * program inside of libc, where no hook of ours is asked. A program that has
 * cleared its environment, as a daemon does, gets a command that puts back
 * what keeps it in the session; environ stays the program's own, since other
 * threads and a longjmp() out of here would find it changed.
 */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shim/hooks.h"
#include "shim/inherit.h"
#include "shim/shim.h"

/* A text that is counted first, with at NULL, and then written. */
struct text {
    char *at;
    size_t len;
};

static void put(struct text *text, const char *bytes, size_t len)
{
    if (text->at)
        memcpy(text->at + text->len, bytes, len);
    text->len += len;
}

/* In single quotes, and a quote itself in double ones. */
static void put_quoted(struct text *text, const char *word)
{
    put(text, "'", 1);
    while (*word) {
        size_t len = strcspn(word, "'");
        put(text, word, len);
        word += len;
        if (*word == '\0')
            break;
        put(text, "'\"'\"'", 5);
        word++;
    }
    put(text, "'", 1);
}

static bool is_in(char *const *env, const char *entry)
{
    for (; env && *env; env++)
        if (*env == entry)
            return true;
    return false;
}

/* "export NAME='value' ...; exec /bin/sh -c 'command' sh": the shell that runs
 * the command has all of it from its start, as its lineage is looked up by, and
 * the name that libc gives it. */
static void put_command(struct text *text, char *const *env,
                        const char *command)
{
    put(text, "export", 6);
    for (; *env; env++) {
        size_t name = strcspn(*env, "=");
        if (is_in(environ, *env) || (*env)[name] == '\0')
            continue;
        put(text, " ", 1);
        put(text, *env, name + 1);
        put_quoted(text, *env + name + 1);
    }
    put(text, "; exec /bin/sh -c ", 18);
    put_quoted(text, command);
    put(text, " sh", sizeof(" sh"));
}

/* What is run in place of command, with the size of its mapping: 0 if it is
 * command itself, because nothing is missing. */
struct shell {
    const char *command;
    size_t size;
};

static int map_command(char *const *env, void *call)
{
    struct shell *shell = call;
    struct text text = {NULL, 0};
    if (env == environ)
        return 0;
    put_command(&text, env, shell->command);
    void *mapped = mmap(NULL, text.len, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        return -ENOMEM;
    shell->size = text.len;
    text = (struct text){mapped, 0};
    put_command(&text, env, shell->command);
    shell->command = mapped;
    return 0;
}

/* False, with errno: there is no memory for it. */
static bool begin(struct shell *shell)
{
    int error = ow_inherit_call(environ, map_command, shell);
    if (error)
        errno = -error;
    return !error;
}

static void end(const struct shell *shell)
{
    int kept = errno;
    if (shell->size)
        munmap((void *)(uintptr_t)shell->command, shell->size);
    errno = kept;
}

int system(const char *command)
{
    struct shell shell = {command, 0};
    if (!command)
        return OW_REAL(system)(command);
    if (!begin(&shell))
        return -1;
    int status = OW_REAL(system)(shell.command);
    end(&shell);
    return status;
}

FILE *popen(const char *command, const char *mode)
{
    struct shell shell = {command, 0};
    if (!begin(&shell))
        return NULL;
    FILE *stream = OW_REAL(popen)(shell.command, mode);
    end(&shell);
    return stream;
}
