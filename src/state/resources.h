/*
 * resources: what an API has created in this session: jobs, files, threads,
 * messages, each with an id and its JSON. Kinds are called by a key (two APIs
 * may both have a "file"); resources of one kind that lie below one parent, or
 * in one account, are a collection, in the order in which they were made.
 *
 *     store -- collection "job", scope ""        [0] [1] [2]
 *           -- collection "message", "thread_1"  [0] [1]     parent: thread_1
 *           -- collection "message", "thread_2"  [0]         parent: thread_2
 *
 *     ow_resources_collection(store, key, scope, parent, &c);
 *     ow_resources_add(c, &draft, &r);
 *     r = ow_collection_find(c, id);
 *
 * Finding costs the same however many there are; so does a place in the order.
 * A timeline is applied by who looks at a resource (plan/timeline.h): here are
 * only its number, its next step, and when it began. Those whose steps others
 * notice are in a heap, by the time of their next step (ow_resource_wake).
 * Knows no clock and no rules, and holds no pointer into a table of rules,
 * which may be replaced.
 */
#ifndef OW_STATE_RESOURCES_H
#define OW_STATE_RESOURCES_H

#include <cjson/cJSON.h>

#include "base/str.h"

struct ow_resources;
struct ow_collection;

/* How far a resource has come on the timeline that it follows. */
struct ow_resource_course {
    int timeline;     /* its number; -1: none */
    size_t step;      /* of it, the next one */
    int64_t since_ns; /* session time of the timeline's begin */
    int64_t due_ns;   /* of its next step; INT64_MAX: there is none */
    bool is_armed;    /* due_ns is of the step that comes next */
    bool waits;       /* that step is due, and waits for its condition */
};

/* What a resource is called, and the fields that its user may set. */
struct ow_resource {
    struct ow_str id;   /* a NUL stands behind it */
    uint64_t n;         /* of its kind, counted from 1, never again */
    struct ow_str json; /* an object on one line; ow_resource_set changes it */
    struct ow_str hidden;  /* members beside these that no answer shows, an
                              object too; absent: none */
    struct ow_str content; /* of an upload; absent: it has none */
    struct ow_str type;    /* of the content */
    uint64_t content_size; /* of all that was sent: content may be its beginning
                              alone */
    struct ow_collection *collection;
    struct ow_resource_course course;
    uint64_t life; /* by which call backs know it; 0: there are none */
};

/* What ow_resources_add makes a resource of; all of it is copied. */
struct ow_resource_draft {
    struct ow_str id;
    struct ow_str json;
    struct ow_str hidden;  /* absent: none */
    struct ow_str content; /* absent: none */
    struct ow_str type;
    uint64_t content_size;
};

struct ow_resources *ow_resources_new(void); /* NULL when memory is out */
struct ow_resources *ow_resources_free(struct ow_resources *store);
/* Forgets all resources; kinds are counted from 1 again. */
void ow_resources_reset(struct ow_resources *store);
/* How many there are, and the bytes that they take. */
size_t ow_resources_count(const struct ow_resources *store);
size_t ow_resources_bytes(const struct ow_resources *store);

/* The n that the next resource of that kind gets. */
uint64_t ow_resources_next(const struct ow_resources *store, struct ow_str key);
/*
 * The collection, made if it is not there. parent (may be NULL) takes the
 * collection with it when it is deleted. 0 or -ENOMEM.
 */
int ow_resources_collection(struct ow_resources *store, struct ow_str key,
                            struct ow_str scope, struct ow_resource *parent,
                            struct ow_collection **ret);
/* The same, or NULL: nothing was ever made in it. */
struct ow_collection *
ow_resources_find_collection(const struct ow_resources *store,
                             struct ow_str key, struct ow_str scope);
/* Whether the kind's first resources were made; from now on they were. true,
 * too, when memory is out. */
bool ow_resources_start(struct ow_resources *store, struct ow_str key);
/* A resource of that kind, whatever its scope; or NULL. */
struct ow_resource *ow_resources_find(const struct ow_resources *store,
                                      struct ow_str key, struct ow_str id);
