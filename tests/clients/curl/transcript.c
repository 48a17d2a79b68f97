/*
 * transcript: see transcript.h. Called by the programs of this folder.
 */
#include "config.h"

#include "transcript.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static void add_bytes(struct transcript_bytes *bytes, const char *data,
                      size_t len)
{
    if (bytes->count == 0)
        bytes->sum = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < len; i++) {
        if (bytes->count + i < sizeof bytes->sample)
            bytes->sample[bytes->count + i] = data[i];
        bytes->sum = (bytes->sum ^ (unsigned char)data[i]) * 16777619u;
    }
    bytes->count += len;
}

static void print_sample(FILE *out, const struct transcript_bytes *bytes)
{
    for (size_t i = 0; i < bytes->count; i++) {
        unsigned char c = (unsigned char)bytes->sample[i];
        if (c >= ' ' && c < 127)
            fputc(c, out);
        else
            fprintf(out, c == '\n' ? "\\n" : "\\%03o", c);
    }
}

static void print_bytes(struct transcript *t, const char *what,
                        struct transcript_bytes *bytes)
{
    if (bytes->count == 0)
        return;
    fprintf(t->out, "%s %zu bytes", what, bytes->count);
    if (bytes->count <= sizeof bytes->sample) {
        fputs(": ", t->out);
        print_sample(t->out, bytes);
    } else if (!t->random_body) {
        fprintf(t->out, ", sum %08x", (unsigned)bytes->sum);
    }
    fputc('\n', t->out);
    bytes->count = 0;
}

/* Tells what went before, so that the next line stands behind it. What is
 * sent and what is asked for to be sent come by turns as the socket takes
 * them; each is one line. */
static void flush(struct transcript *t)
{
    print_bytes(t, "read callback gave", &t->asked);
    print_bytes(t, "sent", &t->sent);
    print_bytes(t, "write callback got", &t->received);
}

void transcript_note(struct transcript *t, const char *format, ...)
{
    va_list arguments;

    flush(t);
    va_start(arguments, format);
    vfprintf(t->out, format, arguments);
    va_end(arguments);
    fputc('\n', t->out);
}

static size_t on_write(char *bytes, size_t size, size_t count, void *user)
{
    struct transcript *t = user;
    size_t len = size * count;

    if (t->asked.count || t->sent.count)
        flush(t);
    if (t->pause_first) {
        t->pause_first = false;
        t->paused = true;
        transcript_note(t, "write callback pauses");
        return CURL_WRITEFUNC_PAUSE;
    }
    add_bytes(&t->received, bytes, len);
    return len;
}

size_t transcript_read(char *bytes, size_t size, size_t count, void *user)
{
    struct transcript *t = user;
    size_t len = size * count;

    if (t->pause_read) {
        t->pause_read = false;
        t->paused = true;
        transcript_note(t, "read callback pauses");
        return CURL_READFUNC_PAUSE;
    }
    if (len > t->upload_left)
        len = t->upload_left;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)('a' + (t->upload_left - i) % 26);
    add_bytes(&t->asked, bytes, len);
    t->upload_left -= len;
    return len;
}

/* A field as it is told: its name in lower case, Date without its value. */
static void keep_field(struct transcript *t, const char *line, size_t len)
{
    char *field = t->fields[t->field_count++];
    size_t colon = 0;

    if (len >= TRANSCRIPT_LINE)
        len = TRANSCRIPT_LINE - 1;
    memcpy(field, line, len);
    field[len] = '\0';
    while (field[colon] && field[colon] != ':')
        colon++;
    for (size_t i = 0; i < colon; i++)
        if (field[i] >= 'A' && field[i] <= 'Z')
            field[i] = (char)(field[i] + ('a' - 'A'));
    if (strncmp(field, "date:", 5) == 0)
        memcpy(field + 5, " *", 3);
}

