/*
 * Cases that are one easy handle and a few options each: methods, redirects,
 * cookies, encodings, ranges.
 */
#include "config.h"

#include "lab.h"

#include <string.h>

static void get(const struct lab *lab)
{
    lab_get(lab, LAB_HTTPS, "/hello");
}

static void get_plain(const struct lab *lab)
{
    lab_get(lab, LAB_HTTP, "/hello");
}

static void get_error(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/busy");
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    lab_finish(&t);
}

static void get_empty(const struct lab *lab)
{
    lab_get(lab, LAB_HTTPS, "/empty");
}

static void get_large(const struct lab *lab)
{
    lab_get(lab, LAB_HTTPS, "/large");
}

/* The second request goes over the connection of the first. */
static void get_twice(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/hello");
    transcript_end(&t, curl_easy_perform(easy));
    lab_finish(&t);
}

static void head(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/hello");
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    lab_finish(&t);
}

static void post(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/post");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "name=Ada&year=1843");
    lab_finish(&t);
}

static void post_chunked(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);
    struct curl_slist *fields =
        curl_slist_append(NULL, "Transfer-Encoding: chunked");

    fields = curl_slist_append(fields, "Expect:");
    lab_url(lab, easy, LAB_HTTPS, "/post");
    t.upload_left = 50000;
    /* Its chunks are as long as libcurl's buffer happens to be. */
    t.random_body = true;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, transcript_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, &t);
    lab_finish(&t);
    curl_slist_free_all(fields);
}

static void put(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/put");
    t.upload_left = 200000;
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)200000);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, transcript_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, &t);
    lab_finish(&t);
}

/*
 * libcurl waits for "100 Continue" before it sends the body. nginx gives none
 * over HTTP/2, so that it matters not how long.
 */
static void expect_continue(const struct lab *lab)
{
    bool comes = !lab->direct || !lab->http2;
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);
    struct curl_slist *fields = curl_slist_append(NULL, "Expect: 100-continue");

    lab_url(lab, easy, LAB_HTTPS, "/post");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(easy, CURLOPT_EXPECT_100_TIMEOUT_MS,
                     comes ? 10000L : 100L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "name=Ada&year=1843");
    lab_finish(&t);
    curl_slist_free_all(fields);
}

static void redirect(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/from");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_AUTOREFERER, 1L);
    lab_finish(&t);
}

static void redirect_not_followed(const struct lab *lab)
{
    lab_get(lab, LAB_HTTPS, "/from");
}

static void redirect_loop(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/loop");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 3L);
    lab_finish(&t);
}

static void redirect_post(const struct lab *lab, const char *path)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, path);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "name=Ada&year=1843");
    lab_finish(&t);
}

static void redirect_303(const struct lab *lab)
{
    redirect_post(lab, "/see-other");
}

static void redirect_307(const struct lab *lab)
{
    redirect_post(lab, "/same-method");
}

/* The engine keeps what the first answer sets and sends it with the second. */
static void cookies(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);
    struct curl_slist *list = NULL;

    curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
    lab_url(lab, easy, LAB_HTTPS, "/login");
    transcript_end(&t, curl_easy_perform(easy));
    lab_url(lab, easy, LAB_HTTPS, "/member");
    transcript_end(&t, curl_easy_perform(easy));
    curl_easy_getinfo(easy, CURLINFO_COOKIELIST, &list);
    for (struct curl_slist *entry = list; entry; entry = entry->next)
        transcript_note(&t, "cookie: %s", entry->data);
    curl_slist_free_all(list);
    curl_easy_cleanup(easy);
}

static void compressed(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/zipped");
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    lab_finish(&t);
}

static void range(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/part");
    curl_easy_setopt(easy, CURLOPT_RANGE, "5-9");
    lab_finish(&t);
}

static void resume(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/part");
    curl_easy_setopt(easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)5);
    lab_finish(&t);
}

static void print_origin(struct transcript *t, unsigned origin,
                         const char *name)
{
    struct curl_header *field = NULL;
    CURLHcode code = curl_easy_header(t->easy, name, 0, origin, -1, &field);

    if (code != CURLHE_OK)
        transcript_note(t, "header API: %s: code %d", name, (int)code);
    else
        transcript_note(t, "header API: %s = %s (%zu of %zu)", name,
                        field->value, field->index + 1, field->amount);
}

/* Trailers come to the header callback behind the body, and to the API. */
static void trailers(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/trailers");
    transcript_end(&t, curl_easy_perform(easy));
    print_origin(&t, CURLH_HEADER, "Content-Type");
    print_origin(&t, CURLH_HEADER, "X-Sum");
    print_origin(&t, CURLH_TRAILER, "X-Sum");
    curl_easy_cleanup(easy);
}

static void header_api(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);
    struct curl_header *field = NULL;
    int count = 0;

    lab_url(lab, easy, LAB_HTTPS, "/login");
    transcript_end(&t, curl_easy_perform(easy));
    print_origin(&t, CURLH_HEADER, "Set-Cookie");
    while ((field = curl_easy_nextheader(easy, CURLH_HEADER, -1, field)))
        count += strcasecmp(field->name, "Set-Cookie") == 0;
    transcript_note(&t, "header API: %d cookies met", count);
    curl_easy_cleanup(easy);
}

const struct lab_case lab_plain_cases[] = {
    {"get", get},
    {"get-plain", get_plain},
    {"get-error", get_error},
    {"get-empty", get_empty},
    {"get-large", get_large},
    {"get-twice", get_twice},
    {"head", head},
    {"post", post},
    {"post-chunked", post_chunked},
    {"put", put},
    {"expect-continue", expect_continue},
    {"redirect", redirect},
    {"redirect-not-followed", redirect_not_followed},
    {"redirect-loop", redirect_loop},
    {"redirect-303", redirect_303},
    {"redirect-307", redirect_307},
    {"cookies", cookies},
    {"compressed", compressed},
    {"range", range},
    {"resume", resume},
    {"trailers", trailers},
    {"header-api", header_api},
    {NULL, NULL},
};
