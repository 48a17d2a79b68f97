/*
 * case_world: what a case is played in; shared by case_player.c, which does
 * things, and case_expect.c, which compares them.
 */
#ifndef OW_TESTS_CASE_WORLD_H
#define OW_TESTS_CASE_WORLD_H

#include "case_file.h"
#include "exchange/serve.h"

#define ARRIVALS 512

/* At that time so many bytes had come. */
struct arrival {
    int64_t time;
    size_t total;
};

struct player {
    const struct case_file *file;
    bool by_byte;
    struct ow_buf *report;

    struct ow_table *table;
    struct ow_states states;
    struct ow_odds odds;
    struct ow_clock clock;
    struct ow_serve_env env;
    struct ow_program program;
    struct ow_serve_peer peer;
    struct ow_buf host; /* peer.host, with its NUL */
    struct ow_buf name; /* of the program, with its NUL */
    struct ow_buf said;
    struct ow_buf sent; /* call backs, and not yet expected */

    struct ow_serve *serve;
    int64_t due;
    struct ow_buf received; /* and not yet expected */
    struct arrival arrivals[ARRIVALS];
    size_t n_arrivals;
};

/* 0, or a negative errno: -EINVAL after a complaint. */
typedef int (*case_play_fn)(struct player *p,
                            const struct case_section *section);

/* A section's line and what is wrong with it, in the report. -EINVAL. */
int case_complain(struct player *p, const struct case_section *section,
                  const char *what);
bool case_is_ended(const struct player *p);
/* Lets the session's time come to that, and plays what falls due on the way. */
void case_run_until(struct player *p, int64_t time);

int case_expect_answer(struct player *p, const struct case_section *section);
int case_expect_messages(struct player *p, const struct case_section *section);
int case_expect_wire(struct player *p, const struct case_section *section);
int case_expect_timeline(struct player *p, const struct case_section *section);
int case_expect_sent(struct player *p, const struct case_section *section);
int case_expect_said(struct player *p, const struct case_section *section);
int case_expect_journal(struct player *p, const struct case_section *section);
int case_expect_unmet(struct player *p, const struct case_section *section);
int case_expect_early(struct player *p, const struct case_section *section);

#endif
