/*
 * mime: the content type of a file by its name (http/mime.def).
 */
#ifndef OW_HTTP_MIME_H
#define OW_HTTP_MIME_H

#include "base/str.h"

/*
 * "image/png" for "a/logo.PNG"; "application/octet-stream" if the extension is
 * not known or there is none. Never absent; NUL-terminated.
 */
struct ow_str ow_mime_of_path(struct ow_str path);

#endif
