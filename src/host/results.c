/*
 * results: what to tell libcurl of a connection. See results.h. Filled by
 * session.c, emptied by conns.c, read by verdicts.c.
 */
#include "config.h"

#include "host/results.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

#include "base/limits.h"

struct result {
    struct result *prev, *next;
    uint64_t target; /* a hash */
    int code;
    size_t len;
    char text[];
};

struct connection {
    UT_hash_handle hh;
    uint64_t key;
    struct result *all; /* the newest first */
    size_t count;
    bool is_newest_last; /* no other answer has come since */
};

struct ow_results {
    struct connection *connections; /* in the order they came */
};

static uint64_t key_of(struct in_addr address, uint16_t port)
{
    return (uint64_t)address.s_addr << 16 | port;
}

/* FNV-1a of what a question has room for. */
static uint64_t hash_of(struct ow_str target)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < target.len && i < OW_LIMIT_RESULT_TARGET; i++)
        hash = (hash ^ (unsigned char)target.ptr[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void drop_result(struct connection *connection, struct result *result)
{
    DL_DELETE(connection->all, result);
    connection->count--;
    free(result);
}

static void forget(struct ow_results *results, struct connection *connection)
{
    while (connection->all)
        drop_result(connection, connection->all);
    HASH_DEL(results->connections, connection);
    free(connection);
}

struct ow_results *ow_results_new(void)
{
    return calloc(1, sizeof(struct ow_results));
}

struct ow_results *ow_results_free(struct ow_results *results)
{
    if (!results)
        return NULL;
    while (results->connections)
        forget(results, results->connections);
    free(results);
    return NULL;
}

static struct connection *find(const struct ow_results *results, uint64_t key)
{
    struct connection *connection;

    HASH_FIND(hh, results->connections, &key, sizeof key, connection);
    return connection;
}

static struct connection *get(struct ow_results *results, uint64_t key)
{
    struct connection *connection = find(results, key);

    if (connection)
        return connection;
    connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->key = key;
    if (HASH_COUNT(results->connections) >= OW_LIMIT_RESULTS)
        forget(results, results->connections);
    HASH_ADD(hh, results->connections, key, sizeof connection->key, connection);
    return connection;
}

static struct result *find_target(const struct connection *connection,
                                  uint64_t target)
{
    struct result *result;

    DL_SEARCH_SCALAR(connection->all, result, target, target);
    return result;
}

static void drop_target(struct connection *connection, uint64_t target)
{
    struct result *result = find_target(connection, target);

    if (result)
        drop_result(connection, result);
}

void ow_results_put(struct ow_results *results, struct in_addr address,
                    uint16_t port, struct ow_str target, int code,
                    struct ow_str text)
{
    struct connection *connection = get(results, key_of(address, port));
    struct result *result = malloc(sizeof *result + text.len);

    /* Without memory libcurl's own code stays. */
    if (!connection || !result) {
        free(result);
        return;
    }
    result->target = hash_of(target);
    result->code = code;
    result->len = text.len;
    if (text.len > 0)
        memcpy(result->text, text.ptr, text.len);
    drop_target(connection, result->target);
    if (connection->all && connection->count >= OW_LIMIT_RESULTS_EACH)
        drop_result(connection, connection->all->prev);
    DL_PREPEND(connection->all, result);
    connection->count++;
    connection->is_newest_last = true;
}

void ow_results_drop(struct ow_results *results, struct in_addr address,
                     uint16_t port, struct ow_str target)
{
    struct connection *connection = find(results, key_of(address, port));

    if (!connection)
        return;
    drop_target(connection, hash_of(target));
    connection->is_newest_last = false;
}

void ow_results_forget(struct ow_results *results, struct in_addr address,
                       uint16_t port)
{
    struct connection *connection = find(results, key_of(address, port));

    if (connection)
        forget(results, connection);
}

bool ow_results_find(const struct ow_results *results, struct in_addr address,
                     uint16_t port, struct ow_str target, int *ret_code,
                     struct ow_str *ret_text)
{
    const struct connection *connection = find(results, key_of(address, port));

    if (!connection)
        return false;
    const struct result *result = find_target(connection, hash_of(target));
    if (!result && connection->is_newest_last)
        result = connection->all;
    if (!result)
        return false;
    *ret_code = result->code;
    *ret_text = (struct ow_str){result->text, result->len};
    return true;
}
