/*
 * rand: a seeded generator (D9: same seed, same run). Feeds jitter, chance and
 * ids; not for keys. state/odds.h seeds those of a session.
 */
#ifndef OW_BASE_RAND_H
#define OW_BASE_RAND_H

#include <stdint.h>

struct ow_rand {
    uint64_t state[4]; /* xoshiro256++ */
};

void ow_rand_init(struct ow_rand *rand, uint64_t seed);
uint64_t ow_rand_u64(struct ow_rand *rand);
/* 0 <= result < 1 */
double ow_rand_unit(struct ow_rand *rand);
/* low <= result <= high */
int64_t ow_rand_range(struct ow_rand *rand, int64_t low, int64_t high);

#endif
