/*
 * library: a library that is loaded when it is needed. See library.h. Called by
 * whoever has a .def of such functions: plan/, wire/, upstream/.
 */
#include "config.h"

#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

static void *open_first(const char *const *files, int flags)
{
    void *handle = NULL;

    for (int i = 0; files[i] && !handle; i++)
        handle = dlopen(files[i], flags);
    return handle;
}

/* NULL, or the name of the first function that is not there. */
static const char *fill(const struct ow_library *library, void *handle,
                        void *ret_api)
{
    void (**slots)(void) = (void (**)(void))ret_api;

    for (size_t i = 0; i < library->n; i++) {
        void *found = dlsym(handle, library->names[i]);
        if (!found)
            return library->names[i];
        /* Objects and functions have pointers of one size in POSIX. */
        memcpy(&slots[i], &found, sizeof found);
    }
    return NULL;
}

int ow_library_load(const struct ow_library *library, void *ret_api,
                    void **ret_handle, struct ow_err *err)
{
    int flags = RTLD_NOW | RTLD_LOCAL | (ret_handle ? 0 : RTLD_NODELETE);
    void *handle = open_first(library->files, flags);

    if (!handle)
        return ow_err_set(err, -ELIBACC,
                          "%s the library %s, which is not there; on Debian: "
                          "apt-get install %s",
                          library->need, library->files[0], library->package);
    const char *missing = fill(library, handle, ret_api);
    if (!missing && ret_handle)
        *ret_handle = handle;
    else
        dlclose(handle);
    if (missing)
        return ow_err_set(err, -ELIBACC,
                          "%s the library %s, and the one that is there is too "
                          "old, or a strange one: it has no %s",
                          library->need, library->files[0], missing);
    return 0;
}