static int compare_fields(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void print_fields(struct transcript *t)
{
    qsort(t->fields, t->field_count, sizeof t->fields[0], compare_fields);
    for (size_t i = 0; i < t->field_count; i++)
        transcript_note(t, "< %s", t->fields[i]);
    t->field_count = 0;
}

static void print_end_of_head(struct transcript *t)
{
    print_fields(t);
    transcript_note(t, "<");
}

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    struct transcript *t = user;
    size_t len = size * count;
    size_t bare = len;

    if (t->quiet)
        return len;
    while (bare > 0 && (line[bare - 1] == '\n' || line[bare - 1] == '\r'))
        bare--;
    if (bare >= 5 && strncmp(line, "HTTP/", 5) == 0)
        transcript_note(t, "< %.*s", (int)bare, line);
    else if (bare == 0)
        print_end_of_head(t);
    else if (t->field_count < TRANSCRIPT_FIELDS)
        keep_field(t, line, bare);
    return len;
}

static void print_request(struct transcript *t, const char *head, size_t len)
{
    flush(t);
    t->has_asked = true;
    while (len > 0) {
        const char *end = memchr(head, '\n', len);
        size_t line = end ? (size_t)(end - head) + 1 : len;
        size_t bare = line;
        while (bare > 0 && (head[bare - 1] == '\r' || head[bare - 1] == '\n'))
            bare--;
        const char *boundary = memmem(head, bare, "boundary=", 9);
        if (boundary)
            transcript_note(t, "> %.*s*", (int)(boundary + 9 - head), head);
        else if (strncasecmp(head, "user-agent:", 11) != 0)
            transcript_note(t, "> %.*s", (int)bare, head);
        head += line;
        len -= line;
    }
}

static int on_debug(CURL *easy, curl_infotype type, char *data, size_t size,
                    void *user)
{
    struct transcript *t = user;

    (void)easy;
    if (t->quiet)
        return 0;
    if (type == CURLINFO_HEADER_OUT)
        print_request(t, data, size);
    else if (type == CURLINFO_DATA_OUT)
        add_bytes(&t->sent, data, size);
    return 0;
}

static int on_progress(void *user, curl_off_t total, curl_off_t now,
                       curl_off_t up_total, curl_off_t up_now)
{
    struct transcript *t = user;

    (void)total;
    (void)up_total;
    /* A redirect begins anew. */
    if (now + up_now < t->progress && now + up_now != 0)
        t->progress_wrong = true;
    t->progress = now + up_now;
    if (t->paused) {
        t->paused = false;
        transcript_note(t, "progress callback unpauses");
        curl_easy_pause(t->easy, CURLPAUSE_CONT);
    }
    return 0;
}

static curl_socket_t on_open(void *user, curlsocktype purpose,
                             struct curl_sockaddr *address)
{
    struct transcript *t = user;
    char text[INET6_ADDRSTRLEN] = "no internet address";

    if (address->family == AF_INET) {
        const struct sockaddr_in *in = (const void *)&address->addr;
        inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
    }
    if (!t->quiet)
        transcript_note(t, "open socket callback: purpose %d, %s", (int)purpose,
                        text);
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

static int on_sockopt(void *user, curl_socket_t fd, curlsocktype purpose)
{
    struct transcript *t = user;

    (void)fd;
    if (!t->quiet)
        transcript_note(t, "socket option callback: purpose %d", (int)purpose);
    return CURL_SOCKOPT_OK;
}

static int on_prereq(void *user, char *primary_ip, char *local_ip,
                     int primary_port, int local_port)
{
    struct transcript *t = user;

    (void)primary_port;
    (void)local_port;
    if (!t->quiet)
        transcript_note(t, "pre-request callback: from %s to %s", local_ip,
                        primary_ip);
    return CURL_PREREQFUNC_OK;
}

static int on_resolve(void *state, void *reserved, void *user)
{
    struct transcript *t = user;

    (void)state;
    (void)reserved;
    if (!t->quiet)
        transcript_note(t, "resolver start callback");
    return 0;
}

static CURLcode on_context(CURL *easy, void *context, void *user)
{
    struct transcript *t = user;

    (void)easy;
    if (!t->quiet)
        transcript_note(t, "TLS context callback: %s",
                        context ? "with a context" : "without");
    return CURLE_OK;
}

void transcript_set_callbacks(struct transcript *t)
{
    CURL *easy = t->easy;

    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, t);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_sockopt);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, t);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_prereq);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, on_resolve);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_DATA, t);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, t);
}

void transcript_begin(struct transcript *t, CURL *easy, FILE *out)
{
    *t = (struct transcript){.out = out, .easy = easy};
    transcript_set_callbacks(t);
}

