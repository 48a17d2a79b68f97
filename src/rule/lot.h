/*
 * lot: the number by which all that is random of a rule is drawn
 * (state/odds.h): ids of its answers, jitter, chance. It is made of what the
 * rule is, and of nothing that stands around it, so that a rule that is added,
 * moved to another place or into another file changes what no other rule draws:
 *
 *     the first of the file's "hosts" and the rule's name; or, of a rule
 *     without a name, its "when" and "scenario", in whatever order their
 *     members are written
 *
 * Rules that have all of it in common are numbered from the last one back: what
 * is put in front of them, as rules that are laid over a pack are, leaves
 * theirs as it was.
 */
#ifndef OW_RULE_LOT_H
#define OW_RULE_LOT_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

struct ow_rule;

/* Of what has a name: a rule, a resource's route, a type of resources. file is
 * the root of the file that it is in. */
uint64_t ow_lot_of_name(const cJSON *file, const char *name);
/* Of an element of "rules". */
uint64_t ow_lot_of_rule(const cJSON *file, const cJSON *rule);
/* Tells those apart that have the same. 0 or -ENOMEM. */
int ow_lots_part(struct ow_rule *rules, size_t n);

#endif
