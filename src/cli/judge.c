/*
 * judge: expectations against a journal. See judge.h. Called by cmd_verify.c,
 * cmd_run.c and outcome.c.
 */
#include "config.h"

#include "cli/judge.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "journal/calls.h"
#include "journal/request_record.h"
#include "rule/files.h"

int ow_judge_open(struct ow_judge *ret, const char *file, struct ow_err *err)
{
    bool is_stdin = strcmp(file, "-") == 0;

    *ret = (struct ow_judge){.verify = NULL};
    ow_buf_init(&ret->text, OW_LIMIT_VERIFY_FILE);
    int r = ow_files_read(is_stdin ? "/dev/stdin" : file, &ret->text, err);
    if (r == 0)
        r = ow_jsonc_parse(is_stdin ? "stdin" : file, ow_buf_data(&ret->text),
                           ret->text.len, &ret->doc, err);
    return r < 0 ? r : ow_verify_new(ret->doc, &ret->verify, err);
}

void ow_judge_release(struct ow_judge *judge)
{
    judge->verify = ow_verify_free(judge->verify);
    judge->doc = ow_jsonc_free(judge->doc);
    ow_buf_release(&judge->text);
}

/* The names that the session's first record tells. */
static int know(struct ow_judge *judge, const cJSON *record)
{
    const cJSON *name;
    int r = 0;

    cJSON_ArrayForEach(name, cJSON_GetObjectItemCaseSensitive(record, "rules"))
    {
        if (r == 0 && cJSON_IsString(name))
            r = ow_verify_know(judge->verify, ow_str_from(name->valuestring));
    }
    return r;
}

/* The rules laid over the answer: "openai/slow", a NUL behind each. */
static int list_over(const cJSON *record, struct ow_buf *out)
{
    const cJSON *packs = cJSON_GetObjectItemCaseSensitive(record, "over_packs");
    const cJSON *pack = packs ? packs->child : NULL, *name;
    int r = 0;

    cJSON_ArrayForEach(name, cJSON_GetObjectItemCaseSensitive(record, "over"))
    {
        if (r == 0 && cJSON_IsString(pack))
            r = ow_buf_printf(out, "%s/", pack->valuestring);
        if (r == 0 && cJSON_IsString(name))
            r = ow_buf_append(out, name->valuestring,
                              strlen(name->valuestring) + 1);
        pack = pack ? pack->next : NULL;
    }
    return r;
}

static int look(struct ow_judge *judge, const struct ow_call *call,
                struct ow_arena *arena)
{
    struct ow_program program;
    struct ow_body body;
    struct ow_request request;
    struct ow_buf over;
    struct ow_verify_call seen = {
        .number = ++judge->number,
        .is_request = ow_call_is_request(call),
        .status = call->status > 0 ? call->status : 0,
        .rule = call->rule,
        .pack = call->pack,
        .place = call->place,
        .method = call->method,
        .url = call->url,
    };
    int r =
        ow_request_record_read(call->record, arena, &program, &body, &request);

    if (r == 0)
        seen.request = &request;
    else if (seen.is_request)
        judge->unknown++;
    ow_buf_init(&over, 0);
    if (r != -ENOMEM)
        r = list_over(call->record, &over);
    seen.over = ow_buf_peek(&over);
    if (r == 0)
        r = ow_verify_look(judge->verify, &seen);
    ow_buf_release(&over);
    ow_request_release(&request);
    ow_body_release(&body);
    return r;
}

static int hear_call(void *context, const struct ow_call *call)
{
    struct ow_judge *judge = context;
    struct ow_arena arena;

    if (call->event == OW_EVENT_SESSION)
        return know(judge, call->record);
    if (!ow_calls_take(call->event))
        return 0;
    ow_arena_init(&arena);
    int r = look(judge, call, &arena);
    ow_arena_release(&arena);
    return r;
}

int ow_judge_hear(struct ow_judge *judge, const char *dir, struct ow_err *err)
{
    struct ow_reader *reader;
    int r = ow_reader_open(dir, &reader, err);

    if (r < 0)
        return r;
    r = ow_reader_each(reader, hear_call, judge);
    ow_reader_free(reader);
    if (r < 0)
        return ow_err_set(err, r, "cannot read the journal in \"%s\": %s", dir,
                          strerror(-r));
    return ow_verify_end(judge->verify, err);
}
