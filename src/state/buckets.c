/*
 * buckets: see buckets.h. Asked by exchange/ for each request with a limit.
 */
#include "config.h"

#include "state/buckets.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/limits.h"

struct ow_bucket {
    UT_hash_handle hh;
    double tokens;
    int64_t since; /* session time at which there were so many */
    size_t len;
    char key[];
};

void ow_buckets_release(struct ow_buckets *buckets)
{
    struct ow_bucket *bucket, *next;

    HASH_ITER(hh, buckets->by_key, bucket, next)
    {
        HASH_DEL(buckets->by_key, bucket);
        free(bucket);
    }
    *buckets = (struct ow_buckets){NULL, 0};
}

static struct ow_bucket *open_bucket(struct ow_buckets *buckets,
                                     struct ow_str key, double burst,
                                     int64_t now)
{
    struct ow_bucket *bucket;

    HASH_FIND(hh, buckets->by_key, key.ptr, key.len, bucket);
    if (bucket || buckets->n >= OW_LIMIT_BUCKETS)
        return bucket;
    bucket = calloc(1, sizeof *bucket + key.len);
    if (!bucket)
        return NULL;
    bucket->tokens = burst;
    bucket->since = now;
    bucket->len = key.len;
    memcpy(bucket->key, key.ptr, key.len);
    HASH_ADD_KEYPTR(hh, buckets->by_key, bucket->key, key.len, bucket);
    buckets->n++;
    return bucket;
}

bool ow_buckets_take(struct ow_buckets *buckets, struct ow_str key,
                     double burst, double tokens_per_ns, int64_t now,
                     double *ret_left)
{
    struct ow_bucket *bucket = open_bucket(buckets, key, burst, now);

    if (!bucket) {
        *ret_left = burst - 1;
        return true;
    }
    bucket->tokens += (double)(now - bucket->since) * tokens_per_ns;
    bucket->since = now;
    if (bucket->tokens > burst)
        bucket->tokens = burst;
    /* A billionth is what rounding leaves of a token that is due now. */
    bool has_one = bucket->tokens >= 1 - 1e-9;
    if (has_one)
        bucket->tokens -= bucket->tokens < 1 ? bucket->tokens : 1;
    *ret_left = bucket->tokens;
    return has_one;
}
