/*
 * client_curl: one scenario with libcurl, by name, under the shim; the status
 * is 0 if all went as it should, and stderr says what did not.
 *
 *     client_curl SCENARIO REAL [FILE]
 *
 * REAL is the URL of a server that no rule knows, "https://127.0.0.1:PORT";
 * OFFWIRE_TEST_CA names the file with its certificate. Known is
 * api.example.com, whose paths are the rules of 60-curl.t.
 */
#include "config.h"

#include "curl_scenario.h"

#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const char *file;

/* Unknown, known, unknown: the handle is the same each time. */
static void both_ways(CURL *easy)
{
    CURLcode first = go(easy, real, "/real");
    expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
    CURLcode again = go(easy, real, "/real");
    check(first == again, "the real host as before", again);
    curl_easy_cleanup(easy);
}

static void hostile_strings(void)
{
    static const struct {
        CURLoption option;
        const char *value;
        bool breaks; /* the real host, too */
    } options[] = {
        {CURLOPT_PROXY, DEAD, true},
        {CURLOPT_PRE_PROXY, "socks5://127.0.0.1:1", true},
        {CURLOPT_DOH_URL, "https://127.0.0.1:1/", false},
        {CURLOPT_UNIX_SOCKET_PATH, "/nowhere", true},
        {CURLOPT_ABSTRACT_UNIX_SOCKET, "nowhere", true},
        {CURLOPT_INTERFACE, "nope0", true},
        {CURLOPT_PINNEDPUBLICKEY,
         "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", true},
        {CURLOPT_CRLFILE, "/nowhere", true},
        {CURLOPT_ISSUERCERT, "/nowhere", true},
        {(CURLoption)10323 /* HAPROXY_CLIENT_IP, of 8.2 */, "10.0.0.1",
         CURL_AT_LEAST_VERSION(8, 2, 0)},
        {(CURLoption)10325 /* ECH, of 8.8 */, "hard", false},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        CURL *easy = make(KNOWN, "/ok");
        curl_easy_setopt(easy, options[i].option, options[i].value);
        CURLcode code = go(easy, real, "/real");
        check((code != CURLE_OK) == options[i].breaks, options[i].value, code);
        both_ways(easy);
    }
}

static void hostile_numbers(void)
{
    CURL *easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYSTATUS, 1L);
    check(go(easy, real, "/real") == CURLE_SSL_INVALIDCERTSTATUS, "status", 0);
    both_ways(easy);
    easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_HAPROXYPROTOCOL, 1L);
    check(go(easy, real, "/real") != CURLE_OK, "haproxy", 0);
    both_ways(easy);
    easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_LOCALPORT, 1L);
    expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
    curl_easy_cleanup(easy);
    easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V6);
    both_ways(easy);
    for (long version = 30; version < 32; version++) { /* 3, 3ONLY */
        easy = make(KNOWN, "/ok");
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
        both_ways(easy);
    }
}

/* The program's own trust, which does not have the session's CA. */
static void trust(void)
{
    static char pem[8192];
    struct curl_blob blob = {pem, 0, CURL_BLOB_NOCOPY};
    FILE *ca = fopen(getenv("OFFWIRE_TEST_CA"), "r");
    check(ca != NULL, "the real server's certificate", 0);
    blob.len = fread(pem, 1, sizeof pem, ca);
    fclose(ca);
    CURL *easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_CAPATH, "/nowhere");
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
    expect(easy, real, "/real", CURLE_OK, "real");
    both_ways(easy);
    easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_CAPATH, getenv("OFFWIRE_TEST_DIR"));
    check(go(easy, real, "/real") == CURLE_PEER_FAILED_VERIFICATION, "trust",
          0);
    both_ways(easy);
    /* A certificate that has signed neither of them. */
    easy = make(KNOWN, "/ok");
    blob = (struct curl_blob){pem, 7, CURL_BLOB_COPY};
    curl_easy_setopt(easy, CURLOPT_ISSUERCERT_BLOB, &blob);
    check(go(easy, real, "/real") == CURLE_SSL_ISSUER_ERROR, "issuer", 0);
    both_ways(easy);
}

#if CURL_AT_LEAST_VERSION(8, 0, 0)
static bool has_protocol(const char *name)
{
    const char *const *at = curl_version_info(CURLVERSION_NOW)->protocols;
    while (*at && strcmp(*at, name) != 0)
        at++;
    return *at;
}
#endif

/* libcurl's own WebSockets, where it has them. */
static void websocket(void)
{
    CURL *easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_PROXY, DEAD);
    expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
