/*
 * lua_view: the request as Lua sees it. See lua_view.h. Called by lua_env.c
 * and, through metamethods, by expressions.
 */
#include "config.h"

#include "plan/lua_view.h"

#include <string.h>

#include "base/jsonw.h"
#include "plan/answer.h"
#include "plan/loop.h"
#include "plan/lua_message.h"
#include "plan/lua_value.h"

static bool push_str(struct ow_lua *lua, struct ow_str s)
{
    if (!s.ptr)
        return false;
    lua->api.lua_pushlstring(lua->state, s.ptr, s.len);
    return true;
}

bool ow_lua_push_view(struct ow_lua *lua, const struct ow_lua_view_ops *ops,
                      const void *node)
{
    struct ow_lua_view *view =
        lua->api.lua_newuserdatauv(lua->state, sizeof *view, 0);

    *view = (struct ow_lua_view){ops, node, lua->run};
    lua->api.lua_rawgeti(lua->state, LUA_REGISTRYINDEX, lua->views);
    lua->api.lua_setmetatable(lua->state, -2);
    return true;
}

/* Lists of pairs. */

static const struct ow_fields *params_of(const struct ow_answer_context *c)
{
    return c->params;
}

static const struct ow_fields *captures_of(const struct ow_answer_context *c)
{
    return c->captures;
}

static const struct ow_fields *query_of(const struct ow_answer_context *c)
{
    return ow_request_params(c->request);
}

static const struct ow_fields *headers_of(const struct ow_answer_context *c)
{
    return &c->request->headers;
}

static const struct ow_fields *cookies_of(const struct ow_answer_context *c)
{
    return ow_request_cookies(c->request);
}

static bool get_field(struct ow_lua *lua, const struct ow_lua_view *view,
                      struct ow_str key)
{
    const struct ow_fields *fields = view->ops->fields(lua->context);

    for (size_t i = 0; fields && i < fields->n; i++)
        if (ow_str_equal(fields->items[i].name, key))
            return push_str(lua, fields->items[i].value);
    return false;
}

static bool get_header(struct ow_lua *lua, const struct ow_lua_view *view,
                       struct ow_str key)
{
    const struct ow_field *field =
        ow_fields_find(view->ops->fields(lua->context), key);

    return field && push_str(lua, field->value);
}

static const struct ow_lua_view_ops params_view = {
    .name = "p", .get = get_field, .fields = params_of};
static const struct ow_lua_view_ops captures_view = {
    .name = "m", .get = get_field, .fields = captures_of};
static const struct ow_lua_view_ops query_view = {
    .name = "req.query", .get = get_field, .fields = query_of};
static const struct ow_lua_view_ops headers_view = {
    .name = "req.headers", .get = get_header, .fields = headers_of};
static const struct ow_lua_view_ops cookies_view = {
    .name = "req.cookies", .get = get_field, .fields = cookies_of};

/* Forms. */

static bool get_form(struct ow_lua *lua, const struct ow_lua_view *view,
                     struct ow_str key)
{
    const struct ow_form *form = ow_request_form(lua->context->request);
    const struct ow_part *part = form ? ow_form_find(form, key) : NULL;

    (void)view;
    while (part && part->filename.ptr)
        part = ow_form_next(form, part);
    return part && push_str(lua, part->value);
}

static bool get_of_file(struct ow_lua *lua, const struct ow_lua_view *view,
                        struct ow_str key)
{
    const struct ow_part *part = view->node;

    if (ow_str_equal(key, OW_STR("filename")))
        return push_str(lua, part->filename);
    if (ow_str_equal(key, OW_STR("type")))
        return push_str(lua, part->type);
    if (ow_str_equal(key, OW_STR("content")))
        return push_str(lua, part->value);
    if (!ow_str_equal(key, OW_STR("size")))
        return false;
    lua->api.lua_pushinteger(lua->state, (lua_Integer)part->size);
    return true;
}

/* All values of a name. */
static void add_value(struct ow_lua *lua, lua_Integer *n, struct ow_str value)
{
    if (*n == 0)
        lua->api.lua_createtable(lua->state, 1, 0);
    push_str(lua, value);
    lua->api.lua_rawseti(lua->state, -2, ++*n);
}

