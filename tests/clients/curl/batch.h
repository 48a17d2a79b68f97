/*
 * batch: transfers that run side by side in one multi handle. Each has a
 * transcript of its own, told in the order in which they were added: which is
 * done first is nobody's promise.
 */
#ifndef OW_CURL_BATCH_H
#define OW_CURL_BATCH_H

#include "lab.h"

struct batch_transfer {
    struct transcript transcript;
    char *text; /* what transcript.out has collected */
    size_t text_len;
    bool done;
    CURLcode result;
};

/*
 * How long curl_multi_poll() may wait. Some libcurls do not wake for a transfer
 * that waited for another's connection.
 */
#define BATCH_POLL_MS 50

struct batch {
    const struct lab *lab;
    CURLM *multi;
    struct batch_transfer *transfers;
    size_t count;
};

/* count transfers are made from these paths, again and again, not yet added. */
void batch_begin(struct batch *batch, const struct lab *lab, size_t count);
void batch_add_all(struct batch *batch);
/* Takes the messages that are there: results, handles out of the multi. */
void batch_take_messages(struct batch *batch);
/* Tells all, cleans up. */
void batch_end(struct batch *batch);

#endif
