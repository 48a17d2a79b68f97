/*
 * reach: whether a preload can reach a program. See reach.h. Called by
 * cmd_run.c and cmd_env.c before anything is started.
 */
#include "config.h"

#include "cli/reach.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/cli.h"

/* The kernel follows this many "#!" in a row. */
#define INTERPRETERS 5
/* What the kernel reads of a "#!" line. */
#define LINE 256
/* What is looked at of a segment of notes: a build id or two are in it. */
#define NOTES 4096
/* Names and descriptions of notes are padded to four bytes. */
#define ALIGN_NOTE(n) (((n) + 3u) & ~(size_t)3u)
/* glibc's for an unset PATH. */
#define DEFAULT_PATH "/bin:/usr/bin"

/* 0, or a negative errno as exec would have it. */
static int check_executable(const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return -errno;
    return S_ISREG(st.st_mode) && access(path, X_OK) == 0 ? 0 : -EACCES;
}

char *ow_reach_find(const char *program)
{
    const char *path = getenv("PATH");
    struct ow_str rest = ow_str_from(path ? path : DEFAULT_PATH);
    char candidate[PATH_MAX];
    int error = ENOENT;

    if (strchr(program, '/'))
        return strdup(program);
    while (rest.ptr && *program) {
        struct ow_str dir = ow_str_cut(&rest, ':');
        int n = snprintf(candidate, sizeof candidate, "%.*s%s%s",
                         OW_STR_ARGS(dir), dir.len > 0 ? "/" : "", program);
        int r = n < (int)sizeof candidate ? check_executable(candidate)
                                          : -ENAMETOOLONG;
        if (r == 0)
            return strdup(candidate);
        if (r == -EACCES)
            error = EACCES;
    }
    errno = error;
    return NULL;
}

/* What program headers tell. */
struct headers {
    bool names_loader; /* it is dynamically linked */
    bool is_gos;       /* Go's linker made it */
};

/* Whether a segment of notes has Go's build id, which is called "Go". */
static bool has_gos_note(int fd, const Elf64_Phdr *segment)
{
    static const char name[] = "Go";
    _Alignas(Elf64_Nhdr) char notes[NOTES];
    size_t size = segment->p_filesz < NOTES ? segment->p_filesz : NOTES;
    ssize_t n = pread(fd, notes, size, (off_t)segment->p_offset);
    size_t at = 0;

    while (n > 0 && at + sizeof(Elf64_Nhdr) + sizeof name <= (size_t)n) {
        Elf64_Nhdr note;
        memcpy(&note, notes + at, sizeof note);
        if (note.n_namesz > (size_t)n || note.n_descsz > (size_t)n)
            break;
        at += sizeof note;
        /* Go counts the padding as part of the name. */
        if (note.n_namesz >= sizeof name &&
            memcmp(notes + at, name, sizeof name) == 0)
            return true;
        at += ALIGN_NOTE(note.n_namesz) + ALIGN_NOTE(note.n_descsz);
    }
    return false;
}

static struct headers look_at_headers(int fd, const Elf64_Ehdr *head)
{
    struct headers found = {false, false};
    Elf64_Phdr program;

    for (int i = 0; i < head->e_phnum; i++) {
        off_t at = (off_t)(head->e_phoff + (Elf64_Off)i * head->e_phentsize);
        if (pread(fd, &program, sizeof program, at) != sizeof program) {
            /* What is broken is the kernel's to refuse. */
            found.names_loader = true;
            break;
        }
        if (program.p_type == PT_INTERP)
            found.names_loader = true;
        if (program.p_type == PT_NOTE)
            found.is_gos |= has_gos_note(fd, &program);
    }
    return found;
}

static int read_own_machine(void)
{
    Elf64_Ehdr head = {0};
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        ssize_t n = pread(fd, &head, sizeof head, 0);
        close(fd);
        if (n == sizeof head)
            return head.e_machine;
    }
    return -1;
}

static int check_elf(int fd, const char *path, struct ow_err *err)
{
    Elf64_Ehdr head;
    int machine = read_own_machine();

    if (pread(fd, &head, sizeof head, 0) != sizeof head)
        return 0;
    if (head.e_ident[EI_CLASS] != ELFCLASS64 ||
        (machine >= 0 && head.e_machine != machine))
        return ow_err_set(err, -ENOTSUP,
                          "%s is a program for another machine than the shim: "
                          "its calls cannot be reached by a preload",
                          path);
    struct headers headers = look_at_headers(fd, &head);
    if (!headers.names_loader)
        return ow_err_set(err, -ENOTSUP,
                          "%s is statically linked: its calls cannot be "
                          "reached by a preload",
                          path);
    if (headers.is_gos)
        return ow_err_set(err, -ENOTSUP,
                          "%s is written in Go, which calls the kernel without "
                          "libc: its calls cannot be reached by a preload",
                          path);
    return 0;
}

/* Whether exec makes it a "secure" one: the loader then drops our preload. */
static int check_privileges(int fd, const char *path, struct ow_err *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return 0;
    if ((st.st_mode & S_ISUID) && st.st_uid != getuid())
        return ow_err_set(err, -ENOTSUP,
                          "%s is set-uid: the loader drops the preload, so "
                          "its calls cannot be reached",
                          path);
    if ((st.st_mode & S_ISGID) && (st.st_mode & S_IXGRP) &&
        st.st_gid != getgid())
        return ow_err_set(err, -ENOTSUP,
                          "%s is set-gid: the loader drops the preload, so "
                          "its calls cannot be reached",
                          path);
    if (getuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0)
        return ow_err_set(err, -ENOTSUP,
                          "%s has file capabilities: the loader drops the "
                          "preload, so its calls cannot be reached",
                          path);
    return 0;
}

/* "#! /usr/bin/env -S x" gives "/usr/bin/env"; false if there is none. */
static bool read_interpreter(const char *head, size_t len, char *ret,
                             size_t size)
{
    struct ow_str line = {head, len};

    line = ow_str_cut(&line, '\n');
    line = ow_str_trim((struct ow_str){line.ptr + 2, line.len - 2});
    size_t n = strcspn(line.ptr, " \t\n");
    n = n < line.len ? n : line.len;
    if (n == 0 || n >= size)
        return false;
    memcpy(ret, line.ptr, n);
    ret[n] = '\0';
    return true;
}

int ow_reach_check(const char *path, struct ow_err *err)
{
    char interpreter[LINE + 1];
    int r = 0;

    for (int i = 0; i < INTERPRETERS && r == 0; i++) {
        char head[LINE + 1] = "";
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : pread(fd, head, LINE, 0);
        bool script = n > 2 && head[0] == '#' && head[1] == '!';

        if (n >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0) {
            r = check_privileges(fd, path, err);
            if (r == 0)
                r = check_elf(fd, path, err);
        }
        if (fd >= 0)
            close(fd);
        if (!script ||
            !read_interpreter(head, (size_t)n, interpreter, sizeof interpreter))
            break;
        path = interpreter;
    }
    return r;
}

int ow_reach_check_or_say(const char *path, bool is_allowed)
{
    struct ow_err err;

    if (!path || ow_reach_check(path, &err) == 0)
        return 0;
    if (is_allowed) {
        ow_cli_fail(0, "%s", err.text);
        return 0;
    }
    ow_cli_fail(0,
                "%s; --allow-unreached runs it all the same, against the "
                "real API",
                err.text);
    return -ENOTSUP;
}
