/*
 * when: what "when" of a rule asks, without a rule: to ask it of requests that
 * are over (offwire.test: /verify, /calls). "vars" and "scenario" are about a
 * moment that has gone and are refused.
 *
 *     r = ow_when_new(doc, node, own_keys, &when, &err);
 *     r = ow_when_match(when, &request, &reason);   // 1: it fits
 *     ow_when_free(when);
 */
#ifndef OW_RULE_WHEN_H
#define OW_RULE_WHEN_H

#include "base/buf.h"
#include "base/jsonc.h"
#include "http/request.h"

struct ow_when;

/*
 * Reads the keys of an object, but for own_keys (NULL-terminated), which are
 * the caller's. 0, -EINVAL with a placed sentence, -ENOMEM.
 */
int ow_when_new(const struct ow_jsonc *doc, const cJSON *node,
                const char *const *own_keys, struct ow_when **ret,
                struct ow_err *err);
struct ow_when *ow_when_free(struct ow_when *when);
/* Whether it asks for anything. */
bool ow_when_asks(const struct ow_when *when);
/* 1, 0 or -ENOMEM. reason (may be NULL) gets the first difference, if it is
 * empty. */
int ow_when_match(const struct ow_when *when, struct ow_request *request,
                  struct ow_buf *reason);

#endif
