/*
 * standins: names <-> 127.83.x.y. See standins.h. The way from an address to
 * its name is an array, the way back a hash (uthash).
 */
#include "config.h"

#include "host/standins.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* A failed addition leaves the entry out and says so, instead of exiting. */
#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->lost = true)
#include <uthash.h>

#define NET      0x7f530000u /* 127.83.0.0 */
#define NET_MASK 0xffff0000u

struct standin {
    UT_hash_handle hh;
    uint32_t index;
    bool lost; /* the hash had no memory for it */
    char name[];
};

struct ow_standins {
    struct standin *by_name;
    struct standin **by_index; /* [1..n] */
    uint32_t n;
    uint32_t cap;
};

struct ow_standins *ow_standins_new(void)
{
    return calloc(1, sizeof(struct ow_standins));
}

struct ow_standins *ow_standins_free(struct ow_standins *standins)
{
    if (!standins)
        return NULL;
    HASH_CLEAR(hh, standins->by_name);
    for (uint32_t i = 1; i <= standins->n; i++)
        free(standins->by_index[i]);
    free(standins->by_index);
    free(standins);
    return NULL;
}

/* Lower case, no dot at the end; the length, or 0 if it cannot be a name. */
static size_t normalize(const char *name, char out[OW_LIMIT_NAME])
{
    size_t len = strnlen(name, OW_LIMIT_NAME + 1);

    if (len > 0 && name[len - 1] == '.')
        len--;
    if (len == 0 || len >= OW_LIMIT_NAME)
        return 0;
    for (size_t i = 0; i < len; i++) {
        bool upper = name[i] >= 'A' && name[i] <= 'Z';
        out[i] = upper ? (char)(name[i] + ('a' - 'A')) : name[i];
    }
    out[len] = '\0';
    return len;
}

static int make_room(struct ow_standins *standins)
{
    if (standins->n >= OW_LIMIT_STAND_INS)
        return -ENOSPC;
    if (standins->n + 1 < standins->cap)
        return 0;
    uint32_t cap = standins->cap ? standins->cap * 2 : 16;
    void *bigger =
        realloc(standins->by_index, cap * sizeof *standins->by_index);
    if (!bigger)
        return -ENOMEM;
    standins->by_index = bigger;
    standins->cap = cap;
    return 0;
}

static int add(struct ow_standins *standins, const char *name, size_t len,
               uint32_t *ret_index)
{
    int r = make_room(standins);
    struct standin *entry = r < 0 ? NULL : malloc(sizeof *entry + len + 1);

    if (!entry)
        return r < 0 ? r : -ENOMEM;
    entry->lost = false;
    memcpy(entry->name, name, len + 1);
    HASH_ADD_KEYPTR(hh, standins->by_name, entry->name, len, entry);
    if (entry->lost) {
        free(entry);
        return -ENOMEM;
    }
    entry->index = ++standins->n;
    standins->by_index[entry->index] = entry;
    *ret_index = entry->index;
    return 0;
}

int ow_standins_take(struct ow_standins *standins, const char *name,
                     struct in_addr *ret_address)
{
    char normal[OW_LIMIT_NAME];
    size_t len = normalize(name, normal);
    struct standin *entry;
    uint32_t index;

    if (len == 0)
        return -EINVAL;
    HASH_FIND(hh, standins->by_name, normal, len, entry);
    if (entry) {
        index = entry->index;
    } else {
        int r = add(standins, normal, len, &index);
        if (r < 0)
            return r;
    }
    ret_address->s_addr = htonl(NET | index);
    return 0;
}

const char *ow_standins_find(const struct ow_standins *standins,
                             struct in_addr address)
{
    uint32_t host_order = ntohl(address.s_addr);
    uint32_t index = host_order & ~NET_MASK;

    if ((host_order & NET_MASK) != NET || index == 0 || index > standins->n)
        return NULL;
    return standins->by_index[index]->name;
}
