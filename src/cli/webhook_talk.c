/*
 * webhook_talk: see webhook_talk.h. Called by cmd_webhook.c.
 */
#include "config.h"

#include "cli/webhook_talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/jsonw.h"
#include "cli/cli.h"
#include "cli/webhook_calls.h"
#include "cli/webhook_print.h"

/* A status, what is said, a body as JSON, a body, and what was called. */
#define DIFFERENCES (OW_TALK_ASKS + 2)

/* One turn, as it went. */
struct played {
    const struct ow_talk_turn *turn;
    size_t number;
    struct ow_arena arena;
    cJSON *arguments;
    struct ow_delivery *delivery;
    struct ow_sent sent;
    bool is_sent;
    struct ow_talk_difference differences[DIFFERENCES];
    size_t n;
    struct ow_err err; /* of what cannot go on */
};

struct play {
    const struct ow_webhook_job *job;
    const struct ow_talk *talk;
    struct ow_sender *sender;
    struct ow_caller *caller; /* of the session */
    size_t good;
};

static void release(struct played *played)
{
    cJSON_Delete(played->arguments);
    ow_delivery_free(played->delivery);
    if (played->is_sent)
        ow_sent_release(&played->sent);
    ow_arena_release(&played->arena);
}

static void rest(int64_t ns)
{
    struct timespec time = {ns / 1000000000, ns % 1000000000};

    if (ns > 0)
        nanosleep(&time, NULL);
}

/* What the turn sends: what is given for all, and what is its own. */
static int prepare(const struct play *play, struct played *played)
{
    const struct ow_webhook_job *job = play->job;

    played->arguments = cJSON_Duplicate(job->given, true);
    if (!played->arguments || ow_talk_give(job->webhook, played->turn->send,
                                           true, played->arguments) < 0)
        return -ENOMEM;
    return ow_sender_prepare(play->sender, played->arguments, &played->delivery,
                             &played->err);
}

/* A difference that no pattern has told. */
static int add_difference(const struct play *play, struct played *played,
                          const cJSON *node, const char *reason)
{
    struct ow_talk_difference *new = &played->differences[played->n++];
    struct ow_err place = {""};

    if (node && ow_jsonc_place(ow_talk_doc(play->talk), node, &place) < 0)
        return -ENOMEM;
    *new = (struct ow_talk_difference){
        .place = ow_arena_copy(&played->arena, ow_str_from(place.text)),
        .reason = ow_arena_copy(&played->arena, ow_str_from(reason))};
    return new->place.ptr &&new->reason.ptr ? 0 : -ENOMEM;
}

/* Without a word on the status it has to be a good answer. */
static int compare_usual(const struct play *play, struct played *played)
{
    const struct ow_sent *sent = &played->sent;
    char text[128];

    if (sent->called.status == 0)
        return add_difference(play, played, NULL, sent->called.why.text);
    if (sent->unread.text[0] && sent->called.status < 300)
        return add_difference(play, played, NULL, sent->unread.text);
    if (played->turn->patterns[OW_TALK_STATUS] || ow_sent_is_good(sent))
        return 0;
    snprintf(text, sizeof text, "the status is %d", sent->called.status);
    return add_difference(play, played, NULL, text);
}

static int compare(const struct play *play, struct played *played)
{
    const struct ow_talk_answer answer = {
        .status = played->sent.called.status,
        .body = ow_buf_peek(&played->sent.called.body),
        .messages = played->sent.messages};
    int r = compare_usual(play, played);

    for (int ask = 0; r == 0 && answer.status > 0 && ask < OW_TALK_ASKS;
         ask++) {
        int fits = ow_talk_check(play->talk, played->turn,
                                 (enum ow_talk_ask)ask, &answer, &played->arena,
                                 &played->differences[played->n]);
        played->n += fits == 0;
        r = fits < 0 ? fits : 0;
    }
    return r;
}

static int compare_calls(const struct play *play, struct played *played,
                         uint64_t since)
{
    struct ow_err err;
    int fits = ow_webhook_calls_verify(play->caller, played->turn->calls, since,
                                       played->turn->within_ns, &err);

    if (fits < 0)
        played->err = err;
    return fits == 0
               ? add_difference(play, played, played->turn->calls, err.text)
           : fits < 0 ? fits
                      : 0;
}

static int play_turn(const struct play *play, struct played *played)
{
    uint64_t since = 0;
    int r = prepare(play, played);

    if (r < 0 || play->job->prints)
        return r;
    rest(played->turn->wait_ns);
    if (played->turn->calls)
        r = ow_webhook_calls_last(play->caller, &since, &played->err);
    if (r == 0)
        r = ow_sender_send(play->sender, played->delivery, &played->sent,
                           &played->err);
    if (r < 0)
        return r;
    played->is_sent = true;
    r = compare(play, played);
    if (r == 0 && played->turn->calls && played->sent.called.status > 0)
        r = compare_calls(play, played, since);
    return r;
}

/* Telling. */

