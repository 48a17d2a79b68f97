/*
 * client_curl_redirects: scenarios of client_curl about redirects between the
 * known host and the real one, which each have their own way, and about what
 * transfers leave behind. OFFWIRE_TEST_PIN is the real server's public key, as
 * CURLOPT_PINNEDPUBLICKEY takes it; OFFWIRE_TEST_DIR a folder to write to.
 */
#include "config.h"

#include "curl_scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRONG_PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static CURL *make_following(void)
{
    CURL *easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    return easy;
}

/* Known, real, known: the real server sends back. Verification is on. */
static void redirects(void)
{
    CURL *easy = make_following();
    curl_easy_setopt(easy, CURLOPT_PROXY, DEAD);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "127.0.0.1");
    expect(easy, KNOWN, "/away", CURLE_OK, "hello");
    long count = 0;
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_COUNT, &count);
    check(count == 2, "two redirects", count);
    /* The proxy holds on for the host that is not ours. */
    curl_easy_setopt(easy, CURLOPT_NOPROXY, NULL);
    CURLcode code = go(easy, KNOWN, "/away");
    check(code == CURLE_COULDNT_CONNECT, "the real host's proxy", code);
    curl_easy_cleanup(easy);
}

/* What the program has set holds for the real host behind a redirect. */
static void redirects_out(void)
{
    static const struct {
        CURLoption option;
        const char *value;
        CURLcode code;
    } options[] = {
        {CURLOPT_UNIX_SOCKET_PATH, "/nowhere", CURLE_COULDNT_CONNECT},
        {CURLOPT_INTERFACE, "nope0", CURLE_INTERFACE_FAILED},
        {CURLOPT_PINNEDPUBLICKEY, WRONG_PIN, CURLE_SSL_PINNEDPUBKEYNOTMATCH},
        {CURLOPT_CRLFILE, "/nowhere", CURLE_SSL_CRL_BADFILE},
        {CURLOPT_ISSUERCERT, "/nowhere", CURLE_SSL_ISSUER_ERROR},
        {CURLOPT_PROXY, DEAD, CURLE_COULDNT_CONNECT},
        {CURLOPT_PRE_PROXY, "socks5://127.0.0.1:1", CURLE_COULDNT_CONNECT},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        CURL *easy = make_following();
        curl_easy_setopt(easy, options[i].option, options[i].value);
        CURLcode direct = go(easy, real, "/real");
        check(direct != CURLE_OK, options[i].value, direct);
        CURLcode code = go(easy, KNOWN, "/away");
        check(code == options[i].code || code == direct, options[i].value,
              code);
        expect(easy, KNOWN, "/here", CURLE_OK, "hello");
        curl_easy_cleanup(easy);
    }
    CURL *easy = make_following();
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYSTATUS, 1L);
    CURLcode code = go(easy, KNOWN, "/away");
    check(code == CURLE_SSL_INVALIDCERTSTATUS, "no status", code);
    curl_easy_cleanup(easy);
}

/* What is right for the real host, and would keep the known one away. */
static void redirects_in(void)
{
    CURL *easy = make_following();
    curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, getenv("OFFWIRE_TEST_PIN"));
    curl_easy_setopt(easy, CURLOPT_PROXY, DEAD);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "127.0.0.1");
    expect(easy, real, "/back", CURLE_OK, "hello");
    expect(easy, KNOWN, "/away", CURLE_OK, "hello");
    expect(easy, real, "/real", CURLE_OK, "real");
    curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, WRONG_PIN);
    CURLcode code = go(easy, real, "/back");
    check(code == CURLE_SSL_PINNEDPUBKEYNOTMATCH, "the pin", code);
    curl_easy_cleanup(easy);

    setenv("https_proxy", DEAD, 1);
    setenv("no_proxy", "127.0.0.1", 1);
    easy = make_following();
    expect(easy, real, "/back", CURLE_OK, "hello");
    curl_easy_cleanup(easy);
    unsetenv("https_proxy");
    unsetenv("no_proxy");

    struct curl_slist *resolve =
        curl_slist_append(NULL, "api.example.com:443:127.0.0.1");
    struct curl_slist *to =
        curl_slist_append(NULL, "api.example.com::127.0.0.1:1");
    easy = make_following();
    curl_easy_setopt(easy, CURLOPT_RESOLVE, resolve);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, to);
    curl_easy_setopt(easy, CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V4);
    expect(easy, real, "/back", CURLE_OK, "hello");
    curl_easy_cleanup(easy);
    curl_slist_free_all(resolve);
    curl_slist_free_all(to);
}

/* A rule's result behind a redirect, whether or not there was something to
 * clear. */
static void redirects_to_codes(void)
{
    for (int i = 0; i < 2; i++) {
        CURL *easy = make_following();
        if (i == 1)
            curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY,
                             getenv("OFFWIRE_TEST_PIN"));
        expect(easy, real, "/to-refused", CURLE_COULDNT_CONNECT, "");
        check(strstr(errors, "offwire") != NULL, "the error buffer", i);
        expect(easy, real, "/to-nothing", CURLE_OK, NULL);
        check(strstr(errors, "no rule answers GET ") != NULL, "the near miss",
              i);
        curl_easy_cleanup(easy);
    }
}

static int heads;

