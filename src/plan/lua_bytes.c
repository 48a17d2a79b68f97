/*
 * lua_bytes: see lua_bytes.h. Called by expressions, through lua_function.c.
 */
#include "config.h"

#include "plan/lua_bytes.h"

#include <errno.h>
#include <limits.h>
#include <zlib.h>

#include "base/limits.h"
#include "plan/lua_value.h"

/* Bytes that are longer than zlib takes at once are over Lua's own bound. */
_Static_assert(OW_LIMIT_TEMPLATE_HEAP <= UINT_MAX, "zlib takes it at once");

int ow_lua_bytes_crc32(lua_State *L)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;
    struct ow_str bytes;

    bytes.ptr = api->luaL_checklstring(L, 1, &bytes.len);
    uLong sum = crc32(0, (const Bytef *)bytes.ptr, (uInt)bytes.len);
    api->lua_pushinteger(L, (lua_Integer)sum);
    return 1;
}

int ow_lua_bytes_deflate(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_str bytes;
    size_t mark = lua->out.len;

    bytes.ptr = lua->api.luaL_checklstring(L, 1, &bytes.len);
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
