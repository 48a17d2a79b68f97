/*
 * curl_traces: puts lines about known hosts back. See curl_traces.h. Called by
 * curl.c. A line is "[.]HOST ..." in the one file and "PROTOCOL HOST PORT ..."
 * in the other; one that begins with # is for people.
 */
#include "config.h"

#include "shim/curl_traces.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "shim/curl_known.h"
#include "shim/member.h"

#define HTTPS_PORT 443

/* A whole file; text NULL: there is none, or it is not to be read. */
struct text {
    char *text;
    size_t len;
};

struct file {
    char *path; /* NULL: the handle has none */
    bool has_protocol;
    struct text before;
};

struct ow_curl_traces {
    struct file hsts;
    struct file altsvc;
};

static struct text read_all(int fd)
{
    struct text all = {NULL, 0};
    struct stat status;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
        status.st_size > OW_LIMIT_CURL_TRACES)
        return all;
    size_t size = (size_t)status.st_size;
    all.text = malloc(size + 1);
    while (all.text && all.len < size) {
        ssize_t got = read(fd, all.text + all.len, size - all.len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        all.len += (size_t)got;
    }
    return all;
}

static struct text read_file(const char *path)
{
    struct text none = {NULL, 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return none;
    struct text all = read_all(fd);
    close(fd);
    return all;
}

static bool is_about_known(const struct file *file, const char *line,
                           const char *end)
{
    const char *at = line;
    if (file->has_protocol) {
        at = memchr(line, ' ', (size_t)(end - line));
        at = at ? at + 1 : end;
    } else if (at < end && *at == '.') {
        at++;
    }
    const char *space = memchr(at, ' ', (size_t)(end - at));
    if (!space || *line == '#' || space == at)
        return false;
    const struct ow_curl_host *host =
        ow_curl_known_ask(at, (size_t)(space - at), HTTPS_PORT);
    return host && host->is_known;
}

/* Moves the lines that are about known hosts, or are not, to out. */
static size_t pick(const struct file *file, const struct text *from,
                   bool is_known, char *out)
{
    const char *at = from->text, *end = from->text + from->len;
    size_t len = 0;
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        line_end = line_end ? line_end + 1 : end;
        if (is_about_known(file, at, line_end) == is_known) {
            memcpy(out + len, at, (size_t)(line_end - at));
            len += (size_t)(line_end - at);
        }
        at = line_end;
    }
    return len;
}

/* In its place, so that its owner, its mode and links to it stay. */
static void write_file(const char *path, const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    while (fd >= 0 && len > 0) {
        ssize_t put = write(fd, text, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            break;
        text += put;
        len -= (size_t)put;
    }
    if (fd >= 0)
        close(fd);
}

static void mend(const struct file *file)
{
    struct text now = read_file(file->path);
    char *text = now.text ? malloc(now.len + file->before.len + 1) : NULL;
    if (text) {
        size_t len = pick(file, &now, false, text);
        bool is_changed = len != now.len;
        if (file->before.text)
            len += pick(file, &file->before, true, text + len);
        if (is_changed || len != now.len)
            write_file(file->path, text, len);
    }
    free(text);
    free(now.text);
}

static void begin(struct file *file, const char *path, bool has_protocol)
{
    *file = (struct file){.has_protocol = has_protocol};
    if (!path || !*path)
        return;
    file->path = strdup(path);
    if (file->path)
        file->before = read_file(path);
}

static void end(struct file *file)
{
    if (file->path)
        mend(file);
    free(file->path);
    free(file->before.text);
}

struct ow_curl_traces *ow_curl_traces_begin(const struct ow_curl_handle *handle)
{
    /* Another handle may have been told, and share what it was told. */
    if (!handle || !ow_member_is_diverted())
        return NULL;
    const char *hsts = handle->values[OW_CURL_HSTS].arg;
    const char *altsvc = handle->values[OW_CURL_ALTSVC].arg;
    struct ow_curl_traces *traces =
        hsts || altsvc ? malloc(sizeof(*traces)) : NULL;
    if (!traces)
        return NULL;
    begin(&traces->hsts, hsts, false);
    begin(&traces->altsvc, altsvc, true);
    return traces;
}

void ow_curl_traces_end(struct ow_curl_traces *traces)
{
    if (!traces)
        return;
    end(&traces->hsts);
    end(&traces->altsvc);
    free(traces);
}
