/*
 * Cases that use a handle in more than one way: pause, mime, share,
 * CONNECT_ONLY, copies, resets between known and unknown hosts.
 */
#include "config.h"

#include "lab.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

static void pause_body(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/large");
    t.pause_first = true;
    lab_finish(&t);
}

static void pause_upload(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/put");
    t.upload_left = 200000;
    t.pause_read = true;
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)200000);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, transcript_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, &t);
    lab_finish(&t);
}

static void mime(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);
    curl_mime *form = curl_mime_init(easy);
    curl_mimepart *part = curl_mime_addpart(form);

    curl_mime_name(part, "who");
    curl_mime_data(part, "Ada", CURL_ZERO_TERMINATED);
    part = curl_mime_addpart(form);
    curl_mime_name(part, "upload");
    curl_mime_filename(part, "notes.txt");
    curl_mime_type(part, "text/plain");
    t.upload_left = 30000;
    t.random_body = true;
    curl_mime_data_cb(part, 30000, transcript_read, NULL, NULL, &t);
    lab_url(lab, easy, LAB_HTTPS, "/mime");
    curl_easy_setopt(easy, CURLOPT_MIMEPOST, form);
    lab_finish(&t);
    curl_mime_free(form);
}

struct locks {
    int depth;
    bool wrong;
};

static void lock(CURL *easy, curl_lock_data data, curl_lock_access access,
                 void *user)
{
    struct locks *locks = user;

    (void)easy;
    (void)data;
    (void)access;
    locks->depth++;
}

static void unlock(CURL *easy, curl_lock_data data, void *user)
{
    struct locks *locks = user;

    (void)easy;
    (void)data;
    if (--locks->depth < 0)
        locks->wrong = true;
}

/* Two handles with cookies, connections and TLS sessions in common. */
static void share(const struct lab *lab)
{
    static const int kinds[] = {CURL_LOCK_DATA_COOKIE, CURL_LOCK_DATA_DNS,
                                CURL_LOCK_DATA_SSL_SESSION,
                                CURL_LOCK_DATA_CONNECT};
    static const char *const paths[] = {"/login", "/member"};
    struct locks locks = {0};
    CURLSH *common = curl_share_init();
    struct transcript t[2];

    curl_share_setopt(common, CURLSHOPT_LOCKFUNC, lock);
    curl_share_setopt(common, CURLSHOPT_UNLOCKFUNC, unlock);
    curl_share_setopt(common, CURLSHOPT_USERDATA, &locks);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        curl_share_setopt(common, CURLSHOPT_SHARE, kinds[i]);
    for (int i = 0; i < 2; i++) {
        CURL *easy = lab_handle(lab, &t[i]);
        curl_easy_setopt(easy, CURLOPT_SHARE, common);
        curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
        lab_url(lab, easy, LAB_HTTPS, paths[i]);
        lab_finish(&t[i]);
    }
    fprintf(lab->out, "share cleanup: %d\n", (int)curl_share_cleanup(common));
    fprintf(lab->out, "locks: %s\n",
            locks.depth || locks.wrong ? "not in pairs" : "in pairs");
}

static void wait_for(CURL *easy, short events)
{
    curl_socket_t fd = CURL_SOCKET_BAD;

    curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
    struct pollfd poll_fd = {.fd = fd, .events = events};
    poll(&poll_fd, 1, 5000);
}

static void send_all(struct transcript *t, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        size_t sent = 0;
        CURLcode code = curl_easy_send(t->easy, text, left, &sent);
        if (code != CURLE_OK && code != CURLE_AGAIN) {
            transcript_note(t, "curl_easy_send: %d", (int)code);
            return;
        }
        if (code == CURLE_AGAIN)
            wait_for(t->easy, POLLOUT);
        text += sent;
        left -= sent;
    }
    transcript_note(t, "curl_easy_send: all is sent");
}