/* As a header or a write function; each line comes in one call. */
static size_t count_heads(char *data, size_t size, size_t n, void *context)
{
    (void)context;
    heads += size * n > 5 && strncmp(data, "HTTP/", 5) == 0;
    return size * n;
}

static void check_heads(const char *what, int want)
{
    check(heads == want, what, heads);
    heads = 0;
}

/* The program's own header callback gets what it would get. */
static void redirects_and_headers(void)
{
    CURL *easy = make_following();
    curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, getenv("OFFWIRE_TEST_PIN"));
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, count_heads);
    expect(easy, KNOWN, "/away", CURLE_OK, "hello");
    check_heads("a header function", 3);
    /* Without it headers go to the write function, if they go anywhere. */
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, NULL);
    expect(easy, KNOWN, "/away", CURLE_OK, "hello");
    check_heads("nothing", 0);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &heads);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, count_heads);
    expect(easy, KNOWN, "/away", CURLE_OK, "");
    check_heads("header data alone", 3);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    /* What was put in front of it is gone again. */
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, count_heads);
    CURL *copy = curl_easy_duphandle(easy);
    expect(copy, real, "/real", CURLE_OK, "real");
    check_heads("a copy", 1);
    curl_easy_cleanup(copy);
    curl_easy_cleanup(easy);
}

static void in_multi(void)
{
    enum { COUNT = 20 };
    CURLM *all = curl_multi_init();
    CURL *easies[COUNT];
    int running = 1, left, ended = 0;
    const CURLMsg *message;
    for (int i = 0; i < COUNT; i++) {
        easies[i] = make(i % 2 ? real : KNOWN, i % 2 ? "/back" : "/away");
        curl_easy_setopt(easies[i], CURLOPT_FOLLOWLOCATION, 1L);
        curl_easy_setopt(easies[i], CURLOPT_PINNEDPUBLICKEY,
                         i % 4 < 2 ? getenv("OFFWIRE_TEST_PIN") : WRONG_PIN);
        curl_multi_add_handle(all, easies[i]);
    }
    while (running) {
        curl_multi_perform(all, &running);
        if (running)
            curl_multi_poll(all, NULL, 0, MULTI_POLL_MS, NULL);
    }
    while ((message = curl_multi_info_read(all, &left)))
        ended += message->data.result == CURLE_OK;
    check(ended == COUNT / 2, "the right pins", ended);
    for (int i = 0; i < COUNT; i++) {
        curl_multi_remove_handle(all, easies[i]);
        curl_easy_cleanup(easies[i]);
    }
    curl_multi_cleanup(all);
}

static char *path_of(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", getenv("OFFWIRE_TEST_DIR"), name);
    return path;
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    check(file && fputs(text, file) >= 0 && fclose(file) == 0, name, 0);
}

static const char *read_text(const char *name)
{
    static char text[4096];
    FILE *file = fopen(path_of(name), "r");
    check(file != NULL, name, 0);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* What a rule says of later visits is forgotten when the program ends. */
static void traces(void)
{
    write_text("hsts",
               "kept.example \"20991231 00:00:00\"\n"
               ".xn--bcher-kva.example \"20990101 00:00:00\"\n");
    write_text("altsvc",
               "h2 kept.example 443 h2 other.example 443 "
               "\"20991231 00:00:00\" 0 0\n"
               "h2 api.example.com 443 h2 127.0.0.1 1 "
               "\"20990101 00:00:00\" 0 0\n");
    for (int i = 0; i < 2; i++) {
        CURL *easy = make(KNOWN, "/ok");
        curl_easy_setopt(easy, CURLOPT_HSTS_CTRL, (long)CURLHSTS_ENABLE);
        curl_easy_setopt(easy, CURLOPT_HSTS, path_of(i ? "new" : "hsts"));
        curl_easy_setopt(easy, CURLOPT_ALTSVC_CTRL, (long)CURLALTSVC_H2);
        curl_easy_setopt(easy, CURLOPT_ALTSVC, path_of("altsvc"));
        expect(easy, KNOWN, "/strict", CURLE_OK, "strict");
        expect(easy, "https://xn--bcher-kva.example", "/strict", CURLE_OK,
               "strict");
        /* Until then it holds: libcurl itself goes on with https. */
        expect(easy, "http://api.example.com", "/ok", CURLE_OK, "hello");
        char *url = NULL;
        curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
        check(strncmp(url, "https:", 6) == 0, url, 0);
        curl_easy_cleanup(easy);
    }
    const char *text = read_text("hsts");
    check(strstr(text, "kept.example \"20991231") != NULL, text, 0);
    check(strstr(text, ".xn--bcher-kva.example \"20990101") != NULL, text, 0);
    check(strstr(text, "api.example.com") == NULL, text, 0);
    check(strstr(read_text("new"), "example") == NULL, "no traces", 0);
    text = read_text("altsvc");
    check(strstr(text, "kept.example") != NULL, text, 0);
    check(strstr(text, "127.0.0.1 1 \"20990101") != NULL, text, 0);
    check(strstr(text, "elsewhere") == NULL, text, 0);
}

const struct scenario redirect_scenarios[] = {
    {"redirects", redirects},
    {"redirects-out", redirects_out},
    {"redirects-in", redirects_in},
    {"redirects-to-codes", redirects_to_codes},
    {"redirects-and-headers", redirects_and_headers},
    {"redirects-in-multi", in_multi},
    {"traces", traces},
    {NULL, NULL},
};
