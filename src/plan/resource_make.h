/*
 * resource_make: how a resource comes into being: its id, its JSON and its
 * content, of the request and of what its type says.
 */
#ifndef OW_PLAN_RESOURCE_MAKE_H
#define OW_PLAN_RESOURCE_MAKE_H

#include "plan/resource_run.h"

/* What one is made of, beside what its type says. */
struct ow_resource_stuff {
    struct ow_resource *parent;    /* NULL: none */
    bool is_plain;                 /* "create" is left out */
    bool has_params;               /* set has the parameters of the path, too */
    const struct ow_template *set; /* members laid over; NULL: none. An id in
                                      them is the id */
    struct ow_str over;            /* the same as text; absent: nothing */
    struct ow_str content;         /* absent: as its type says */
    struct ow_str content_type;    /* the same */
    bool is_start;                 /* nothing else comes of its being there */
    int64_t begins_ns;             /* its timeline, session time */
};

/*
 * Makes one of the run's type and begins its timeline; run->self becomes it. 0;
 * -EEXIST with the id in run->id: there is one already; another errno with a
 * sentence.
 */
int ow_resource_make(struct ow_resource_run *run,
                     const struct ow_resource_stuff *stuff,
                     const struct ow_answer_context *context,
                     struct ow_err *err);
/*
 * The request's body as the members of an object, on one line: of its JSON, or
 * the fields of its form as strings. Of fields (n of them; NULL: all) those
 * that are there, without `except`. Absent when memory is out.
 */
struct ow_str ow_resource_make_members(const struct ow_answer_context *context,
                                       const struct ow_str *fields, size_t n,
                                       struct ow_str except);

#endif
