/*
 * h2_library: libnghttp2, loaded when a client first speaks HTTP/2: a run
 * without one does not pay for it, and one whose system has no libnghttp2
 * speaks HTTP/1.1.
 *
 *     library = ow_h2_library_new();
 *     if (ow_h2_library_load(library, &err) == 0)
 *         h2 = ow_h2_new(library, &events, context);
 */
#ifndef OW_WIRE_H2_LIBRARY_H
#define OW_WIRE_H2_LIBRARY_H

#include <nghttp2/nghttp2.h>

#include "base/err.h"

/* nghttp2's functions, by their names. */
struct ow_nghttp2 {
#define OW_NGHTTP2(result, function, arguments) result(*function) arguments;
#include "wire/nghttp2.def"
#undef OW_NGHTTP2
};

struct ow_h2_library {
    void *handle;      /* NULL: not loaded */
    struct ow_err why; /* empty: it was not tried, or is loaded */
    struct ow_nghttp2 api;
    /* Since nghttp2 1.61 and in what distributions have mended; else NULL. */
    void (*set_max_continuations)(nghttp2_option *option, size_t n);
};

struct ow_h2_library *ow_h2_library_new(void); /* NULL: no memory */
/* After all of its connections. */
struct ow_h2_library *ow_h2_library_free(struct ow_h2_library *library);
/* 0; -ELIBACC with a sentence, now and at each later call. */
int ow_h2_library_load(struct ow_h2_library *library, struct ow_err *err);

#endif
