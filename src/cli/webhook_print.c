/*
 * webhook_print: see webhook_print.h. Called by cmd_webhook.c.
 */
#include "config.h"

#include "cli/webhook_print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "http/status.h"

/* Of a body that nobody knows how to read. */
#define SHOWN 2000

/* One word for a shell. */
static void print_word(struct ow_str text)
{
    putchar('\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            fputs("'\\''", stdout);
        else
            putchar(text.ptr[i]);
    }
    putchar('\'');
}

void ow_webhook_print_curl(const struct ow_delivery *delivery)
{
    const struct ow_fields *headers = &delivery->headers;

    printf("curl -sS -i -X %s%s ", delivery->method,
           delivery->is_unverified ? " -k" : "");
    print_word(ow_str_from(delivery->url));
    for (size_t i = 0; i < headers->n; i++) {
        printf(" \\\n  -H '%.*s: ", OW_STR_ARGS(headers->items[i].name));
        /* Behind the quote that is open. */
        for (size_t j = 0; j < headers->items[i].value.len; j++) {
            char c = headers->items[i].value.ptr[j];
            c == '\'' ? (void)fputs("'\\''", stdout) : (void)putchar(c);
        }
        putchar('\'');
    }
    if (delivery->connect_to)
        printf(" \\\n  --connect-to '::%s'", delivery->connect_to);
    if (delivery->body.len > 0) {
        fputs(" \\\n  --data-raw ", stdout);
        print_word(delivery->body);
    }
    putchar('\n');
}

void ow_webhook_print_lines(struct ow_str text, const char *mark)
{
    do {
        struct ow_str line = ow_str_cut(&text, '\n');
        fputs(mark, stdout);
        for (size_t i = 0; i < line.len; i++) {
            unsigned char c = (unsigned char)line.ptr[i];
            if ((c >= ' ' && c != 0x7f) || c == '\t')
                putchar(c);
        }
        putchar('\n');
    } while (text.ptr);
}

/* "media: https://...": what a message has beside its text. */
static void print_rest(const cJSON *message, const char *mark)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, message)
    {
        if (strcmp(item->string, "text") == 0)
            continue;
        char *value = cJSON_PrintUnformatted(item);
        printf("%s(%s: %s)\n", mark, item->string, value ? value : "");
        cJSON_free(value);
    }
}

void ow_webhook_print_messages(const cJSON *messages, const char *mark)
{
    const cJSON *message;

    cJSON_ArrayForEach(message, messages)
    {
        const cJSON *text =
            cJSON_IsObject(message)
                ? cJSON_GetObjectItemCaseSensitive(message, "text")
                : message;
        if (text)
            ow_webhook_print_lines(ow_str_from(text->valuestring), mark);
        if (cJSON_IsObject(message))
            print_rest(message, mark);
    }
}

static void print_summary(const struct ow_sent *sent)
{
    const struct ow_called *called = &sent->called;
    const struct ow_field *type =
        ow_fields_find(&sent->headers, OW_STR("content-type"));
    struct ow_str reason = ow_status_reason(called->status);
    int n = cJSON_GetArraySize(sent->messages);

    printf("%d%s%.*s", called->status, reason.len ? " " : "",
           OW_STR_ARGS(reason));
    if (type)
        printf(", %.*s", OW_STR_ARGS(type->value));
    if (sent->messages)
        printf(", %d message%s", n, n == 1 ? "" : "s");
    printf(", %lld ms", (long long)(called->took_ns / 1000000));
    if (called->attempts > 1)
        printf(", attempt %d", called->attempts);
    putchar('\n');
}

void ow_webhook_print_sent(const struct ow_sent *sent)
{
    struct ow_str body = ow_buf_peek(&sent->called.body);
    bool is_cut = body.len > SHOWN;

    print_summary(sent);
    if (sent->messages && sent->called.status < 300) {
        ow_webhook_print_messages(sent->messages, "< ");
        return;
    }
    if (body.len == 0)
        return;
    if (is_cut)
        body.len = SHOWN;
    ow_webhook_print_lines(body, "| ");
    if (is_cut)
        printf("| ... (%llu bytes)\n", (unsigned long long)sent->called.bytes);
}

static void write_headers(struct ow_jsonw *w, const struct ow_fields *headers)
{
    ow_jsonw_key(w, "headers");
    ow_jsonw_begin(w, '[');
    for (size_t i = 0; i < headers->n; i++) {
        ow_jsonw_begin(w, '[');
        ow_jsonw_string(w, headers->items[i].name);
        ow_jsonw_string(w, headers->items[i].value);
        ow_jsonw_end(w, ']');
    }
    ow_jsonw_end(w, ']');
}

static void write_messages(struct ow_jsonw *w, const cJSON *messages)
{
    char *text = messages ? cJSON_PrintUnformatted(messages) : NULL;

    ow_jsonw_key(w, "messages");
    if (text)
        ow_jsonw_raw(w, ow_str_from(text));
    else
        ow_jsonw_null(w);
    cJSON_free(text);
}

void ow_webhook_write_sent(struct ow_jsonw *w,
                           const struct ow_delivery *delivery,
                           const struct ow_sent *sent)
{
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "url");
    ow_jsonw_string(w, ow_str_from(delivery->url));
    ow_jsonw_key(w, "sent");
    ow_jsonw_string(w, delivery->body);
    ow_jsonw_key(w, "status");
    ow_jsonw_u64(w, (uint64_t)sent->called.status);
    ow_jsonw_key(w, "attempts");
    ow_jsonw_u64(w, (uint64_t)sent->called.attempts);
    ow_jsonw_key(w, "ms");
    ow_jsonw_ms(w, sent->called.took_ns);
    write_headers(w, &sent->headers);
    ow_jsonw_key(w, "body");
    ow_jsonw_string(w, ow_buf_peek(&sent->called.body));
    write_messages(w, sent->messages);
    ow_jsonw_end(w, '}');
}

int ow_webhook_print_json(const struct ow_delivery *delivery,
                          const struct ow_sent *sent)
{
    struct ow_buf line;
    struct ow_jsonw w = {.buf = &line};

    ow_buf_init(&line, 0);
    ow_webhook_write_sent(&w, delivery, sent);
    if (w.error == 0)
        printf("%.*s\n", (int)line.len, ow_buf_data(&line));
    ow_buf_release(&line);
    return w.error;
}
