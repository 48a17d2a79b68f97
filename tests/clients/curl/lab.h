/*
 * lab: what all cases share. A case drives libcurl in one way and writes its
 * transcript. The lab's servers are nginx, on two ports, and a server that
 * breaks off (breaker.pl); with --direct names lead there by CURLOPT_RESOLVE,
 * without it Offwire answers for api.test and other.test is real.
 */
#ifndef OW_CURL_LAB_H
#define OW_CURL_LAB_H

#include "transcript.h"

#include <stdbool.h>

enum lab_server { LAB_HTTPS, LAB_HTTP, LAB_BREAKER, LAB_OTHER, LAB_SERVERS };

struct lab {
    int port[LAB_SERVERS]; /* of other.test the same as of https */
    const char *ca;        /* the CA of nginx */
    bool direct;
    bool http2; /* may be spoken */
    struct curl_slist *resolve;
    FILE *out;
};

struct lab_case {
    const char *name;
    void (*run)(const struct lab *lab);
};

/* Each ends with a row without a name. */
extern const struct lab_case lab_plain_cases[];
extern const struct lab_case lab_flow_cases[];
extern const struct lab_case lab_failure_cases[];
extern const struct lab_case lab_multi_cases[];
extern const struct lab_case lab_event_cases[];
extern const struct lab_case lab_thread_cases[];

/* What every handle of the lab has: names, CA, HTTP version, a time limit. */
void lab_set_up(const struct lab *lab, CURL *easy);
/* Sets the URL: the server's own and the path. */
void lab_url(const struct lab *lab, CURL *easy, enum lab_server server,
             const char *path);
/* A handle that is set up and recorded. */
CURL *lab_handle(const struct lab *lab, struct transcript *t);
/* Performs it as it is, tells, and cleans it up. */
void lab_finish(struct transcript *t);
/* The whole of a plain case. */
void lab_get(const struct lab *lab, enum lab_server server, const char *path);

#endif
