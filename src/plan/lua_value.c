/*
 * lua_value: values out of Lua. See lua_value.h. Called by template.c for each
 * expression, and by the function json().
 */
#include "config.h"

#include "plan/lua_value.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/limits.h"
#include "plan/lua_entries.h"
#include "plan/lua_view.h"

/* Entries of a table that are sorted by hand: more take memory of Lua's. */
#define FEW   32
#define EXACT 9007199254740992.0 /* 2^53: above it a double skips integers */

struct number {
    char text[40];
};

static struct ow_str format_integer(int64_t value, struct number *ret)
{
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    char *const end = ret->text + sizeof ret->text;
    char *at = end;

    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        *--at = '-';
    return (struct ow_str){at, (size_t)(end - at)};
}

/* The shortest of the usual forms that reads back as the same number. */
static struct ow_str format_double(double value, struct number *ret)
{
    char *text = ret->text;
    int n;

    if (value == 0 && signbit(value))
        return OW_STR("-0");
    if (value == floor(value) && fabs(value) < EXACT)
        return format_integer((int64_t)value, ret);
    n = snprintf(text, sizeof ret->text, "%.15g", value);
    if (strtod(text, NULL) != value)
        n = snprintf(text, sizeof ret->text, "%.17g", value);
    return (struct ow_str){text, (size_t)n};
}

static struct ow_str format_number(struct ow_lua *lua, int index,
                                   struct number *ret)
{
    const struct ow_lua_api *api = &lua->api;

    if (!api->lua_isinteger(lua->state, index))
        return format_double(api->lua_tonumberx(lua->state, index, NULL), ret);
    return format_integer(api->lua_tointegerx(lua->state, index, NULL), ret);
}

void ow_lua_push_number(struct ow_lua *lua, double number)
{
    if (number == floor(number) && fabs(number) <= EXACT)
        lua->api.lua_pushinteger(lua->state, (lua_Integer)number);
    else
        lua->api.lua_pushnumber(lua->state, number);
}

/* The same number as Lua would have it. */
static struct ow_str format_read(double number, struct number *ret)
{
    if (number == floor(number) && fabs(number) <= EXACT)
        return format_integer((int64_t)number, ret);
    return format_double(number, ret);
}

static void write_cjson_number(struct ow_jsonw *w, const cJSON *node)
{
    struct number number;

    if (isfinite(node->valuedouble))
        ow_jsonw_raw(w, format_double(node->valuedouble, &number));
    else
        ow_jsonw_null(w);
}

void ow_lua_write_cjson(struct ow_jsonw *w, const cJSON *node)
{
    bool is_object = cJSON_IsObject(node);
    const cJSON *child;

    if (cJSON_IsString(node)) {
        ow_jsonw_string(w, ow_str_from(node->valuestring));
    } else if (cJSON_IsNumber(node)) {
        write_cjson_number(w, node);
    } else if (cJSON_IsBool(node)) {
        ow_jsonw_raw(w, cJSON_IsTrue(node) ? OW_STR("true") : OW_STR("false"));
    } else if (is_object || cJSON_IsArray(node)) {
        ow_jsonw_begin(w, is_object ? '{' : '[');
        /* A request's depth is bounded by OW_LIMIT_JSON_DEPTH. */
        cJSON_ArrayForEach(child, node)
        {
            if (is_object)
                ow_jsonw_name(w, ow_str_from(child->string));
            ow_lua_write_cjson(w, child);
        }
        ow_jsonw_end(w, is_object ? '}' : ']');
    } else {
        ow_jsonw_null(w);
    }
}

int ow_lua_write_node(struct ow_buf *out, const cJSON *node)
{
    struct ow_jsonw w = {.buf = out};
    struct number number;

    if (!cJSON_IsNumber(node)) {
        ow_lua_write_cjson(&w, node);
        return w.error;
    }
    if (!isfinite(node->valuedouble))
        return -EDOM;
    return ow_buf_append_str(out, format_read(node->valuedouble, &number));
}

