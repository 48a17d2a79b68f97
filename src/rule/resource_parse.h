/*
 * resource_parse: "resources" of a rule file. A type is read key by key into
 * struct ow_resource_type (plan/resource_type.h); then its routes become rules
 * like any other, behind those of the file.
 *
 * resource_parse.c: the keys; resource_ops.c: what can be done;
 * resource_list.c: paging and filters; resource_starts.c: those of the
 * beginning; resource_routes.c: the rules. Inside of rule/.
 */
#ifndef OW_RULE_RESOURCE_PARSE_H
#define OW_RULE_RESOURCE_PARSE_H

#include "plan/act_resource.h"
#include "rule/table_build.h"

/* One op of the type that is read, and its route. */
struct ow_resource_entry {
    struct ow_resource_route route; /* of the op below */
    const cJSON *node;              /* the key that says it; may be NULL */
    const cJSON *then;              /* its answer; may be NULL */
    struct ow_str methods[4];       /* as many as are not absent */
    const char *path;
};

/* A type while it is read. */
struct ow_resource_reader {
    struct ow_table *table;
    const struct ow_pattern_source *source;
    struct ow_action_input in; /* doc, arena, lua, err */
    uint32_t group;
    const struct ow_scope *scope; /* of the file */
    const cJSON *node;
    const cJSON *siblings; /* all resources of the file */
    const char *place;     /* "my.json:12" */
    struct ow_resource_type *type;
    const char *at;
    const char *item; /* the path of one */
    struct ow_resource_op *ops;
    struct ow_resource_entry *entries; /* one for each op */
    struct ow_timeline *timelines;     /* room for one each op, and one */
};

/* Adds the types of node, the value of "resources", and their routes. 0;
 * -EINVAL with a placed sentence; -ENOMEM. */
int ow_resource_parse(struct ow_table *table, const struct ow_jsonc *doc,
                      const cJSON *node, uint32_t group, struct ow_err *err);

/* Of the files above; the same results. */

/* Reads update, delete, get, content, actions and the timelines; makes ops. */
int ow_resource_ops_parse(struct ow_resource_reader *reader);
int ow_resource_list_parse(struct ow_resource_reader *reader);
/* Reads "make", "change", "remove" and "after" of node. */
int ow_resource_effects_parse(const struct ow_resource_reader *reader,
                              const cJSON *node, struct ow_effects *ret);
/* Reads "start". */
int ow_resource_starts_parse(struct ow_resource_reader *reader);
/* Makes the rules of the entries. */
int ow_resource_routes_add(struct ow_resource_reader *reader);

/* What they share: */

const cJSON *ow_resource_member(const struct ow_resource_reader *reader,
                                const char *key);
/* Answers that are no rule's; freed with the table. */
int ow_resource_answers(const struct ow_resource_reader *reader,
                        const cJSON *node, const struct ow_answers **ret);
/* An object of JSON with expressions. */
int ow_resource_object(const struct ow_resource_reader *reader,
                       const cJSON *node, const struct ow_template **ret);
int ow_resource_text(const struct ow_resource_reader *reader, const cJSON *node,
                     const struct ow_template **ret);
/* A list of strings. */
int ow_resource_words(const struct ow_resource_reader *reader,
                      const cJSON *node, const struct ow_str **ret,
                      size_t *ret_n);

#endif