static bool get_forms(struct ow_lua *lua, const struct ow_lua_view *view,
                      struct ow_str key)
{
    const struct ow_form *form = ow_request_form(lua->context->request);
    const struct ow_part *part = form ? ow_form_find(form, key) : NULL;
    lua_Integer n = 0;

    (void)view;
    for (; part; part = ow_form_next(form, part))
        if (!part->filename.ptr)
            add_value(lua, &n, part->value);
    return n > 0;
}

static bool get_queries(struct ow_lua *lua, const struct ow_lua_view *view,
                        struct ow_str key)
{
    const struct ow_fields *fields = query_of(lua->context);
    lua_Integer n = 0;

    (void)view;
    for (size_t i = 0; fields && i < fields->n; i++)
        if (ow_str_equal(fields->items[i].name, key))
            add_value(lua, &n, fields->items[i].value);
    return n > 0;
}

static const struct ow_lua_view_ops forms_view = {.name = "req.forms",
                                                  .get = get_forms};
static const struct ow_lua_view_ops queries_view = {.name = "req.queries",
                                                    .get = get_queries};
static const struct ow_lua_view_ops file_view = {.name = "a file",
                                                 .get = get_of_file};

static bool get_file(struct ow_lua *lua, const struct ow_lua_view *view,
                     struct ow_str key)
{
    const struct ow_form *form = ow_request_form(lua->context->request);
    const struct ow_part *part = form ? ow_form_find(form, key) : NULL;

    (void)view;
    while (part && !part->filename.ptr)
        part = ow_form_next(form, part);
    return part && ow_lua_push_view(lua, &file_view, part);
}

static const struct ow_lua_view_ops form_view = {.name = "req.form",
                                                 .get = get_form};
static const struct ow_lua_view_ops files_view = {.name = "req.files",
                                                  .get = get_file};

/* JSON. */

/* The JSON that a view shows; NULL: it shows none, or there is none. */
static const cJSON *tree_of(const struct ow_lua *lua,
                            const struct ow_lua_view *view)
{
    if (view->ops->root)
        return view->ops->root(lua->context);
    return view->ops->tree ? view->ops->tree(view) : NULL;
}

static bool shows_json(const struct ow_lua_view *view)
{
    return view->ops->root || view->ops->tree;
}

static bool get_of_json(struct ow_lua *lua, const struct ow_lua_view *view,
                        struct ow_str key)
{
    /* Keys of a document have no NUL, and Lua's strings end with one. */
    return ow_lua_push_json(
        lua, cJSON_GetObjectItemCaseSensitive(tree_of(lua, view), key.ptr));
}

static const cJSON *tree_of_json(const struct ow_lua_view *view)
{
    return view->node;
}

static const cJSON *vars_of(const struct ow_answer_context *context)
{
    return context->state ? context->state->vars : NULL;
}

static const cJSON *kept_of(const struct ow_answer_context *context)
{
    return context->kept;
}

static const struct ow_lua_view_ops json_view = {
    .name = "req.json", .get = get_of_json, .tree = tree_of_json};
static const cJSON *json_of(const struct ow_answer_context *context)
{
    return ow_request_json(context->request);
}

static const cJSON *reply_of(const struct ow_answer_context *context)
{
    return context->reply;
}

static const cJSON *item_of(const struct ow_answer_context *context)
{
    return context->loop ? context->loop->item : NULL;
}

static const cJSON *outer_of(const struct ow_answer_context *context)
{
    const struct ow_loop *outer = context->loop ? context->loop->outer : NULL;

    return outer ? outer->item : NULL;
}

static const cJSON *values_of(const struct ow_answer_context *context)
{
    return context->loop ? context->loop->values : NULL;
}

static const cJSON *value_of(const struct ow_answer_context *context)
{
    const cJSON *values = values_of(context);

    return values ? values->child : NULL;
}

static const cJSON *argument_of(const struct ow_answer_context *context)
{
    return context->arguments;
}