struct number_info {
    const char *name;
    CURLINFO info;
};

static void print_numbers(struct transcript *t)
{
    static const struct number_info longs[] = {
        {"response code", CURLINFO_RESPONSE_CODE},
        {"HTTP version", CURLINFO_HTTP_VERSION},
        {"redirects", CURLINFO_REDIRECT_COUNT},
        {"connects", CURLINFO_NUM_CONNECTS},
        {"request size", CURLINFO_REQUEST_SIZE},
        {"verify result", CURLINFO_SSL_VERIFYRESULT},
        {"primary port", CURLINFO_PRIMARY_PORT},
        {"errno", CURLINFO_OS_ERRNO},
        {"condition unmet", CURLINFO_CONDITION_UNMET},
    };
    static const struct number_info sizes[] = {
        {"downloaded", CURLINFO_SIZE_DOWNLOAD_T},
        {"uploaded", CURLINFO_SIZE_UPLOAD_T},
        {"length down", CURLINFO_CONTENT_LENGTH_DOWNLOAD_T},
        {"length up", CURLINFO_CONTENT_LENGTH_UPLOAD_T},
        {"retry after", CURLINFO_RETRY_AFTER},
    };

    for (size_t i = 0; i < sizeof longs / sizeof longs[0]; i++) {
        long value = 0;
        curl_easy_getinfo(t->easy, longs[i].info, &value);
        fprintf(t->out, "%s: %ld\n", longs[i].name, value);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        curl_off_t value = 0;
        curl_easy_getinfo(t->easy, sizes[i].info, &value);
        fprintf(t->out, "%s: %lld\n", sizes[i].name, (long long)value);
    }
}

static void print_texts(struct transcript *t)
{
    static const struct number_info texts[] = {
        {"effective URL", CURLINFO_EFFECTIVE_URL},
        {"effective method", CURLINFO_EFFECTIVE_METHOD},
        {"redirect URL", CURLINFO_REDIRECT_URL},
        {"content type", CURLINFO_CONTENT_TYPE},
        {"scheme", CURLINFO_SCHEME},
        {"primary IP", CURLINFO_PRIMARY_IP},
        {"local IP", CURLINFO_LOCAL_IP},
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *value = NULL;
        curl_easy_getinfo(t->easy, texts[i].info, &value);
        fprintf(t->out, "%s: %s\n", texts[i].name, value ? value : "none");
    }
}

static void print_times(struct transcript *t, CURLcode result)
{
    static const CURLINFO times[] = {
        CURLINFO_NAMELOOKUP_TIME_T,    CURLINFO_CONNECT_TIME_T,
        CURLINFO_APPCONNECT_TIME_T,    CURLINFO_PRETRANSFER_TIME_T,
        CURLINFO_STARTTRANSFER_TIME_T, CURLINFO_TOTAL_TIME_T,
    };
    curl_off_t before = 0;
    bool ordered = true;
    long redirects = 0;

    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        curl_off_t now = 0;
        curl_easy_getinfo(t->easy, times[i], &now);
        /* 0 is what did not happen. */
        if (now != 0 && now < before)
            ordered = false;
        if (now != 0)
            before = now;
    }
    /* Redirects add some of them up, and others not. */
    curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_COUNT, &redirects);
    if (result == CURLE_OK && redirects == 0)
        fprintf(t->out, "times: %s\n", ordered ? "in order" : "out of order");
}

void transcript_end(struct transcript *t, CURLcode result)
{
    /* Which way a reset is noticed first depends on the moment: over HTTP/2
     * there is always something to send. */
    if (result == CURLE_SEND_ERROR)
        result = CURLE_RECV_ERROR;
    flush(t);
    /* Trailers, and what there was of a head that did not end. */
    print_fields(t);
    fprintf(t->out, "result: %d %s\n", (int)result, curl_easy_strerror(result));
    if (t->quiet)
        return;
    fprintf(t->out, "error buffer: %s\n", t->error[0] ? "a sentence" : "empty");
    fprintf(t->out, "progress: %s\n", t->progress_wrong ? "went back" : "good");
    print_numbers(t);
    print_texts(t);
    print_times(t, result);
    t->error[0] = '\0';
    t->progress = 0;
    t->progress_wrong = false;
}
