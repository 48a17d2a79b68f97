/*
 * lua_function: what expressions can call. See lua_function.h and the list,
 * template_functions.def. Called by lua_env.c and by expressions.
 */
#include "config.h"

#include "plan/lua_function.h"

#include <errno.h>

#include "base/base64.h"
#include "base/xml.h"
#include "http/digest.h"
#include "plan/answer.h"
#include "plan/lua.h"
#include "plan/lua_bytes.h"
#include "plan/lua_gather.h"
#include "plan/lua_list.h"
#include "plan/lua_resource.h"
#include "plan/lua_say.h"
#include "plan/lua_text.h"
#include "plan/lua_value.h"
#include "plan/lua_view.h"
#include "plan/refuse.h"
#include "plan/split.h"

#define ID_LENGTH     24
#define ID_LENGTH_MAX 256

static void push_str(lua_State *L, struct ow_str s)
{
    ow_lua_of(L)->api.lua_pushlstring(L, s.ptr, s.len);
}

static int template_now(lua_State *L)
{
    const struct ow_lua *lua = ow_lua_of(L);
    const struct ow_clock *clock = lua->context->clock;

    if (!clock)
        return lua->api.luaL_error(L, "there is no clock here");
    int64_t ns = ow_clock_wall(clock, ow_clock_now(clock));
    lua->api.lua_pushinteger(L, ns / 1000000000);
    return 1;
}

static int template_id(lua_State *L)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "abcdefghijklmnopqrstuvwxyz0123456789";
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_str prefix = ow_lua_check_str(L, 1);
    lua_Integer n = lua->api.luaL_optinteger(L, 2, ID_LENGTH);
    size_t mark = lua->out.len;

    if (n < 1 || n > ID_LENGTH_MAX)
        return lua->api.luaL_argerror(L, 2, "expected a length from 1 to 256");
    ow_lua_check(lua, ow_buf_append_str(&lua->out, prefix));
    for (lua_Integer i = 0; i < n; i++) {
        int64_t at = ow_rand_range(lua->context->rand, 0, sizeof letters - 2);
        ow_lua_check(lua, ow_buf_append(&lua->out, &letters[at], 1));
    }
    ow_lua_push_written(lua, mark);
    return 1;
}

static void random_hex(struct ow_rand *rand, char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text[i] = "0123456789abcdef"[ow_rand_range(rand, 0, 15)];
}

static int template_hex(lua_State *L)
{
    const struct ow_lua *lua = ow_lua_of(L);
    lua_Integer n = lua->api.luaL_checkinteger(L, 1);
    char text[ID_LENGTH_MAX];

    if (n < 1 || n > ID_LENGTH_MAX)
        return lua->api.luaL_argerror(L, 1, "expected a length from 1 to 256");
    random_hex(lua->context->rand, text, (size_t)n);
    push_str(L, (struct ow_str){text, (size_t)n});
    return 1;
}

/* RFC 9562, 5.4: version 4, whose variant is one of 8, 9, a and b. */
static int template_uuid(lua_State *L)
{
    struct ow_rand *rand = ow_lua_of(L)->context->rand;
    char text[36];

    random_hex(rand, text, sizeof text);
    text[8] = text[13] = text[18] = text[23] = '-';
    text[14] = '4';
    text[19] = "89ab"[ow_rand_range(rand, 0, 3)];
    push_str(L, (struct ow_str){text, sizeof text});
    return 1;
}

static int template_seq(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_str format = ow_lua_check_str(L, 1);
    size_t mark = lua->out.len;

    if (!lua->context->state)
        return lua->api.luaL_error(L, "there are no counters here");
    int r = ow_seqs_next(&lua->context->state->seqs, format, &lua->out);
    if (r == -EINVAL)
        return lua->api.luaL_argerror(
            L, 1, "expected a format with one %d, as \"file-mock%06d\"");
    if (r == -ENOSPC)
        return lua->api.luaL_error(L, "too many formats have counters");
    ow_lua_check(lua, r);
    ow_lua_push_written(lua, mark);
    return 1;
}

static int template_rand(lua_State *L)
{
    const struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_rand *rand = lua->context->rand;
    double a = api->luaL_checknumber(L, 1), b = api->luaL_checknumber(L, 2);

    if (!(a <= b))
        return api->luaL_argerror(L, 2, "it is below the first");
    if (api->lua_isinteger(L, 1) && api->lua_isinteger(L, 2))
        api->lua_pushinteger(L, ow_rand_range(rand,
                                              api->lua_tointegerx(L, 1, NULL),
                                              api->lua_tointegerx(L, 2, NULL)));
    else
        api->lua_pushnumber(L, a + (b - a) * ow_rand_unit(rand));
    return 1;
}

static int template_tokens(lua_State *L)
{
    static const struct ow_split split = {.kind = OW_SPLIT_TOKEN};
    struct ow_str text = ow_lua_check_str(L, 1);
    lua_Integer n = 0;

    for (size_t at = 0; at < text.len; n++)
        at = ow_split_next(&split, text, at);
    ow_lua_of(L)->api.lua_pushinteger(L, n);
    return 1;
}