static const struct ow_lua_view_ops root_views[OW_LUA_ROOTS] = {
    [OW_LUA_REQUEST] = {.name = "req.json",
                        .get = get_of_json,
                        .root = json_of},
    [OW_LUA_REPLY] = {.name = "reply", .get = get_of_json, .root = reply_of},
    [OW_LUA_ITEM] = {.name = "item", .get = get_of_json, .root = item_of},
    [OW_LUA_OUTER] = {.name = "outer", .get = get_of_json, .root = outer_of},
    [OW_LUA_VALUES] = {.name = "values", .get = get_of_json, .root = values_of},
    [OW_LUA_VALUE] = {.name = "value", .get = get_of_json, .root = value_of},
    [OW_LUA_ARGUMENT] = {.name = "arg",
                         .get = get_of_json,
                         .root = argument_of},
};
static const struct ow_lua_view_ops vars_view = {
    .name = "vars", .get = get_of_json, .root = vars_of};
static const struct ow_lua_view_ops kept_view = {
    .name = "kept", .get = get_of_json, .root = kept_of};

bool ow_lua_push_json(struct ow_lua *lua, const cJSON *node)
{
    const struct ow_lua_api *api = &lua->api;

    if (!node || cJSON_IsNull(node))
        return false;
    if (cJSON_IsString(node))
        return push_str(lua, ow_str_from(node->valuestring));
    if (cJSON_IsNumber(node))
        ow_lua_push_number(lua, node->valuedouble);
    else if (cJSON_IsBool(node))
        api->lua_pushboolean(lua->state, cJSON_IsTrue(node));
    else
        ow_lua_push_view(lua, &json_view, node);
    return true;
}

const cJSON *ow_lua_root_of(enum ow_lua_root root,
                            const struct ow_answer_context *context)
{
    return root_views[root].root(context);
}

bool ow_lua_push_root(struct ow_lua *lua, enum ow_lua_root root)
{
    const cJSON *node = ow_lua_root_of(root, lua->context);

    if (!cJSON_IsObject(node) && !cJSON_IsArray(node))
        return ow_lua_push_json(lua, node);
    lua->api.lua_rawgeti(lua->state, LUA_REGISTRYINDEX, lua->roots[root]);
    return true;
}

/* The process that asks. */

static bool get_env(struct ow_lua *lua, const struct ow_lua_view *view,
                    struct ow_str key)
{
    const struct ow_program *program = lua->context->request->program;
    struct ow_str left = {program->env, program->env_len};

    (void)view;
    while (left.ptr) {
        struct ow_str entry = ow_str_cut(&left, '\0');
        struct ow_str name = ow_str_cut(&entry, '=');
        if (entry.ptr && ow_str_equal(name, key))
            return push_str(lua, entry);
    }
    return false;
}

static const struct ow_lua_view_ops env_view = {.name = "program.env",
                                                .get = get_env};

static bool push_argv(struct ow_lua *lua, const struct ow_program *program)
{
    struct ow_str left = {program->argv, program->argv_len};

    lua->api.lua_createtable(lua->state, 0, 0);
    for (int i = 1; left.ptr && left.len > 0; i++) {
        push_str(lua, ow_str_cut(&left, '\0'));
        lua->api.lua_rawseti(lua->state, -2, i);
    }
    return true;
}

static bool get_program(struct ow_lua *lua, const struct ow_lua_view *view,
                        struct ow_str key)
{
    const struct ow_program *program = lua->context->request->program;

    (void)view;
    if (ow_str_equal(key, OW_STR("name")))
        return push_str(lua, ow_str_from(program->name));
    if (ow_str_equal(key, OW_STR("argv")))
        return push_argv(lua, program);
    if (ow_str_equal(key, OW_STR("env")))
        return ow_lua_push_view(lua, &env_view, NULL);
    if (!ow_str_equal(key, OW_STR("pid")))
        return false;
    lua->api.lua_pushinteger(lua->state, program->pid);
    return true;
}

static const struct ow_lua_view_ops program_view = {.name = "program",
                                                    .get = get_program};

/* The request. */

