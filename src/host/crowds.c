/*
 * crowds: see crowds.h. Asked by conns.c and verdicts.c.
 */
#include "config.h"

#include "host/crowds.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct crowd {
    UT_hash_handle hh;
    uint32_t open;
    char host[]; /* the key */
};

struct ow_crowds {
    struct crowd *by_host;
};

struct ow_crowds *ow_crowds_new(void)
{
    return calloc(1, sizeof(struct ow_crowds));
}

struct ow_crowds *ow_crowds_free(struct ow_crowds *crowds)
{
    struct crowd *crowd, *next;

    if (!crowds)
        return NULL;
    HASH_ITER(hh, crowds->by_host, crowd, next)
    {
        HASH_DEL(crowds->by_host, crowd);
        free(crowd);
    }
    free(crowds);
    return NULL;
}

static struct crowd *find(const struct ow_crowds *crowds, const char *host)
{
    struct crowd *crowd;

    HASH_FIND_STR(crowds->by_host, host, crowd);
    return crowd;
}

static struct crowd *add(struct ow_crowds *crowds, const char *host)
{
    size_t size = strlen(host) + 1;
    struct crowd *crowd = calloc(1, sizeof *crowd + size);

    if (!crowd)
        return NULL;
    memcpy(crowd->host, host, size);
    HASH_ADD_STR(crowds->by_host, host, crowd);
    return crowd;
}

bool ow_crowds_enter(struct ow_crowds *crowds, const char *host, uint32_t max)
{
    struct crowd *crowd = find(crowds, host);

    if (!crowd)
        crowd = add(crowds, host);
    if (crowd && crowd->open >= max)
        return false;
    if (crowd)
        crowd->open++;
    return true;
}

void ow_crowds_leave(struct ow_crowds *crowds, const char *host)
{
    struct crowd *crowd = find(crowds, host);

    if (crowd && crowd->open > 0)
        crowd->open--;
}

uint32_t ow_crowds_count(const struct ow_crowds *crowds, const char *host)
{
    const struct crowd *crowd = find(crowds, host);

    return crowd ? crowd->open : 0;
}