/* Reads to the end of the connection; tells the status line and the body. */
static void receive_all(struct transcript *t)
{
    char answer[4096];
    size_t have = 0;
    CURLcode code;

    for (;;) {
        size_t got = 0;
        code = curl_easy_recv(t->easy, answer + have, sizeof answer - 1 - have,
                              &got);
        if (code == CURLE_AGAIN)
            wait_for(t->easy, POLLIN);
        else if (code != CURLE_OK || got == 0)
            break;
        have += got;
    }
    answer[have] = '\0';
    const char *body = strstr(answer, "\r\n\r\n");
    transcript_note(t, "curl_easy_recv: %d, %.*s, body: %s", (int)code,
                    (int)strcspn(answer, "\r\n"), answer,
                    body ? body + 4 : "none");
}

static void connect_only(const struct lab *lab, enum lab_server server)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, server, "/hello");
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    transcript_end(&t, curl_easy_perform(easy));
    send_all(&t,
             "GET /hello HTTP/1.1\r\nHost: api.test\r\n"
             "Connection: close\r\n\r\n");
    receive_all(&t);
    curl_easy_cleanup(easy);
}

static void connect_only_tls(const struct lab *lab)
{
    connect_only(lab, LAB_HTTPS);
}

static void connect_only_plain(const struct lab *lab)
{
    connect_only(lab, LAB_HTTP);
}

/* The copy has the options, and goes on when the first is gone. */
static void duplicate(const struct lab *lab)
{
    struct transcript t, copied;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/post");
    /* libcurl 7.88 cannot copy the fields without their size. */
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 18L);
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, "name=Ada&year=1843");
    CURL *copy = curl_easy_duphandle(easy);
    lab_finish(&t);
    transcript_begin(&copied, copy, lab->out);
    lab_finish(&copied);
}

/* One handle: a known host, after a reset an unknown one, then back. */
static void reset_between(const struct lab *lab)
{
    static const enum lab_server servers[] = {LAB_HTTPS, LAB_OTHER, LAB_HTTPS};
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++) {
        if (i > 0) {
            curl_easy_reset(easy);
            transcript_set_callbacks(&t);
            lab_set_up(lab, easy);
        }
        lab_url(lab, easy, servers[i], "/hello");
        transcript_end(&t, curl_easy_perform(easy));
    }
    curl_easy_cleanup(easy);
}

/* The same without a reset: only the URL changes. */
static void change_url(const struct lab *lab)
{
    static const enum lab_server servers[] = {LAB_OTHER, LAB_HTTPS, LAB_OTHER,
                                              LAB_HTTP};
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++) {
        lab_url(lab, easy, servers[i], "/hello");
        transcript_end(&t, curl_easy_perform(easy));
    }
    curl_easy_cleanup(easy);
}

/* A known host redirects to an unknown one, which redirects back. */
static void redirect_across(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, LAB_HTTPS, "/away");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    lab_finish(&t);
}

static void url_handle(const struct lab *lab)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);
    CURLU *url = curl_url();
    char port[16];

    snprintf(port, sizeof port, "%d", lab->port[LAB_HTTPS]);
    curl_url_set(url, CURLUPART_SCHEME, "https", 0);
    curl_url_set(url, CURLUPART_HOST, "API.test", 0);
    curl_url_set(url, CURLUPART_PORT, port, 0);
    curl_url_set(url, CURLUPART_PATH, "/hello", 0);
    curl_easy_setopt(easy, CURLOPT_CURLU, url);
    lab_finish(&t);
    curl_url_cleanup(url);
}

const struct lab_case lab_flow_cases[] = {
    {"pause", pause_body},
    {"pause-upload", pause_upload},
    {"mime", mime},
    {"share", share},
    {"connect-only", connect_only_tls},
    {"connect-only-plain", connect_only_plain},
    {"duplicate", duplicate},
    {"reset-between", reset_between},
    {"change-url", change_url},
    {"redirect-across", redirect_across},
    {"url-handle", url_handle},
    {NULL, NULL},
};