#if CURL_AT_LEAST_VERSION(8, 0, 0)
    char text[64] = "";
    size_t len = 0;
    const struct curl_ws_frame *frame = NULL;
    if (!has_protocol("wss")) {
        curl_easy_cleanup(easy);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 2L);
    expect(easy, "wss://api.example.com", "/socket", CURLE_OK, NULL);
    CURLcode code = curl_ws_send(easy, "hello", 5, &len, 0, CURLWS_TEXT);
    check(code == CURLE_OK && len == 5, "sent", code);
    for (int i = 0; i < 6000; i++) {
        code = curl_ws_recv(easy, text, sizeof text - 1, &len, &frame);
        if (code != CURLE_AGAIN)
            break;
        poll(NULL, 0, 10);
    }
    check(code == CURLE_OK && strcmp(text, "world") == 0, text, code);
#endif
    curl_easy_cleanup(easy);
}

static void hostile_lists(void)
{
    struct curl_slist *list = curl_slist_append(NULL, "::127.0.0.1:1");
    CURL *easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, list);
    check(go(easy, real, "/real") == CURLE_COULDNT_CONNECT, "connect to", 0);
    both_ways(easy);
    curl_slist_free_all(list);

    /* The first transfer loads the list into the cache, the second must not
     * use it; the program frees it after that. */
    list = curl_slist_append(NULL, "API.example.com:443:127.0.0.1");
    list = curl_slist_append(list, "real.test:1:127.0.0.1");
    easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_RESOLVE, list);
    expect(easy, real, "/real", CURLE_OK, "real");
    expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
    curl_slist_free_all(list);
    both_ways(easy);
}

static void environment(void)
{
    setenv("https_proxy", DEAD, 1);
    CURL *easy = make(KNOWN, "/ok");
    check(go(easy, real, "/real") == CURLE_COULDNT_CONNECT, "the proxy", 0);
    both_ways(easy);
    setenv("no_proxy", "127.0.0.1", 1);
    easy = make(KNOWN, "/ok");
    expect(easy, real, "/real", CURLE_OK, "real");
    both_ways(easy);
}

static void forms_of_urls(void)
{
    static const char *const urls[] = {"https://API.Example.COM",
                                       "https://user:word@api.example.com",
                                       "https://api.example.com:443",
                                       "http://api.example.com:8080",
                                       "https://b\xc3\xbc"
                                       "cher.example",
                                       "https://xn--bcher-kva.example",
                                       "https://any.below.example"};
    setlocale(LC_ALL, "C.UTF-8");
    CURL *easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_PROXY, DEAD);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        expect(easy, urls[i], "/ok", CURLE_OK, "hello");
    CURLU *url = curl_url();
    curl_url_set(url, CURLUPART_URL, KNOWN "/ok", 0);
    curl_easy_setopt(easy, CURLOPT_CURLU, url);
    expect(easy, "", "", CURLE_OK, "hello");
    curl_url_set(url, CURLUPART_URL, real, 0);
    check(go(easy, "", "") == CURLE_COULDNT_CONNECT, "CURLU to the real", 0);
    curl_easy_cleanup(easy);
    curl_url_cleanup(url);
}

static void reset_and_copies(void)
{
    CURL *easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_PROXY, DEAD);
    expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
    CURL *copy = curl_easy_duphandle(easy);
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_CAINFO, getenv("OFFWIRE_TEST_CA"));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
    expect(easy, real, "/real", CURLE_OK, "real");
    expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
    curl_easy_cleanup(easy);
    check(go(copy, real, "/real") == CURLE_COULDNT_CONNECT, "the copy", 0);
    both_ways(copy);
}

/* Sets something in the middle of a transfer, as callbacks do. */
static size_t set_in_callback(char *data, size_t size, size_t n, void *context)
{
    (void)data;
    curl_easy_setopt(context, CURLOPT_UNIX_SOCKET_PATH, "/nowhere");
    curl_easy_setopt(context, CURLOPT_PROXY, NULL);
    return size * n;
}

static void set_meanwhile(void)
{
    CURL *easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, set_in_callback);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, easy);
    curl_easy_setopt(easy, CURLOPT_PROXY, DEAD);
    check(go(easy, KNOWN, "/ok") == CURLE_OK, "the known host", 0);
    check(go(easy, real, "/real") == CURLE_COULDNT_CONNECT, "the path set", 0);
    check(go(easy, KNOWN, "/ok") == CURLE_OK, "the known host again", 0);
    curl_easy_cleanup(easy);
}

