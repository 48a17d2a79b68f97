/*
 * lua_say: say{...} of templates: what the replies of the session say in a
 * conversation that is no request's: a run's, a batch's line, a WebSocket's.
 *
 *     {{ say{ model = self.model, messages = req.json.input }.text }}
 */
#ifndef OW_PLAN_LUA_SAY_H
#define OW_PLAN_LUA_SAY_H

#include "plan/lua.h"

/* Of a table as ow_conversation_take reads it; gives a view of the reply's
 * object (reply.h). */
int ow_lua_say(lua_State *L);

#endif
