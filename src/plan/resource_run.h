/*
 * resource_run: one request's work on resources: which one it is about, and
 * what the answer gives of it. Lies on the stack of ow_answer_plan; templates
 * see it as self, items, page.
 */
#ifndef OW_PLAN_RESOURCE_RUN_H
#define OW_PLAN_RESOURCE_RUN_H

#include "plan/deed.h"
#include "plan/resource_type.h"
#include "state/resources.h"

struct ow_resource_page;

struct ow_resource_run {
    const struct ow_resource_type *type;
    struct ow_resource *self; /* NULL: none, or not made yet */
    struct ow_str id;         /* of the one that is being made */
    uint64_t n;
    const struct ow_resource_page *page; /* of a list; NULL: none */
    struct ow_str body;      /* unless the answer has its own; absent: none */
    struct ow_str body_type; /* absent: JSON */
    bool is_answered;        /* the plan is written: it was refused */
    bool is_doomed;          /* self is deleted when the answer is planned */
    struct ow_deed deed;     /* of the request, once it does something */
};

/* The state's store, made at first use; NULL when memory is out. */
struct ow_resources *
ow_resource_run_store(const struct ow_answer_context *context);
/*
 * What sets the type's collection apart, of the path's parameters. They are
 * found by their names, or by their order where a rule calls them otherwise.
 * Absent when memory is out.
 */
struct ow_str ow_resource_run_scope(const struct ow_resource_type *type,
                                    const struct ow_answer_context *context);
/* The parameter of that name which the resource's path has; "" if it has none.
 * Borrowed as long as the resource is there. */
struct ow_str ow_resource_run_param(const struct ow_resource_type *type,
                                    const struct ow_resource *resource,
                                    struct ow_str name);
/* All of them. 0 or -ENOMEM. */
int ow_resource_run_params(const struct ow_resource_type *type,
                           const struct ow_resource *resource,
                           struct ow_arena *arena, struct ow_fields *ret);
/* The collection, or NULL if nothing was ever made in it. */
struct ow_collection *
ow_resource_run_collection(const struct ow_resource_type *type,
                           const struct ow_answer_context *context);
/*
 * The one that the path's parameters say it lies below, and all of those above
 * that; NULL for types that lie below none. 0, or -ENOENT with the type and the
 * id of the outermost that is not there.
 */
int ow_resource_run_parent(const struct ow_resource_type *type,
                           const struct ow_answer_context *context,
                           struct ow_resource **ret,
                           const struct ow_resource_type **ret_missing,
                           struct ow_str *ret_id);
/*
 * The resource of that id that a template or a "requires" names: in the scope
 * of the request or, if it is not there, in any; with its timeline applied.
 * *ret may become NULL. 0 or a negative errno with a sentence.
 */
int ow_resource_run_find(const struct ow_resource_type *type,
                         const struct ow_answer_context *context,
                         struct ow_str id, struct ow_resource **ret,
                         struct ow_err *err);
/* Sets members of a resource of that type, which says what of them is hidden.
 * 0; -EINVAL, -ENOSPC, -ENOMEM with a sentence. */
int ow_resource_run_set(const struct ow_resource_type *type,
                        struct ow_resource *resource, struct ow_str members,
                        struct ow_err *err);

/* Why a run comes to nothing. */
struct ow_resource_refusal {
    const struct ow_answers *answers; /* NULL: the status with the message */
    int status;
    struct ow_str message;
    struct ow_str id; /* p.id of the answers; absent: as it is */
};

/*
 * Plans the answers of a refusal, which see the run's self. 0 or as
 * ow_answer_plan; the run is then answered.
 */
int ow_resource_run_refuse(const struct ow_resource_refusal *refusal,
                           const struct ow_answer_context *context,
                           struct ow_plan *plan, struct ow_err *err);
/* The type's "missing" for that id. The same. */
int ow_resource_run_missing(const struct ow_resource_type *type,
                            struct ow_str id,
                            const struct ow_answer_context *context,
                            struct ow_plan *plan, struct ow_err *err);
/* When all is planned: deletes what is doomed, frees what was parsed. */
void ow_resource_run_end(struct ow_resource_run *run,
                         const struct ow_answer_context *context);

#endif
