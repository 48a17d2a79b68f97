/*
 * Threads with a handle each, to known and unknown hosts. Also built alone
 * with the thread sanitizer.
 */
#include "config.h"

#include "lab.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 8, REQUESTS = 5 };

struct worker {
    pthread_t thread;
    struct lab lab;
    enum lab_server server;
    char *text;
    size_t text_len;
};

static void *work(void *user)
{
    struct worker *worker = user;
    struct transcript t;
    CURL *easy = lab_handle(&worker->lab, &t);

    for (int i = 0; i < REQUESTS; i++) {
        lab_url(&worker->lab, easy, worker->server, "/hello");
        transcript_end(&t, curl_easy_perform(easy));
    }
    curl_easy_cleanup(easy);
    return NULL;
}

static void threads(const struct lab *lab)
{
    static const enum lab_server servers[] = {LAB_HTTPS, LAB_HTTP, LAB_OTHER};
    struct worker workers[THREADS] = {0};

    for (int i = 0; i < THREADS; i++) {
        workers[i].lab = *lab;
        workers[i].server = servers[i % 3];
        workers[i].lab.out =
            open_memstream(&workers[i].text, &workers[i].text_len);
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        fclose(workers[i].lab.out);
        fprintf(lab->out, "-- thread %d\n%s", i, workers[i].text);
        free(workers[i].text);
    }
}

const struct lab_case lab_thread_cases[] = {
    {"threads", threads},
    {NULL, NULL},
};
