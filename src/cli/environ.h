/*
 * environ: the environment that a program will get: ours, with changes. Built
 * aside, so that this process keeps its own.
 */
#ifndef OW_CLI_ENVIRON_H
#define OW_CLI_ENVIRON_H

#include <stdbool.h>
#include <stddef.h>

struct ow_environ {
    char **items; /* "NAME=value", NULL-terminated: for exec */
    size_t n;
    bool *changed; /* of each item: set here, not inherited */
    size_t cap;
};

/* A copy of this process's. 0 or -ENOMEM. */
int ow_environ_init(struct ow_environ *env);
void ow_environ_release(struct ow_environ *env);

/* Borrowed till the next change; NULL if it is not set. */
const char *ow_environ_find(const struct ow_environ *env, const char *name);
/* 0 or -ENOMEM. */
int ow_environ_set(struct ow_environ *env, const char *name, const char *value);
void ow_environ_unset(struct ow_environ *env, const char *name);

#endif
