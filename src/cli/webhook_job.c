/*
 * webhook_job: see webhook_job.h. Called by cmd_webhook.c.
 */
#include "config.h"

#include "cli/webhook_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "http/url.h"
#include "plan/extra_view.h"

static const struct ow_program nobody = {.name = "", .argv = "", .env = ""};

/* Templates want a world, though nobody asks here. */
struct ow_sender {
    const struct ow_webhook_job *job;
    struct ow_caller *caller;
    struct ow_arena arena;
    struct ow_body body;
    struct ow_request request;
    struct ow_states states;
    struct ow_rand rand;
    struct ow_clock clock;
};

struct ow_sender *ow_sender_new(const struct ow_webhook_job *job)
{
    struct ow_sender *sender = calloc(1, sizeof *sender);
    struct ow_state_shape shape;

    if (!sender)
        return NULL;
    sender->job = job;
    ow_arena_init(&sender->arena);
    ow_body_init(&sender->body, OW_LIMIT_BODY_KEPT);
    ow_rand_init(&sender->rand, job->seed);
    ow_clock_init(&sender->clock, 1.0);
    sender->request = (struct ow_request){.version = 11,
                                          .arena = &sender->arena,
                                          .body = &sender->body,
                                          .program = &nobody,
                                          .method = OW_STR("GET"),
                                          .path = OW_STR("/"),
                                          .host = OW_STR("localhost")};
    ow_table_shape(job->table, &shape);
    sender->caller = ow_caller_new();
    if (!sender->caller || ow_states_init(&sender->states, &shape) < 0)
        return ow_sender_free(sender);
    return sender;
}

struct ow_sender *ow_sender_free(struct ow_sender *sender)
{
    if (!sender)
        return NULL;
    ow_caller_free(sender->caller);
    ow_states_release(&sender->states);
    ow_request_release(&sender->request);
    ow_body_release(&sender->body);
    ow_arena_release(&sender->arena);
    free(sender);
    return NULL;
}

static struct ow_answer_context context_of(struct ow_sender *sender,
                                           const cJSON *arguments)
{
    return (struct ow_answer_context){.request = &sender->request,
                                      .rand = &sender->rand,
                                      .clock = &sender->clock,
                                      .state = &sender->states.shared,
                                      .arguments = arguments};
}

/* The headers of a proxy that stands before the program, so that it can tell
 * by which URL it was called. */
static int add_proxy_headers(const char *as, struct ow_delivery *delivery,
                             struct ow_err *err)
{
    struct ow_url url;
    struct ow_fields *headers = &delivery->headers;

    if (ow_url_split(ow_str_from(as), &url) < 0 || !url.host.ptr)
        return ow_err_set(err, -EINVAL,
                          "--as wants a URL as https://bot.example.com/hook, "
                          "got \"%s\"",
                          as);
    struct ow_str rest = ow_str_from(as + url.scheme.len + strlen("://"));
    size_t n = strcspn(rest.ptr, "/?#");
    struct ow_str host = {rest.ptr, n};
    int r = ow_fields_add(headers, &delivery->arena, OW_STR("Host"), host);
    if (r == 0)
        r = ow_fields_add(headers, &delivery->arena,
                          OW_STR("X-Forwarded-Proto"), url.scheme);
    if (r == 0)
        r = ow_fields_add(headers, &delivery->arena, OW_STR("X-Forwarded-Host"),
                          host);
    return r;
}

/* It was made for the URL that is signed; it goes to the other. */
static int redirect(const struct ow_webhook_job *job,
                    struct ow_delivery *delivery, struct ow_err *err)
{
    struct ow_str made = ow_str_from(delivery->url);
    struct ow_str as = ow_str_from(job->as);

    if (!ow_str_starts(made, as))
        return ow_err_set(err, -EINVAL,
                          "the webhook %s goes to a URL of its own, so that "
                          "--as means nothing",
                          job->webhook->name);
    /* What the webhook puts behind, as ?bodySHA256=. */
    struct ow_str url =
        ow_arena_printf(&delivery->arena, "%s%s", job->url, made.ptr + as.len);
    if (!url.ptr)
        return -ENOMEM;
    delivery->url = url.ptr;
    return add_proxy_headers(job->as, delivery, err);
}

static int finish(const struct ow_webhook_job *job,
                  struct ow_delivery *delivery, struct ow_err *err)
{
    int r = job->as ? redirect(job, delivery, err) : 0;

