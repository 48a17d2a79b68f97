/*
 * maps: reads /proc/self/maps. See maps.h. Called by shim.c.
 */
#include "config.h"

#include "shim/maps.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
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

bool ow_maps_find(const void *address, char *buf, size_t size)
{
    char text[LINE_MAX_LEN];
    size_t len = 0;
    const char *path = NULL;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/maps",
                          O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    while (!path && len < sizeof(text)) {
        long got = syscall(SYS_read, fd, text + len, sizeof(text) - len);
        if (got <= 0)
            break;
        len += (size_t)got;
        path = scan(text, &len, (uintptr_t)address);
    }
    syscall(SYS_close, fd);
    if (!path || strlen(path) >= size)
        return false;
    memcpy(buf, path, strlen(path) + 1);
    return true;
}
