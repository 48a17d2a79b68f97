/*
 * lua: liblua, its state, and the bounds within which it works. See lua.h.
 * Called by rule/table_build.c, which owns it, lua_compile.c, template_write.c
 * and what expressions call; calls lua_env.c to fill the state.
 */
#include "config.h"

#include "plan/lua.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/library.h"
#include "base/limits.h"
#include "plan/lua_env.h"

/* The names that distributions give one library. */
static const char *const files[] = {
    "liblua5.4.so.0", /* Debian and its kin */
    "liblua-5.4.so",  /* Fedora and its kin */
    "liblua.so.5.4",  /* Arch */
    NULL,
};

static const char *const names[] = {
#define OW_LUA(result, function, arguments) #function,
#include "plan/lua_api.def"
#undef OW_LUA
};

static const struct ow_library library = {"templates need", "liblua5.4-0",
                                          files, names,
                                          sizeof names / sizeof *names};

struct ow_lua *ow_lua_new(void)
{
    struct ow_lua *lua = calloc(1, sizeof *lua);

    if (!lua)
        return NULL;
    ow_buf_init(&lua->out, OW_LIMIT_TEMPLATE_OUT);
    ow_buf_init(&lua->scratch, OW_LIMIT_TEMPLATE_OUT);
    return lua;
}

struct ow_lua *ow_lua_free(struct ow_lua *lua)
{
    if (!lua)
        return NULL;
    if (lua->state)
        lua->api.lua_close(lua->state);
    ow_lua_pool_release(&lua->pool);
    if (lua->library)
        dlclose(lua->library);
    ow_buf_release(&lua->out);
    ow_buf_release(&lua->scratch);
    ow_shapes_release(&lua->shapes);
    free(lua);
    return NULL;
}

struct ow_lua *ow_lua_of(lua_State *L)
{
    struct ow_lua *lua;

    memcpy(&lua, lua_getextraspace(L), sizeof lua);
    return lua;
}

struct ow_str ow_lua_check_str(lua_State *L, int index)
{
    struct ow_str s;

    s.ptr = ow_lua_of(L)->api.luaL_checklstring(L, index, &s.len);
    return s;
}

/* Lua's allocator: counts, refuses what is too much, never fails to shrink. */
static void *allocate(void *context, void *old, size_t old_len, size_t len)
{
    struct ow_lua *lua = context;
    size_t had = old ? old_len : 0;

    if (len == 0) {
        ow_lua_pool_change(&lua->pool, old, had, 0);
        lua->used -= had;
        return NULL;
    }
    if (len > had && len - had > lua->most - lua->used) {
        lua->is_over = true;
        return NULL;
    }
    void *new = ow_lua_pool_change(&lua->pool, old, had, len);
    if (!new &&len > had)
        return NULL;
    lua->used += len;
    lua->used -= had;
    return new ? new : old;
}

/* The thread's own time: that of a busy machine is not an expression's. */
static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void ow_lua_check_time(struct ow_lua *lua)
{
    if (lua->rounds++ == 0)
        lua->began_ns = now_ns();
    if (now_ns() - lua->began_ns > OW_LIMIT_TEMPLATE_NS)
        lua->api.luaL_error(lua->state, "it ran for more than a second");
}

/* Called each OW_LIMIT_TEMPLATE_ROUND steps. */
static void count_steps(lua_State *L, lua_Debug *at)
{
    struct ow_lua *lua = ow_lua_of(L);

    if (lua->rounds++ == 0)
        lua->began_ns = now_ns();
    bool is_late = now_ns() - lua->began_ns > OW_LIMIT_TEMPLATE_NS;
    if (!is_late && lua->rounds <= OW_LIMIT_TEMPLATE_ROUNDS)
        return;
    /* Lua would place it in the caller of what runs too long. */
    lua->api.lua_getinfo(L, "Sl", at);
    if (is_late)
        lua->api.luaL_error(L, "%s:%d: it ran for more than a second",
                            at->short_src, at->currentline);
    lua->api.luaL_error(L, "%s:%d: it ran for more than %d steps",
                        at->short_src, at->currentline,
                        OW_LIMIT_TEMPLATE_ROUNDS * OW_LIMIT_TEMPLATE_ROUND);
}

/* Lua's sentence without its "?:1: ", of a chunk without a name
 * (lua_compile.c); "name:3: ", of a function, stays. */
static const char *sentence_of(struct ow_lua *lua)
{
    const char *text = "an error that is no text", *at;
    size_t len;

    if (lua->api.lua_type(lua->state, -1) == LUA_TSTRING)
        text = lua->api.lua_tolstring(lua->state, -1, &len);
    while (strncmp(text, "?:", 2) == 0) {
        at = text + 2 + strspn(text + 2, "0123456789");
        if (strncmp(at, ": ", 2) != 0)
            break;
        text = at + 2;
    }
    return text;
}

