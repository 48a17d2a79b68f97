/*
 * verify: the calls of a session against what was expected of them: which rules
 * answered, how often, in what order, to which requests, and none else. Shared
 * by POST /verify of the control API, `offwire verify` and `offwire run
 * --verify`. Calls are given one by one and not kept, so that a journal may be
 * of any length.
 *
 *     r = ow_verify_new(doc, &verify, &err);         // doc has to stay
 *     ow_verify_know(verify, name);                  // the names of all rules
 *     r = ow_verify_look(verify, &call);             // each call, in order
 *     r = ow_verify_end(verify, &err);               // -EINVAL: no such rule
 *     if (!ow_verify_is_met(verify))
 *         r = ow_verify_write(verify, OW_VERIFY_TEXT, &out);
 *     ow_verify_free(verify);
 *
 * A document is an expectation (rule/expectation.h), a list of them, or
 *
 *     { "calls": [ EXPECTATION, ... ],   // each is looked for among all calls
 *       "order": [ STEP, ... ],          // a rule's name, or an expectation
 *       "strict": true,                  // the requests are these, and no
 * other "only": true }                   // no request that none of them means
 */
#ifndef OW_RULE_VERIFY_H
#define OW_RULE_VERIFY_H

#include "rule/expectation.h"

struct ow_verify;

enum ow_verify_format { OW_VERIFY_TEXT, OW_VERIFY_TAP, OW_VERIFY_JSON };

/* 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_verify_new(const struct ow_jsonc *doc, struct ow_verify **ret,
                  struct ow_err *err);
struct ow_verify *ow_verify_free(struct ow_verify *verify);

/* A name that expectations may be about, "files.create" or, with its pack,
 * "openai/files.create"; those of calls are known anyway. Once one was given, a
 * name that no rule has is a mistake. 0 or -ENOMEM. */
int ow_verify_know(struct ow_verify *verify, struct ow_str name);
/* 0 or -ENOMEM. */
int ow_verify_look(struct ow_verify *verify, const struct ow_verify_call *call);
/* Behind the last call. 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_verify_end(struct ow_verify *verify, struct ow_err *err);

bool ow_verify_is_met(const struct ow_verify *verify);
/* How many calls are not remembered any more: a report says so. */
void ow_verify_set_dropped(struct ow_verify *verify, uint64_t dropped);

/*
 * Appends the report. TEXT is for people: what is not met, each with what came;
 * TAP has a line for each expectation; JSON is one value:
 *
 *     {"ok":false,"error":{"message":...,"hint":...},
 *      "results":[{"ok":false,"seen":0,"times":">=1","expected":{...},
 *                  "nearest":{"call":3,"label":...,"reason":...}}, ...],
 *      "order":{"ok":...,"message":...}, "only":{"ok":...,"count":...,
 *      "calls":[...]}}
 *
 * 0 or -ENOMEM.
 */
int ow_verify_write(const struct ow_verify *verify,
                    enum ow_verify_format format, struct ow_buf *out);

#endif
