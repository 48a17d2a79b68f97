/*
 * resource_page: the part of a collection that a request for a list gets, by
 * the "paging" and the "filter" of its type. What a page costs depends on its
 * size, not on what is before it; a filter looks at what it passes over.
 */
#ifndef OW_PLAN_RESOURCE_PAGE_H
#define OW_PLAN_RESOURCE_PAGE_H

#include "plan/resource_filter.h"

struct ow_resource_page {
    const struct ow_resource_type *type;
    struct ow_collection *collection; /* NULL: it is empty */
    struct ow_resource_tests tests;   /* what the query asks for */
    struct ow_resource **items;       /* in the order of the list */
    size_t n;
    bool is_more;      /* behind these; before them if it is backwards */
    bool is_backwards; /* those before a cursor were asked for */
    int64_t size;      /* asked for */
    int64_t number;    /* of pages */
    int64_t start;     /* how many are before this page */
    struct ow_str uri; /* path and query, as all of these */
    struct ow_str first;
    struct ow_str next; /* absent: there is none */
    struct ow_str previous;
};

/*
 * Fills *ret, in the request's arena; timelines are applied. 0; -ENOENT with
 * the cursor in *ret_cursor: there is no such resource; -ENOMEM; another errno
 * with a sentence.
 */
int ow_resource_page_read(const struct ow_resource_type *type,
                          const struct ow_answer_context *context,
                          struct ow_resource_page *ret,
                          struct ow_str *ret_cursor, struct ow_err *err);
/* How many there are on all pages. 0, -ENOMEM, or an errno with a sentence. */
int ow_resource_page_total(const struct ow_resource_page *page,
                           const struct ow_answer_context *context,
                           uint64_t *ret, struct ow_err *err);
/* Writes the items as a list of JSON. */
struct ow_jsonw;
void ow_resource_page_write(const struct ow_resource_page *page,
                            struct ow_jsonw *w);

#endif
