/*
 * look: see look.h. Called by template.c and template_write.c.
 */
#include "config.h"

#include "plan/look.h"

#include <errno.h>
#include <string.h>

#include "plan/lua_view.h"

/* More members deep than this are left to Lua. */
#define DEPTH 8

struct ow_look {
    enum ow_lua_root root;
    size_t n;
    const char *keys[];
};

static const struct {
    const char *name;
    enum ow_lua_root root;
} roots[] = {
    {"reply", OW_LUA_REPLY},   {"item", OW_LUA_ITEM},
    {"outer", OW_LUA_OUTER},   {"value", OW_LUA_VALUE},
    {"values", OW_LUA_VALUES}, {"arg", OW_LUA_ARGUMENT},
};

static bool is_name(struct ow_str s)
{
    if (s.len == 0 || (s.ptr[0] >= '0' && s.ptr[0] <= '9'))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                    "0123456789",
                    s.ptr[i]) ||
            s.ptr[i] == '\0')
            return false;
    return true;
}

/* Takes the name at the front of the text. */
static bool take_root(struct ow_str *text, enum ow_lua_root *ret)
{
    struct ow_str name = ow_str_cut(text, '.');

    if (ow_str_equal(name, OW_STR("req"))) {
        *ret = OW_LUA_REQUEST;
        return ow_str_equal(ow_str_cut(text, '.'), OW_STR("json"));
    }
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        if (!ow_str_equal(name, ow_str_from(roots[i].name)))
            continue;
        *ret = roots[i].root;
        return true;
    }
    return false;
}

int ow_look_read(struct ow_str text, struct ow_arena *arena,
                 const struct ow_look **ret)
{
    struct ow_str keys[DEPTH];
    enum ow_lua_root root;
    size_t n = 0;

    *ret = NULL;
    if (!take_root(&text, &root))
        return 0;
    for (; text.ptr; n++) {
        if (n == DEPTH)
            return 0;
        keys[n] = ow_str_cut(&text, '.');
        if (!is_name(keys[n]))
            return 0;
    }
    struct ow_look *look =
        ow_arena_alloc(arena, sizeof *look + n * sizeof *look->keys);
    if (!look)
        return -ENOMEM;
    *look = (struct ow_look){.root = root, .n = n};
    for (size_t i = 0; i < n; i++) {
        look->keys[i] = ow_arena_copy(arena, keys[i]).ptr;
        if (!look->keys[i])
            return -ENOMEM;
    }
    *ret = look;
    return 0;
}

bool ow_look_find(const struct ow_look *look,
                  const struct ow_answer_context *context, const cJSON **ret)
{
    const cJSON *node = ow_lua_root_of(look->root, context);

    for (size_t i = 0; i < look->n; i++) {
        /* Texts have members, too: functions of Lua's. */
        if (!cJSON_IsObject(node) && !cJSON_IsArray(node))
            return false;
        node = cJSON_GetObjectItemCaseSensitive(node, look->keys[i]);
    }
    *ret = cJSON_IsNull(node) ? NULL : node;
    return true;
}
