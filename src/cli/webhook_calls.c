/*
 * webhook_calls: see webhook_calls.h. Called by webhook_talk.c.
 */
#include "config.h"

#include "cli/webhook_calls.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"
#include "control/control.h"
#include "state/clock.h"

#define SESSION    "http://offwire.test"
#define PAUSE_NS   20000000 /* between looks */
#define TIMEOUT_NS INT64_C(10000000000)

static int ask(struct ow_caller *caller, const char *method, const char *url,
               struct ow_str body, struct ow_called *ret, struct ow_err *err)
{
    const struct ow_fields none = {0};
    const struct ow_call call = {.request = {.method = method,
                                             .url = url,
                                             .headers = &none,
                                             .body = body,
                                             .timeout_ns = TIMEOUT_NS,
                                             .keep = OW_LIMIT_BODY_KEPT}};

    if (!getenv(OW_ENV_SESSION))
        return ow_err_set(err, -ENOTCONN,
                          "\"calls\" are those of a session, and this command "
                          "is in none: run it by offwire run, beside the "
                          "program, or after eval \"$(offwire env ...)\"");
    int r = ow_caller_call(caller, &call, ret, err);
    if (r < 0)
        return r;
    if (ret->status == 0)
        r = ow_err_set(err, -ENOTCONN, "the session does not answer: %s",
                       ret->why.text);
    if (r < 0)
        ow_called_release(ret);
    return r;
}

int ow_webhook_calls_last(struct ow_caller *caller, uint64_t *ret,
                          struct ow_err *err)
{
    struct ow_called called = {0};
    int r =
        ask(caller, "GET", SESSION "/calls?limit=0", OW_STR(""), &called, err);

    if (r < 0)
        return r;
    struct ow_str body = ow_buf_peek(&called.body);
    cJSON *json = cJSON_ParseWithLength(body.ptr, body.len);
    const cJSON *last = cJSON_GetObjectItemCaseSensitive(json, "last");
    if (cJSON_IsNumber(last))
        *ret = (uint64_t)last->valuedouble;
    else
        r = ow_err_set(err, -EPROTO,
                       "the session does not tell its calls: status %d",
                       called.status);
    cJSON_Delete(json);
    ow_called_release(&called);
    return r;
}

/* The name at that place becomes an object, in which it is said. */
static bool replace_name(cJSON *list, int place, const char *name)
{
    cJSON *object = cJSON_CreateObject();

    if (object && cJSON_AddStringToObject(object, "rule", name) &&
        cJSON_ReplaceItemInArray(list, place, object))
        return true;
    cJSON_Delete(object);
    return false;
}

/* The expectations, each of what came behind that number; the caller frees.
 * NULL: no memory. */
static char *write_expected(const cJSON *expected, uint64_t since)
{
    cJSON *list = cJSON_IsArray(expected) ? cJSON_Duplicate(expected, true)
                                          : cJSON_CreateArray();
    const cJSON *item;
    bool is_good = list;

    if (list && !cJSON_IsArray(expected))
        is_good = cJSON_AddItemToArray(list, cJSON_Duplicate(expected, true));
    for (int i = 0; is_good && (item = cJSON_GetArrayItem(list, i)); i++) {
        /* A rule's name alone has no room for more. */
        if (cJSON_IsString(item))
            is_good = replace_name(list, i, item->valuestring);
        is_good =
            is_good && cJSON_AddNumberToObject(cJSON_GetArrayItem(list, i),
                                               "since", (double)since);
    }
    char *text = is_good ? cJSON_PrintUnformatted(list) : NULL;
    cJSON_Delete(list);
    return text;
}

/* The sentence of an answer that says no. */
static void take_sentence(const struct ow_called *called, struct ow_err *err)
{
    struct ow_str body = ow_buf_peek(&called->body);
    cJSON *json = cJSON_ParseWithLength(body.ptr, body.len);
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(json, "error");
    const char *text = cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(error, "message"));

    ow_err_set(err, 0, "%s", text ? text : "the session says no");
    cJSON_Delete(json);
}

static int look(struct ow_caller *caller, const char *expected,
                struct ow_err *err)
{
    struct ow_called called = {0};
    int r = ask(caller, "POST", SESSION "/verify", ow_str_from(expected),
                &called, err);

    if (r < 0)
        return r;
    if (called.status == 200)
        r = 1;
    else
        take_sentence(&called, err);
    if (called.status != 200 && called.status != 417)
        r = -EINVAL;
    ow_called_release(&called);
    return r;
}

int ow_webhook_calls_verify(struct ow_caller *caller, const cJSON *expected,
                            uint64_t since, int64_t within_ns,
                            struct ow_err *err)
{
    char *text = write_expected(expected, since);
    const struct timespec pause = {0, PAUSE_NS};
    struct ow_clock clock;

    if (!text)
        return ow_err_set(err, -ENOMEM, "out of memory");
    ow_clock_init(&clock, 1.0);
    int r = look(caller, text, err);
    while (r == 0 && ow_clock_now(&clock) < within_ns) {
        nanosleep(&pause, NULL);
        r = look(caller, text, err);
    }
    cJSON_free(text);
    return r;
}
