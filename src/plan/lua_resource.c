/*
 * lua_resource: see lua_resource.h. Called by lua_env.c for names, by
 * lua_function.c for find(), and by expressions.
 *
 * To look at a resource is to apply its timeline, whose steps have expressions
 * of their own: within one expression others are run (ow_lua_enter).
 */
#include "config.h"

#include "plan/lua_resource.h"

#include <errno.h>

#include "base/jsonw.h"
#include "plan/lua_view.h"
#include "plan/resource_page.h"
#include "plan/timeline.h"

static bool push_str(struct ow_lua *lua, struct ow_str s)
{
    if (!s.ptr)
        return false;
    lua->api.lua_pushlstring(lua->state, s.ptr, s.len);
    return true;
}

static bool push_number(struct ow_lua *lua, uint64_t number)
{
    lua->api.lua_pushinteger(lua->state, (lua_Integer)number);
    return true;
}

/* A resource. */

static const cJSON *tree_of(const struct ow_lua_view *view)
{
    return ow_resource_tree((struct ow_resource *)view->node);
}

static bool get_of_resource(struct ow_lua *lua, const struct ow_lua_view *view,
                            struct ow_str key)
{
    const struct ow_resource *resource = view->node;
    const cJSON *tree = tree_of(view);

    if (!tree)
        ow_lua_check(lua, -ENOMEM);
    if (cJSON_HasObjectItem(tree, key.ptr) ||
        (!ow_str_equal(key, OW_STR("id")) && !ow_str_equal(key, OW_STR("n"))))
        return ow_lua_push_json(
            lua, cJSON_GetObjectItemCaseSensitive(tree, key.ptr));
    if (ow_str_equal(key, OW_STR("id")))
        return push_str(lua, resource->id);
    return push_number(lua, resource->n);
}

static void write_resource(const struct ow_lua_view *view, struct ow_jsonw *w)
{
    const struct ow_resource *resource = view->node;

    ow_jsonw_raw(w, resource->json);
}

static const struct ow_lua_view_ops resource_view = {.name = "a resource",
                                                     .get = get_of_resource,
                                                     .tree = tree_of,
                                                     .write = write_resource};

/* One that is being made has an id and a number. */
static bool get_of_draft(struct ow_lua *lua, const struct ow_lua_view *view,
                         struct ow_str key)
{
    const struct ow_resource_run *run = view->node;

    if (ow_str_equal(key, OW_STR("n")))
        return push_number(lua, run->n);
    return ow_str_equal(key, OW_STR("id")) && push_str(lua, run->id);
}

static const struct ow_lua_view_ops draft_view = {
    .name = "self, which is being made,", .get = get_of_draft};

/* A page. */

static bool get_item(struct ow_lua *lua, const struct ow_lua_view *view,
                     size_t n)
{
    const struct ow_resource_page *page = view->node;

    return n < page->n && ow_lua_push_view(lua, &resource_view, page->items[n]);
}

static size_t count_items(const struct ow_lua_view *view)
{
    const struct ow_resource_page *page = view->node;

    return page->n;
}

static void write_items(const struct ow_lua_view *view, struct ow_jsonw *w)
{
    ow_resource_page_write(view->node, w);
}

static bool get_nothing(struct ow_lua *lua, const struct ow_lua_view *view,
                        struct ow_str key)
{
    (void)lua;
    (void)view;
    (void)key;
    return false;
}

static const struct ow_lua_view_ops items_view = {.name = "items",
                                                  .get = get_nothing,
                                                  .at = get_item,
                                                  .count = count_items,
                                                  .write = write_items};

static struct ow_str last_id(const struct ow_resource_page *page)
{
    return page->n > 0 ? page->items[page->n - 1]->id
                       : (struct ow_str){NULL, 0};
}

