/*
 * match_method: "method": "GET", or a list of them. The index asks which.
 */
#ifndef OW_RULE_MATCH_METHOD_H
#define OW_RULE_MATCH_METHOD_H

#include "base/str.h"

/* The n-th method that self (of ow_match_method_ops) takes; absent behind the
 * last. None at all: it is a pattern, and takes what fits it. */
struct ow_str ow_match_method_at(const void *self, size_t n);

struct ow_match_run;

/* Whether a rule without a method takes the request: 1, or 0 with the reason
 * if the run asks for one. CONNECT makes a client think that what it reaches
 * is a proxy, so that it has to be named. */
int ow_match_method_unnamed(struct ow_match_run *run);

#endif
