/*
 * results: what to tell libcurl of a connection. See results.h. Filled by
 * session.c, emptied by conns.c, read by verdicts.c.
 */
#include "config.h"

#include "host/results.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/limits.h"

struct result {
    UT_hash_handle hh;
    uint64_t key;
    int code;
    size_t len;
    char text[];
};

struct ow_results {
    struct result *all; /* in the order they came */
};

static uint64_t key_of(struct in_addr address, uint16_t port)
{
    return (uint64_t)address.s_addr << 16 | port;
}

static void forget(struct ow_results *results, struct result *result)
{
    HASH_DEL(results->all, result);
    free(result);
}

struct ow_results *ow_results_new(void)
{
    return calloc(1, sizeof(struct ow_results));
}

struct ow_results *ow_results_free(struct ow_results *results)
{
    if (!results)
        return NULL;
    while (results->all)
        forget(results, results->all);
    free(results);
    return NULL;
}

static struct result *find(const struct ow_results *results, uint64_t key)
{
    struct result *result;

    HASH_FIND(hh, results->all, &key, sizeof key, result);
    return result;
}

void ow_results_put(struct ow_results *results, struct in_addr address,
                    uint16_t port, int code, struct ow_str text)
{
    struct result *result = malloc(sizeof *result + text.len);

    ow_results_drop(results, address, port);
    /* Without memory libcurl's own code stays. */
    if (!result)
        return;
    result->key = key_of(address, port);
    result->code = code;
    result->len = text.len;
    if (text.len > 0)
        memcpy(result->text, text.ptr, text.len);
    if (HASH_COUNT(results->all) >= OW_LIMIT_RESULTS)
        forget(results, results->all);
    HASH_ADD(hh, results->all, key, sizeof result->key, result);
}

void ow_results_drop(struct ow_results *results, struct in_addr address,
                     uint16_t port)
{
    struct result *result = find(results, key_of(address, port));

    if (result)
        forget(results, result);
}

bool ow_results_find(const struct ow_results *results, struct in_addr address,
                     uint16_t port, int *ret_code, struct ow_str *ret_text)
{
    const struct result *result = find(results, key_of(address, port));

    if (!result)
        return false;
    *ret_code = result->code;
    *ret_text = (struct ow_str){result->text, result->len};
    return true;
}
