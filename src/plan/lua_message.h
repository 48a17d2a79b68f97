/*
 * lua_message: "msg" of templates: the message of a WebSocket's client that set
 * off what is said. Beside one there is none, and all of it is nil.
 *
 *     msg.json   msg.text   msg.kind ("text", "binary", "ping", ...)
 *     msg.size   msg.n (which of the client's messages)   msg.code (of a close)
 */
#ifndef OW_PLAN_LUA_MESSAGE_H
#define OW_PLAN_LUA_MESSAGE_H

#include "plan/lua_view.h"

extern const struct ow_lua_view_ops ow_lua_message_view;

#endif
