/*
 * maps: reads /proc/self/maps. See maps.h. Called by shim.c.
 */
#include "config.h"

#include "shim/maps.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A line is a path, PATH_MAX at most, behind some 80 bytes of numbers. */
#define LINE_MAX_LEN (4096 + 128)

static const char *read_hex(const char *at, uintptr_t *ret)
{
    static const char digits[] = "0123456789abcdef";
    uintptr_t number = 0;
    const char *digit;
    while (*at && (digit = strchr(digits, *at)) != NULL) {
        number = number * 16 + (uintptr_t)(digit - digits);
        at++;
    }
    *ret = number;
    return at;
}

/* BEGIN-END MODE OFFSET DEVICE INODE PATH: the path, if address is in it. */
static const char *path_in(const char *line, uintptr_t address)
{
    uintptr_t begin;
    uintptr_t end;
    const char *at = read_hex(line, &begin);
    if (*at != '-')
        return NULL;
    read_hex(at + 1, &end);
    return begin <= address && address < end ? strchr(line, '/') : NULL;
}

/* The first line of text with a path for address; moves what is left of an
 * unfinished line to the front and sets *len to it. */
static const char *scan(char *text, size_t *len, uintptr_t address)
{
    char *line = text;
    char *end;
    while ((end = memchr(line, '\n', *len - (size_t)(line - text))) != NULL) {
        *end = '\0';
        const char *path = path_in(line, address);
        if (path)
            return path;
        line = end + 1;
    }
    *len -= (size_t)(line - text);
    memmove(text, line, *len);
    return NULL;
}

/* text has room for a line. NULL: there is no such path. */
static const char *read_maps(int fd, char *text, const void *address)
{
    const char *path = NULL;
    size_t len = 0;
    while (!path && len < LINE_MAX_LEN) {
        long got = syscall(SYS_read, fd, text + len, LINE_MAX_LEN - len);
        if (got <= 0)
            break;
        len += (size_t)got;
        path = scan(text, &len, (uintptr_t)address);
    }
    return path;
}

/* A mapping, since the thread's stack may be hardly longer than a line. */
bool ow_maps_find(const void *address, char *buf, size_t size)
{
    bool is_found = false;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/maps",
                          O_RDONLY | O_CLOEXEC);
    char *text = mmap(NULL, LINE_MAX_LEN, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fd >= 0 && text != MAP_FAILED) {
        const char *path = read_maps(fd, text, address);
        is_found = path && strlen(path) < size;
        if (is_found)
            memcpy(buf, path, strlen(path) + 1);
    }
    if (fd >= 0)
        syscall(SYS_close, fd);
    if (text != MAP_FAILED)
        munmap(text, LINE_MAX_LEN);
    return is_found;
}
