/*
 * lua_message: see lua_message.h. Called by Lua, through lua_view.c.
 */
#include "config.h"

#include "plan/lua_message.h"

#include "plan/answer.h"
#include "plan/message.h"

static bool push_str(struct ow_lua *lua, struct ow_str s)
{
    lua->api.lua_pushlstring(lua->state, s.ptr, s.len);
    return true;
}

static bool get(struct ow_lua *lua, const struct ow_lua_view *view,
                struct ow_str key)
{
    struct ow_message *message = lua->context->message;

    (void)view;
    if (!message)
        return false;
    if (ow_str_equal(key, OW_STR("json")))
        return ow_lua_push_json(lua, ow_message_json(message));
    if (ow_str_equal(key, OW_STR("text")))
        return push_str(lua, ow_message_text(message));
    if (ow_str_equal(key, OW_STR("kind")))
        return push_str(lua, ow_str_from(ow_message_kind_name(message->kind)));
    if (ow_str_equal(key, OW_STR("size")))
        lua->api.lua_pushinteger(lua->state, (lua_Integer)message->body.size);
    else if (ow_str_equal(key, OW_STR("n")))
        lua->api.lua_pushinteger(lua->state, (lua_Integer)message->n);
    else if (ow_str_equal(key, OW_STR("code")))
        lua->api.lua_pushinteger(lua->state, message->code);
    else
        lua->api.luaL_error(lua->state, "msg has no \"%s\"", key.ptr);
    return true;
}

const struct ow_lua_view_ops ow_lua_message_view = {.name = "msg", .get = get};
