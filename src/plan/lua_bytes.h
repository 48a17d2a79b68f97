/*
 * lua_bytes: functions of templates that make bytes of file formats: with
 * these and string.pack an expression writes a PNG image or an Ogg page.
 */
#ifndef OW_PLAN_LUA_BYTES_H
#define OW_PLAN_LUA_BYTES_H

#include "plan/lua.h"

/* crc32(bytes): as of gzip and PNG (ISO 3309), a number. */
int ow_lua_bytes_crc32(lua_State *L);
/* deflate(bytes): packed in zlib's format (RFC 1950). */
int ow_lua_bytes_deflate(lua_State *L);
/* embedding(text, n): see embedding.h, as n little-endian floats of 32 bits. */
int ow_lua_bytes_embedding(lua_State *L);
/* floats(bytes): a list of the numbers that such bytes are. */
int ow_lua_bytes_floats(lua_State *L);

#endif
