/*
 * resource_ops: what can be done with a resource, and its timelines. See
 * resource_parse.h.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "plan/grammar.h"
#include "plan/value.h"
#include "rule/condition_parse.h"
#include "rule/resource_parse.h"

/* Timelines. */

static int read_flag(const struct ow_resource_reader *reader, const cJSON *node,
                     bool *ret)
{
    if (!cJSON_IsBool(node))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected true or false");
    *ret = cJSON_IsTrue(node);
    return 0;
}

/* When it is due: from the beginning, or by an expression. */
static int read_at(const struct ow_resource_reader *reader, const cJSON *node,
                   int64_t before, struct ow_resource_step *step)
{
    const cJSON *at = ow_json_member(node, "at");
    int r = 0;

    if (!at)
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "this step has no \"at\": when is it due?");
    step->at_ns = before;
    if (ow_template_is_in(at))
        return ow_resource_text(reader, at, &step->at);
    r = ow_value_duration(&reader->in, at, &step->at_ns);
    if (r == 0 && step->at_ns < before)
        return ow_jsonc_error(reader->in.doc, at, reader->in.err,
                              "steps are in the order of time, counted from "
                              "the beginning; the one before is later");
    return r;
}

static int read_step(const struct ow_resource_reader *reader, const cJSON *node,
                     int64_t before, struct ow_resource_step *step)
{
    const cJSON *until = ow_json_member(node, "until"),
                *when = ow_json_member(node, "when");
    const cJSON *set = ow_json_member(node, "set"),
                *stop = ow_json_member(node, "stop");
    int r = ow_value_check_keys(&reader->in, node,
                                ow_grammar_keys(OW_OBJECT_resource_step));

    if (r == 0)
        r = read_at(reader, node, before, step);
    if (r == 0 && until)
        r = ow_condition_parse(reader->source, until, &step->until,
                               reader->in.err);
    if (r == 0 && when)
        r = ow_condition_parse(reader->source, when, &step->when,
                               reader->in.err);
    if (r == 0 && set)
        r = ow_resource_object(reader, set, &step->set);
    if (r == 0 && stop)
        r = read_flag(reader, stop, &step->stop);
    if (r == 0)
        r = ow_resource_effects_parse(reader, node, &step->effects);
    if (step->effects.n > 0 || step->effects.after)
        reader->type->is_loud = reader->table->types.is_loud = true;
    return r;
}

/* Adds a timeline to the type; ret_number is its own. */
static int read_timeline(const struct ow_resource_reader *reader,
                         const cJSON *node, int *ret_number)
{
    struct ow_resource_type *type = reader->type;
    size_t n = (size_t)cJSON_GetArraySize(node);
    struct ow_resource_step *steps =
        ow_arena_zalloc(reader->in.arena, (n + 1) * sizeof *steps);
    struct ow_timeline *timeline = &reader->timelines[type->n_timelines];
    const cJSON *item;
    int64_t before = 0;
    int r = ow_value_list(&reader->in, node);

    if (r < 0)
        return r;
    if (n > OW_LIMIT_TIMELINE)
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "a timeline has %d steps at most",
                              OW_LIMIT_TIMELINE);
    if (!steps)
        return -ENOMEM;
    timeline->steps = steps;
    cJSON_ArrayForEach(item, node)
    {
        r = read_step(reader, item, before, &steps[timeline->n]);
        if (r < 0)
            return r;
        before = steps[timeline->n++].at_ns;
    }
    *ret_number = (int)type->n_timelines++;
    return 0;
}

/* Ops. */

/* The next op of the type, with its route as yet without a path. */
static struct ow_resource_entry *new_entry(struct ow_resource_reader *reader,
                                           enum ow_resource_do what,
                                           const char *name, const cJSON *node,
                                           struct ow_resource_op **ret_op)
{
    struct ow_resource_type *type = reader->type;
    struct ow_resource_op *op = &reader->ops[type->n_ops];
    struct ow_resource_entry *entry = &reader->entries[type->n_ops++];

    op->what = what;
    op->name = name;
    op->timeline = -1;
    entry->route.type = type;
    entry->route.op = op;
    entry->node = node;
    *ret_op = op;
    return entry;
}

static int read_conditions(const struct ow_resource_reader *reader,
                           const cJSON *node, struct ow_resource_op *op)
{
    const cJSON *when = ow_json_member(node, "when"),
                *unless = ow_json_member(node, "unless");
    const cJSON *otherwise = ow_json_member(node, "else");
    int r = 0;

    if (when)
        r = ow_condition_parse(reader->source, when, &op->when, reader->in.err);
    if (r == 0 && unless)
        r = ow_condition_parse(reader->source, unless, &op->unless,
                               reader->in.err);
    if (r == 0 && otherwise && !when && !unless)
        return ow_jsonc_error(reader->in.doc, otherwise, reader->in.err,
                              "\"else\" is for \"when\" and \"unless\", and "
                              "there are none");
    return r == 0 && otherwise
               ? ow_resource_answers(reader, otherwise, &op->otherwise)
               : r;
}