int ow_lua_write_said(struct ow_buf *out, const cJSON *node)
{
    if (!node)
        return 0;
    if (cJSON_IsString(node))
        return ow_buf_append_str(out, ow_str_from(node->valuestring));
    return ow_lua_write_node(out, node);
}

struct writer {
    struct ow_lua *lua;
    struct ow_jsonw w;
    int depth;
};

static void write_value(struct writer *writer, int index);

static int compare_keys(const void *a, const void *b)
{
    const struct ow_str *x = a, *y = b;

    return ow_lua_entries_compare(*x, *y);
}

static void refuse_keys(struct ow_lua *lua)
{
    lua->api.luaL_error(lua->state,
                        "a table for JSON is a list, without gaps, or has "
                        "texts as keys");
}

/* How many entries the table has; whether their keys are 1, 2, ... */
static size_t count_entries(struct ow_lua *lua, int index, bool *ret_is_list)
{
    const struct ow_lua_api *api = &lua->api;
    lua_State *L = lua->state;
    lua_Integer length = (lua_Integer)api->lua_rawlen(L, index);
    size_t n = 0;

    *ret_is_list = length > 0;
    api->lua_pushnil(L);
    for (; api->lua_next(L, index); n++) {
        lua_Integer key = api->lua_tointegerx(L, -2, NULL);
        if (!api->lua_isinteger(L, -2) || key < 1 || key > length)
            *ret_is_list = false;
        api->lua_settop(L, -2);
    }
    *ret_is_list = *ret_is_list && n == (size_t)length;
    return n;
}

/* Fills keys, which are as many as the table has entries. The table holds on
 * to the strings. */
static void list_keys(struct ow_lua *lua, int index, struct ow_str *keys)
{
    const struct ow_lua_api *api = &lua->api;
    lua_State *L = lua->state;
    size_t n = 0;

    api->lua_pushnil(L);
    while (api->lua_next(L, index)) {
        if (api->lua_type(L, -2) != LUA_TSTRING)
            refuse_keys(lua);
        keys[n].ptr = api->lua_tolstring(L, -2, &keys[n].len);
        n++;
        api->lua_settop(L, -2);
    }
}

static void write_large_object(struct writer *writer, int index, size_t n)
{
    const struct ow_lua_api *api = &writer->lua->api;
    lua_State *L = writer->lua->state;
    int top = api->lua_gettop(L);
    struct ow_str *keys =
        api->lua_newuserdatauv(L, (n > 0 ? n : 1) * sizeof *keys, 0);

    list_keys(writer->lua, index, keys);
    qsort(keys, n, sizeof *keys, compare_keys);
    ow_jsonw_begin(&writer->w, '{');
    for (size_t i = 0; i < n; i++) {
        ow_jsonw_name(&writer->w, keys[i]);
        api->lua_pushlstring(L, keys[i].ptr, keys[i].len);
        api->lua_rawget(L, index);
        write_value(writer, top + 2);
        api->lua_settop(L, top + 1);
    }
    ow_jsonw_end(&writer->w, '}');
    api->lua_settop(L, top);
}

static void write_large(struct writer *writer, int index)
{
    const struct ow_lua_api *api = &writer->lua->api;
    lua_State *L = writer->lua->state;
    bool is_list;
    size_t n = count_entries(writer->lua, index, &is_list);

    if (!is_list) {
        write_large_object(writer, index, n);
        return;
    }
    ow_jsonw_begin(&writer->w, '[');
    for (size_t i = 1; i <= n; i++) {
        api->lua_rawgeti(L, index, (lua_Integer)i);
        write_value(writer, api->lua_gettop(L));
        api->lua_settop(L, -2);
    }
    ow_jsonw_end(&writer->w, ']');
}

