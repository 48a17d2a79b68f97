/*
 * h2_library: libnghttp2 as pointers. See h2_library.h. Called by tls/ (is h2
 * to be offered?) and exchange/.
 */
#include "config.h"

#include "wire/h2_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"

#define LIBRARY "libnghttp2.so.14"

static const char *const libraries[] = {LIBRARY, NULL};

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

/* Fills the pointers; the name of the first that is not there, or NULL. */
static const char *fill_api(void *handle, struct ow_nghttp2 *api)
{
    static const char *const names[] = {
#define OW_NGHTTP2(result, function, arguments) #function,
#include "wire/nghttp2.def"
#undef OW_NGHTTP2
    };

    return ow_library_fill(handle, names, sizeof names / sizeof *names, api);
}

static void fill_optional(struct ow_h2_library *library)
{
    void *found =
        dlsym(library->handle, "nghttp2_option_set_max_continuations");

    memcpy(&library->set_max_continuations, &found, sizeof found);
}

int ow_h2_library_load(struct ow_h2_library *library, struct ow_err *err)
{
    const char *missing = NULL;

    if (library->handle)
        return 0;
    if (!library->is_tried) {
        void *handle = ow_library_open(libraries, false);
        if (handle)
            missing = fill_api(handle, &library->api);
        if (handle && missing)
            dlclose(handle);
        else
            library->handle = handle;
        if (library->handle)
            fill_optional(library);
    }
    library->is_tried = true;
    if (library->handle)
        return 0;
    if (missing)
        return ow_err_set(err, -ELIBACC, "%s is a strange one: it has no %s",
                          LIBRARY, missing);
    return ow_err_set(err, -ELIBACC,
                      "HTTP/2 needs the library %s, which is not there or too "
                      "old; on Debian: apt-get install libnghttp2-14",
                      LIBRARY);
}
