/*
 * resource_show: the resources of a state for who looks at them from outside:
 * the control API. Each is shown as it is now, its timeline applied.
 *
 *     struct ow_resource_viewer viewer = {table, state, clock, rand, &arena};
 *     ow_resource_show(&viewer, OW_STR("job"), &w, &err);   [{...},{...}]
 *
 * To forget all of them: ow_resources_reset, or the state with them.
 */
#ifndef OW_RULE_RESOURCE_SHOW_H
#define OW_RULE_RESOURCE_SHOW_H

#include "base/jsonw.h"
#include "rule/table.h"

/* Who looks: all borrowed, none NULL. */
struct ow_resource_viewer {
    const struct ow_table *table;
    struct ow_state *state;
    const struct ow_clock *clock;
    struct ow_rand *rand; /* of expressions that become due */
    struct ow_arena *arena;
};

/*
 * Writes a list of the resources of that type, oldest first: of all types of
 * the name, if several files have one. 0; -ENOENT with a sentence that names
 * the nearest type; -ENOMEM; another errno with a sentence. On an error what
 * was written is in parts.
 */
int ow_resource_show(const struct ow_resource_viewer *viewer,
                     struct ow_str type, struct ow_jsonw *w,
                     struct ow_err *err);
/* Writes the one of that id. The same; -ENOENT, too, if there is none. */
int ow_resource_show_one(const struct ow_resource_viewer *viewer,
                         struct ow_str type, struct ow_str id,
                         struct ow_jsonw *w, struct ow_err *err);
/* Deletes it, and what is below it. 0, or -ENOENT with a sentence. */
int ow_resource_drop(const struct ow_resource_viewer *viewer,
                     struct ow_str type, struct ow_str id, struct ow_err *err);
/* Writes an object: names of types and how many there are of each. */
void ow_resource_show_types(const struct ow_resource_viewer *viewer,
                            struct ow_jsonw *w);

#endif
