/*
 * webhook_job: what offwire webhook is asked to do, and how one webhook is
 * sent: arguments -> a request -> its answer -> what that says. Nothing here
 * prints.
 *
 *     cmd_webhook.c (options) --> job --> sender --> sent --> printed there
 */
#ifndef OW_CLI_WEBHOOK_JOB_H
#define OW_CLI_WEBHOOK_JOB_H

#include "rule/webhook.h"
#include "upstream/caller.h"

struct ow_webhook_job {
    const struct ow_table *table; /* of the webhook */
    const struct ow_webhook *webhook;
    cJSON *given;             /* arguments by name; owned by the command */
    const char *url;          /* where to */
    const char *as;           /* what is signed; NULL: the same */
    const char *conversation; /* a file; NULL: none */
    struct ow_fields headers; /* more of them */
    int64_t timeout_ns;       /* 0: what the webhook says */
    int64_t wait_ns;
    int retries;
    bool is_unverified, may_leave;
    bool prints; /* instead of sending */
    bool as_json;
    uint64_t seed;
};

/* What came back. */
struct ow_sent {
    struct ow_called called;
    struct ow_arena arena;
    struct ow_fields headers; /* of the answer */
    cJSON *messages;          /* NULL: nobody knows how to read it */
    struct ow_err unread;     /* why messages is NULL where it should not be */
    const char *hint;         /* what to do about the status, or NULL */
};

struct ow_sender;

/* NULL when memory is out. The job outlives it. */
struct ow_sender *ow_sender_new(const struct ow_webhook_job *job);
struct ow_sender *ow_sender_free(struct ow_sender *sender);

/*
 * What is sent for these arguments, which are completed; freed by
 * ow_delivery_free. Its url is where it goes, whatever is signed. 0; -EINVAL
 * with a sentence; -ENOMEM.
 */
int ow_sender_prepare(struct ow_sender *sender, cJSON *arguments,
                      struct ow_delivery **ret, struct ow_err *err);
/* Sends it. 0, be there an answer or not; else as ow_caller_call. */
int ow_sender_send(struct ow_sender *sender, const struct ow_delivery *delivery,
                   struct ow_sent *ret, struct ow_err *err);
/* Whether there is an answer that says that all is well. */
bool ow_sent_is_good(const struct ow_sent *sent);
void ow_sent_release(struct ow_sent *sent);

#endif
