/*
 * lua: liblua, its state, and the bounds within which it works. See lua.h.
 * Called by template.c; calls lua_env.c to fill the state.
 */
#include "config.h"

#include "plan/lua.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/library.h"
#include "base/limits.h"
#include "plan/answer.h"
#include "plan/lua_env.h"

/* What Lua puts before its sentences: the name given here, and a line. */
#define CHUNK "=?"

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
    free(lua);
    return NULL;
}

struct ow_lua *ow_lua_of(lua_State *L)
{
    struct ow_lua *lua;

    memcpy(&lua, lua_getextraspace(L), sizeof lua);
    return lua;
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

/* Lua's sentence without its "?:1: "; "name:3: ", of a function, stays. */
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

static int call(struct ow_lua *lua, lua_CFunction work, void *argument,
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

static int open_state(struct ow_lua *lua, struct ow_err *err)
{
    int r = lua->library
                ? 0
                : ow_library_load(&library, &lua->api, &lua->library, err);

    if (r < 0)
        return r;
    lua->most = SIZE_MAX;
    lua_State *L = lua->api.lua_newstate(allocate, lua);
    if (!L)
        return ow_err_set(err, -ENOMEM, "out of memory");
    memcpy(lua_getextraspace(L), &lua, sizeof lua);
    lua->state = L;
    r = call(lua, ow_lua_env_open, NULL, err);
    if (r < 0) {
        lua->api.lua_close(L);
        lua->state = NULL;
    }
    return r;
}

/* Compiles what stands in out; the chunk's number in the registry. */
static int compile_new(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_str text = ow_buf_peek(&lua->out);

    if (api->luaL_loadbufferx(L, text.ptr, text.len, CHUNK, "t") != LUA_OK)
        return api->lua_error(L);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->env);
    /* A chunk's one upvalue is its _ENV. */
    api->lua_setupvalue(L, -2, 1);
    return api->luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Takes what stands in out; leaves the chunk's number in *argument. */
static int compile(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_str text = ow_buf_peek(&lua->out);
    int *ret = api->lua_touserdata(L, 1);

    if (lua->env == 0)
        ow_lua_env_pack(L);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->chunks);
    api->lua_pushlstring(L, text.ptr, text.len);
    api->lua_pushvalue(L, -1);
    if (api->lua_rawget(L, 2) == LUA_TNUMBER) {
        *ret = (int)api->lua_tointegerx(L, -1, NULL);
        return 0;
    }
    api->lua_settop(L, 3);
    *ret = compile_new(L);
    api->lua_pushinteger(L, *ret);
    api->lua_rawset(L, 2);
    return 0;
}

/* Leaves what gives the value of the text in Lua's own buffer. */
static int begin_chunk(struct ow_lua *lua, struct ow_str text,
                       struct ow_err *err)
{
    static const char name[] = "_ENV";
    int r = lua->state ? 0 : open_state(lua, err);

    if (r < 0)
        return r;
    /* With it an expression could change what it sees the next time. */
    if (memmem(text.ptr, text.len, name, sizeof name - 1))
        return ow_err_set(err, -EINVAL, "there is no %s here", name);
    ow_buf_clear(&lua->out, OW_LIMIT_IO);
    r = ow_buf_append_str(&lua->out, OW_STR("return "));
    if (r == 0)
        r = ow_buf_append_str(&lua->out, text);
    return r < 0 ? ow_err_set(err, -ENOMEM, "out of memory") : 0;
}

int ow_lua_compile(struct ow_lua *lua, struct ow_str expression, int *ret_chunk,
                   struct ow_err *err)
{
    int r = begin_chunk(lua, expression, err);
    int chunk;

    if (r < 0)
        return r;
    lua->most = SIZE_MAX; /* bounded by the rule file, which is */
    r = call(lua, compile, &chunk, err);
    lua->loaded = lua->used;
    if (r == 0)
        *ret_chunk = chunk;
    return r;
}

void ow_lua_be_late(struct ow_lua *lua)
{
    lua->is_late = true;
}

void ow_lua_next_pack(struct ow_lua *lua)
{
    lua->env = lua->late = 0;
    lua->is_late = false;
    lua->pack++;
    if (!lua->state || lua->chunks == 0)
        return;
    /* Not nil: luaL_ref would give the number away. */
    lua->api.lua_pushboolean(lua->state, false);
    lua->api.lua_rawseti(lua->state, LUA_REGISTRYINDEX, lua->chunks);
}

/* Whether what stands at the top is a function that keeps nothing from one
 * call to the next: of its upvalues the names are the only one. */
static bool is_plain(const struct ow_lua_api *api, lua_State *L)
{
    if (api->lua_type(L, -1) != LUA_TFUNCTION)
        return false;
    const char *name = api->lua_getupvalue(L, -1, 1);
    if (!name)
        return true;
    bool is_plain = strcmp(name, "_ENV") == 0;
    api->lua_settop(L, -2);
    if (!is_plain || !api->lua_getupvalue(L, -1, 2))
        return is_plain;
    api->lua_settop(L, -2);
    return false;
}

/*
 * Leaves the function at the top. Its text is run to get at it, while it sees
 * no names at all; then what both of them see becomes that at env.
 */
static void make_function(lua_State *L, const char *name, struct ow_str text,
                          int env)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;
    char place[OW_LIMIT_FUNCTION_NAME + 2];

