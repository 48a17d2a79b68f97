/*
 * turn: when a rule that fits has its turn: "chance", "nth", "every", "from"
 * and "for". A rule whose turn it is not leaves the request to the rules behind
 * it. Most rules have none of these keys, and no turn.
 *
 *     "chance": 0.1                     in one of ten times, by the seed
 *     "nth": 3    "nth": [2, "5..7"]    the 3rd time it fits; 2nd, 5th to 7th
 *     "every": 4                        the 4th, 8th, ... time it fits
 *     "from": "2s", "for": "1s"         in this second of the session's clock
 *
 * All that is said has to come true. The times it fits are counted while "from"
 * and "for" hold, and before chance is drawn.
 */
#ifndef OW_RULE_TURN_H
#define OW_RULE_TURN_H

#include "base/buf.h"
#include "rule/pattern.h"
#include "rule/times.h"
#include "state/hits.h"
#include "state/odds.h"

struct ow_turn {
    double chance;        /* 1: always */
    struct ow_times *nth; /* one of them; n_nth 0: any */
    size_t n_nth;
    uint64_t every; /* 1: each */
    int64_t from;   /* nanoseconds of session time */
    int64_t length; /* INT64_MAX: for ever */
};

/* The keys, NULL-terminated. */
const char *const *ow_turn_keys(void);
/*
 * Reads one of them into *turn, which is made in the source's arena if it is
 * NULL. 0, -EINVAL with a placed sentence, -ENOMEM.
 */
int ow_turn_parse(const struct ow_pattern_source *source, const cJSON *node,
                  struct ow_turn **turn, struct ow_err *err);
/* Whether it has come for a rule that fits; counts it. The rule's number is
 * for hits (NULL: none are kept), its lot for odds. */
bool ow_turn_has_come(const struct ow_turn *turn, size_t rule, uint64_t lot,
                      struct ow_hits *hits, const struct ow_odds *odds);
/* "its chance is 0.5", "it answers from 2s on for 1s": for reasons. */
void ow_turn_describe(const struct ow_turn *turn, struct ow_buf *out);

#endif
