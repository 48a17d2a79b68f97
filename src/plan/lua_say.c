/*
 * lua_say: see lua_say.h. Called by expressions, through lua_function.c.
 *
 * A reply has expressions of its own: they are run within this one
 * (ow_lua_enter), and cannot ask for a reply in their turn.
 */
#include "config.h"

#include "plan/lua_say.h"

#include <errno.h>

#include "plan/lua_tree.h"
#include "plan/lua_view.h"
#include "plan/reply.h"

static int ask(const struct ow_answer_context *context, const cJSON *said,
               cJSON **ret, struct ow_err *err)
{
    struct ow_answer_context own = *context;
    const struct ow_reply *reply = NULL;
    struct ow_fields captures = {0};
    struct ow_conversation c;
    size_t pieces;
    int r = ow_conversation_take(said, context->request->arena, &c, err);

    if (r == 0)
        r = ow_reply_find(context, &c, &reply, &captures, err);
    own.captures = &captures;
    own.is_saying = true;
    if (r == 0)
        r = ow_reply_make(reply, &c, &own, ret, &pieces, err);
    ow_conversation_release(&c);
    return r;
}

int ow_lua_say(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const struct ow_answer_context *context = lua->context;
    struct ow_lua_outer outer;
    struct ow_err err = {"out of memory"};
    cJSON *made = NULL;
    int type = api->lua_type(L, 1);

    if (type != LUA_TTABLE && type != LUA_TUSERDATA)
        api->luaL_checktype(L, 1, LUA_TTABLE);
    if (context->is_saying)
        return api->luaL_error(L, "a reply cannot ask what is said");
    const cJSON *said = ow_lua_tree(lua, 1);
    ow_lua_enter(lua, &outer);
    int r = ask(context, said, &made, &err);
    ow_lua_leave(lua, &outer);
    if (r == -ENOMEM)
        ow_lua_check(lua, r);
    if (r < 0)
        return api->luaL_error(L, "%s", err.text);
    ow_lua_keep(lua, made);
    ow_lua_check_time(lua);
    return ow_lua_push_json(lua, made);
}
