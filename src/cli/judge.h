/*
 * judge: a file of expectations (rule/verify.h) and a session's journal, for
 * `offwire verify` and `offwire run --verify`.
 *
 *     struct ow_judge judge;
 *     r = ow_judge_open(&judge, "expect.json", &err);   // -EINVAL: placed
 *     r = ow_judge_hear(&judge, "kept", &err);
 *     if (!ow_verify_is_met(judge.verify)) ...
 *     ow_judge_release(&judge);
 */
#ifndef OW_CLI_JUDGE_H
#define OW_CLI_JUDGE_H

#include "journal/reader.h"
#include "rule/verify.h"

struct ow_judge {
    struct ow_buf text; /* of the file */
    struct ow_jsonc *doc;
    struct ow_verify *verify;
    uint64_t number;  /* of the latest call */
    uint64_t unknown; /* requests of which the journal has not what was sent */
};

/* file "-" is stdin. 0, or a negative errno with a sentence; ret may be
 * released whatever comes of it. */
int ow_judge_open(struct ow_judge *ret, const char *file, struct ow_err *err);
/* Looks at all calls of the journal in a session's folder. Once. 0; -EINVAL: an
 * expectation is about a rule that there is not; another negative errno; all
 * with a sentence. */
int ow_judge_hear(struct ow_judge *judge, const char *dir, struct ow_err *err);
void ow_judge_release(struct ow_judge *judge);

#endif
