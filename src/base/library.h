/*
 * library: a library that a run may never need, loaded when it does: its
 * functions as a struct of pointers, which a .def lists.
 *
 *     static const char *const names[] = { "lua_close", ... };
 *     handle = ow_library_open(files, false);
 *     missing = ow_library_fill(handle, names, N, &api);
 *
 * What is not there is for the caller to tell: he knows what it is needed for.
 */
#ifndef OW_BASE_LIBRARY_H
#define OW_BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The first of these files (NULL-terminated) that there is: a handle for
 * dlclose(3), or NULL. With stays it is not unloaded when the handle is closed,
 * so that no owner has to keep one.
 */
void *ow_library_open(const char *const *files, bool stays);
/*
 * Fills the n pointers to functions that ret_api consists of, in the order of
 * their names. NULL, or the name of the first that is not there; then what
 * stands in ret_api is of no use.
 */
const char *ow_library_fill(void *handle, const char *const *names, size_t n,
                            void *ret_api);

#endif