    for (size_t i = 0; r == 0 && i < job->headers.n; i++)
        r = ow_fields_add(&delivery->headers, &delivery->arena,
                          job->headers.items[i].name,
                          job->headers.items[i].value);
    if (job->timeout_ns > 0)
        delivery->timeout_ns = job->timeout_ns;
    delivery->is_unverified = delivery->is_unverified || job->is_unverified;
    delivery->may_leave = delivery->may_leave || job->may_leave;
    return r;
}

int ow_sender_prepare(struct ow_sender *sender, cJSON *arguments,
                      struct ow_delivery **ret, struct ow_err *err)
{
    const struct ow_webhook_job *job = sender->job;
    struct ow_answer_context context = context_of(sender, arguments);
    struct ow_delivery *delivery = NULL;

    if (!cJSON_AddStringToObject(arguments, "url",
                                 job->as ? job->as : job->url))
        return -ENOMEM;
    int r =
        ow_webhook_complete(job->table, job->webhook, &context, arguments, err);
    if (r == 0)
        r = ow_webhook_render(job->webhook, &context, &delivery, err);
    if (r == 0)
        r = finish(job, delivery, err);
    if (r < 0)
        ow_delivery_free(delivery);
    else
        *ret = delivery;
    return r;
}

/* "Name: value" lines behind the status line. */
static int split_head(struct ow_sent *sent)
{
    struct ow_str rest = ow_buf_peek(&sent->called.head);
    int r = 0;

    ow_str_cut(&rest, '\n');
    while (rest.ptr && r == 0) {
        struct ow_str line = ow_str_cut(&rest, '\n');
        if (ow_str_ends(line, OW_STR("\r")))
            line.len--;
        struct ow_str value = line, name = ow_str_cut(&value, ':');
        if (value.ptr)
            r = ow_fields_add(&sent->headers, &sent->arena, name,
                              ow_str_trim(value));
    }
    return r;
}

static int read_answer(struct ow_sender *sender, struct ow_sent *sent)
{
    struct ow_answer_context context = context_of(sender, NULL);
    struct ow_str body = ow_buf_peek(&sent->called.body);
    cJSON *json = cJSON_ParseWithLength(body.ptr, body.len);
    const struct ow_answer_seen seen = {.status = sent->called.status,
                                        .body = body,
                                        .json = json,
                                        .headers = &sent->headers};

    context.answer = &seen;
    int r = ow_webhook_read(sender->job->webhook, &context, &sent->messages,
                            &sent->unread);
    cJSON_Delete(json);
    return r == -ENOMEM ? r : 0;
}

static const char *find_hint(const struct ow_webhook *webhook, int status)
{
    for (size_t i = 0; i < webhook->hints.n; i++) {
        uint64_t number;
        if (ow_str_parse_u64(webhook->hints.items[i].name, &number) == 0 &&
            number == (uint64_t)status)
            return webhook->hints.items[i].value.ptr;
    }
    return NULL;
}

static int take_answer(struct ow_sender *sender, struct ow_sent *sent)
{
    int r = split_head(sent);

    sent->hint = find_hint(sender->job->webhook, sent->called.status);
    return r == 0 && sent->called.status > 0 ? read_answer(sender, sent) : r;
}

int ow_sender_send(struct ow_sender *sender, const struct ow_delivery *delivery,
                   struct ow_sent *ret, struct ow_err *err)
{
    struct ow_call call = {
        .retries = sender->job->retries,
        .backoff_ns = delivery->backoff_ns,
        .wait_ns = sender->job->wait_ns,
    };
    struct ow_sent sent = {.messages = NULL};

    ow_fetch_request_init(&call.request, delivery);
    call.request.keep = OW_LIMIT_BODY_KEPT;
    int r = ow_caller_call(sender->caller, &call, &sent.called, err);

    if (r < 0)
        return r;
    ow_arena_init(&sent.arena);
    r = take_answer(sender, &sent);
    if (r < 0)
        ow_sent_release(&sent);
    else
        *ret = sent;
    return r;
}

bool ow_sent_is_good(const struct ow_sent *sent)
{
    return sent->called.status >= 200 && sent->called.status < 300 &&
           !sent->unread.text[0];
}

void ow_sent_release(struct ow_sent *sent)
{
    cJSON_Delete(sent->messages);
    ow_called_release(&sent->called);
    ow_arena_release(&sent->arena);
}
