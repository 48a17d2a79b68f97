/*
 * lua_request: see lua_request.h. Called by Lua, through lua_view.c.
 */
#include "config.h"

#include "plan/lua_request.h"

#include "plan/answer.h"

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
            return ow_lua_push_str(lua, fields->items[i].value);
    return false;
}

static bool get_header(struct ow_lua *lua, const struct ow_lua_view *view,
                       struct ow_str key)
{
    const struct ow_field *field =
        ow_fields_find(view->ops->fields(lua->context), key);

    return field && ow_lua_push_str(lua, field->value);
}

const struct ow_lua_view_ops ow_lua_params_view = {
    .name = "p", .get = get_field, .fields = params_of};
const struct ow_lua_view_ops ow_lua_captures_view = {
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
    return part && ow_lua_push_str(lua, part->value);
}

static bool get_of_file(struct ow_lua *lua, const struct ow_lua_view *view,
                        struct ow_str key)
{
    const struct ow_part *part = view->node;

    if (ow_str_equal(key, OW_STR("filename")))
        return ow_lua_push_str(lua, part->filename);
    if (ow_str_equal(key, OW_STR("type")))
        return ow_lua_push_str(lua, part->type);
    if (ow_str_equal(key, OW_STR("content")))
        return ow_lua_push_str(lua, part->value);
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
    ow_lua_push_str(lua, value);
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
            return ow_lua_push_str(lua, entry);
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
        ow_lua_push_str(lua, ow_str_cut(&left, '\0'));
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
        return ow_lua_push_str(lua, ow_str_from(program->name));
    if (ow_str_equal(key, OW_STR("argv")))
        return push_argv(lua, program);
    if (ow_str_equal(key, OW_STR("env")))
        return ow_lua_push_view(lua, &env_view, NULL);
    if (!ow_str_equal(key, OW_STR("pid")))
        return false;
    lua->api.lua_pushinteger(lua->state, program->pid);
    return true;
}

const struct ow_lua_view_ops ow_lua_program_view = {.name = "program",
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
        return ow_lua_push_str(lua, request->method);
    if (ow_str_equal(key, OW_STR("path")))
        return ow_lua_push_str(lua, request->path);
    if (ow_str_equal(key, OW_STR("host")))
        return ow_lua_push_str(lua, request->host);
    if (ow_str_equal(key, OW_STR("url"))) {
        /* A WebSocket may ask for each of its messages. */
        if (!request->url.ptr)
            request->url = ow_request_url(request);
        return ow_lua_push_str(lua, request->url);
    }
    if (ow_str_equal(key, OW_STR("body")))
        return ow_lua_push_str(lua, ow_buf_peek(&request->body->kept));
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

const struct ow_lua_view_ops ow_lua_request_view = {.name = "req",
                                                    .get = get_request};
