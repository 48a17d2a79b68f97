/*
 * odds: see odds.h. Asked by rule/ for each rule that is not certain, and by
 * exchange/ for each answer.
 */
#include "config.h"

#include "state/odds.h"

/* The finalizer of MurmurHash3: every bit of x moves every bit of it. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 33)) * UINT64_C(0xff51afd7ed558ccd);
    x = (x ^ (x >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ (x >> 33);
}

void ow_odds_draw(const struct ow_odds *odds, enum ow_odds_purpose purpose,
                  uint64_t of, uint64_t n, struct ow_rand *ret)
{
    uint64_t seed = mix(odds->seed + (uint64_t)purpose + 1);

    seed = mix(seed + of + 1);
    ow_rand_init(ret, mix(seed + n + 1));
}