    snprintf(place, sizeof place, "=%s", name);
    if (api->luaL_loadbufferx(L, text.ptr, text.len, place, "t") != LUA_OK)
        api->lua_error(L);
    int chunk = api->lua_gettop(L);
    api->lua_createtable(L, 0, 0);
    api->lua_setupvalue(L, chunk, 1);
    api->lua_pushvalue(L, chunk);
    api->lua_callk(L, 0, LUA_MULTRET, 0, NULL);
    if (api->lua_gettop(L) != chunk + 1 || !is_plain(api, L))
        api->luaL_error(L, "expected one function: function(a, b) ... end");
    api->lua_pushvalue(L, env);
    api->lua_setupvalue(L, chunk, 1);
}

/* Compiled now: all that may be wrong with it is told. */
static void add_function(lua_State *L, const char *name, struct ow_str text)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->functions);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->names);
    if (ow_lua_env_has(L, name))
        api->luaL_error(L, "all templates have a \"%s\" already", name);
    api->lua_pushlstring(L, name, strlen(name));
    if (api->lua_rawget(L, 2) != LUA_TNIL)
        api->luaL_error(L, "there are two functions \"%s\"", name);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->env);
    make_function(L, name, text, 5);
    api->lua_setfield(L, 2, name);
}

/*
 * __index of a late pack's functions: a name that they do not have yet. Its
 * upvalues are the texts of those that were not called yet, with what they see
 * at 1, and the names of all templates. What does not change is kept.
 */
static int find_late(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_str text, name;

    name.ptr = api->lua_tolstring(L, 2, &name.len);
    int pushed = ow_lua_env_push(lua, name);
    if (pushed >= 0)
        return pushed;
    api->lua_pushvalue(L, 2);
    if (api->lua_rawget(L, lua_upvalueindex(1)) == LUA_TSTRING) {
        const size_t used = lua->used;
        text.ptr = api->lua_tolstring(L, 3, &text.len);
        api->lua_rawgeti(L, lua_upvalueindex(1), 1);
        make_function(L, name.ptr, text, 4);
        /* It stays, and is no part of what this run may take. */
        lua->loaded += lua->used > used ? lua->used - used : 0;
    } else {
        api->lua_pushvalue(L, 2);
        if (api->lua_rawget(L, lua_upvalueindex(2)) == LUA_TNIL) {
            api->lua_pushvalue(L, 2);
            api->lua_gettable(L, lua_upvalueindex(2));
            return 1; /* of this request, or none */
        }
    }
    api->lua_pushvalue(L, 2);
    api->lua_pushvalue(L, -2);
    api->lua_rawset(L, 1);
    return 1;
}

/* What find_late looks in: for the first function of a late pack. */
static void make_late(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->functions);
    api->lua_getmetatable(L, -1);
    api->lua_createtable(L, 1, 64);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->env);
    api->lua_rawseti(L, -2, 1);
    api->lua_pushvalue(L, -1);
    lua->late = api->luaL_ref(L, LUA_REGISTRYINDEX);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->names);
    api->lua_pushcclosure(L, find_late, 2);
    api->lua_setfield(L, -2, "__index");
}

/* To be compiled when it is called. */
static void add_text(lua_State *L, const char *name, struct ow_str text)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    if (lua->late == 0)
        make_late(L);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->late);
    api->lua_pushlstring(L, text.ptr, text.len);
    api->lua_setfield(L, -2, name);
}

/* Takes what stands in out. */
static int define(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const char *name = lua->api.lua_touserdata(L, 1);
    struct ow_str text = ow_buf_peek(&lua->out);

    if (lua->env == 0)
        ow_lua_env_pack(L);
    if (lua->is_late)
        add_text(L, name, text);
    else
        add_function(L, name, text);
    return 0;
}

/* Takes "name:3: " off the sentence, which is Lua's; gives the line. */
static int take_line(struct ow_err *err, const char *name)
{
    size_t len = strlen(name);
    char *end;

    if (strncmp(err->text, name, len) != 0 || err->text[len] != ':')
        return 0;
    long line = strtol(err->text + len + 1, &end, 10);
    if (line <= 0 || strncmp(end, ": ", 2) != 0)
        return 0;
    memmove(err->text, end + 2, strlen(end + 2) + 1);
    return (int)line;
}

int ow_lua_define(struct ow_lua *lua, const char *name, struct ow_str text,
                  int *ret_line, struct ow_err *err)
{
    static const struct ow_answer_context nothing = {NULL};
    int r = begin_chunk(lua, text, err);

    *ret_line = 0;
    if (r < 0)
        return r;
    lua->context = &nothing;
    lua->most = lua->used + OW_LIMIT_TEMPLATE_HEAP;
    r = call(lua, define, (void *)name, err);
    lua->context = NULL;
    lua->loaded = lua->used;
    if (r == -EINVAL)
        *ret_line = take_line(err, name);
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
    int r = call(lua, work, argument, err);
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