static int read_changes(const struct ow_resource_reader *reader,
                        const cJSON *node, struct ow_resource_op *op)
{
    const cJSON *set = ow_json_member(node, "set"),
                *stop = ow_json_member(node, "stop");
    const cJSON *timeline = ow_json_member(node, "timeline");
    int r = 0;

    if (set)
        r = ow_resource_object(reader, set, &op->set);
    if (r == 0 && stop)
        r = read_flag(reader, stop, &op->stop);
    return r == 0 && timeline ? read_timeline(reader, timeline, &op->timeline)
                              : r;
}

/* An object that says more; true says nothing. */
static int read_op(struct ow_resource_reader *reader, const cJSON *node,
                   enum ow_object object, struct ow_resource_entry *entry,
                   struct ow_resource_op *op)
{
    int r = 0;

    if (!node || cJSON_IsBool(node))
        return 0;
    r = ow_value_check_keys(&reader->in, node, ow_grammar_keys(object));
    if (r == 0)
        r = read_conditions(reader, node, op);
    if (r == 0)
        r = read_changes(reader, node, op);
    if (r == 0)
        r = ow_resource_effects_parse(reader, node, &op->effects);
    entry->then = ow_json_member(node, "then");
    return r;
}

static int add_plain(struct ow_resource_reader *reader,
                     enum ow_resource_do what, const char *name,
                     const char *method, const char *path)
{
    const cJSON *node = ow_resource_member(reader, name);
    struct ow_resource_op *op;
    struct ow_resource_entry *entry;

    /* These two have objects of their own. */
    bool has_own = what == OW_RESOURCE_CREATE || what == OW_RESOURCE_LIST;
    entry = new_entry(reader, what, name, node, &op);
    op->on_item = !has_own;
    entry->path = path;
    /* Without a route it can be done by a rule still. */
    if (!cJSON_IsFalse(node))
        entry->methods[0] = ow_str_from(method);
    /* Servers answer HEAD where they answer GET (RFC 9110, 9.1). */
    if (!cJSON_IsFalse(node) && strcmp(method, "GET") == 0)
        entry->methods[1] = OW_STR("HEAD");
    if (has_own) {
        entry->then = ow_resource_member(
            reader, what == OW_RESOURCE_CREATE ? "created" : "listed");
        return 0;
    }
    return what == OW_RESOURCE_CONTENT
               ? 0
               : read_op(reader, node, OW_OBJECT_resource_op, entry, op);
}

static bool is_method(struct ow_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < 'A' || s.ptr[i] > 'Z')
            return false;
    return s.len > 0;
}

static int read_methods(const struct ow_resource_reader *reader,
                        const cJSON *node, struct ow_resource_entry *entry)
{
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    size_t n = 0;
    int r = 0;

    for (; item && r == 0; item = cJSON_IsArray(node) ? item->next : NULL) {
        struct ow_str name = ow_str_from(cJSON_GetStringValue(item));
        if (!is_method(name) || n == sizeof entry->methods / sizeof(name))
            return ow_jsonc_error(reader->in.doc, item, reader->in.err,
                                  "expected a method, as \"PATCH\", or a list "
                                  "of up to four");
        r = ow_value_string(&reader->in, item, &entry->methods[n++]);
    }
    return r;
}

/* true, a list of fields, or an object. */
static int add_update(struct ow_resource_reader *reader)
{
    const cJSON *node = ow_resource_member(reader, "update");
    const cJSON *method = ow_json_member(node, "method");
    const cJSON *fields =
        cJSON_IsArray(node) ? node : ow_json_member(node, "fields");
    struct ow_resource_op *op;
    struct ow_resource_entry *entry;
    int r = 0;

    if (!node || cJSON_IsFalse(node))
        return 0;
    entry = new_entry(reader, OW_RESOURCE_UPDATE, "update", node, &op);
    entry->path = reader->item;
    op->on_item = true;
    op->takes_body =
        cJSON_IsTrue(node) || fields || !ow_json_member(node, "set");
    if (fields)
        r = ow_resource_words(reader, fields, &op->fields, &op->n_fields);
    if (r == 0 && !cJSON_IsArray(node))
        r = read_op(reader, node, OW_OBJECT_resource_update_of, entry, op);
    if (r < 0 || method)
        return r < 0 ? r : read_methods(reader, method, entry);
    entry->methods[0] = OW_STR("POST");
    entry->methods[1] = OW_STR("PATCH");
    entry->methods[2] = OW_STR("PUT");
    return 0;
}

/* Actions: "POST /{id}/cancel". */

