/*
 * refuse: see refuse.h. Called by lua_function.c and answer.c.
 */
#include "config.h"

#include "plan/refuse.h"

#include <errno.h>
#include <string.h>

#include "plan/answer.h"
#include "plan/head.h"
#include "plan/lua_value.h"

#define STATUS_MIN 200
#define STATUS_MAX 999

/* What out has behind mark, in the request's arena; out is as before. */
static struct ow_str take_written(struct ow_lua *lua, size_t mark)
{
    struct ow_str all = ow_buf_peek(&lua->out);
    struct ow_str text =
        ow_arena_copy(lua->context->request->arena,
                      (struct ow_str){all.ptr + mark, all.len - mark});

    ow_lua_check(lua, text.ptr ? 0 : -ENOMEM);
    lua->out.len = mark;
    return text;
}

int ow_refuse_call(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_refuse *refuse = lua->context->refuse;
    lua_Integer status = api->luaL_checkinteger(L, 1);
    size_t mark = lua->out.len;
    int type = api->lua_type(L, 2);

    if (status < STATUS_MIN || status > STATUS_MAX)
        return api->luaL_argerror(L, 1, "expected a status from 200 to 999");
    if (!refuse)
        return api->luaL_error(L, "there is no answer to refuse here");
    refuse->is_json = type > LUA_TNIL && type != LUA_TSTRING;
    if (refuse->is_json)
        ow_lua_write_json(lua, 2);
    else if (type == LUA_TSTRING)
        ow_lua_write_text(lua, 2);
    refuse->body = take_written(lua, mark);
    if (api->lua_type(L, 3) > LUA_TNIL) {
        api->luaL_checktype(L, 3, LUA_TTABLE);
        ow_lua_write_json(lua, 3);
        refuse->fields = take_written(lua, mark);
    }
    refuse->status = (int)status;
    ow_lua_check(lua, -ECANCELED);
    return 0;
}

static int add_field(struct ow_head *head, const cJSON *item,
                     struct ow_arena *arena, struct ow_err *err)
{
    struct ow_str name = ow_arena_copy(arena, ow_str_from(item->string));
    struct ow_str value = {NULL, 0};

    if (cJSON_IsNull(item))
        return 0;
    if (cJSON_IsNumber(item))
        value = ow_arena_printf(arena, "%.15g", item->valuedouble);
    else if (cJSON_IsString(item))
        value = ow_arena_copy(arena, ow_str_from(item->valuestring));
    else
        return ow_err_set(err, -EINVAL,
                          "refuse(): the field \"%s\" is neither a text nor a "
                          "number",
                          item->string);
    if (!name.ptr || !value.ptr)
        return -ENOMEM;
    if (!ow_head_is_field(name.ptr, value))
        return ow_err_set(err, -EINVAL,
                          "refuse(): \"%s\" is no field that can be sent",
                          item->string);
    return ow_fields_add(&head->fields, arena, name, value);
}

static int add_fields(struct ow_head *head, struct ow_str text,
                      struct ow_arena *arena, struct ow_err *err)
{
    cJSON *object = cJSON_ParseWithLength(text.ptr, text.len);
    const cJSON *item;
    int r = object ? 0 : -ENOMEM;

    cJSON_ArrayForEach(item, object)
    {
        /* An empty table is an object; elements of a list have no names. */
        if (r == 0 && item->string)
            r = add_field(head, item, arena, err);
    }
    cJSON_Delete(object);
    return r;
}

int ow_refuse_plan(const struct ow_refuse *refuse, struct ow_plan *plan,
                   struct ow_err *err)
{
    struct ow_head *head = ow_arena_zalloc(plan->arena, sizeof *head);
    int r = 0;

    if (!head)
        return -ENOMEM;
    head->status = refuse->status;
    if (refuse->fields.ptr)
        r = add_fields(head, refuse->fields, plan->arena, err);
    if (r == 0 && refuse->body.len > 0 &&
        !ow_fields_find(&head->fields, OW_STR("content-type")))
        r = ow_fields_add(&head->fields, plan->arena, OW_STR("content-type"),
                          refuse->is_json
                              ? OW_STR("application/json")
                              : OW_STR("text/plain; charset=utf-8"));
    if (r == 0)
        r = ow_head_plan(head, false, OW_FRAMING_LENGTH, refuse->body.len,
                         plan);
    if (r == 0 && refuse->body.len > 0 && ow_head_takes_body(head)) {
        struct ow_step *step = ow_plan_add(plan, OW_STEP_BODY);
        r = step ? 0 : -ENOMEM;
        if (step)
            step->bytes = refuse->body;
    }
    return r < 0 ? r : ow_head_plan_end(head, plan);
}
