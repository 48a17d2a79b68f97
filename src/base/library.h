/*
 * library: a library that a run may never need, loaded when it does: its
 * functions as a struct of pointers, which a .def lists.
 *
 *     static const char *const files[] = {"liblua5.4.so.0", NULL};
 *     static const char *const names[] = {"lua_close", ...};
 *     static const struct ow_library lua = {
 *         "templates need", "liblua5.4-0", files, names, N};
 *     r = ow_library_load(&lua, &api, &handle, &err);
 */
#ifndef OW_BASE_LIBRARY_H
#define OW_BASE_LIBRARY_H

#include <stddef.h>

#include "base/err.h"

struct ow_library {
    const char *need;         /* how the sentence begins that it is missing */
    const char *package;      /* Debian's */
    const char *const *files; /* its names, the first that there is is taken;
                                 NULL-terminated */
    const char *const *names; /* of its functions */
    size_t n;
};

/*
 * Loads it, and fills the n pointers to functions that ret_api consists of, in
 * the order of their names. ret_handle is for dlclose(3); if it is NULL the
 * library is never unloaded, so that no owner has to keep one. 0; -ELIBACC with
 * a sentence, then what stands in ret_api is of no use.
 */
int ow_library_load(const struct ow_library *library, void *ret_api,
                    void **ret_handle, struct ow_err *err);

#endif
