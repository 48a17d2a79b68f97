/*
 * Rules and plans when memory is out: every allocation fails once.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/failmalloc.h"
#include "plan/answer.h"
#include "plan/lua.h"

static const char *const rules[] = {
    "{\"json\": {\"a\": [1, 2, {\"b\": \"c\"}]}, \"status\": 201, "
    "\"reason\": \"Yes\", \"headers\": {\"a\": [\"b\", \"c\"], \"d\": 1}, "
    "\"trailers\": {\"x\": \"y\"}, \"delay\": \"1s\"}",
    "{\"text\": \"hello\", \"encoding\": \"gzip\", \"fault\": \"corrupt\"}",
    "{\"base64\": \"AAAA\", \"cut\": {\"after\": 1}}",
    "{\"file\": \"/etc/passwd\", \"fault\": \"bad-header\"}",
    "[{\"stream\": {\"sse\": [{\"data\": {\"a\": 1}, \"event\": \"e\"}, \"b\"],"
    " \"every\": 1, \"jitter\": 1}, \"encoding\": \"gzip\"},"
    " {\"stream\": {\"ndjson\": [1, [2]], \"rate\": 5}},"
    " {\"stream\": {\"chunks\": [\"a\", {\"base64\": \"AA==\"}]}},"
    " {\"stream\": {\"text\": \"a b c\", \"split\": {\"at\": [1, 2]}}},"
    " {\"fault\": \"garbage\"}, {\"fault\": \"bad-chunk\"}]",
    "[{\"status\": \"{{ 200 }}\", \"headers\": {\"a\": \"{{ hit }}\"}, "
    "\"json\": {\"a\": \"{{ {1, {b = id('x')}} }}\", "
    "\"b\": \"c {{ req.json }}\"}, \"encoding\": \"gzip\"},"
    " {\"stream\": {\"sse\": [\"{{ b64('a') }}\", {\"data\": 1}]}},"
    " {\"stream\": {\"text\": \"a {{ json({1}) }}\"}},"
    " {\"json\": \"{{ {unb64('AA=='), rfc2822(1), misfit(1, 'string')} }}\"}]",
};

static int plan_all(const struct ow_answers *answers, struct ow_err *err)
{
    struct ow_fields accept = {0};
    struct ow_request request = {0};
    struct ow_plan plan;
    struct ow_arena arena;
    struct ow_rand rand;
    int r;

    ow_rand_init(&rand, 1);
    ow_arena_init(&arena);
    request.arena = &arena;
    r = ow_fields_add(&accept, &arena, OW_STR("accept-encoding"),
                      OW_STR("gzip"));
    request.headers = accept;
    for (size_t i = 0; i < ow_answers_count(answers) && r == 0; i++) {
        struct ow_answer_context context = {.request = &request, .rand = &rand};
        ow_plan_init(&plan, &arena);
        r = ow_answer_plan(ow_answers_at(answers, i), &context, &plan, err);
        ow_plan_release(&plan);
    }
    ow_arena_release(&arena);
    return r;
}

static int load_and_plan(const char *text, struct ow_err *err)
{
    struct ow_jsonc *doc = NULL;
    struct ow_answers *answers = NULL;
    struct ow_lua *lua = ow_lua_new();
    int r =
        lua ? ow_jsonc_parse("r.json", text, strlen(text), &doc, err) : -ENOMEM;

    if (r == 0)
        r = ow_answers_parse(
            &(struct ow_answer_source){doc, lua, NULL, NULL, false, NULL},
            ow_jsonc_root(doc), NULL, &answers, err);
    if (r == 0)
        r = plan_all(answers, err);
    ow_answers_free(answers);
    ow_jsonc_free(doc);
    ow_lua_free(lua);
    return r;
}

static void answer_survives_every_failed_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        bool did_fail = true;
        long n = 0;
        for (; did_fail; n++) {
            struct ow_err err = {""};
            failmalloc_arm(n);
            int r = load_and_plan(rules[i], &err);
            did_fail = failmalloc_disarm();
            /* Lua collects its garbage and asks a second time. */
            bool is_mended = did_fail && r == 0 && strstr(rules[i], "{{");
            if (r != (did_fail ? -ENOMEM : 0) && !is_mended)
                fail_msg("rule %zu, allocation %ld: %d, \"%s\"", i, n, r,
                         err.text);
        }
        assert_true(n > 5); /* the allocator was there */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
