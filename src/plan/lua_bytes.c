/*
 * lua_bytes: see lua_bytes.h. Called by expressions, through lua_function.c.
 */
#include "config.h"

#include "plan/lua_bytes.h"

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "base/limits.h"
#include "plan/embedding.h"
#include "plan/lua_value.h"

/* Bytes that are longer than zlib takes at once are over Lua's own bound. */
_Static_assert(OW_LIMIT_TEMPLATE_HEAP <= UINT_MAX, "zlib takes it at once");

int ow_lua_bytes_crc32(lua_State *L)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;
    struct ow_str bytes = ow_lua_check_str(L, 1);
    uLong sum = crc32(0, (const Bytef *)bytes.ptr, (uInt)bytes.len);
    api->lua_pushinteger(L, (lua_Integer)sum);
    return 1;
}

int ow_lua_bytes_deflate(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_str bytes = ow_lua_check_str(L, 1);
    size_t mark = lua->out.len;
    uLong most = compressBound((uLong)bytes.len);
    char *room = ow_buf_reserve(&lua->out, most);
    if (!room)
        ow_lua_check(lua,
                     most > lua->out.max - lua->out.len ? -ENOBUFS : -ENOMEM);
    /* The quickest: this happens while somebody waits for an answer. */
    if (compress2((Bytef *)room, &most, (const Bytef *)bytes.ptr,
                  (uLong)bytes.len, Z_BEST_SPEED) != Z_OK)
        ow_lua_check(lua, -ENOMEM);
    ow_buf_commit(&lua->out, most);
    ow_lua_push_written(lua, mark);
    return 1;
}

int ow_lua_bytes_embedding(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    size_t mark = lua->out.len;
    struct ow_str text = ow_lua_check_str(L, 1);
    lua_Integer n = lua->api.luaL_checkinteger(L, 2);

    if (n < 1 || n > OW_EMBEDDING_MAX)
        return lua->api.luaL_argerror(L, 2, "expected 1 to 4096 dimensions");
    float numbers[OW_EMBEDDING_MAX];
    ow_embedding_make(text, numbers, (size_t)n);
    for (lua_Integer i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &numbers[i], sizeof bits);
        bits = htole32(bits);
        ow_lua_check(lua, ow_buf_append(&lua->out, &bits, sizeof bits));
    }
    ow_lua_push_written(lua, mark);
    return 1;
}

int ow_lua_bytes_floats(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_str bytes = ow_lua_check_str(L, 1);

    if (bytes.len % sizeof(uint32_t) != 0 || bytes.len > INT_MAX)
        return lua->api.luaL_argerror(L, 1, "expected four bytes a number");
    lua_Integer n = (lua_Integer)(bytes.len / sizeof(uint32_t));
    lua->api.lua_createtable(L, (int)n, 0);
    for (lua_Integer i = 0; i < n; i++) {
        uint32_t bits;
        float number;
        memcpy(&bits, bytes.ptr + (size_t)i * sizeof bits, sizeof bits);
        bits = le32toh(bits);
        memcpy(&number, &bits, sizeof number);
        lua->api.lua_pushnumber(L, (double)number);
        lua->api.lua_rawseti(L, -2, i + 1);
    }
    return 1;
}
