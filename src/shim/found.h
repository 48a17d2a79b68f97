/*
 * found: the functions of a library that a hook calls, looked up once for each
 * function that the hook stands in front of: asking the loader costs a tenth of
 * a TLS handshake.
 *
 *     static struct ow_found *_Atomic found;
 *     const struct openssl *openssl =
 *         ow_found_get(&found, next, sizeof(*openssl), find_openssl);
 */
#ifndef OW_SHIM_FOUND_H
#define OW_SHIM_FOUND_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct ow_found;

/* Fills ret, which is zero, from the object of handle (next.h). False: that
 * is not the library. */
typedef bool ow_found_fn(void *handle, void *ret);

/*
 * What find has filled in for the object that function lies in, size bytes,
 * kept for the life of the process in list; NULL: it is not the library, or
 * there is no memory.
 */
const void *ow_found_get(struct ow_found *_Atomic *list, const void *function,
                         size_t size, ow_found_fn *find);

#endif
