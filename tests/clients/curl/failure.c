/*
 * Cases that end badly: silence, resets, bodies that end early, callbacks that
 * refuse.
 */
#include "config.h"

#include "lab.h"

/* Long enough for what comes before the silence, on a busy machine, too. */
#define STALLED_MS 1500L

static size_t refuse(char *bytes, size_t size, size_t count, void *user)
{
    (void)bytes;
    (void)user;
    return size == 0 || count == 0 ? 1 : 0;
}

/* No byte of an answer within the time limit. */
static void stall(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/stall");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, STALLED_MS);
    lab_finish(&t);
}

/* The head and a part of the body, then silence. */
static void stall_middle(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_BREAKER, "/stall-middle");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, STALLED_MS);
    lab_finish(&t);
}

static void reset(const struct lab *lab)
{
    lab_get(lab, LAB_HTTPS, "/reset");
}

static void reset_middle(const struct lab *lab)
{
    lab_get(lab, LAB_BREAKER, "/reset-middle");
}

static void truncated(const struct lab *lab)
{
    lab_get(lab, LAB_BREAKER, "/truncated");
}

static void truncated_chunks(const struct lab *lab)
{
    lab_get(lab, LAB_BREAKER, "/truncated-chunks");
}

static void bad_chunk(const struct lab *lab)
{
    lab_get(lab, LAB_BREAKER, "/bad-chunk");
}

static void garbage(const struct lab *lab)
{
    lab_get(lab, LAB_BREAKER, "/garbage");
}

static void nothing(const struct lab *lab)
{
    lab_get(lab, LAB_BREAKER, "/nothing");
}

static void refused_write(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/hello");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, refuse);
    lab_finish(&t);
}

static void too_large(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/large");
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE, 1000L);
    lab_finish(&t);
}

/* http, and the program allows https alone. */
static void protocol_refused(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_BREAKER, "/hello");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    lab_finish(&t);
}

const struct lab_case lab_failure_cases[] = {
    {"stall", stall},
    {"stall-middle", stall_middle},
    {"reset", reset},
    {"reset-middle", reset_middle},
    {"truncated", truncated},
    {"truncated-chunks", truncated_chunks},
    {"bad-chunk", bad_chunk},
    {"garbage", garbage},
    {"nothing", nothing},
    {"refused-write", refused_write},
    {"too-large", too_large},
    {"protocol-refused", protocol_refused},
    {NULL, NULL},
};
