/*
 * resource_filter: which resources of a list a query asks for, by the "filter"
 * of their type: members that have to be equal, and expressions that see the
 * resource as `item`, the parameter as `value`, and as `values` if it comes
 * several times. One of "metadata[*]" is asked by metadata[a], metadata[b],
 * ...; its `values` are an object by these names.
 */
#ifndef OW_PLAN_RESOURCE_FILTER_H
#define OW_PLAN_RESOURCE_FILTER_H

#include "plan/resource_run.h"

/* One parameter that the query has. */
struct ow_resource_test {
    const struct ow_resource_filter *filter;
    const struct ow_str *values; /* one of which it has to be */
    const struct ow_str *names; /* of each what is in the brackets, or absent */
    size_t n;
};

struct ow_resource_tests {
    const struct ow_resource_test *items;
    size_t n; /* 0: all resources fit */
};

/* What the request asks for, in its arena. 0 or -ENOMEM. */
int ow_resource_tests_read(const struct ow_resource_type *type,
                           const struct ow_answer_context *context,
                           struct ow_resource_tests *ret);
/* 1: it fits; 0: it does not; -ENOMEM; -EINVAL with a sentence. */
int ow_resource_tests_fit(const struct ow_resource_tests *tests,
                          struct ow_resource *resource,
                          const struct ow_answer_context *context,
                          struct ow_err *err);

#endif