static void write_table(struct writer *writer, int index)
{
    const struct ow_lua_api *api = &writer->lua->api;
    lua_State *L = writer->lua->state;
    int top = api->lua_gettop(L);
    struct ow_lua_entry entries[OW_LUA_FEW];
    size_t n = 0;

    if (!ow_lua_entries_spread(writer->lua, index, entries, &n)) {
        api->lua_settop(L, top);
        write_large(writer, index);
        return;
    }
    bool is_list = n > 0 && !entries[0].key.ptr;
    ow_jsonw_begin(&writer->w, is_list ? '[' : '{');
    for (size_t i = 0; i < n; i++) {
        if (!is_list)
            ow_jsonw_name(&writer->w, entries[i].key);
        write_value(writer, entries[i].index);
    }
    ow_jsonw_end(&writer->w, is_list ? ']' : '}');
    api->lua_settop(L, top);
}

static void write_nested(struct writer *writer, int index)
{
    struct ow_lua *lua = writer->lua;

    if (++writer->depth > OW_LIMIT_JSON_DEPTH ||
        !lua->api.lua_checkstack(lua->state, 8))
        lua->api.luaL_error(lua->state, "a table for JSON nests deeper than %d",
                            OW_LIMIT_JSON_DEPTH);
    if (lua->api.lua_type(lua->state, index) == LUA_TUSERDATA)
        ow_lua_view_write(lua, index, &writer->w);
    else
        write_table(writer, index);
    writer->depth--;
    ow_lua_check(lua, writer->w.error);
}

static void write_number(struct writer *writer, int index)
{
    struct number number;

    if (!isfinite(
            writer->lua->api.lua_tonumberx(writer->lua->state, index, NULL)))
        writer->lua->api.luaL_error(writer->lua->state,
                                    "JSON has no infinite numbers and none "
                                    "that are not a number");
    ow_jsonw_raw(&writer->w, format_number(writer->lua, index, &number));
}

static void write_value(struct writer *writer, int index)
{
    const struct ow_lua_api *api = &writer->lua->api;
    lua_State *L = writer->lua->state;
    struct ow_str text;

    switch (api->lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TLIGHTUSERDATA: /* null */
        ow_jsonw_null(&writer->w);
        break;
    case LUA_TBOOLEAN:
        ow_jsonw_raw(&writer->w, api->lua_toboolean(L, index)
                                     ? OW_STR("true")
                                     : OW_STR("false"));
        break;
    case LUA_TNUMBER:
        write_number(writer, index);
        break;
    case LUA_TSTRING:
        text.ptr = api->lua_tolstring(L, index, &text.len);
        ow_jsonw_string(&writer->w, text);
        break;
    case LUA_TTABLE:
    case LUA_TUSERDATA:
        write_nested(writer, index);
        break;
    default:
        api->luaL_error(L, "a %s is no value for JSON",
                        api->lua_typename(L, api->lua_type(L, index)));
    }
}

void ow_lua_write_json(struct ow_lua *lua, int index)
{
    struct writer writer = {.lua = lua, .w = {.buf = &lua->out}};

    write_value(&writer, index);
    ow_lua_check(lua, writer.w.error);
}

void ow_lua_write_text(struct ow_lua *lua, int index)
{
    const struct ow_lua_api *api = &lua->api;
    int type = api->lua_type(lua->state, index);
    struct number number;
    struct ow_str text = {"", 0};

    if (type == LUA_TSTRING)
        text.ptr = api->lua_tolstring(lua->state, index, &text.len);
    else if (type == LUA_TNUMBER)
        text = format_number(lua, index, &number);
    else if (type != LUA_TNIL) {
        ow_lua_write_json(lua, index);
        return;
    }
    ow_lua_check(lua, ow_buf_append_str(&lua->out, text));
}

void ow_lua_push_written(struct ow_lua *lua, size_t mark)
{
    lua->api.lua_pushlstring(lua->state, ow_buf_peek(&lua->out).ptr + mark,
                             lua->out.len - mark);
    lua->out.len = mark;
}
