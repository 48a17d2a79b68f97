/*
 * transcript: what libcurl did with one handle, as text that is the same each
 * time: its callbacks in their order, the result, and what getinfo says.
 *
 *     struct transcript t;
 *     transcript_begin(&t, easy, out);          // sets the callbacks
 *     curl_easy_setopt(easy, CURLOPT_URL, ...);
 *     transcript_end(&t, curl_easy_perform(easy));
 *
 * Made the same on purpose: how many pieces a body came in (pieces that follow
 * each other are one line), the order of the fields of a head and the case of
 * their names, the value of Date, the boundary of a multipart body, times
 * (only whether they stand in their order). The structure must stay where it
 * is until transcript_end(); then the handle may be used again or cleaned up.
 */
#ifndef OW_CURL_TRANSCRIPT_H
#define OW_CURL_TRANSCRIPT_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
    TRANSCRIPT_FIELDS = 32, /* of one head */
    TRANSCRIPT_LINE = 256,  /* bytes of a field that are kept */
    TRANSCRIPT_SAMPLE = 48  /* a body up to this is shown whole */
};

/* Bytes that went one way and were not told yet. */
struct transcript_bytes {
    size_t count;
    uint32_t sum;
    char sample[TRANSCRIPT_SAMPLE];
};

struct transcript {
    FILE *out;
    CURL *easy;
    struct transcript_bytes received, sent, asked;
    char fields[TRANSCRIPT_FIELDS][TRANSCRIPT_LINE];
    size_t field_count;
    size_t upload_left; /* the read callback gives this many bytes */
    bool random_body;   /* a boundary in it: its bytes are not summed up */
    bool has_asked;     /* a request's head was sent */
    bool pause_read;    /* the first read gives nothing, until progress */
    bool pause_first;   /* the first write is refused, until progress */
    bool paused;
    bool quiet;          /* only the result and the received body */
    curl_off_t progress; /* the last that was told */
    bool progress_wrong; /* it went back */
    char error[CURL_ERROR_SIZE];
};

/* Ready to record easy into out; sets callbacks, no other option. */
void transcript_begin(struct transcript *t, CURL *easy, FILE *out);
/* The result and what getinfo says; callbacks stay set. */
void transcript_end(struct transcript *t, CURLcode result);
/* A line of the program's own, at its place among the callbacks. */
void transcript_note(struct transcript *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* For CURLOPT_READFUNCTION and parts of a mime: gives upload_left bytes. */
size_t transcript_read(char *bytes, size_t size, size_t count, void *user);
/* After curl_easy_reset(): sets the callbacks once more. */
void transcript_set_callbacks(struct transcript *t);

#endif
