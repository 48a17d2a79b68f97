/*
 * lua: the Lua 5.4 that evaluates expressions of templates. A table of rules
 * has one; all its expressions are compiled into one state and kept there.
 *
 * Nothing is paid for what is not used: liblua is loaded (dlopen) when the
 * first expression is compiled, never for rules without one, and called
 * through the pointers of lua_api.def.
 *
 *     ow_lua_new     less than a kilobyte
 *     ow_lua_open    loads liblua, makes the sandbox (lua_env.h)
 *     ow_lua_run     runs work of ours in Lua, protected and within bounds
 *
 * lua_compile.h compiles what that work calls.
 *
 * Within ow_lua_run errors leave by longjmp, up to ow_lua_run: functions that
 * take a lua_State hold no memory of their own while they call Lua. What they
 * write goes to buffers of struct ow_lua.
 */
#ifndef OW_PLAN_LUA_H
#define OW_PLAN_LUA_H

#include <cjson/cJSON.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/buf.h"
#include "base/err.h"
#include "plan/lua_pool.h"
#include "plan/shape.h"

struct ow_answer_context;
struct ow_resource_types;

struct ow_lua_api {
#define OW_LUA(result, function, arguments) result(*function) arguments;
#include "plan/lua_api.def"
#undef OW_LUA
};

/* JSON that expressions have by a name, which stands for other JSON in each
 * run: its view is made once. */
enum ow_lua_root {
    OW_LUA_REQUEST,  /* req.json */
    OW_LUA_REPLY,    /* reply */
    OW_LUA_ITEM,     /* item */
    OW_LUA_OUTER,    /* outer */
    OW_LUA_VALUES,   /* values */
    OW_LUA_VALUE,    /* value */
    OW_LUA_ARGUMENT, /* arg */
    OW_LUA_ROOTS,
};

struct ow_lua {
    struct ow_lua_api api; /* filled with state */
    void *library;
    lua_State *state; /* NULL until there is an expression */
    int names;        /* registry's number of what all expressions see */
    int env;          /* of what those of this pack see; 0: nothing yet */
    int functions;    /* of the table that defines its functions */
    int chunks;       /* of the pack's expressions by text; 0: no table yet */
    int late;         /* of this pack's functions that wait; 0: none */
    bool is_late;     /* this pack's functions wait until they are called */
    int views;        /* of the views' metatable */
    int roots[OW_LUA_ROOTS]; /* of those views */
    struct ow_lua_pool pool;
    unsigned pack;   /* number of the pack that is compiled, from 0 */
    unsigned asking; /* of the one whose template is evaluated */
    size_t used;     /* bytes that Lua has */
    size_t loaded;   /* of these, by compiled expressions */
    size_t most;     /* more is refused */
    bool is_over;    /* it was refused */
    int failure;     /* an errno of ours that Lua's error stands for */
    unsigned rounds; /* of OW_LIMIT_TEMPLATE_ROUND steps, in this run */
    int64_t began_ns;
    uint64_t run; /* counted up: views of a run before are no good */
    const struct ow_answer_context *context; /* of the run; else NULL */
    struct ow_buf out;                       /* what the run writes */
    struct ow_buf scratch; /* for what goes into out in another form */
    cJSON *trees;          /* what expressions of this run have read; or NULL */
    size_t read;           /* bytes of text that became these */
    uint64_t runs;         /* how many there were */
    struct ow_resource_types *types; /* of find(): the table's, or NULL */
    struct ow_shapes shapes;         /* of misfit() */
};

/* A run that waits while an expression of it has others run. */
struct ow_lua_outer {
    const struct ow_answer_context *context;
    unsigned asking;
    uint64_t run;
    unsigned rounds;
    int64_t began_ns;
    struct ow_buf out;
    struct ow_buf scratch;
    cJSON *trees;
    size_t read;
};

struct ow_lua *ow_lua_new(void); /* NULL when memory is out */
struct ow_lua *ow_lua_free(struct ow_lua *lua);
/* Whose state it is. */
struct ow_lua *ow_lua_of(lua_State *L);

/* Loads liblua and makes the sandbox, once. 0; -ELIBACC with a sentence if
 * there is no Lua; -ENOMEM. */
int ow_lua_open(struct ow_lua *lua, struct ow_err *err);
/*
 * For what compiles: as ow_lua_run, which is made of it, but with the context
 * and the bound on memory (most) that struct ow_lua has already.
 */
int ow_lua_call(struct ow_lua *lua, lua_CFunction work, void *argument,
                struct ow_err *err);
/*
 * Calls work(L) with argument as its light userdata. 0; -ENOMEM; -EINVAL with
 * a sentence, which is Lua's or that of a bound that was met.
 */
int ow_lua_run(struct ow_lua *lua, const struct ow_answer_context *context,
               lua_CFunction work, void *argument, struct ow_err *err);
/*
 * Within a run: what stands between these may call ow_lua_run anew. Steps are
 * counted for each run by itself. Buffers of the outer run stay as they are.
 */
void ow_lua_enter(struct ow_lua *lua, struct ow_lua_outer *outer);
void ow_lua_leave(struct ow_lua *lua, const struct ow_lua_outer *outer);
/* Within a run: the tree lives as long as the run does, for views of it. */
void ow_lua_keep(struct ow_lua *lua, cJSON *take_tree);
/* The same of what was read from a text of that length: texts of a run are
 * bounded in all. */
void ow_lua_keep_read(struct ow_lua *lua, cJSON *take_tree, size_t len);
/* Within a run, behind work that takes time beside Lua's steps: an error of
 * Lua's if it has had its second. */
void ow_lua_check_time(struct ow_lua *lua);
/* Within a run: an errno of a function of ours becomes Lua's error. */
void ow_lua_check(struct ow_lua *lua, int r);
/* Of a function: its argument at that index, which is a string or a number;
 * anything else is Lua's error. */
struct ow_str ow_lua_check_str(lua_State *L, int index);

#endif