static void codes(void)
{
    long status = -1, error = -1;
    CURL *easy = make(KNOWN, "/ok");
    expect(easy, KNOWN, "/refused", CURLE_COULDNT_CONNECT, "");
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
    check(status == 0, "no status", status);
    check(error == ECONNREFUSED, "the errno", error);
    check(strstr(errors, " connect") && strstr(errors, "offwire"),
          "the error buffer", 0);
    /* On a connection that is used again, where libcurl would try again. */
    expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
    expect(easy, KNOWN, "/once", CURLE_OPERATION_TIMEDOUT, "");
    expect(easy, KNOWN, "/once", CURLE_OK, "second");
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
    check(error == 0, "no errno of an earlier transfer", error);
    expect(easy, KNOWN, "/part", CURLE_GOT_NOTHING, "hel");
    expect(easy, KNOWN, "/whole", CURLE_WRITE_ERROR, "hello");
    expect(easy, KNOWN, "/stream", CURLE_RECV_ERROR, "one\ntwo\n");
    expect(easy, KNOWN, "/head", CURLE_SSL_CACERT_BADFILE, "");
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    check(status == 503, "the status of the head", status);
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    expect(easy, KNOWN, "/refused", CURLE_COULDNT_CONNECT, "");
    curl_easy_cleanup(easy);
}

static void unmatched(void)
{
    CURL *easy = make(KNOWN, "/ok");
    check(go(easy, KNOWN, "/nothing") == CURLE_OK, "a 404", 0);
    check(strstr(errors, "offwire: no rule answers GET "), "the sentence", 0);
    expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
    check(errors[0] == '\0', "no sentence of an earlier transfer", 0);
    check(go(easy, real, "/missing") == CURLE_OK, "the real one's 404", 0);
    check(errors[0] == '\0', "no sentence of ours for it", 0);
    curl_easy_cleanup(easy);
}

/* Runs what is in the multi to its end; how many ended with that code. */
static int run_multi(CURLM *multi, CURLcode code)
{
    int running = 1, count = 0, left;
    const CURLMsg *message;
    while (running) {
        curl_multi_perform(multi, &running);
        if (running)
            curl_multi_poll(multi, NULL, 0, MULTI_POLL_MS, NULL);
    }
    while ((message = curl_multi_info_read(multi, &left)))
        count += message->data.result == code;
    return count;
}

/* Two on one connection, whose ends are read when both are over. */
static void unmatched_late(void)
{
    static char texts[2][CURL_ERROR_SIZE];
    CURL *easies[2];
    CURLM *all = curl_multi_init();
    curl_multi_setopt(all, CURLMOPT_MAX_TOTAL_CONNECTIONS, 1L);
    for (int i = 0; i < 2; i++) {
        easies[i] = make(KNOWN, i ? "/second?x=1#part" : "/first");
        curl_easy_setopt(easies[i], CURLOPT_ERRORBUFFER, texts[i]);
        curl_multi_add_handle(all, easies[i]);
    }
    check(run_multi(all, CURLE_OK) == 2, "both", 0);
    check(strstr(texts[0], "/first;") != NULL, texts[0], 0);
    check(strstr(texts[1], "/second?x=1;") != NULL, texts[1], 1);
    for (int i = 0; i < 2; i++) {
        curl_multi_remove_handle(all, easies[i]);
        curl_easy_cleanup(easies[i]);
    }
    curl_multi_cleanup(all);
}

/* A code behind a part of the body comes in place of an answer without one. */
static void codes_without_a_body(void)
{
    CURL *easy = make(KNOWN, "/ok");
    expect(easy, KNOWN, "/empty", CURLE_RECV_ERROR, "");
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    expect(easy, KNOWN, "/part", CURLE_GOT_NOTHING, "");
    curl_easy_cleanup(easy);
}

static void unmatched_error(void)
{
    long status = -1;
    CURL *easy = make(KNOWN, "/ok");
    for (int i = 0; i < 2; i++) {
        expect(easy, KNOWN, "/nothing", CURLE_COULDNT_CONNECT, "");
        check(strstr(errors, "no rule answers GET "), "the sentence", i);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        check(status == 0, "no status", status);
        expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
    }
    curl_easy_cleanup(easy);
}

static void multi(void)
{
    static const struct {
        const char *path;
        CURLcode code;
    } runs[] = {{"/ok", CURLE_OK},
                {"/refused", CURLE_COULDNT_CONNECT},
                {"/part", CURLE_GOT_NOTHING}};
    CURLM *all = curl_multi_init();
    CURL *easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_PROXY, DEAD);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        char url[256];
        snprintf(url, sizeof url, KNOWN "%s", runs[i].path);
        curl_easy_setopt(easy, CURLOPT_URL, url);
        curl_multi_add_handle(all, easy);
        check(run_multi(all, runs[i].code) == 1, runs[i].path, 0);
        curl_multi_remove_handle(all, easy);
    }
    check(go(easy, real, "/real") == CURLE_COULDNT_CONNECT, "after", 0);
    curl_easy_cleanup(easy);
    curl_multi_cleanup(all);
}

