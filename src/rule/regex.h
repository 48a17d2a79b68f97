/*
 * regex: the patterns of a rule table, compiled once with PCRE2, and by its JIT
 * when they are searched for again and again: a table is one thread's.
 * A table owns all of its patterns through one struct ow_regexes; a look-up
 * brings a struct ow_regex_run, whose memory is the exchange's arena, so that
 * matching calls malloc not at all.
 *
 * Patterns and subjects are UTF-8; a subject that is not is still searched, and
 * what is no UTF-8 in it matches nothing. A search ends after
 * OW_LIMIT_REGEX_STEPS.
 */
#ifndef OW_RULE_REGEX_H
#define OW_RULE_REGEX_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "http/fields.h"

struct ow_regex;

struct ow_regexes {
    struct ow_arena *arena; /* of the table: what is not PCRE2's own */
    struct ow_regex *all;
    void *limits;   /* pcre2_match_context, shared by all searches */
    uint32_t pairs; /* most groups that one of them may have, and one */
    bool is_late;   /* those to come are known to be right: they are compiled
                       when they are first searched for */
};

void ow_regexes_init(struct ow_regexes *regexes, struct ow_arena *arena);
void ow_regexes_release(struct ow_regexes *regexes);

/*
 * 0, -EINVAL with PCRE2's sentence and the character it means, -ENOMEM. source
 * is copied.
 */
int ow_regex_compile(struct ow_regexes *regexes, struct ow_str source,
                     const struct ow_regex **ret, struct ow_err *err);
struct ow_str ow_regex_source(const struct ow_regex *regex);

struct ow_regex_run {
    const struct ow_regexes *regexes;
    struct ow_arena *arena; /* of the exchange */
    void *match_data;       /* NULL until the first search */
};

void ow_regex_run_init(struct ow_regex_run *run,
                       const struct ow_regexes *regexes,
                       struct ow_arena *arena);
/*
 * 1 if the pattern is found somewhere in subject, 0 if not, -E2BIG if it was
 * given up after too many steps, -ENOMEM. When found, adds the named groups
 * that took part to captures (may be NULL); their values point into subject.
 */
int ow_regex_search(const struct ow_regex *regex, struct ow_str subject,
                    struct ow_regex_run *run, struct ow_fields *captures);

#endif