/* A path of an action: whole if it begins as "at" does, else behind it. */
static const char *action_path(const struct ow_resource_reader *reader,
                               struct ow_str path)
{
    struct ow_str at = ow_str_from(reader->at);
    size_t end = ow_str_find_byte(at, '/', 1);
    struct ow_str first = {at.ptr, end < at.len ? end + 1 : at.len};

    if (at.len > 1 && ow_str_starts(path, first))
        return ow_arena_copy(reader->in.arena, path).ptr;
    return ow_arena_printf(reader->in.arena, "%s%.*s",
                           at.len == 1 ? "" : reader->at, OW_STR_ARGS(path))
        .ptr;
}

/* What it is called: its path's last segment that is no parameter. */
static const char *action_name(const struct ow_resource_reader *reader,
                               struct ow_str path, const char *whole)
{
    struct ow_str name = {NULL, 0};

    for (struct ow_str rest = path; rest.ptr;) {
        struct ow_str segment = ow_str_cut(&rest, '/');
        if (segment.len > 0 && segment.ptr[0] != '{')
            name = segment;
    }
    if (!name.ptr)
        return whole;
    name = ow_arena_copy(reader->in.arena, name);
    return name.ptr && ow_resource_type_op(reader->type, name.ptr) ? whole
                                                                   : name.ptr;
}

static int add_action(struct ow_resource_reader *reader, const cJSON *node)
{
    struct ow_str path = ow_str_from(node->string);
    struct ow_str method = ow_str_cut(&path, ' ');
    struct ow_resource_op *op;

    if (!is_method(method) || path.len < 2 || path.ptr[0] != '/' ||
        memchr(path.ptr, '*', path.len))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "the name of an action is a method and a path, "
                              "as \"POST /{id}/cancel\"");
    const char *whole =
        ow_arena_copy(reader->in.arena, ow_str_from(node->string)).ptr;
    const char *name = whole ? action_name(reader, path, whole) : NULL;
    if (!name)
        return -ENOMEM;
    struct ow_resource_entry *entry =
        new_entry(reader, OW_RESOURCE_ACTION, name, node, &op);
    op->on_item = memmem(path.ptr, path.len, "{id}", 4);
    entry->methods[0] = ow_arena_copy(reader->in.arena, method);
    entry->path = action_path(reader, path);
    if (!entry->methods[0].ptr || !entry->path)
        return -ENOMEM;
    return read_op(reader, node,
                   op->on_item ? OW_OBJECT_resource_action
                               : OW_OBJECT_resource_op,
                   entry, op);
}

static int add_actions(struct ow_resource_reader *reader, const cJSON *node)
{
    const cJSON *item;
    int r = 0;

    if (node && !cJSON_IsObject(node))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected an object of actions, as \"POST "
                              "/{id}/cancel\": {\"set\": ...}");
    cJSON_ArrayForEach(item, node)
    {
        if (r == 0)
            r = add_action(reader, item);
    }
    return r;
}

/* The routes' order decides: paths without parameters come first. */
static int add_ops(struct ow_resource_reader *reader, const cJSON *actions)
{
    int r = add_plain(reader, OW_RESOURCE_CREATE, "create", "POST", reader->at);

    if (r == 0)
        r = add_plain(reader, OW_RESOURCE_LIST, "list", "GET", reader->at);
    if (r == 0)
        r = add_actions(reader, actions);
    if (r == 0 && reader->type->has_content)
        r = add_plain(
            reader, OW_RESOURCE_CONTENT, "content", "GET",
            ow_arena_printf(reader->in.arena, "%s/content", reader->item).ptr);
    if (r == 0)
        r = add_plain(reader, OW_RESOURCE_GET, "get", "GET", reader->item);
    if (r == 0)
        r = add_update(reader);
    if (r == 0)
        r = add_plain(reader, OW_RESOURCE_DELETE, "delete", "DELETE",
                      reader->item);
    return r;
}

int ow_resource_ops_parse(struct ow_resource_reader *reader)
{
    const cJSON *actions = ow_resource_member(reader, "actions");
    const cJSON *timeline = ow_resource_member(reader, "timeline");
    size_t most = OW_RESOURCE_ACTION + (size_t)cJSON_GetArraySize(actions);
    struct ow_arena *arena = reader->in.arena;
    struct ow_resource_type *type = reader->type;
    int number = 0, r = 0;

    reader->ops = ow_arena_zalloc(arena, most * sizeof *reader->ops);
    reader->entries = ow_arena_zalloc(arena, most * sizeof *reader->entries);
    reader->timelines =
        ow_arena_zalloc(arena, (most + 1) * sizeof *reader->timelines);
    if (!reader->ops || !reader->entries || !reader->timelines)
        return -ENOMEM;
    type->ops = reader->ops;
    type->timelines = reader->timelines;
    /* Its own is number 0, with or without steps. */
    if (timeline)
        r = read_timeline(reader, timeline, &number);
    else
        type->n_timelines = 1;
    return r == 0 ? add_ops(reader, actions) : r;
}