/* Calls visit for each resource of that kind, collection by collection; ends
 * with the first result that is not 0, and returns it. visit deletes none. */
typedef int (*ow_resource_visit_fn)(void *context,
                                    struct ow_resource *resource);
int ow_resources_visit(struct ow_resources *store, struct ow_str key,
                       ow_resource_visit_fn visit, void *context);

/*
 * Adds a resource at the collection's end. 0; -EEXIST: there is one of that id;
 * -ENOSPC: OW_LIMIT_RESOURCES or OW_LIMIT_RESOURCES_BYTES is met; -ENOMEM.
 */
int ow_resources_add(struct ow_collection *collection,
                     const struct ow_resource_draft *draft,
                     struct ow_resource **ret);
/*
 * Sets the members of the object `members` (JSON on one line): those that are
 * there keep their place, the others come behind. 0; -EINVAL: it is no object;
 * -ENOSPC, -ENOMEM.
 */
int ow_resource_set(struct ow_resource *resource, struct ow_str members);
/* The same for members that are hidden. */
int ow_resource_hide(struct ow_resource *resource, struct ow_str members);
/* Gives it this text in place of its own: what undoes a change. The same. */
int ow_resource_restore(struct ow_resource *resource, struct ow_str json,
                        struct ow_str hidden);
/* Deletes it, and all collections whose parent it is. */
void ow_resource_delete(struct ow_resource *resource);
/*
 * Will be deleted by ow_resources_reap, if it is there still;
 * ow_resources_spare forgets that. Whoever works on resources reaps when no
 * pointer to one is held any more.
 */
void ow_resource_doom(struct ow_resource *resource);
void ow_resources_spare(struct ow_resources *store);
void ow_resources_reap(struct ow_resources *store);

/*
 * When somebody has to look at it, session time; INT64_MAX: never. Of equal
 * times the one that was made first comes first. 0 or -ENOMEM.
 */
int ow_resource_wake(struct ow_resource *resource, int64_t at_ns);
/* That moment; INT64_MAX: never. */
int64_t ow_resource_wakes(struct ow_resource *resource);
/* The one that is first, or NULL. */
struct ow_resource *ow_resources_first(const struct ow_resources *store,
                                       int64_t *ret_at_ns);
/* The i-th of those that are to be looked at, in no order; NULL behind the
 * last. */
struct ow_resource *ow_resources_woken(const struct ow_resources *store,
                                       size_t i);
/* Counted up with each change of any of them. */
uint64_t ow_resources_changes(const struct ow_resources *store);

/* Ends its life, if it has one: what was to be sent for it is not wanted any
 * more. So does deleting it. */
void ow_resource_end_life(struct ow_resource *resource);
/* Takes one of the lives that have ended; false: there is none. */
bool ow_resources_take_ended(struct ow_resources *store, uint64_t *ret_life);
/*
 * Its JSON and what is hidden as one tree, parsed when first asked for; lives
 * until the resource is changed or ow_resources_tidy is called. NULL when
 * memory is out.
 */
const cJSON *ow_resource_tree(struct ow_resource *resource);
/* Frees all trees: call it when a request was answered. */
void ow_resources_tidy(struct ow_resources *store);
/* Whose it is, and what sets its collection apart. */
struct ow_str ow_resource_key(const struct ow_resource *resource);
struct ow_str ow_resource_scope(const struct ow_resource *resource);

size_t ow_collection_count(const struct ow_collection *collection);
/* The i-th, from 0, oldest first. */
struct ow_resource *ow_collection_at(const struct ow_collection *collection,
                                     size_t i);
struct ow_resource *ow_collection_find(const struct ow_collection *collection,
                                       struct ow_str id);
/*
 * Where the resource of that id stands in the order, or stood: of those that
 * were deleted lately the place is known, too, so that who deletes page by page
 * can go on. ret_place: how many are before it; ret_next: the place of the
 * first one behind it. 0, or -ENOENT.
 */
int ow_collection_place(const struct ow_collection *collection,
                        struct ow_str id, size_t *ret_place, size_t *ret_next);

#endif