static bool get_request(struct ow_lua *lua, const struct ow_lua_view *view,
                        struct ow_str key)
{
    static const struct {
        const char *name;
        const struct ow_lua_view_ops *ops;
    } parts[] = {
        {"query", &query_view},     {"headers", &headers_view},
        {"cookies", &cookies_view}, {"form", &form_view},
        {"files", &files_view},     {"forms", &forms_view},
        {"queries", &queries_view},
    };
    struct ow_request *request = lua->context->request;

    (void)view;
    if (ow_str_equal(key, OW_STR("json")))
        return ow_lua_push_root(lua, OW_LUA_REQUEST);
    if (ow_str_equal(key, OW_STR("method")))
        return push_str(lua, request->method);
    if (ow_str_equal(key, OW_STR("path")))
        return push_str(lua, request->path);
    if (ow_str_equal(key, OW_STR("host")))
        return push_str(lua, request->host);
    if (ow_str_equal(key, OW_STR("url"))) {
        /* A WebSocket may ask for each of its messages. */
        if (!request->url.ptr)
            request->url = ow_request_url(request);
        return push_str(lua, request->url);
    }
    if (ow_str_equal(key, OW_STR("body")))
        return push_str(lua, ow_buf_peek(&request->body->kept));
    if (ow_str_equal(key, OW_STR("size"))) {
        lua->api.lua_pushinteger(lua->state, (lua_Integer)request->body->size);
        return true;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (ow_str_equal(key, ow_str_from(parts[i].name)))
            return ow_lua_push_view(lua, parts[i].ops, NULL);
    lua->api.luaL_error(lua->state, "req has no \"%s\"", key.ptr);
    return false;
}

static const struct ow_lua_view_ops request_view = {.name = "req",
                                                    .get = get_request};

/* Metamethods. */

static const struct ow_lua_view *view_at(struct ow_lua *lua, int index)
{
    const struct ow_lua_view *view = lua->api.lua_touserdata(lua->state, index);

    if (view->node && view->run != lua->run)
        lua->api.luaL_error(lua->state, "this is of an earlier request");
    return view;
}

static int index_view(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const struct ow_lua_view *view = view_at(lua, 1);
    struct ow_str key;

    if (api->lua_type(L, 2) == LUA_TSTRING) {
        key.ptr = api->lua_tolstring(L, 2, &key.len);
        return view->ops->get(lua, view, key);
    }
    lua_Integer n = api->lua_tointegerx(L, 2, NULL);
    if (n < 1 || n > INT32_MAX)
        return 0;
    if (view->ops->at)
        return view->ops->at(lua, view, (size_t)n - 1);
    const cJSON *tree = tree_of(lua, view);
    return cJSON_IsArray(tree) &&
           ow_lua_push_json(lua, cJSON_GetArrayItem(tree, (int)n - 1));
}

static int count_view(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_view *view = view_at(lua, 1);
    const cJSON *tree = tree_of(lua, view);
    size_t n = 0;

    if (view->ops->count)
        n = view->ops->count(view);
    else if (cJSON_IsArray(tree))
        n = (size_t)cJSON_GetArraySize(tree);
    lua->api.lua_pushinteger(L, (lua_Integer)n);
    return 1;
}

static int refuse_change(lua_State *L)
{
    return ow_lua_of(L)->api.luaL_error(L, "a template changes nothing of %s",
                                        view_at(ow_lua_of(L), 1)->ops->name);
}

/* One step over a list of pairs. Upvalues: the view, how many were seen. */
static int next_field(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const struct ow_lua_view *view = view_at(lua, lua_upvalueindex(1));
    size_t n = (size_t)api->lua_tointegerx(L, lua_upvalueindex(2), NULL);
    const struct ow_fields *fields = view->ops->fields(lua->context);

    if (!fields || n >= fields->n)
        return 0;
    api->lua_pushinteger(L, (lua_Integer)n + 1);
    api->lua_copy(L, -1, lua_upvalueindex(2));
    push_str(lua, fields->items[n].name);
    push_str(lua, fields->items[n].value);
    return 2;
}

/* One step over JSON. Upvalues: the view, how many were seen, the next one. */
static int next_json(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const cJSON *node = api->lua_touserdata(L, lua_upvalueindex(3));

    view_at(lua, lua_upvalueindex(1));
    if (!node)
        return 0;
    api->lua_pushinteger(L,
                         api->lua_tointegerx(L, lua_upvalueindex(2), NULL) + 1);
    api->lua_copy(L, -1, lua_upvalueindex(2));
    api->lua_pushlightuserdata(L, node->next);
    api->lua_copy(L, -1, lua_upvalueindex(3));
    if (node->string)
        push_str(lua, ow_str_from(node->string));
    else
        api->lua_pushvalue(L, lua_upvalueindex(2));
    if (!ow_lua_push_json(lua, node))
        api->lua_pushnil(L);
    return 2;
}

static int pair_view(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const struct ow_lua_view *view = view_at(lua, 1);
    const cJSON *json = tree_of(lua, view);

    if (!json && !view->ops->root && !view->ops->fields)
        return api->luaL_error(L, "%s cannot be gone through", view->ops->name);
    /* What has no node of its own may be another tree in the next run. */
    if (view->ops->root)
        ow_lua_push_view(lua, &json_view, json);
    else
        api->lua_pushvalue(L, 1);
    api->lua_pushinteger(L, 0);
    api->lua_pushlightuserdata(L, json ? json->child : NULL);
    api->lua_pushcclosure(L, view->ops->fields ? next_field : next_json, 3);
    return 1;
}

static int name_view(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const char *name = view_at(lua, 1)->ops->name;

    push_str(lua, ow_str_from(name));
    return 1;
}

void ow_lua_views_open(lua_State *L)
{
    static const struct {
        const char *name;
        lua_CFunction function;
    } methods[] = {
        {"__index", index_view},   {"__newindex", refuse_change},
        {"__len", count_view},     {"__pairs", pair_view},
        {"__tostring", name_view},
    };
    static const struct ow_lua_view_ops *const named[] = {
        &request_view, &params_view,         &captures_view, &program_view,
        &vars_view,    &ow_lua_message_view, &kept_view,
    };
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    api->lua_createtable(L, 0, 8);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        api->lua_pushcclosure(L, methods[i].function, 0);
        api->lua_setfield(L, -2, methods[i].name);
    }
    lua->views = api->luaL_ref(L, LUA_REGISTRYINDEX);
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        ow_lua_push_view(lua, named[i], NULL);
        api->lua_setfield(L, -2, named[i]->name);
    }
    for (size_t i = 0; i < OW_LUA_ROOTS; i++) {
        ow_lua_push_view(lua, &root_views[i], NULL);
        lua->roots[i] = api->luaL_ref(L, LUA_REGISTRYINDEX);
    }
}

