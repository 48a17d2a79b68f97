/*
 * expectation: what is expected of the calls of a session, one thing at a time,
 * in the language of "when":
 *
 *     { "rule": "threads.runs.*", "times": ">=2", "status": 200,
 *       "json": { "model": "gpt-4o" } }
 *
 * "rule" is a rule's name, with its pack before it where several have one of
 * that name ("openai/files.*"), or its place in a file, or a list of them; "*"
 * stands for any characters. A rule that lays something over the answer of
 * another has answered, too. "status" is a number, "4xx", or a list of these.
 * "since" leaves out calls up to this number. Read from a file or from a
 * request by rule/verify.c, which looks at all calls with it.
 */
#ifndef OW_RULE_EXPECTATION_H
#define OW_RULE_EXPECTATION_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonc.h"
#include "http/request.h"
#include "rule/times.h"

struct ow_when;

/* Of the reason why the nearest call does not fit, and of a call's line. */
#define OW_EXPECTATION_REASON_MAX 600
#define OW_EXPECTATION_BY_RULE    100000

/* A call that is over. Strings are borrowed, and absent where it has none. */
struct ow_verify_call {
    uint64_t number; /* from 1, in the order of all calls */
    bool is_request; /* else a name, a connection or a handshake that failed */
    int status;      /* 0: none was sent */
    struct ow_str rule;
    struct ow_str pack;
    struct ow_str place;
    struct ow_str over; /* rules laid over its answer, "slow" or "openai/slow",
                           a NUL behind each */
    struct ow_str method;
    struct ow_str url;
    struct ow_request *request; /* NULL: what came is not known */
};

struct ow_status_range {
    int least;
    int most;
};

struct ow_expectation {
    const cJSON *node;
    struct ow_when *when;
    const struct ow_str *rules; /* patterns */
    size_t n_rules;             /* 0: any rule, or none */
    const struct ow_status_range *statuses;
    size_t n_statuses; /* 0: any */
    struct ow_times times;
    struct ow_str times_text;
    uint64_t since;

    uint64_t seen;
    uint64_t nearest; /* the call that came nearest, of those that do not fit;
                         0: there is none */
    int rank;         /* how near it came; from OW_EXPECTATION_BY_RULE on it is
                         one of the rules that are meant */
    struct ow_buf nearest_label;
    struct ow_buf reason;
};

/*
 * From an object of the document, which has to stay. 0, -EINVAL with a placed
 * sentence, -ENOMEM. ret may be released whatever comes of it.
 */
int ow_expectation_read(const struct ow_jsonc *doc, struct ow_arena *arena,
                        const cJSON *node, struct ow_expectation *ret,
                        struct ow_err *err);
void ow_expectation_release(struct ow_expectation *e);
/* The keys that an object has beside those of "when", then NULL. */
const char *const *ow_expectation_keys(void);

/* Whether it is one of the calls that are meant: 1, 0 with the first difference
 * in reason (may be NULL), -ENOMEM. */
int ow_expectation_fits(const struct ow_expectation *e,
                        const struct ow_verify_call *call,
                        struct ow_buf *reason);
/* The same, and it is counted, or remembered as the nearest. */
int ow_expectation_look(struct ow_expectation *e,
                        const struct ow_verify_call *call);
bool ow_expectation_is_met(const struct ow_expectation *e);

/* Whether a pattern of "rule" means this rule, "slow" or "openai/slow". */
bool ow_expectation_names(struct ow_str pattern, struct ow_str full_name);
/* "call 3, POST https://... (messages.create, 200)". */
int ow_verify_call_label(const struct ow_verify_call *call, struct ow_buf *out);

#endif
