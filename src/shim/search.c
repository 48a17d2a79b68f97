/*
 * search: execvpe. See search.h. Called by process.c in children after fork
 * and vfork: system calls and the stack alone.
 */
#include "config.h"

#include "shim/search.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/inherit.h"
#include "shim/vars.h"

/* Where programs are looked for without PATH: confstr(_CS_PATH). */
#define DEFAULT_PATH "/bin:/usr/bin"
#define SHELL        "/bin/sh"
/* Of a program's path; threads with 16 KiB of stack start programs. */
#define USUAL_SIZE 512
/* Arguments of a script that fit on the stack; more are mapped. */
#define FEW_ARGUMENTS 64

static int run(const char *path, char *const argv[], char *const envp[])
{
    return (int)syscall(SYS_execve, path, argv, envp);
}

static void fill_script(char **table, const char *path, char *const argv[],
                        size_t count)
{
    table[0] = (char *)(uintptr_t)SHELL;
    table[1] = (char *)(uintptr_t)path;
    for (size_t i = 1; i < count; i++)
        table[i + 1] = argv[i];
    table[count > 0 ? count + 1 : 2] = NULL;
}

/* A file that begins with neither ELF nor #! is a script for the shell. */
OW_INHERIT_VFORK static int run_script(const char *path, char *const argv[],
                                       char *const envp[])
{
    char *few[FEW_ARGUMENTS];
    size_t count = 0;
    while (argv && argv[count])
        count++;
    size_t size = (count + 3) * sizeof(char *);
    if (size <= sizeof(few)) {
        fill_script(few, path, argv, count);
        return run(SHELL, few, envp);
    }
    char **many = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (many == MAP_FAILED)
        return -1;
    fill_script(many, path, argv, count);
    int result = run(SHELL, many, envp);
    int kept = errno;
    munmap(many, size);
    errno = kept;
    return result;
}

static int try(const char *path, char *const argv[], char *const envp[])
{
    int result = run(path, argv, envp);
    return errno == ENOEXEC ? run_script(path, argv, envp) : result;
}

/* Whether the search goes on after this error. */
static bool is_elsewhere(int error)
{
    return error == EACCES || error == ENOENT || error == ESTALE ||
           error == ENOTDIR || error == ENODEV || error == ETIMEDOUT;
}

/* A file without slash, and what it is to be run with. */
struct wanted {
    const char *file;
    size_t len;
    char *const *argv;
    char *const *envp;
};

/* whole has room for each element of path with the file. */
OW_INHERIT_VFORK static int search(char *whole, const char *path,
                                   const struct wanted *wanted)
{
    bool is_forbidden = false;
    errno = ENOENT;
    for (;; path++) {
        size_t len = strcspn(path, ":");
        /* An empty element is the working directory. */
        size_t slash = len > 0;
        if (len < PATH_MAX) {
            memcpy(whole, path, len);
            whole[len] = '/';
            memcpy(whole + len + slash, wanted->file, wanted->len + 1);
            try(whole, wanted->argv, wanted->envp);
            if (!is_elsewhere(errno))
                return -1;
            is_forbidden |= errno == EACCES;
        }
        path += len;
        if (!*path)
            break;
    }
    if (is_forbidden)
        errno = EACCES;
    return -1;
}

__attribute__((noinline)) OW_INHERIT_VFORK static int
search_usual(const char *path, const struct wanted *wanted)
{
    char whole[USUAL_SIZE];
    return search(whole, path, wanted);
}

__attribute__((noinline)) OW_INHERIT_VFORK static int
search_long(const char *path, const struct wanted *wanted)
{
    char whole[PATH_MAX + NAME_MAX + 2];
    return search(whole, path, wanted);
}

static size_t longest_of(const char *path)
{
    size_t longest = 0;
    while (*path) {
        size_t len = strcspn(path, ":");
        longest = len > longest ? len : longest;
        path += len + (path[len] == ':');
    }
    return longest;
}

OW_INHERIT_VFORK int ow_search_exec(const char *file, char *const argv[],
                                    char *const envp[])
{
    size_t len = strnlen(file, NAME_MAX + 1);
    struct wanted wanted = {file, len, argv, envp};
    if (strchr(file, '/'))
        return try(file, argv, envp);
    if (len == 0 || len > NAME_MAX) {
        errno = len == 0 ? ENOENT : ENAMETOOLONG;
        return -1;
    }
    const char *path = ow_vars_find(environ, "PATH");
    if (!path)
        path = DEFAULT_PATH;
    return longest_of(path) + len + sizeof("/") <= USUAL_SIZE
               ? search_usual(path, &wanted)
               : search_long(path, &wanted);
}
