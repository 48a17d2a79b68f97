/*
 * lua_pool: see lua_pool.h. Called by lua.c, as Lua's allocator.
 */
#include "config.h"

#include "plan/lua_pool.h"

#include <stdlib.h>
#include <string.h>

/* As much as an ordinary request's garbage. */
#define BLOCK (16 * 1024)

/* At the front of a block, and of a piece that is free. */
struct link {
    struct link *next;
};

static size_t class_of(size_t len)
{
    return (len - 1) / OW_LUA_POOL_STEP;
}

static void *take_fresh(struct ow_lua_pool *pool, size_t len)
{
    if (pool->left < len) {
        struct link *block = malloc(BLOCK);
        if (!block)
            return NULL;
        block->next = pool->blocks;
        pool->blocks = block;
        /* What is left of the older block is less than one piece: lost. */
        pool->fresh = (char *)block + OW_LUA_POOL_STEP;
        pool->left = BLOCK - OW_LUA_POOL_STEP;
    }
    pool->left -= len;
    pool->fresh += len;
    return pool->fresh - len;
}

static void *take(struct ow_lua_pool *pool, size_t len)
{
    if (len > OW_LUA_POOL_MOST)
        return malloc(len);
    size_t class = class_of(len);
    struct link *piece = pool->free[class];
    if (!piece)
        return take_fresh(pool, (class + 1) * OW_LUA_POOL_STEP);
    pool->free[class] = piece->next;
    return piece;
}

static void give(struct ow_lua_pool *pool, void *old, size_t len)
{
    if (!old)
        return;
    if (len > OW_LUA_POOL_MOST) {
        free(old);
        return;
    }
    struct link *piece = old;
    piece->next = pool->free[class_of(len)];
    pool->free[class_of(len)] = piece;
}

void *ow_lua_pool_change(struct ow_lua_pool *pool, void *old, size_t old_len,
                         size_t len)
{
    if (len == 0) {
        give(pool, old, old_len);
        return NULL;
    }
    if (!old)
        return take(pool, len);
    if (old_len > OW_LUA_POOL_MOST && len > OW_LUA_POOL_MOST)
        return realloc(old, len);
    if (old_len <= OW_LUA_POOL_MOST && len <= OW_LUA_POOL_MOST &&
        class_of(old_len) == class_of(len))
        return old;
    void *new = take(pool, len);
    if (!new)
        return NULL;
    memcpy(new, old, old_len < len ? old_len : len);
    give(pool, old, old_len);
    return new;
}

void ow_lua_pool_release(struct ow_lua_pool *pool)
{
    struct link *block = pool->blocks, *next;

    for (; block; block = next) {
        next = block->next;
        free(block);
    }
    *pool = (struct ow_lua_pool){0};
}
