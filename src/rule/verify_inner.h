/*
 * verify_inner: what the files of verify share. Inside of rule/verify*.c.
 */
#ifndef OW_RULE_VERIFY_INNER_H
#define OW_RULE_VERIFY_INNER_H

#include "rule/verify.h"

/* Calls that "only" names, of those that were not asked for. */
#define OW_VERIFY_OTHERS 10

/* A step of "order" is an expectation; one that is a string has its name. */
struct ow_verify_step {
    struct ow_expectation is;
    uint64_t
        latest; /* the last call that it means, whether its turn had come */
};

/*
 * "order". Loose: each step is looked for behind the call that met the one
 * before. Strict: the states that the calls so far can have led to, as bits;
 * state first[i] + c stands for c calls taken by step i.
 */
struct ow_verify_order {
    struct ow_verify_step *steps;
    size_t n;
    bool is_strict;
    const cJSON *node; /* NULL: there is no order */

    size_t turn;     /* loose: the step that is looked for; n: none is left */
    uint64_t taken;  /* loose: how many of its calls came */
    uint64_t met_by; /* the last call that was taken; 0: none */
    struct ow_buf last; /* its label */

    size_t *first;      /* strict: n + 1 of them */
    unsigned char *now; /* strict: a byte for each state */
    unsigned char *next;
    uint64_t wrong; /* strict: the call that nothing took; 0: none */
    struct ow_buf wrong_label;
    size_t
        expected; /* the step that was to come then, or at the end; n: none */
};

struct ow_verify {
    const struct ow_jsonc *doc;
    struct ow_arena arena;
    struct ow_expectation *calls;
    size_t n;
    struct ow_verify_order order;
    bool is_only;
    uint64_t others; /* requests that nothing means */
    struct ow_str other_labels[OW_VERIFY_OTHERS];
    uint64_t dropped;

    const char **names; /* of rules, each once */
    size_t n_names;
    size_t names_cap;
    bool has_names; /* all of them were given */
};

/* verify_order.c */
int ow_verify_order_read(struct ow_verify *verify, const cJSON *list,
                         bool strict, struct ow_err *err);
void ow_verify_order_release(struct ow_verify_order *order);
int ow_verify_order_look(struct ow_verify_order *order,
                         const struct ow_verify_call *call, bool *ret_meant);
void ow_verify_order_end(struct ow_verify_order *order);
bool ow_verify_order_is_met(const struct ow_verify_order *order);
/* "step 3 was to come behind call 4, ...": appends, 0 or -ENOMEM. */
int ow_verify_order_tell(const struct ow_verify_order *order,
                         struct ow_buf *out);

#endif
