/*
 * lua_pool: memory for Lua's small things. A request through a pack makes and
 * drops some hundred strings, tables and views; they come from lists of equal
 * pieces here, and from malloc above OW_LUA_POOL_MOST bytes. What was once
 * taken from the system is kept until the pool is released.
 *
 *     struct ow_lua_pool pool = {0};
 *     p = ow_lua_pool_change(&pool, NULL, 0, 40);     as realloc, sizes known
 *     p = ow_lua_pool_change(&pool, p, 40, 400);
 *     ow_lua_pool_change(&pool, p, 400, 0);           gives it back
 *     ow_lua_pool_release(&pool);
 */
#ifndef OW_PLAN_LUA_POOL_H
#define OW_PLAN_LUA_POOL_H

#include <stddef.h>

#define OW_LUA_POOL_STEP 16
#define OW_LUA_POOL_MOST 256

struct ow_lua_pool {
    void *blocks; /* all that was taken from the system, linked */
    char *fresh;  /* of the newest block what was never handed out */
    size_t left;
    void *free[OW_LUA_POOL_MOST / OW_LUA_POOL_STEP]; /* by size, linked */
};

/*
 * The piece at old (NULL: a new one), which has old_len bytes, with len bytes;
 * 0 gives it back. NULL when memory is out: old is as it was.
 */
void *ow_lua_pool_change(struct ow_lua_pool *pool, void *old, size_t old_len,
                         size_t len);
/* What is larger than the pool's pieces is the caller's to have given back. */
void ow_lua_pool_release(struct ow_lua_pool *pool);

#endif
