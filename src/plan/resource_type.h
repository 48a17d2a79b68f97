/*
 * resource_type: what rule files say under "resources": what a resource of a
 * type is made of, what happens to it in time, and what can be done with it.
 * Read by rule/resource.c, immutable afterwards; lies in the table's arena.
 * The resources themselves are in state/resources.h.
 */
#ifndef OW_PLAN_RESOURCE_TYPE_H
#define OW_PLAN_RESOURCE_TYPE_H

#include "plan/condition.h"
#include "plan/template.h"

struct ow_callbacks;

/* Types below types: threads, messages, parts of them. */
#define OW_RESOURCE_DEPTH 8

struct ow_resource_type;

/* A type by its name: found when all files are in. */
struct ow_resource_ref {
    const char *name;
    const char *file;  /* that says so: its own types come first */
    unsigned pack;     /* then those of its pack (struct ow_lua) */
    const char *place; /* "my.json:12:7: /rules/0/then/resource: " */
    const char *op;    /* that the type has to have; NULL: any */
    const struct ow_resource_type *type;
    struct ow_resource_ref *next;
};

/* A parameter of a path, for one that is made. */
struct ow_resource_param {
    struct ow_str name;
    struct ow_template value;
};

/* What something that happens to one resource does to another. */
struct ow_effect {
    enum {
        OW_EFFECT_MAKE,
        OW_EFFECT_CHANGE,
        OW_EFFECT_REMOVE,
    } kind;
    const char *place; /* "my.json:12:7: /resources/...: " */
    struct ow_resource_ref *ref;
    const struct ow_template *each;  /* a list; NULL: once */
    const struct ow_condition *when; /* NULL: always */
    const struct ow_template *id;    /* CHANGE, REMOVE: which one */
    const struct ow_template *set;   /* NULL: nothing */
    bool stop;                       /* CHANGE: its timeline ends */
    /* MAKE: */
    const struct ow_template *json;    /* what "create" takes for the request's
                                          body; NULL: "create" is left out */
    const struct ow_template *content; /* NULL: as its type says */
    const struct ow_template *content_type;
    const struct ow_resource_param *params;
    size_t n_params;
};

/* All of it, and what is sent: empty if nothing is. */
struct ow_effects {
    const struct ow_effect *items;
    size_t n;
    const struct ow_callbacks *after; /* NULL: nothing */
};

/* A step of a timeline. */
struct ow_resource_step {
    int64_t at_ns;                    /* from its beginning */
    const struct ow_template *at;     /* in place of at_ns; or NULL */
    const struct ow_condition *until; /* it waits for this; NULL: for nothing */
    const struct ow_condition *when;  /* NULL: always */
    const struct ow_template *set;    /* NULL: nothing */
    struct ow_effects effects;
    bool stop; /* nothing comes after it */
};

struct ow_timeline {
    const struct ow_resource_step *steps; /* in the order of time */
    size_t n;
};

/* What can be done; one row for each in resource_ops.def. */
enum ow_resource_do {
#define OW_RESOURCE_OP(name, text, help) OW_RESOURCE_##name,
#include "plan/resource_ops.def"
#undef OW_RESOURCE_OP
};

struct ow_resource_op {
    enum ow_resource_do what;
    const char *name;                   /* "create", or of an action "cancel" */
    const struct ow_condition *when;    /* NULL: always */
    const struct ow_condition *unless;  /* NULL: never */
    const struct ow_answers *otherwise; /* if they do not allow it; NULL: 400 */
    const struct ow_template *set;      /* NULL: nothing */
    bool takes_body;                    /* members of the request's JSON */
    const struct ow_str *fields;        /* of these alone; NULL: all */
    size_t n_fields;
    bool on_item; /* false: an action on all of them */
    struct ow_effects effects;
    bool stop;    /* ends the timeline */
    int timeline; /* begins this one; -1: none */
};

/* "requires": a field of the request that names a resource. */
struct ow_resource_need {
    struct ow_str field; /* dots go into objects */
    struct ow_resource_ref *ref;
    const struct ow_answers *missing; /* NULL: what the type says */
    bool is_optional;
};

/* "filter": a parameter of the query, and the field that it asks for, or what
 * is asked of each resource. */
