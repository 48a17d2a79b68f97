/*
 * act_fault: which keys a fault takes; for errors and for the JSON Schema.
 */
#ifndef OW_PLAN_ACT_FAULT_H
#define OW_PLAN_ACT_FAULT_H

#include "plan/answer.h"

/* As many as grammar.def has for a fault, and NULL. */
#define OW_FAULT_KEYS_MAX 16

/* The keys of its object, with "kind", NULL-terminated. */
void ow_act_fault_keys(enum ow_fault_kind fault,
                       const char *ret_keys[OW_FAULT_KEYS_MAX]);

#endif
