/*
 * lua_view: what expressions see of a request: values that look like tables
 * and are none. Nothing is copied into Lua but what is asked for, and nothing
 * of a view can be changed.
 *
 *     req           method, url, path, host, body, and views of the rest
 *     req.query     req.headers (whatever their case), req.cookies, req.form:
 *                   the first value of that name
 *     req.queries   all values of that name, a list, of the query
 *     req.forms     and of a form
 *     req.files     by the field's name: filename, type, size, content
 *     req.json      objects and lists below it are views, too
 *     p, m          path parameters, captures
 *     program       name, pid, argv (a list), env
 *     vars          what rules have set, in the state of the rule that answers
 *     msg           json, text, kind, size, n, code: a WebSocket's message
 *     kept          what its connection keeps ("keep" of steps)
 */
#ifndef OW_PLAN_LUA_VIEW_H
#define OW_PLAN_LUA_VIEW_H

#include <cjson/cJSON.h>

#include "plan/lua.h"

struct ow_fields;
struct ow_jsonw;

/* A full userdata. Those that expressions have by name look at the context of
 * the run; what has a node, as one of JSON or a file, is of one run alone. */
struct ow_lua_view {
    const struct ow_lua_view_ops *ops;
    const void *node;
    uint64_t run;
};

struct ow_lua_view_ops {
    const char *name;
    /* Pushes the member's value; false if there is none. */
    bool (*get)(struct ow_lua *lua, const struct ow_lua_view *view,
                struct ow_str key);
    /* The rest may be NULL. Its pairs, of views that are a list of them. */
    const struct ow_fields *(*fields)(const struct ow_answer_context *context);
    /* What it shows, of views that are JSON. */
    const cJSON *(*tree)(const struct ow_lua_view *view);
    /* The same of views by name, which show an object of the context; NULL:
     * it is empty. */
    const cJSON *(*root)(const struct ow_answer_context *context);
    /* Pushes the n-th element, from 0, of a list of `count`; the same. */
    bool (*at)(struct ow_lua *lua, const struct ow_lua_view *view, size_t n);
    size_t (*count)(const struct ow_lua_view *view);
    void (*write)(const struct ow_lua_view *view, struct ow_jsonw *w);
};

/* Pushes the text; false if it is absent. */
bool ow_lua_push_str(struct ow_lua *lua, struct ow_str s);
/* Pushes a view; returns true, so that a get may end in it. */
bool ow_lua_push_view(struct ow_lua *lua, const struct ow_lua_view_ops *ops,
                      const void *node);
/* The value of a node, or a view of it; false for null and NULL. */
bool ow_lua_push_json(struct ow_lua *lua, const cJSON *node);
/* The member of an object that has this name; NULL: there is none. */
const cJSON *ow_lua_view_member(const cJSON *tree, const char *key);
/* What a name stands for; NULL: nothing. */
const cJSON *ow_lua_root_of(enum ow_lua_root root,
                            const struct ow_answer_context *context);
/* As ow_lua_push_json, what it stands for in this run. */
bool ow_lua_push_root(struct ow_lua *lua, enum ow_lua_root root);

/* Adds the views to the table of names on top of the stack. */
void ow_lua_views_open(lua_State *L);
/* The JSON that the view at that index shows; NULL if it shows none. */
const cJSON *ow_lua_view_tree(struct ow_lua *lua, int index);
/* The view at that index as JSON; an error of Lua's if it is none. */
void ow_lua_view_write(struct ow_lua *lua, int index, struct ow_jsonw *w);

#endif
