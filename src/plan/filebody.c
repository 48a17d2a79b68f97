/*
 * filebody: files as bodies. See filebody.h. Called by act_respond.c and
 * act_stream.c.
 */
#include "config.h"

#include "plan/filebody.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/mime.h"

/* The folder of the rule file with its slash; "" for the working one. */
static struct ow_str folder_of(const struct ow_jsonc *doc)
{
    struct ow_str file = ow_str_from(ow_jsonc_file(doc));
    const char *slash = strrchr(file.ptr, '/');

    return (struct ow_str){file.ptr,
                           slash ? (size_t)(slash + 1 - file.ptr) : 0};
}

static struct ow_str absolute(const struct ow_action_input *in,
                              const char *name)
{
    struct ow_str folder = folder_of(in->doc);
    struct ow_str result = {NULL, 0};

    if (name[0] == '/')
        return ow_arena_copy(in->arena, ow_str_from(name));
    if (folder.len > 0 && folder.ptr[0] == '/')
        return ow_arena_printf(in->arena, "%.*s%s", OW_STR_ARGS(folder), name);
    char *here = getcwd(NULL, 0);
    if (here)
        result = ow_arena_printf(in->arena, "%s/%.*s%s", here,
                                 OW_STR_ARGS(folder), name);
    free(here);
    return result;
}

/* Opens a regular file: 0 or a negative errno. */
static int open_file(const char *path, int *ret_fd, uint64_t *ret_size)
{
    struct stat st;
    /* A FIFO without a writer would hold up the host. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return -errno;
    int r = fstat(fd, &st) < 0    ? -errno
            : S_ISDIR(st.st_mode) ? -EISDIR
            : S_ISREG(st.st_mode) ? 0
                                  : -EINVAL;
    if (r < 0) {
        close(fd);
        return r;
    }
    *ret_fd = fd;
    *ret_size = (uint64_t)st.st_size;
    return 0;
}

static const char *why(int error)
{
    return error == -EINVAL ? "it is no regular file" : strerror(-error);
}

int ow_filebody_parse(const struct ow_action_input *in, const cJSON *node,
                      const char **ret_path)
{
    uint64_t size;
    int fd = -1;

    if (!cJSON_IsString(node) || node->valuestring[0] == '\0')
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected the name of a file");
    struct ow_str path = absolute(in, node->valuestring);
    if (!path.ptr)
        return -ENOMEM;
    int r = open_file(path.ptr, &fd, &size);
    if (r < 0)
        return ow_jsonc_error(in->doc, node, in->err, "cannot open \"%s\": %s",
                              path.ptr, why(r));
    close(fd);
    *ret_path = path.ptr;
    return 0;
}

struct ow_str ow_filebody_type(const char *path)
{
    return ow_mime_of_path(ow_str_from(path));
}

int ow_filebody_open(const char *path, struct ow_plan *plan, int *ret_fd,
                     uint64_t *ret_size, struct ow_err *err)
{
    int r = open_file(path, ret_fd, ret_size);

    if (r == 0)
        r = ow_plan_take_fd(plan, *ret_fd);
    if (r < 0)
        return ow_err_set(err, r, "cannot open \"%s\": %s", path, why(r));
    return 0;
}

int ow_filebody_open_file(const char *path, int *ret_fd, uint64_t *ret_size,
                          struct ow_err *err)
{
    int r = open_file(path, ret_fd, ret_size);

    if (r < 0)
        return ow_err_set(err, r, "cannot open \"%s\": %s", path, why(r));
    return 0;
}

int ow_filebody_plan(int fd, uint64_t size, uint64_t rate, struct ow_plan *plan)
{
    if (size == 0)
        return 0;
    struct ow_step *step = ow_plan_add(plan, OW_STEP_FILE);
    if (!step)
        return -ENOMEM;
    step->file.fd = fd;
    step->file.length = size;
    step->file.rate = rate;
    return 0;
}