static void write_fields(struct ow_jsonw *w, const struct ow_fields *fields)
{
    ow_jsonw_begin(w, '{');
    for (size_t i = 0; fields && i < fields->n; i++) {
        /* Of pairs of one name the first is the one that counts. */
        size_t first = 0;
        while (!ow_str_equal(fields->items[first].name, fields->items[i].name))
            first++;
        if (first < i)
            continue;
        ow_jsonw_name(w, fields->items[i].name);
        ow_jsonw_string(w, fields->items[i].value);
    }
    ow_jsonw_end(w, '}');
}

const cJSON *ow_lua_view_tree(struct ow_lua *lua, int index)
{
    return tree_of(lua, view_at(lua, index));
}

void ow_lua_view_write(struct ow_lua *lua, int index, struct ow_jsonw *w)
{
    const struct ow_lua_view *view = view_at(lua, index);
    const cJSON *tree = tree_of(lua, view);

    if (view->ops->write)
        view->ops->write(view, w);
    else if (shows_json(view) && tree)
        ow_lua_write_cjson(w, tree);
    else if (shows_json(view))
        write_fields(w, NULL);
    else if (view->ops->fields)
        write_fields(w, view->ops->fields(lua->context));
    else
        lua->api.luaL_error(lua->state, "%s is no value: name a part of it",
                            view->ops->name);
}
