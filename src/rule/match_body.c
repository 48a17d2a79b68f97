/*
 * match_body: "body": "~<Envelope": the bytes as they came, as many as are
 * kept (OW_LIMIT_BODY_KEPT). An empty body is absent.
 */
#include "config.h"

#include "rule/matcher.h"

static int match(const void *self, struct ow_match_run *run)
{
    const struct ow_body *body = run->request->body;
    struct ow_subject value = {OW_SUBJECT_ABSENT};

    if (body && body->size > 0)
        value = ow_subject_text(ow_buf_peek(&body->kept));
    return ow_matcher_test(self, "body", &value, run);
}

const struct ow_matcher_ops ow_match_body_ops = {ow_matcher_parse_pattern,
                                                 match, NULL};