struct ow_resource_filter {
    struct ow_str parameter; /* without the brackets */
    struct ow_str field;
    const struct ow_template *expression; /* NULL: the field equals it */
    bool is_bracketed;                    /* all of "parameter[name]" */
};

enum ow_paging_style {
    OW_PAGING_CURSOR, /* the id of the last one that was seen */
    OW_PAGING_PAGE,   /* the number of a page */
    OW_PAGING_NONE,   /* all at once */
};

/* Names are of parameters of the query; empty ones are not looked at. */
struct ow_paging {
    enum ow_paging_style style;
    struct ow_str limit; /* how many; of pages their size */
    struct ow_str after;
    struct ow_str before;
    struct ow_str order; /* "asc" or "desc" */
    struct ow_str page;
    int64_t size; /* unless limit says so */
    int64_t most;
    int64_t first; /* number of the first page */
    bool is_newest_first;
    const struct ow_answers *otherwise; /* no such cursor; NULL: 400 */
};

/* One that is there from the beginning. */
struct ow_resource_start {
    const struct ow_template *members; /* "{account}": a parameter of "at" */
};

struct ow_resource_type {
    const char *name;
    const char *file;
    unsigned pack;
    const char *pack_name;       /* "openai" */
    const char *place;           /* "my.json:12" */
    struct ow_str key;           /* in the store: "job@my.json" */
    uint64_t lot;                /* what it draws by; rule/lot.h */
    const struct ow_str *params; /* of "at": what makes a collection */
    size_t n_params;
    struct ow_resource_ref *parent; /* NULL: none */
    struct ow_str parent_param;
    struct ow_str member; /* of the JSON, that has the id: "id" */

    struct ow_str id_format;           /* with one %d; absent: id_text */
    const struct ow_template *id_text; /* NULL: what create gives */
    const struct ow_template *create;  /* NULL: the request's JSON */
    struct ow_effects effects;         /* of being created */
    struct ow_str content_field;       /* of a form; absent: content_text */
    const struct ow_template *content_text;
    const struct ow_template *content_type;
    const struct ow_str *hidden; /* members that no answer shows */
    size_t n_hidden;
    const struct ow_resource_start *starts;
    size_t n_starts;
    const struct ow_str *braced; /* params as "{account}" */
    const struct ow_resource_need *needs;
    size_t n_needs;
    const struct ow_timeline *timelines; /* the first is its own */
    size_t n_timelines;
    const struct ow_template *list;
    struct ow_paging paging;
    const struct ow_resource_filter *filters;
    size_t n_filters;
    const struct ow_answers *missing; /* NULL: 404 */
    const struct ow_answers *exists;  /* NULL: 409 */
    const struct ow_resource_op *ops;
    size_t n_ops;
    bool has_content;
    bool is_loud; /* others notice its steps: they are applied when they are
                     due, and not when somebody looks */
    struct ow_resource_type *next;
};

/* All types of a table, and what names them. */
struct ow_resource_types {
    struct ow_resource_type *first;
    struct ow_resource_type *last;
    struct ow_resource_ref *refs;
    size_t n;
    bool is_loud;    /* some type is */
    bool has_starts; /* some are there from the beginning */
    bool keep_more;  /* some rule keeps more of bodies, as of uploads */
};

/* Adds a type, whose name is its own in its file. */
void ow_resource_types_add(struct ow_resource_types *types,
                           struct ow_resource_type *type);
/* Notes that node of the document names a type. 0 or -ENOMEM. */
int ow_resource_types_refer(struct ow_resource_types *types,
                            const struct ow_action_input *in, const cJSON *node,
                            const char *name, struct ow_resource_ref **ret);
/* Finds them all. 0; -EINVAL with a placed sentence; -ENOMEM. */
int ow_resource_types_resolve(struct ow_resource_types *types,
                              struct ow_err *err);
/* The type of that name: of this file, which may be NULL, else of this pack, or
 * the first. */
const struct ow_resource_type *
ow_resource_types_find(const struct ow_resource_types *types,
                       struct ow_str name, const char *file, unsigned pack);
/* The op of that name, or NULL. */
const struct ow_resource_op *
ow_resource_type_op(const struct ow_resource_type *type, const char *name);

#endif
