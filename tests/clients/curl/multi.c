/*
 * Cases of the multi interface driven by curl_multi_poll() and, the old way,
 * by curl_multi_fdset() and select().
 */
#include "config.h"

#include "batch.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/select.h>

static void drive_by_poll(struct batch *batch)
{
    int running = 1;

    while (running) {
        curl_multi_perform(batch->multi, &running);
        batch_take_messages(batch);
        if (running)
            curl_multi_poll(batch->multi, NULL, 0, BATCH_POLL_MS, NULL);
    }
}

static void multi_poll(const struct lab *lab)
{
    struct batch batch;

    batch_begin(&batch, lab, 20);
    batch_add_all(&batch);
    drive_by_poll(&batch);
    batch_end(&batch);
}

static void multi_fdset(const struct lab *lab)
{
    struct batch batch;
    int running = 1;

    batch_begin(&batch, lab, 10);
    batch_add_all(&batch);
    while (running) {
        fd_set in, out, bad;
        struct timeval wait = {.tv_usec = 20000};
        int last = -1;
        curl_multi_perform(batch.multi, &running);
        batch_take_messages(&batch);
        FD_ZERO(&in);
        FD_ZERO(&out);
        FD_ZERO(&bad);
        curl_multi_fdset(batch.multi, &in, &out, &bad, &last);
        if (running)
            select(last + 1, &in, &out, &bad, &wait);
    }
    batch_end(&batch);
}

/* One after the other through few connections: kept ones are used again. */
static void multi_few(const struct lab *lab)
{
    struct batch batch;

    batch_begin(&batch, lab, 20);
    curl_multi_setopt(batch.multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 1L);
    for (size_t i = 0; i < batch.count; i++)
        lab_url(lab, batch.transfers[i].transcript.easy, LAB_HTTPS, "/hello");
    batch_add_all(&batch);
    drive_by_poll(&batch);
    batch_end(&batch);
}

/* A transfer is taken out in the middle and starts anew with another URL. */
static void multi_remove(const struct lab *lab)
{
    struct batch batch;
    int running = 1;

    batch_begin(&batch, lab, 1);
    CURL *easy = batch.transfers[0].transcript.easy;
    lab_url(lab, easy, LAB_HTTPS, "/stall");
    batch_add_all(&batch);
    while (running && !batch.transfers[0].transcript.has_asked) {
        curl_multi_perform(batch.multi, &running);
        curl_multi_poll(batch.multi, NULL, 0, 10, NULL);
    }
    transcript_note(&batch.transfers[0].transcript,
                    "curl_multi_remove_handle: %d",
                    (int)curl_multi_remove_handle(batch.multi, easy));
    lab_url(lab, easy, LAB_HTTPS, "/hello");
    batch_add_all(&batch);
    drive_by_poll(&batch);
    batch_end(&batch);
}

/* Room for a thousand connections, if we may. */
static void raise_limit(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* A thousand handles at once. What differs between them is counted. */
static void run_thousand(const struct lab *lab, enum lab_server server,
                         long connections)
{
    enum { COUNT = 1000 };
    struct batch batch;
    size_t good = 0, bad = 0;
    int running = 1;

    raise_limit();
    batch_begin(&batch, lab, COUNT);
    curl_multi_setopt(batch.multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
    for (size_t i = 0; i < COUNT; i++) {
        batch.transfers[i].transcript.quiet = true;
        lab_url(lab, batch.transfers[i].transcript.easy, server, "/hello");
    }
    batch_add_all(&batch);
    while (running) {
        CURLMsg *message;
        int left;
        curl_multi_perform(batch.multi, &running);
        while ((message = curl_multi_info_read(batch.multi, &left))) {
            long status = 0;
            curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE,
                              &status);
            if (message->data.result == CURLE_OK && status == 200)
                good++;
            else
                bad++;
        }
        if (running)
            curl_multi_poll(batch.multi, NULL, 0, BATCH_POLL_MS, NULL);
    }
    fprintf(lab->out, "%zu transfers, %zu good, %zu bad\n", batch.count, good,
            bad);
    for (size_t i = 0; i < COUNT; i++) {
        curl_multi_remove_handle(batch.multi,
                                 batch.transfers[i].transcript.easy);
        curl_easy_cleanup(batch.transfers[i].transcript.easy);
        fclose(batch.transfers[i].transcript.out);
        free(batch.transfers[i].text);
    }
    batch.count = 0;
    batch_end(&batch);
}

static void multi_thousand(const struct lab *lab)
{
    run_thousand(lab, LAB_HTTP, 0);
}

/* A thousand handshakes would be the whole of the test's time. */
static void multi_thousand_tls(const struct lab *lab)
{
    run_thousand(lab, LAB_HTTPS, 100);
}

const struct lab_case lab_multi_cases[] = {
    {"multi-poll", multi_poll},
    {"multi-fdset", multi_fdset},
    {"multi-few", multi_few},
    {"multi-remove", multi_remove},
    {"multi-thousand", multi_thousand},
    {"multi-thousand-tls", multi_thousand_tls},
    {NULL, NULL},
};
