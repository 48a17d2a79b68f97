/*
 * buckets: token buckets, for limits of how often: one for each key, full in
 * the beginning, refilled at a rate by the session's clock.
 */
#ifndef OW_STATE_BUCKETS_H
#define OW_STATE_BUCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct ow_bucket;

/* A zeroed one is empty. */
struct ow_buckets {
    struct ow_bucket *by_key;
    size_t n;
};

void ow_buckets_release(struct ow_buckets *buckets);
/*
 * Takes a token out of the key's bucket, which holds `burst` and gets so many
 * a nanosecond. Whether there was one; *ret_left is what is there afterwards.
 * Where memory or OW_LIMIT_BUCKETS ends, the bucket is a full one.
 */
bool ow_buckets_take(struct ow_buckets *buckets, struct ow_str key,
                     double burst, double tokens_per_ns, int64_t now,
                     double *ret_left);

#endif
