/*
 * file: whole files, in and out. See file.h. Called by tls.
 */
#include "config.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

/* One read; a count, 0 at the end, or a negative errno. */
static ssize_t read_some(int fd, struct ow_buf *buf)
{
    size_t size = OW_LIMIT_IO;

    if (buf->max && buf->max - buf->len < size)
        size = buf->max - buf->len;

    if (size == 0)
        return -ENOBUFS;

    char *room = ow_buf_reserve(buf, size);

    if (!room)
        return -ENOMEM;

    ssize_t got = read(fd, room, size);

    if (got > 0)
        ow_buf_commit(buf, (size_t)got);
    return got < 0 ? -errno : got;
}

static int read_all(int fd, struct ow_buf *buf)
{
    struct stat st;
    ssize_t got;

    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return -EINVAL;
    if (buf->max && (uint64_t)st.st_size >= buf->max - buf->len)
        return -ENOBUFS;
    do
        got = read_some(fd, buf);
    while (got > 0 || got == -EINTR);
    return (int)got;
}

int ow_file_read(const char *path, struct ow_buf *buf)
{
    /* A pipe would otherwise wait for its writer here. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return -errno;

    int status = read_all(fd, buf);

    close(fd);
    return status;
}

static int write_all(int fd, struct ow_str bytes)
{
    while (bytes.len > 0) {
        ssize_t done = write(fd, bytes.ptr, bytes.len);

        if (done < 0 && errno != EINTR)
            return -errno;
        if (done > 0) {
            bytes.ptr += done;
            bytes.len -= (size_t)done;
        }
    }
    return 0;
}

int ow_file_write_new(const char *path, const struct ow_str *parts,
                      size_t count)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    int status = 0;

    if (fd < 0)
        return -errno;
    /* What a umask has taken: the folder decides who may read it. Not every
     * file system has modes. */
    (void)fchmod(fd, 0644);
    for (size_t i = 0; status == 0 && i < count; i++)
        status = write_all(fd, parts[i]);
    /* Some file systems tell only here that they are full. */
    if (close(fd) < 0 && status == 0)
        status = -errno;
    if (status)
        unlink(path);
    return status;
}