/* Out of the multi half-way, by each of the ways out. */
static void half_way(void)
{
    for (int way = 0; way < 2; way++) {
        int running;
        CURLM *all = curl_multi_init();
        CURL *easy = make(KNOWN, "/slow");
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, "/nowhere");
        curl_multi_add_handle(all, easy);
        for (int i = 0; i < 5; i++) {
            curl_multi_perform(all, &running);
            curl_multi_poll(all, NULL, 0, 20, NULL);
        }
        check(running == 1, "under way", running);
        CURL *copy = curl_easy_duphandle(easy);
        check(go(copy, real, "/real") == CURLE_COULDNT_CONNECT, "a copy", 0);
        curl_easy_cleanup(copy);
        if (way == 0)
            curl_multi_remove_handle(all, easy);
        else
            curl_multi_cleanup(all);
        check(go(easy, real, "/real") == CURLE_COULDNT_CONNECT, "put back",
              way);
        expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
        curl_easy_cleanup(easy);
        if (way == 0)
            curl_multi_cleanup(all);
    }
}

static void thousand(void)
{
    enum { COUNT = 1000 };
    static CURL *easies[COUNT];
    CURLM *all = curl_multi_init();
    curl_multi_setopt(all, CURLMOPT_MAX_TOTAL_CONNECTIONS, 50L);
    for (int i = 0; i < COUNT; i++) {
        easies[i] = make(KNOWN, i % 10 ? "/ok" : "/refused");
        curl_easy_setopt(easies[i], CURLOPT_PROXY, DEAD);
        curl_easy_setopt(easies[i], CURLOPT_TIMEOUT, 50L);
        curl_multi_add_handle(all, easies[i]);
    }
    int count = run_multi(all, CURLE_COULDNT_CONNECT);
    check(count == COUNT / 10, "codes", count);
    for (int i = 0; i < COUNT; i++) {
        curl_multi_remove_handle(all, easies[i]);
        curl_easy_cleanup(easies[i]);
    }
    curl_multi_cleanup(all);
}

/* A plugin on the other flavour, which sees nothing of ours. */
static void two_flavours(void)
{
    int (*plugin)(const char *url, const char *proxy, char *text, size_t size);
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    char text[64] = "";
    check(handle, handle ? "" : dlerror(), 0);
    *(void **)&plugin = dlsym(handle, "plugin_get");
    CURL *easy = make(KNOWN, "/ok");
    curl_easy_setopt(easy, CURLOPT_PROXY, DEAD);
    for (int i = 0; i < 2; i++) {
        expect(easy, KNOWN, "/ok", CURLE_OK, "hello");
        int code = plugin(KNOWN "/ok", DEAD, text, sizeof text);
        check(code == 0 && strstr(text, "GnuTLS"), text, code);
        code = plugin(KNOWN "/refused", DEAD, text, sizeof text);
        check(code == CURLE_COULDNT_CONNECT, "the plugin's code", code);
    }
    check(!strstr(curl_version(), "GnuTLS"), curl_version(), 0);
    curl_easy_cleanup(easy);
    dlclose(handle);
}

/*
 * A plugin that is unloaded takes its libcurl along, and what is mapped
 * meanwhile sends that elsewhere when both come back: more often than there is
 * room for libcurls at once.
 */
static void reloaded(void)
{
    int (*plugin)(const char *url, const char *proxy, char *text, size_t size);
    char text[64] = "";
    for (size_t i = 1; i <= 12; i++) {
        void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
        check(handle, handle ? "" : dlerror(), 0);
        *(void **)&plugin = dlsym(handle, "plugin_get");
        int code = plugin(KNOWN "/ok", DEAD, text, sizeof text);
        check(code == 0, "the plugin's code", code);
        dlclose(handle);
        check(mmap(NULL, i * 60 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1, 0) != MAP_FAILED,
              "mmap", 0);
    }
}

static const struct scenario scenarios[] = {
    {"hostile-strings", hostile_strings},
    {"hostile-numbers", hostile_numbers},
    {"hostile-lists", hostile_lists},
    {"trust", trust},
    {"websocket", websocket},
    {"environment", environment},
    {"forms-of-urls", forms_of_urls},
    {"reset-and-copies", reset_and_copies},
    {"set-meanwhile", set_meanwhile},
    {"codes", codes},
    {"codes-without-a-body", codes_without_a_body},
    {"unmatched-late", unmatched_late},
    {"unmatched", unmatched},
    {"unmatched-error", unmatched_error},
    {"multi", multi},
    {"half-way", half_way},
    {"thousand", thousand},
    {"two-flavours", two_flavours},
    {"reloaded", reloaded},
    {NULL, NULL},
};

static int run(const struct scenario *all, const char *name)
{
    for (; all->name; all++)
        if (strcmp(all->name, name) == 0) {
            curl_global_init(CURL_GLOBAL_DEFAULT);
            all->run();
            curl_global_cleanup();
            return 0;
        }
    return 2;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    real = argv[2];
    file = argv[3];
    return run(scenarios, argv[1]) == 0 ? 0 : run(redirect_scenarios, argv[1]);
}