static void tell_tap(const struct played *played)
{
    const char *name = played->turn->name;

    printf("%s %zu - %.*s\n", played->n == 0 ? "ok" : "not ok", played->number,
           name ? (int)strcspn(name, "\r\n") : 4, name ? name : "turn");
    if (cJSON_IsString(played->turn->send))
        ow_webhook_print_lines(ow_str_from(played->turn->send->valuestring),
                               "#   > ");
    if (played->sent.messages && played->sent.called.status < 300)
        ow_webhook_print_messages(played->sent.messages, "#   < ");
    for (size_t i = 0; i < played->n; i++) {
        const struct ow_talk_difference *d = &played->differences[i];
        printf("# %.*s%.*s\n", OW_STR_ARGS(d->place), OW_STR_ARGS(d->reason));
        if (d->want.ptr)
            printf("#   - %.*s\n#   + %.*s\n", OW_STR_ARGS(d->want),
                   OW_STR_ARGS(d->got));
    }
    if (played->n > 0 && played->sent.hint)
        printf("# %s\n", played->sent.hint);
}

static void write_difference(struct ow_jsonw *w,
                             const struct ow_talk_difference *difference)
{
    struct ow_str place = difference->place;

    if (ow_str_ends(place, OW_STR(": ")))
        place.len -= 2;
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "place");
    ow_jsonw_string(w, place);
    ow_jsonw_key(w, "reason");
    ow_jsonw_string(w, difference->reason);
    if (difference->want.ptr) {
        ow_jsonw_key(w, "want");
        ow_jsonw_raw(w, difference->want);
        ow_jsonw_key(w, "got");
        ow_jsonw_string(w, difference->got);
    }
    ow_jsonw_end(w, '}');
}

static int tell_json(const struct played *played)
{
    struct ow_buf line;
    struct ow_jsonw w = {.buf = &line};

    ow_buf_init(&line, 0);
    ow_jsonw_begin(&w, '{');
    ow_jsonw_key(&w, "turn");
    ow_jsonw_u64(&w, played->number);
    if (played->turn->name) {
        ow_jsonw_key(&w, "name");
        ow_jsonw_string(&w, ow_str_from(played->turn->name));
    }
    ow_jsonw_key(&w, "ok");
    ow_jsonw_raw(&w, played->n == 0 ? OW_STR("true") : OW_STR("false"));
    ow_jsonw_key(&w, "differences");
    ow_jsonw_begin(&w, '[');
    for (size_t i = 0; i < played->n; i++)
        write_difference(&w, &played->differences[i]);
    ow_jsonw_end(&w, ']');
    ow_jsonw_key(&w, "answer");
    ow_webhook_write_sent(&w, played->delivery, &played->sent);
    ow_jsonw_end(&w, '}');
    if (w.error == 0)
        printf("%.*s\n", (int)line.len, ow_buf_data(&line));
    ow_buf_release(&line);
    return w.error;
}

static int tell(const struct play *play, const struct played *played)
{
    int r = 0;

    if (play->job->prints)
        ow_webhook_print_curl(played->delivery);
    else if (play->job->as_json)
        r = tell_json(played);
    else
        tell_tap(played);
    fflush(stdout);
    return r;
}

/* 0: the next one; else the command's status. */
static int go_on(struct play *play, size_t n)
{
    struct played played = {.turn = ow_talk_turn(play->talk, n),
                            .number = n + 1};
    int status = 0;

    ow_arena_init(&played.arena);
    int r = play_turn(play, &played);
    if (r == 0)
        r = tell(play, &played);
    if (r == -EINVAL)
        status = ow_cli_fail(OW_EXIT_USAGE, "%s: turn %zu: %s",
                             play->job->conversation, n + 1, played.err.text);
    else if (r < 0)
        status = ow_cli_fail(OW_EXIT_INTERNAL, "%s",
                             r == -ENOMEM ? "out of memory" : played.err.text);
    else
        play->good += played.n == 0;
    /* Where nobody answers the rest makes no sense. */
    if (status == 0 && played.is_sent && played.sent.called.status == 0)
        status = OW_EXIT_MISMATCH;
    release(&played);
    return status;
}

int ow_webhook_talk(const struct ow_webhook_job *job,
                    const struct ow_talk *talk, struct ow_sender *sender)
{
    struct play play = {
        .job = job, .talk = talk, .sender = sender, .caller = ow_caller_new()};
    size_t n = ow_talk_count(talk);
    int status = 0;

    if (!play.caller)
        return ow_cli_fail(OW_EXIT_INTERNAL, "out of memory");
    if (!job->prints && !job->as_json)
        printf("1..%zu\n", n);
    for (size_t i = 0; i < n && status == 0; i++)
        status = go_on(&play, i);
    ow_caller_free(play.caller);
    if (status != 0 || play.good == n)
        return status;
    if (!job->as_json)
        printf("# %zu of %zu turns are not as %s has them\n", n - play.good, n,
               job->conversation);
    return OW_EXIT_MISMATCH;
}
