/*
 * mime: content types by extension. See mime.h.
 */
#include "config.h"

#include "http/mime.h"

#include <string.h>

struct mime {
    struct ow_str extension;
    struct ow_str type;
};

static const struct mime mimes[] = {
#define OW_MIME(ext, content)                                                  \
    {{(ext), sizeof(ext) - 1}, {(content), sizeof(content) - 1}},
#include "http/mime.def"
#undef OW_MIME
};

struct ow_str ow_mime_of_path(struct ow_str path)
{
    const char *dot = path.len > 0 ? memrchr(path.ptr, '.', path.len) : NULL;
    struct ow_str extension = OW_STR("");

    if (dot)
        extension =
            (struct ow_str){dot + 1, (size_t)(path.ptr + path.len - dot - 1)};
    for (size_t i = 0; i < sizeof mimes / sizeof *mimes; i++)
        if (ow_str_equal_case(mimes[i].extension, extension))
            return mimes[i].type;
    return OW_STR("application/octet-stream");
}
