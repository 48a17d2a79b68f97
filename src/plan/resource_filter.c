/*
 * resource_filter: see resource_filter.h. Called by resource_page.c.
 */
#include "config.h"

#include "plan/resource_filter.h"

#include <errno.h>

#include "base/members.h"
#include "plan/loop.h"

/* Whether a parameter asks by this filter; *ret_name is what its name has in
 * brackets, where the filter is of all such. What is empty asks for nothing. */
static bool is_asked(const struct ow_resource_filter *filter,
                     const struct ow_field *param, struct ow_str *ret_name)
{
    struct ow_str own = filter->parameter, name = param->name;

    if (param->value.len == 0)
        return false;
    if (!filter->is_bracketed)
        return ow_str_equal(name, own);
    if (!ow_str_starts(name, own) || name.len < own.len + 3 ||
        name.ptr[own.len] != '[' || name.ptr[name.len - 1] != ']')
        return false;
    *ret_name = (struct ow_str){name.ptr + own.len + 1, name.len - own.len - 2};
    return true;
}

/* All values of a parameter, and their names in brackets. */
static int read_values(const struct ow_resource_filter *filter,
                       const struct ow_fields *params, struct ow_arena *arena,
                       struct ow_resource_test *test)
{
    struct ow_str *values =
        ow_arena_alloc(arena, (params->n + 1) * sizeof *values);
    struct ow_str *names =
        ow_arena_zalloc(arena, (params->n + 1) * sizeof *names);

    if (!values || !names)
        return -ENOMEM;
    test->filter = filter;
    test->values = values;
    test->names = names;
    for (size_t i = 0; i < params->n; i++)
        if (is_asked(filter, &params->items[i], &names[test->n]))
            values[test->n++] = params->items[i].value;
    return 0;
}

int ow_resource_tests_read(const struct ow_resource_type *type,
                           const struct ow_answer_context *context,
                           struct ow_resource_tests *ret)
{
    struct ow_arena *arena = context->request->arena;
    struct ow_resource_test *tests;

    *ret = (struct ow_resource_tests){NULL, 0};
    if (type->n_filters == 0)
        return 0;
    const struct ow_fields *params = ow_request_params(context->request);
    tests = ow_arena_zalloc(arena, type->n_filters * sizeof *tests);
    if (!tests)
        return -ENOMEM;
    ret->items = tests;
    for (size_t i = 0; i < type->n_filters; i++) {
        struct ow_resource_test *test = &tests[ret->n];
        if (read_values(&type->filters[i], params, arena, test) < 0)
            return -ENOMEM;
        ret->n += test->n > 0;
    }
    return 0;
}

static bool is_equal(const struct ow_resource_test *test,
                     const struct ow_resource *resource)
{
    struct ow_str value = ow_members_find(resource->json, test->filter->field);

    for (size_t i = 0; value.ptr && i < test->n; i++)
        if (ow_members_is_text(value, test->values[i]))
            return true;
    return false;
}

/* Adds one to the list, or to the object by its name. */
static bool add_value(const struct ow_resource_test *test, size_t i,
                      struct ow_arena *arena, cJSON *values)
{
    struct ow_str text = ow_arena_copy(arena, test->values[i]);
    struct ow_str name = ow_arena_copy(arena, test->names[i]);
    cJSON *item = text.ptr ? cJSON_CreateString(text.ptr) : NULL;
    bool is_added =
        item &&
        (!cJSON_IsObject(values)
             ? cJSON_AddItemToArray(values, item)
             : name.ptr && cJSON_AddItemToObject(values, name.ptr, item));

    if (!is_added)
        cJSON_Delete(item);
    return is_added;
}

/* The values as a list of JSON, those with names as an object; NULL when memory
 * is out. */
static cJSON *list_values(const struct ow_resource_test *test,
                          struct ow_arena *arena)
{
    cJSON *values =
        test->filter->is_bracketed ? cJSON_CreateObject() : cJSON_CreateArray();

    for (size_t i = 0; values && i < test->n; i++) {
        if (!add_value(test, i, arena, values)) {
            cJSON_Delete(values);
            return NULL;
        }
    }
    return values;
}

static int ask(const struct ow_resource_test *test,
               struct ow_resource *resource,
               const struct ow_answer_context *context, struct ow_err *err)
{
    struct ow_answer_context own = *context;
    cJSON *values = list_values(test, context->request->arena);
    struct ow_loop loop = {.item = ow_resource_tree(resource),
                           .outer = context->loop};
    bool holds = false;

    if (!values || !loop.item) {
        cJSON_Delete(values);
        return ow_err_set(err, -ENOMEM, "out of memory");
    }
    loop.values = values;
    own.loop = &loop;
    int r = ow_loop_holds(test->filter->expression, &own, &holds, err);
    cJSON_Delete(values);
    return r < 0 ? r : holds;
}

int ow_resource_tests_fit(const struct ow_resource_tests *tests,
                          struct ow_resource *resource,
                          const struct ow_answer_context *context,
                          struct ow_err *err)
{
    int r = 1;

    for (size_t i = 0; r == 1 && i < tests->n; i++) {
        const struct ow_resource_test *test = &tests->items[i];
        r = test->filter->expression ? ask(test, resource, context, err)
                                     : is_equal(test, resource);
    }
    return r;
}
