/*
 * fuzz_template: any bytes as the text of a template. It is refused with a
 * sentence, or gives JSON at each hit, or fails with a sentence; whatever it
 * does is over within its bounds. A NUL ends what a rule file can hold.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "fuzz.h"
#include "lib/must.h"
#include "plan/answer.h"
#include "plan/lua.h"

/* {"json": {"a": TEXT, "b": "x TEXT"}} */
static char *write_then(const char *text)
{
    cJSON *then = cJSON_CreateObject();
    cJSON *body = cJSON_AddObjectToObject(then, "json");
    size_t len = strlen(text) + 2;
    char *joined = malloc(len);

    snprintf(joined, len, "x%s", text);
    cJSON_AddStringToObject(body, "a", text);
    cJSON_AddStringToObject(body, "b", joined);
    char *printed = cJSON_PrintUnformatted(then);
    cJSON_Delete(then);
    free(joined);
    return printed;
}

static void check_body(const struct ow_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        if (plan->steps[i].kind != OW_STEP_BODY)
            continue;
        struct ow_str body = plan->steps[i].bytes;
        cJSON *json = cJSON_ParseWithLength(body.ptr, body.len);
        must(json, "what it gives is no JSON");
        cJSON_Delete(json);
    }
}

static void hit(const struct ow_answers *answers)
{
    static const char text[] = "{\"a\": [1, {\"b\": null}], \"c\": \"d\"}";
    const struct ow_program program = {.name = "fuzz"};
    struct ow_clock clock = {.begin_real_ns = 1000000000};
    struct ow_state state = {0};
    struct ow_fields none = {0};
    struct ow_arena arena;
    struct ow_body body;
    struct ow_rand rand;
    struct ow_plan plan;
    struct ow_err err = {""};

    ow_arena_init(&arena);
    ow_rand_init(&rand, 1);
    ow_body_init(&body, 4096);
    ow_body_feed(&body, text, sizeof text - 1);
    struct ow_request request = {.method = OW_STR("GET"),
                                 .scheme = OW_STR("http"),
                                 .host = OW_STR("a.test"),
                                 .raw_path = OW_STR("/"),
                                 .path = OW_STR("/"),
                                 .query = OW_STR("a=1"),
                                 .body = &body,
                                 .program = &program,
                                 .arena = &arena};
    const struct ow_answer_context context = {.request = &request,
                                              .rand = &rand,
                                              .params = &none,
                                              .captures = &none,
                                              .clock = &clock,
                                              .state = &state};
    ow_plan_init(&plan, &arena);
    int r = ow_answer_plan(ow_answers_at(answers, 0), &context, &plan, &err);
    must(r == 0 || (r == -EINVAL && *err.text && !strchr(err.text, '\n')),
         "no sentence, or two lines");
    if (r == 0)
        check_body(&plan);
    ow_plan_release(&plan);
    ow_request_release(&request);
    ow_body_release(&body);
    ow_state_release(&state);
    ow_arena_release(&arena);
}

static void load(const char *then)
{
    struct ow_lua *lua = ow_lua_new();
    struct ow_answers *answers = NULL;
    struct ow_jsonc *doc = NULL;
    struct ow_err err = {""};
    int r = ow_jsonc_parse("t.json", then, strlen(then), &doc, &err);

    if (r == 0)
        r = ow_answers_parse(
            &(struct ow_answer_source){doc, lua, NULL, NULL, false, NULL},
            ow_jsonc_root(doc), NULL, &answers, &err);
    must(r == 0 || (*err.text && !strchr(err.text, '\n')),
         "no sentence, or two lines");
    if (r == 0)
        hit(answers);
    ow_answers_free(answers);
    ow_jsonc_free(doc);
    ow_lua_free(lua);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    memcpy(text, data, size);
    text[size] = '\0';
    char *then = write_then(text);
    if (then)
        load(then);
    free(then);
    free(text);
    return 0;
}
