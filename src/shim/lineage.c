/*
 * lineage: session folders of ancestors. See lineage.h. Called by member.c.
 */
#include "config.h"

#include "shim/lineage.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "shim/vars.h"

/* Fields of /proc/PID/stat, counted from the one after the name, "state". */
#define FIELD_PARENT 1
#define FIELD_START  19

#define PREFIX       "offwire-"

static uint32_t hash(const char *text)
{
    uint32_t sum = 2166136261u; /* FNV-1a */
    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * 16777619u;
    return sum;
}

static unsigned long long read_number(const char *at)
{
    unsigned long long number = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (unsigned)(*at - '0');
    return number;
}

/* The field'th word of text, counted from 0; "" if there are fewer. */
static const char *find_field(const char *text, int field)
{
    while (field-- > 0) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return text;
}

/* Start time and parent of a process. */
static bool read_stat(int pid, unsigned long long *ret_start, int *ret_parent)
{
    char text[512];
    snprintf(text, sizeof(text), "/proc/%d/stat", pid);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, text, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    long len = syscall(SYS_read, fd, text, sizeof(text) - 1);
    syscall(SYS_close, fd);
    if (len <= 0)
        return false;
    text[len] = '\0';
    /* The name is in parentheses and can hold anything. */
    const char *rest = strrchr(text, ')');
    if (!rest || rest[1] != ' ')
        return false;
    *ret_parent = (int)read_number(find_field(rest + 2, FIELD_PARENT));
    *ret_start = read_number(find_field(rest + 2, FIELD_START));
    return *ret_start > 0;
}

void ow_lineage_init(struct ow_lineage *lineage)
{
    lineage->pid = 0;
    lineage->parent = (int)syscall(SYS_getpid);
}

bool ow_lineage_next(struct ow_lineage *lineage, const char *rules, char *buf,
                     size_t size)
{
    unsigned long long start;
    const char *tmp = ow_vars_find(ow_vars_ours(), "TMPDIR");
    lineage->pid = lineage->parent;
    if (lineage->pid <= 0 || !read_stat(lineage->pid, &start, &lineage->parent))
        return false;
    int len = snprintf(buf, size, "%s/" PREFIX "%ld-%d-%llx-%08x",
                       tmp && *tmp == '/' ? tmp : "/tmp", syscall(SYS_geteuid),
                       lineage->pid, start, hash(rules));
    return len > 0 && (size_t)len < size;
}

bool ow_lineage_is_name(const char *dir)
{
    const char *slash = strrchr(dir, '/');
    const char *name = slash ? slash + 1 : dir;
    if (strncmp(name, PREFIX, sizeof(PREFIX) - 1) != 0)
        return false;
    name += sizeof(PREFIX) - 1;
    size_t uid_len = strspn(name, "0123456789");
    return uid_len > 0 && name[uid_len] == '-';
}

bool ow_lineage_is_private(const char *dir)
{
    struct stat status;
    return lstat(dir, &status) == 0 && S_ISDIR(status.st_mode) &&
           (status.st_mode & 077) == 0 &&
           status.st_uid == (uid_t)syscall(SYS_geteuid);
}
