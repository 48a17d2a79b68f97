/*
 * chat: asks a model over libcurl; see examples/README.md. With -s the answer
 * is streamed and printed as it comes. There is nothing of Offwire in it.
 *
 *     cc -o chat chat.c $(pkg-config --cflags --libs libcurl libcjson)
 *     offwire run --rules chat.json:openai -- ./chat -s "Who are you?"
 *
 * Ends with 0 when the whole answer has come, with 1 and a sentence otherwise.
 */
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define URL      "https://api.openai.com/v1/chat/completions"
#define MAX_KEPT (1024 * 1024) /* of one line of a stream, or of a body */

/* Bytes that are not done with: the begin of a line, or all of a body. */
struct text {
    char *bytes;
    size_t len;
};

struct chat {
    CURL *curl;
    struct text kept;
    bool streams;
    bool done; /* the stream has said so, or the answer was printed */
    char problem[512];
};

static bool text_append(struct text *text, const char *bytes, size_t len)
{
    if (len > MAX_KEPT - text->len)
        return false;
    char *grown = realloc(text->bytes, text->len + len + 1);
    if (!grown)
        return false;
    memcpy(grown + text->len, bytes, len);
    text->bytes = grown;
    text->len += len;
    text->bytes[text->len] = '\0';
    return true;
}

static void complain(struct chat *chat, const char *what, const char *on)
{
    if (!chat->problem[0])
        snprintf(chat->problem, sizeof chat->problem, "%s%s", what, on);
}

/* The string at choices[0].MEMBER.content, or NULL. */
static const char *content(const cJSON *answer, const char *member)
{
    const cJSON *choices = cJSON_GetObjectItem(answer, "choices");
    const cJSON *message =
        cJSON_GetObjectItem(cJSON_GetArrayItem(choices, 0), member);
    return cJSON_GetStringValue(cJSON_GetObjectItem(message, "content"));
}

/* An error object of the API, as body or inside of a stream. */
static bool has_error(struct chat *chat, const cJSON *answer)
{
    const cJSON *error = cJSON_GetObjectItem(answer, "error");
    if (!error)
        return false;
    const char *message =
        cJSON_GetStringValue(cJSON_GetObjectItem(error, "message"));
    complain(chat, "the API says: ", message ? message : "(nothing)");
    return true;
}

/* One event's data: a piece of the answer, an error, or the end. */
static void take_event(struct chat *chat, const char *data)
{
    if (strcmp(data, "[DONE]") == 0) {
        chat->done = !chat->problem[0];
        return;
    }
    cJSON *chunk = cJSON_Parse(data);
    if (!chunk)
        complain(chat, "an event is no JSON: ", data);
    if (chunk && !has_error(chat, chunk)) {
        const char *piece = content(chunk, "delta");
        fputs(piece ? piece : "", stdout);
        fflush(stdout);
    }
    cJSON_Delete(chunk);
}

/* The lines of a stream, as far as they have come: they end anywhere in a
 * piece of the body. Each event of this API has one line of data, so that the
 * empty line behind it says nothing new; comments and other fields are passed
 * over. */
static void take_lines(struct chat *chat)
{
    struct text *kept = &chat->kept;
    char *line = kept->bytes, *end;

    while ((end = memchr(line, '\n', kept->bytes + kept->len - line))) {
        *end = '\0';
        if (end > line && end[-1] == '\r')
            end[-1] = '\0';
        if (strncmp(line, "data:", 5) == 0)
            take_event(chat, line + 5 + (line[5] == ' '));
        line = end + 1;
    }
    kept->len -= line - kept->bytes;
    memmove(kept->bytes, line, kept->len);
}

/* libcurl's: some of the body has come. An error is a body even where a stream
 * was asked for. */
static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
    struct chat *chat = context;
    long status = 0;

    if (!text_append(&chat->kept, bytes, size * n)) {
        complain(chat, "the answer is too long", "");
        return 0;
    }
    curl_easy_getinfo(chat->curl, CURLINFO_RESPONSE_CODE, &status);
    if (chat->streams && status == 200)
        take_lines(chat);
    return size * n;
}

/* A body that is whole. */
static void take_answer(struct chat *chat)
{
    cJSON *answer = cJSON_Parse(chat->kept.bytes ? chat->kept.bytes : "");
    if (!answer) {
        complain(chat, "the answer is no JSON: ",
                 chat->kept.bytes ? chat->kept.bytes : "(nothing)");
        return;
    }
    const char *text = content(answer, "message");
    if (!has_error(chat, answer) && !text)
        complain(chat, "the answer has no text", "");
    if (!chat->problem[0]) {
        fputs(text, stdout);
        chat->done = true;
    }
    cJSON_Delete(answer);
}

/* The request's body, to be freed; NULL without memory. cJSON takes NULL for
 * what it could not make. */
static char *make_request(const char *prompt, bool streams)
{
    cJSON *request = cJSON_CreateObject();
    cJSON_AddStringToObject(request, "model", "gpt-4o-mini");
    cJSON_AddBoolToObject(request, "stream", streams);
    cJSON *message = cJSON_CreateObject();
    cJSON_AddStringToObject(message, "role", "user");
    cJSON_AddStringToObject(message, "content", prompt);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(request, "messages"), message);
    char *body = cJSON_PrintUnformatted(request);
    cJSON_Delete(request);
    return body;
}

static struct curl_slist *make_headers(const char *key)
{
    char authorization[256];
    snprintf(authorization, sizeof authorization, "Authorization: Bearer %s",
             key);
    struct curl_slist *headers = curl_slist_append(NULL, authorization);
    return curl_slist_append(headers, "Content-Type: application/json");
}

static void perform(struct chat *chat, const char *body,
                    struct curl_slist *headers)
{
    long status = 0;

    curl_easy_setopt(chat->curl, CURLOPT_URL, URL);
    curl_easy_setopt(chat->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(chat->curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(chat->curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(chat->curl, CURLOPT_WRITEDATA, chat);
    curl_easy_setopt(chat->curl, CURLOPT_CONNECTTIMEOUT, 10L);
    /* Not for the whole: a long answer may take its time, silence may not. */
    curl_easy_setopt(chat->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(chat->curl, CURLOPT_LOW_SPEED_TIME, 60L);
    CURLcode code = curl_easy_perform(chat->curl);
    curl_easy_getinfo(chat->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        complain(chat, "", curl_easy_strerror(code));
    else if (!chat->streams || status != 200)
        take_answer(chat);
    if (!chat->done)
        complain(chat, "the stream ended early", "");
}

int main(int argc, char **argv)
{
    struct chat chat = {.streams = false};
    const char *key = getenv("OPENAI_API_KEY");

    if (argc > 2 && strcmp(argv[1], "-s") == 0) {
        chat.streams = true;
        argv++, argc--;
    }
    if (argc != 2 || !key) {
        fprintf(stderr, "usage: OPENAI_API_KEY=... chat [-s] PROMPT\n");
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    chat.curl = curl_easy_init();
    char *body = make_request(argv[1], chat.streams);
    struct curl_slist *headers = make_headers(key);
    if (chat.curl && body && headers)
        perform(&chat, body, headers);
    else
        complain(&chat, "no memory", "");
    printf("\n");
    fflush(stdout);
    if (!chat.done)
        fprintf(stderr, "chat: %s\n", chat.problem);
    curl_slist_free_all(headers);
    cJSON_free(body);
    free(chat.kept.bytes);
    curl_easy_cleanup(chat.curl);
    curl_global_cleanup();
    return chat.done ? 0 : 1;
}
