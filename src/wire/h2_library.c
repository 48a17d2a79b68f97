/*
 * h2_library: libnghttp2 as pointers. See h2_library.h. Called by tls/ (is h2
 * to be offered?) and exchange/.
 */
#include "config.h"

#include "wire/h2_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"

static const char *const files[] = {"libnghttp2.so.14", NULL};

static const char *const names[] = {
#define OW_NGHTTP2(result, function, arguments) #function,
#include "wire/nghttp2.def"
#undef OW_NGHTTP2
};

static const struct ow_library nghttp2 = {"HTTP/2 needs", "libnghttp2-14",
                                          files, names,
                                          sizeof names / sizeof *names};

struct ow_h2_library *ow_h2_library_new(void)
{
    return calloc(1, sizeof(struct ow_h2_library));
}

struct ow_h2_library *ow_h2_library_free(struct ow_h2_library *library)
{
    if (!library)
        return NULL;
    if (library->handle)
        dlclose(library->handle);
    free(library);
    return NULL;
}

static void fill_optional(struct ow_h2_library *library)
{
    void *found =
        dlsym(library->handle, "nghttp2_option_set_max_continuations");

    memcpy(&library->set_max_continuations, &found, sizeof found);
}

int ow_h2_library_load(struct ow_h2_library *library, struct ow_err *err)
{
    bool is_tried = library->handle || library->why.text[0];

    if (!is_tried && ow_library_load(&nghttp2, &library->api, &library->handle,
                                     &library->why) == 0)
        fill_optional(library);
    return library->handle ? 0
                           : ow_err_set(err, -ELIBACC, "%s", library->why.text);
}
