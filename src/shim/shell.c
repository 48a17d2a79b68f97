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
 * command itself, because nothing is missing or memory is short. */
static const char *begin(const char *command, size_t *ret_size)
{
    struct ow_inherit room;
    char *const *env = ow_inherit_begin(&room, environ);
    struct text text = {NULL, 0};

    *ret_size = 0;
    if (env == environ)
        return command;
    put_command(&text, env, command);
    void *mapped = mmap(NULL, text.len, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped != MAP_FAILED) {
        *ret_size = text.len;
        text = (struct text){mapped, 0};
        put_command(&text, env, command);
        command = mapped;
    }
    ow_inherit_end(&room);
    return command;
}

static void end(const char *command, size_t size)
{
    int kept = errno;
    if (size)
        munmap((void *)(uintptr_t)command, size);
    errno = kept;
}

int system(const char *command)
{
    size_t size;
    if (!command)
        return OW_REAL(system)(command);
    command = begin(command, &size);
    int status = OW_REAL(system)(command);
    end(command, size);
    return status;
}

FILE *popen(const char *command, const char *mode)
{
    size_t size;
    command = begin(command, &size);
    FILE *stream = OW_REAL(popen)(command, mode);
    end(command, size);
    return stream;
}