static int template_sha256(lua_State *L)
{
    struct ow_str text = ow_lua_check_str(L, 1);
    unsigned char digest[OW_DIGEST_SHA256];
    char hex[2 * sizeof digest];

    ow_lua_check(ow_lua_of(L), ow_digest_sha256(text, digest));
    ow_digest_hex((struct ow_str){(char *)digest, sizeof digest}, hex);
    push_str(L, (struct ow_str){hex, sizeof hex});
    return 1;
}

static int template_hmac_sha1(lua_State *L)
{
    struct ow_str key = ow_lua_check_str(L, 1), text = ow_lua_check_str(L, 2);
    unsigned char digest[OW_DIGEST_SHA1];

    ow_lua_check(ow_lua_of(L), ow_digest_hmac_sha1(key, text, digest));
    push_str(L, (struct ow_str){(const char *)digest, sizeof digest});
    return 1;
}

static int template_hmac_sha256(lua_State *L)
{
    struct ow_str key = ow_lua_check_str(L, 1), text = ow_lua_check_str(L, 2);
    unsigned char digest[OW_DIGEST_SHA256];

    ow_lua_check(ow_lua_of(L), ow_digest_hmac_sha256(key, text, digest));
    push_str(L, (struct ow_str){(const char *)digest, sizeof digest});
    return 1;
}

static int template_to_hex(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_str bytes = ow_lua_check_str(L, 1);
    size_t mark = lua->out.len;

    for (size_t i = 0; i < bytes.len; i++) {
        char two[2];
        ow_digest_hex((struct ow_str){bytes.ptr + i, 1}, two);
        ow_lua_check(lua, ow_buf_append(&lua->out, two, sizeof two));
    }
    ow_lua_push_written(lua, mark);
    return 1;
}

static int template_b64(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_str bytes = ow_lua_check_str(L, 1);
    size_t mark = lua->out.len;

    ow_lua_check(lua, ow_base64_encode(bytes, &lua->out));
    ow_lua_push_written(lua, mark);
    return 1;
}

static int template_crc32(lua_State *L)
{
    return ow_lua_bytes_crc32(L);
}

static int template_deflate(lua_State *L)
{
    return ow_lua_bytes_deflate(L);
}

static int template_embedding(lua_State *L)
{
    return ow_lua_bytes_embedding(L);
}

static int template_floats(lua_State *L)
{
    return ow_lua_bytes_floats(L);
}

static int template_find(lua_State *L)
{
    return ow_lua_resource_find(L);
}

static int template_all(lua_State *L)
{
    return ow_lua_gather_all(L);
}

static int template_content(lua_State *L)
{
    return ow_lua_gather_content(L);
}

static int template_pick(lua_State *L)
{
    return ow_lua_list_pick(L);
}

static int template_text(lua_State *L)
{
    return ow_lua_list_text(L);
}

static int template_where(lua_State *L)
{
    return ow_lua_list_where(L);
}

static int template_map(lua_State *L)
{
    return ow_lua_list_map(L);
}

static int template_list(lua_State *L)
{
    return ow_lua_list_list(L);
}

static int template_refuse(lua_State *L)
{
    return ow_refuse_call(L);
}

static int template_unxml(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_err err;
    cJSON *tree;
    struct ow_str text = ow_lua_check_str(L, 1);
    int r = ow_xml_parse(text, &tree, &err);

    if (r == -EINVAL || r == -ELIBACC)
        return lua->api.luaL_error(L, "%s", err.text);
    ow_lua_check(lua, r);
    ow_lua_keep_read(lua, tree, text.len);
    return ow_lua_push_json(lua, tree);
}

static int template_say(lua_State *L)
{
    return ow_lua_say(L);
}

static int template_unb64(lua_State *L)
{
    return ow_lua_text_unb64(L);
}

static int template_unjson(lua_State *L)
{
    return ow_lua_text_unjson(L);
}

static int template_misfit(lua_State *L)
{
    return ow_lua_text_misfit(L);
}

static int template_only(lua_State *L)
{
    return ow_lua_text_only(L);
}

static int template_iso(lua_State *L)
{
    return ow_lua_text_iso(L);
}

static int template_rfc2822(lua_State *L)
{
    return ow_lua_text_rfc2822(L);
}

static int template_json(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    size_t mark = lua->out.len;

    lua->api.luaL_checkany(L, 1);
    ow_lua_write_json(lua, 1);
    ow_lua_push_written(lua, mark);
    return 1;
}

void ow_lua_functions_open(lua_State *L)
{
    static const struct {
        const char *name;
        lua_CFunction function;
    } functions[] = {
#define OW_TEMPLATE_FUNCTION(name, usage, help) {#name, template_##name},
#include "plan/template_functions.def"
#undef OW_TEMPLATE_FUNCTION
    };
    const struct ow_lua_api *api = &ow_lua_of(L)->api;

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        api->lua_pushcclosure(L, functions[i].function, 0);
        api->lua_setfield(L, -2, functions[i].name);
    }
}
