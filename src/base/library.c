/*
 * library: a library that is loaded when it is needed. See library.h. Called by
 * whoever has a .def of such functions: plan/, wire/, upstream/.
 */
#include "config.h"

#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

void *ow_library_open(const char *const *files, bool stays)
{
    int flags = RTLD_NOW | RTLD_LOCAL | (stays ? RTLD_NODELETE : 0);
    void *handle = NULL;

    for (int i = 0; files[i] && !handle; i++)
        handle = dlopen(files[i], flags);
    return handle;
}

const char *ow_library_fill(void *handle, const char *const *names, size_t n,
                            void *ret_api)
{
    void (**slots)(void) = (void (**)(void))ret_api;

    for (size_t i = 0; i < n; i++) {
        void *found = dlsym(handle, names[i]);
        if (!found)
            return names[i];
        /* Objects and functions have pointers of one size in POSIX. */
        memcpy(&slots[i], &found, sizeof found);
    }
    return NULL;
}
