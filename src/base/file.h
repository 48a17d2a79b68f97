/*
 * file: whole files, in and out, for the small ones that are read or made once
 * in a session (trust bundles). Bodies are streamed elsewhere.
 */
#ifndef OW_BASE_FILE_H
#define OW_BASE_FILE_H

#include "base/buf.h"

/*
 * Appends a regular file's bytes to buf, whose maximum bounds them. 0, -EINVAL
 * (not a regular file: a pipe or a device could block or never end), -ENOBUFS,
 * -ENOMEM, or what open() and read() say.
 */
int ow_file_read(const char *path, struct ow_buf *buf);

/*
 * Makes a new file (0644) of the parts, one after the other. Never
 * writes to what is there already: -EEXIST. A file that could not be written
 * whole is removed.
 */
int ow_file_write_new(const char *path, const struct ow_str *parts,
                      size_t count);

#endif