static int fail(struct ow_lua *lua, int status, struct ow_err *err)
{
    int r = lua->failure;

    if (r == -ECANCELED) /* refuse.h: no fault of the expression's */
        return ow_err_set(err, r, "refused");
    if (r == -ENOBUFS)
        return ow_err_set(err, -EINVAL, "what it makes is over %d MiB",
                          OW_LIMIT_TEMPLATE_OUT / (1024 * 1024));
    if (r < 0)
        return ow_err_set(err, r, "out of memory");
    if (status != LUA_ERRMEM)
        return ow_err_set(err, -EINVAL, "%s", sentence_of(lua));
    if (!lua->is_over)
        return ow_err_set(err, -ENOMEM, "out of memory");
    return ow_err_set(err, -EINVAL, "it needs more than %d MiB of memory",
                      OW_LIMIT_TEMPLATE_HEAP / (1024 * 1024));
}

int ow_lua_call(struct ow_lua *lua, lua_CFunction work, void *argument,
                struct ow_err *err)
{
    const struct ow_lua_api *api = &lua->api;
    lua_State *L = lua->state;
    int r = 0;

    lua->failure = 0;
    lua->is_over = false;
    lua->rounds = 0;
    api->lua_sethook(L, count_steps, LUA_MASKCOUNT, OW_LIMIT_TEMPLATE_ROUND);
    api->lua_pushcclosure(L, work, 0);
    api->lua_pushlightuserdata(L, argument);
    int status = api->lua_pcallk(L, 1, 0, 0, 0, NULL);
    if (status != LUA_OK)
        r = fail(lua, status, err);
    api->lua_settop(L, 0);
    if (status == LUA_ERRMEM)
        api->lua_gc(L, LUA_GCCOLLECT);
    return r;
}

int ow_lua_open(struct ow_lua *lua, struct ow_err *err)
{
    int r = 0;

    if (lua->state)
        return 0;
    if (!lua->library)
        r = ow_library_load(&library, &lua->api, &lua->library, err);
    if (r < 0)
        return r;
    lua->most = SIZE_MAX;
    lua_State *L = lua->api.lua_newstate(allocate, lua);
    if (!L)
        return ow_err_set(err, -ENOMEM, "out of memory");
    memcpy(lua_getextraspace(L), &lua, sizeof lua);
    lua->state = L;
    r = ow_lua_call(lua, ow_lua_env_open, NULL, err);
    if (r < 0) {
        lua->api.lua_close(L);
        lua->state = NULL;
    }
    return r;
}

static void drop_trees(struct ow_lua *lua)
{
    cJSON_Delete(lua->trees);
    lua->trees = NULL;
    lua->read = 0;
}

int ow_lua_run(struct ow_lua *lua, const struct ow_answer_context *context,
               lua_CFunction work, void *argument, struct ow_err *err)
{
    lua->run = ++lua->runs;
    lua->context = context;
    lua->most = lua->loaded + OW_LIMIT_TEMPLATE_HEAP;
    int r = ow_lua_call(lua, work, argument, err);
    lua->context = NULL;
    drop_trees(lua);
    return r;
}

void ow_lua_enter(struct ow_lua *lua, struct ow_lua_outer *outer)
{
    *outer = (struct ow_lua_outer){
        .context = lua->context,
        .asking = lua->asking,
        .run = lua->run,
        .rounds = lua->rounds,
        .began_ns = lua->began_ns,
        .out = lua->out,
        .scratch = lua->scratch,
        .trees = lua->trees,
        .read = lua->read,
    };
    lua->trees = NULL;
    lua->read = 0;
    ow_buf_init(&lua->out, OW_LIMIT_TEMPLATE_OUT);
    ow_buf_init(&lua->scratch, OW_LIMIT_TEMPLATE_OUT);
}

void ow_lua_leave(struct ow_lua *lua, const struct ow_lua_outer *outer)
{
    ow_buf_release(&lua->out);
    ow_buf_release(&lua->scratch);
    lua->out = outer->out;
    lua->scratch = outer->scratch;
    lua->trees = outer->trees;
    lua->read = outer->read;
    lua->context = outer->context;
    lua->asking = outer->asking;
    lua->run = outer->run;
    lua->rounds = outer->rounds;
    lua->began_ns = outer->began_ns;
    lua->failure = 0;
    lua->is_over = false;
}

void ow_lua_keep_read(struct ow_lua *lua, cJSON *take_tree, size_t len)
{
    ow_lua_keep(lua, take_tree);
    lua->read += len;
    if (lua->read > OW_LIMIT_TEMPLATE_HEAP)
        lua->api.luaL_error(lua->state, "it reads more than %d MiB of text",
                            OW_LIMIT_TEMPLATE_HEAP / (1024 * 1024));
}

void ow_lua_keep(struct ow_lua *lua, cJSON *take_tree)
{
    if (!lua->trees)
        lua->trees = cJSON_CreateArray();
    if (lua->trees && cJSON_AddItemToArray(lua->trees, take_tree))
        return;
    cJSON_Delete(take_tree);
    ow_lua_check(lua, -ENOMEM);
}

void ow_lua_check(struct ow_lua *lua, int r)
{
    if (r >= 0)
        return;
    lua->failure = r;
    lua->api.luaL_error(lua->state, "out of memory");
}
