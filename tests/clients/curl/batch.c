/*
 * batch: see batch.h. Called by multi.c and events.c.
 */
#include "config.h"

#include "batch.h"

#include <stdlib.h>

struct batch_path {
    enum lab_server server;
    const char *path;
};

/* Ends of several kinds, known and unknown hosts, both schemes. */
static const struct batch_path paths[] = {
    {LAB_HTTPS, "/hello"},          {LAB_HTTPS, "/large"},
    {LAB_HTTP, "/hello"},           {LAB_OTHER, "/hello"},
    {LAB_HTTPS, "/busy"},           {LAB_HTTPS, "/reset"},
    {LAB_BREAKER, "/reset-middle"}, {LAB_HTTPS, "/trailers"},
    {LAB_BREAKER, "/truncated"},    {LAB_HTTPS, "/from"},
};

void batch_begin(struct batch *batch, const struct lab *lab, size_t count)
{
    *batch = (struct batch){.lab = lab, .count = count};
    batch->multi = curl_multi_init();
    batch->transfers = calloc(count, sizeof *batch->transfers);
    if (!batch->multi || !batch->transfers)
        exit(3);
    for (size_t i = 0; i < count; i++) {
        struct batch_transfer *transfer = &batch->transfers[i];
        struct lab own = *lab;
        const struct batch_path *path =
            &paths[i % (sizeof paths / sizeof paths[0])];
        own.out = open_memstream(&transfer->text, &transfer->text_len);
        CURL *easy = lab_handle(&own, &transfer->transcript);
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
        lab_url(lab, easy, path->server, path->path);
    }
}

void batch_add_all(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        CURLMcode code = curl_multi_add_handle(
            batch->multi, batch->transfers[i].transcript.easy);
        if (code != CURLM_OK)
            transcript_note(&batch->transfers[i].transcript,
                            "curl_multi_add_handle: %d", (int)code);
    }
}

static struct batch_transfer *find_transfer(struct batch *batch, CURL *easy)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->transfers[i].transcript.easy == easy)
            return &batch->transfers[i];
    abort();
}

void batch_take_messages(struct batch *batch)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(batch->multi, &left))) {
        struct batch_transfer *transfer =
            find_transfer(batch, message->easy_handle);
        CURLcode result = message->data.result;
        if (transfer->done)
            transcript_note(&transfer->transcript, "a second message");
        transfer->done = true;
        curl_multi_remove_handle(batch->multi, transfer->transcript.easy);
        transcript_end(&transfer->transcript, result);
    }
}

void batch_end(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct batch_transfer *transfer = &batch->transfers[i];
        curl_easy_cleanup(transfer->transcript.easy);
        fclose(transfer->transcript.out);
        fprintf(batch->lab->out, "-- transfer %zu: %s\n%s", i,
                transfer->done ? "a message" : "no message", transfer->text);
        free(transfer->text);
    }
    fprintf(batch->lab->out, "curl_multi_cleanup: %d\n",
            (int)curl_multi_cleanup(batch->multi));
    free(batch->transfers);
}
