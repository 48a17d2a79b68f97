/*
 * extra_view: see extra_view.h. Called by lua_env.c for names that are not
 * always there.
 */
#include "config.h"

#include "plan/extra_view.h"

#include <math.h>

#include "plan/answer.h"
#include "plan/lua_value.h"
#include "plan/lua_view.h"

static const struct ow_fields *call_of(const struct ow_answer_context *context)
{
    return context->call;
}

static bool get_of_call(struct ow_lua *lua, const struct ow_lua_view *view,
                        struct ow_str key)
{
    const struct ow_fields *fields = call_of(lua->context);

    (void)view;
    for (size_t i = 0; fields && i < fields->n; i++) {
        if (!ow_str_equal(fields->items[i].name, key))
            continue;
        lua->api.lua_pushlstring(lua->state, fields->items[i].value.ptr,
                                 fields->items[i].value.len);
        return true;
    }
    return false;
}

static const struct ow_fields *
headers_of_answer(const struct ow_answer_context *context)
{
    return context->answer ? context->answer->headers : NULL;
}

/* By name, whatever its case. */
static bool get_of_headers(struct ow_lua *lua, const struct ow_lua_view *view,
                           struct ow_str key)
{
    const struct ow_fields *fields = headers_of_answer(lua->context);
    const struct ow_field *field = fields ? ow_fields_find(fields, key) : NULL;

    (void)view;
    if (field)
        lua->api.lua_pushlstring(lua->state, field->value.ptr,
                                 field->value.len);
    return field;
}

static const struct ow_lua_view_ops headers_view = {.name = "answer.headers",
                                                    .get = get_of_headers,
                                                    .fields =
                                                        headers_of_answer};

static bool get_of_answer(struct ow_lua *lua, const struct ow_lua_view *view,
                          struct ow_str key)
{
    const struct ow_answer_seen *seen = lua->context->answer;

    (void)view;
    if (!seen)
        return false;
    if (ow_str_equal(key, OW_STR("json")))
        return ow_lua_push_json(lua, seen->json);
    if (ow_str_equal(key, OW_STR("headers")))
        return ow_lua_push_view(lua, &headers_view, NULL);
    if (ow_str_equal(key, OW_STR("status"))) {
        lua->api.lua_pushinteger(lua->state, seen->status);
        return true;
    }
    if (!ow_str_equal(key, OW_STR("body")) || !seen->body.ptr)
        return false;
    lua->api.lua_pushlstring(lua->state, seen->body.ptr, seen->body.len);
    return true;
}

static const struct ow_lua_view_ops call_view = {
    .name = "call", .get = get_of_call, .fields = call_of};
static const struct ow_lua_view_ops answer_view = {.name = "answer",
                                                   .get = get_of_answer};

static bool push_whole(struct ow_lua *lua, double number)
{
    lua->api.lua_pushinteger(lua->state, (lua_Integer)number);
    return true;
}

static bool push_seconds(struct ow_lua *lua, double seconds)
{
    ow_lua_push_number(lua, seconds);
    return true;
}

static bool get_of_limit(struct ow_lua *lua, const struct ow_lua_view *view,
                         struct ow_str key)
{
    const struct ow_limit_seen *seen = lua->context->limit;

    (void)view;
    if (!seen)
        return false;
    if (ow_str_equal(key, OW_STR("limit")))
        return push_whole(lua, (double)seen->limit);
    if (ow_str_equal(key, OW_STR("remaining")))
        return push_whole(lua, (double)seen->remaining);
    /* In whole milliseconds, so that rounding does not show. */
    if (ow_str_equal(key, OW_STR("period")))
        return push_seconds(lua, seen->period);
    if (ow_str_equal(key, OW_STR("reset")))
        return push_seconds(lua, ceil(seen->reset * 1e3 - 1e-3) / 1e3);
    if (ow_str_equal(key, OW_STR("wait")))
        return push_seconds(lua, ceil(seen->wait * 1e3 - 1e-3) / 1e3);
    if (ow_str_equal(key, OW_STR("retry_after")))
        return push_whole(lua, ceil(seen->wait - 1e-6));
    return false;
}

static const struct ow_lua_view_ops limit_view = {.name = "limit",
                                                  .get = get_of_limit};

bool ow_extra_view_push(struct ow_lua *lua, struct ow_str name)
{
    const struct ow_answer_context *context = lua->context;
    const struct {
        const struct ow_lua_view_ops *ops;
        bool is_there;
    } views[] = {
        {&call_view, context->call},
        {&answer_view, context->answer},
        {&limit_view, context->limit},
    };

    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (!ow_str_equal(name, ow_str_from(views[i].ops->name)))
            continue;
        if (views[i].is_there)
            ow_lua_push_view(lua, views[i].ops, NULL);
        else
            lua->api.lua_pushnil(lua->state);
        return true;
    }
    return false;
}