static bool get_of_page(struct ow_lua *lua, const struct ow_lua_view *view,
                        struct ow_str key)
{
    const struct ow_resource_page *page = view->node;
    const struct {
        const char *name;
        int64_t number;
    } numbers[] = {
        {"size", page->size},
        {"number", page->number},
        {"start", page->start},
        {"stop", page->start + (int64_t)page->n - (page->n > 0)},
    };
    const struct {
        const char *name;
        struct ow_str text;
    } texts[] = {
        {"uri", page->uri},
        {"first", page->first},
        {"next", page->next},
        {"previous", page->previous},
        {"token", page->is_more ? last_id(page) : (struct ow_str){NULL, 0}},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (ow_str_equal(key, ow_str_from(numbers[i].name)))
            return push_number(lua, (uint64_t)numbers[i].number);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (ow_str_equal(key, ow_str_from(texts[i].name)))
            return push_str(lua, texts[i].text);
    lua->api.luaL_error(lua->state, "page has no \"%s\"", key.ptr);
    return false;
}

static const struct ow_lua_view_ops page_view = {.name = "page",
                                                 .get = get_of_page};

/* Raises the error of what was done within an expression. */
static void check(struct ow_lua *lua, int r, const struct ow_err *err)
{
    if (r == -ENOMEM)
        ow_lua_check(lua, r);
    if (r < 0)
        lua->api.luaL_error(lua->state, "%s", err->text);
}

static bool push_total(struct ow_lua *lua, const struct ow_resource_page *page)
{
    struct ow_lua_outer outer;
    struct ow_err err;
    uint64_t total = 0;
    const struct ow_answer_context *context = lua->context;

    ow_lua_enter(lua, &outer);
    int r = ow_resource_page_total(page, context, &total, &err);
    ow_lua_leave(lua, &outer);
    check(lua, r, &err);
    return push_number(lua, total);
}

static bool push_of_list(struct ow_lua *lua,
                         const struct ow_resource_page *page,
                         struct ow_str name)
{
    if (ow_str_equal(name, OW_STR("items")))
        return ow_lua_push_view(lua, &items_view, page);
    if (ow_str_equal(name, OW_STR("page")))
        return ow_lua_push_view(lua, &page_view, page);
    if (ow_str_equal(name, OW_STR("total")))
        return push_total(lua, page);
    if (ow_str_equal(name, OW_STR("more"))) {
        lua->api.lua_pushboolean(lua->state, page->is_more);
        return true;
    }
    bool is_first = ow_str_equal(name, OW_STR("first"));
    if (!is_first && !ow_str_equal(name, OW_STR("last")))
        return false;
    if (page->n == 0)
        lua->api.lua_pushnil(lua->state);
    else
        push_str(lua, is_first ? page->items[0]->id : last_id(page));
    return true;
}

bool ow_lua_resource_name(struct ow_lua *lua, struct ow_str name)
{
    const struct ow_resource_run *run = lua->context->resource;

    if (ow_str_equal(name, OW_STR("self"))) {
        if (run && run->self)
            return ow_lua_push_view(lua, &resource_view, run->self);
        if (run && run->id.ptr)
            return ow_lua_push_view(lua, &draft_view, run);
        lua->api.lua_pushnil(lua->state);
        return true;
    }
    return run && run->page && push_of_list(lua, run->page, name);
}

const struct ow_resource_type *ow_lua_resource_type(struct ow_lua *lua,
                                                    int index)
{
    const struct ow_resource_run *run = lua->context->resource;
    const char *file = run && run->type ? run->type->file : NULL;
    const struct ow_resource_type *type = NULL;
    struct ow_str name = ow_lua_check_str(lua->state, index);

    if (lua->types)
        type = ow_resource_types_find(lua->types, name, file, lua->asking);
    if (!type)
        lua->api.luaL_error(lua->state, "there is no resource \"%s\"",
                            name.ptr);
    return type;
}

bool ow_lua_resource_push(struct ow_lua *lua, struct ow_resource *resource)
{
    return ow_lua_push_view(lua, &resource_view, resource);
}

bool ow_lua_resource_push_none(struct ow_lua *lua)
{
    static const cJSON empty = {.type = cJSON_Array};

    return ow_lua_push_json(lua, &empty);
}

const struct ow_resource *ow_lua_resource_at(struct ow_lua *lua, int index)
{
    const struct ow_lua_view *view = NULL;

    if (lua->api.lua_type(lua->state, index) == LUA_TUSERDATA)
        view = lua->api.lua_touserdata(lua->state, index);
    if (!view || view->ops != &resource_view)
        return NULL;
    if (view->run != lua->run)
        lua->api.luaL_error(lua->state, "this is of an earlier request");
    return view->node;
}

int ow_lua_resource_find(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const struct ow_answer_context *context = lua->context;
    struct ow_resource *found = NULL;
    struct ow_lua_outer outer;
    struct ow_err err;

    api->luaL_checklstring(L, 1, NULL);
    if (api->lua_type(L, 2) == LUA_TNIL)
        return 0;
    struct ow_str id = ow_lua_check_str(L, 2);
    const struct ow_resource_type *type = ow_lua_resource_type(lua, 1);
    ow_lua_enter(lua, &outer);
    int r = ow_resource_run_find(type, context, id, &found, &err);
    ow_lua_leave(lua, &outer);
    check(lua, r, &err);
    return found && ow_lua_push_view(lua, &resource_view, found);
}
