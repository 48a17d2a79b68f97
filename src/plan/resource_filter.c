/*
 * resource_filter: see resource_filter.h. Called by resource_page.c.
 */
#include "config.h"

#include "plan/resource_filter.h"

#include <errno.h>

#include "base/members.h"
#include "plan/loop.h"

/* All values of a parameter; what is empty asks for nothing. */
static int read_values(const struct ow_resource_filter *filter,
                       const struct ow_fields *params, struct ow_arena *arena,
                       struct ow_resource_test *test)
{
    struct ow_str *values;

    for (size_t i = 0; i < params->n; i++)
        test->n += ow_str_equal(params->items[i].name, filter->parameter) &&
                   params->items[i].value.len > 0;
    values = ow_arena_alloc(arena, (test->n + 1) * sizeof *values);
    if (!values)
        return -ENOMEM;
    test->filter = filter;
    test->values = values;
    for (size_t i = 0; i < params->n; i++)
        if (ow_str_equal(params->items[i].name, filter->parameter) &&
            params->items[i].value.len > 0)
            *values++ = params->items[i].value;
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

/* The values as a list of JSON; NULL when memory is out. */
static cJSON *list_values(const struct ow_resource_test *test,
                          struct ow_arena *arena)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; list && i < test->n; i++) {
        struct ow_str text = ow_arena_copy(arena, test->values[i]);
        cJSON *item = text.ptr ? cJSON_CreateString(text.ptr) : NULL;
        if (!item || !cJSON_AddItemToArray(list, item)) {
            cJSON_Delete(item);
            cJSON_Delete(list);
            return NULL;
        }
    }
    return list;
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
