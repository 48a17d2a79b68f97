/*
 * environ: the environment that a program will get. See environ.h.
 */
#include "config.h"

#include "cli/environ.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int make_room(struct ow_environ *env)
{
    if (env->n + 1 < env->cap)
        return 0;
    size_t cap = env->cap ? env->cap * 2 : 128;
    char **items = realloc(env->items, cap * sizeof *items);
    if (!items)
        return -ENOMEM;
    env->items = items;
    bool *changed = realloc(env->changed, cap * sizeof *changed);
    if (!changed)
        return -ENOMEM;
    env->changed = changed;
    env->cap = cap;
    return 0;
}

static int append(struct ow_environ *env, char *take_item, bool changed)
{
    if (!take_item || make_room(env) < 0) {
        free(take_item);
        return -ENOMEM;
    }
    env->changed[env->n] = changed;
    env->items[env->n++] = take_item;
    env->items[env->n] = NULL;
    return 0;
}

int ow_environ_init(struct ow_environ *env)
{
    int r;

    *env = (struct ow_environ){0};
    r = make_room(env);
    if (r == 0)
        env->items[0] = NULL;
    for (char **item = environ; r == 0 && item && *item; item++)
        r = append(env, strdup(*item), false);
    if (r < 0)
        ow_environ_release(env);
    return r;
}

void ow_environ_release(struct ow_environ *env)
{
    for (size_t i = 0; i < env->n; i++)
        free(env->items[i]);
    free(env->items);
    free(env->changed);
    *env = (struct ow_environ){0};
}

/* Index of the variable, or n. */
static size_t find(const struct ow_environ *env, const char *name)
{
    size_t len = strlen(name);
    size_t i;

    for (i = 0; i < env->n; i++)
        if (strncmp(env->items[i], name, len) == 0 && env->items[i][len] == '=')
            break;
    return i;
}

const char *ow_environ_find(const struct ow_environ *env, const char *name)
{
    size_t i = find(env, name);

    return i < env->n ? strchr(env->items[i], '=') + 1 : NULL;
}

int ow_environ_set(struct ow_environ *env, const char *name, const char *value)
{
    size_t i = find(env, name);
    char *item;

    if (asprintf(&item, "%s=%s", name, value) < 0)
        return -ENOMEM;
    if (i == env->n)
        return append(env, item, true);
    free(env->items[i]);
    env->items[i] = item;
    env->changed[i] = true;
    return 0;
}

void ow_environ_unset(struct ow_environ *env, const char *name)
{
    size_t i = find(env, name);

    if (i == env->n)
        return;
    free(env->items[i]);
    env->n--;
    for (; i < env->n; i++) {
        env->items[i] = env->items[i + 1];
        env->changed[i] = env->changed[i + 1];
    }
    env->items[env->n] = NULL;
}
