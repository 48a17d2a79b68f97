/*
 * odds: what decides beside the request whether a rule answers: the seed and
 * the session's time. What is random is drawn from generators of its own for
 * each rule and each time, never from one that all share: which of two
 * connections comes first changes nothing for the rules of the other, and the
 * same seed gives the same run (D9).
 *
 *     struct ow_odds odds = {.seed = 1, .clock = &clock};
 *     ow_odds_draw(&odds, OW_ODDS_CHANCE, rule, n, &rand);
 */
#ifndef OW_STATE_ODDS_H
#define OW_STATE_ODDS_H

#include "base/rand.h"
#include "state/clock.h"

/* What is drawn for: each has generators that know nothing of the others. */
enum ow_odds_purpose {
    OW_ODDS_CHANCE,   /* of a rule, by how often it has fitted */
    OW_ODDS_ANSWER,   /* of a rule, by its hit: jitter, ids, broken bytes */
    OW_ODDS_NETWORK,  /* of a connection, by its number */
    OW_ODDS_LIMIT,    /* of a rule whose limit is met, by the exchange */
    OW_ODDS_RESOURCE, /* of a type of resources, by what happens to them
                         without a request */
};

struct ow_odds {
    uint64_t seed;
    const struct ow_clock *clock; /* NULL: it is the session's begin for ever */
};

/* The generator of the n-th time of that. */
void ow_odds_draw(const struct ow_odds *odds, enum ow_odds_purpose purpose,
                  uint64_t of, uint64_t n, struct ow_rand *ret);

#endif
