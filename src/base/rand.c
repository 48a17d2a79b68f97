/*
 * rand: xoshiro256++ (Blackman and Vigna), seeded by splitmix64. See rand.h.
 */
#include "config.h"

#include "base/rand.h"

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = *x += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void ow_rand_init(struct ow_rand *rand, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        rand->state[i] = splitmix(&seed);
}

static uint64_t rotate(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

uint64_t ow_rand_u64(struct ow_rand *rand)
{
    uint64_t *s = rand->state;
    uint64_t result = rotate(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double ow_rand_unit(struct ow_rand *rand)
{
    return (double)(ow_rand_u64(rand) >> 11) * 0x1.0p-53;
}

int64_t ow_rand_range(struct ow_rand *rand, int64_t low, int64_t high)
{
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;

    if (span == 0)
        return (int64_t)ow_rand_u64(rand);
    /* The digits of ids are drawn one by one, and a division takes long. */
    if ((span & (span - 1)) == 0)
        return (int64_t)((uint64_t)low + (ow_rand_u64(rand) & (span - 1)));
    return (int64_t)((uint64_t)low + ow_rand_u64(rand) % span);
}
