#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/failmalloc.h"
#include "base/limits.h"
#include "rule/explain.h"
#include "rule/files.h"
#include "rule/table.h"
#include "rule/talk.h"

/* Every allocation of a load and of a look-up fails once: what called says so,
 * breaks nothing, and leaves nothing behind (a sanitizer or valgrind looks). */

#define RULES(query)                                                           \
    "{ \"offwire\": 1, // all kinds of things\n"                               \
    "\"hosts\": [\"a.test\", \"*.b.test\", \"[::1]:443\", \"a.test\", \"*\"]," \
    "\"network\": [ { \"hosts\": [\"a.test\"], \"latency\": 1 } ],"            \
    "\"connections\": { \"max\": 2 }, \"limit\": { \"rate\": 2,"               \
    " \"headers\": { \"x\": \"1\" }, \"then\": {} },"                          \
    "\"webhooks\": { \"w\": { \"about\": \"x\", \"arguments\": {"              \
    " \"a\": \"x\", \"b\": { \"value\": \"N\", \"env\": \"E\","                \
    " \"default\": [1], \"matches\": \"~b\", \"list\": true } },"              \
    " \"text\": \"a\", \"request\": { \"url\": \"u\", \"headers\":"            \
    " { \"h\": \"1\" }, \"form\": { \"f\": [\"1\", 2] } },"                    \
    " \"hints\": { \"404\": \"z\" } } },"                                      \
    "\"answers\": { \"over\": { \"next\": { \"first\": 1, \"rate\": 9 },"      \
    " \"headers\": { \"a\": \"b\", \"c\": null } }, \"plain\": {} },"          \
    "\"vars\": { \"n\": [1] }, \"scope\": { \"header\": \"x\" },"              \
    "\"rules\": [ { \"name\": \"early\", \"when\": { \"host\": \"~z\","        \
    " \"program\": \"c\" }, \"then\": { \"fault\": \"refuse\" } },"            \
    "{ \"when\": { \"method\": [\"GET\", \"PUT\"], \"path\": \"/v1/{id}.x\","  \
    " \"json\": { \"a\": [1, { \"b\": \"present\" }] },"                       \
    " \"query\": { \"q\": " query                                              \
    " } }, \"times\": 3, \"then\": {},"                                        \
    " \"scenario\": [\"s\", \"t\"], \"set\": { \"a\": 1 } },"                  \
    " { \"when\": { \"path\": \"/v1/**\" }, \"then\": [ \"over\" ] },"         \
    " { \"then\": { \"resource\": { \"type\": \"b\", \"do\": \"x\" } } } ],"   \
    "\"resources\": { \"a\": { \"at\": \"/a\", \"id\": \"a%d\","               \
    " \"update\": [\"x\"], \"content\": \"f\", \"missing\": {},"               \
    " \"hidden\": [\"h\"], \"start\": [ { \"id\": \"1\" } ],"                  \
    " \"make\": { \"type\": \"b\", \"params\": { \"a\": \"1\" } },"            \
    " \"after\": { \"request\": { \"url\": \"http://x\" } },"                  \
    " \"timeline\": [ { \"at\": 1, \"when\": { \"s\": [1, \"~a\"] },"          \
    " \"set\": { \"s\": 2 } } ] }, \"b\": { \"at\": \"/a/{a}/b\","             \
    " \"requires\": { \"x\": { \"type\": \"a\", \"missing\": {} } },"          \
    " \"paging\": { \"style\": \"page\" }, \"filter\": { \"q\": \"x\" },"      \
    " \"actions\": { \"POST /{id}/x\": { \"unless\": { \"s\": 1 },"            \
    " \"else\": {}, \"timeline\": [] } }, \"names\": { \"x\": \"y\" } } } }"

static const char good[] = RULES("\"~(?<n>a)\"");
static const char bad[] = RULES("[]");

static int load(const char *text)
{
    struct ow_table *table = NULL;
    struct ow_err err = {.text = ""};
    int r = ow_table_load_text("my.json", text, strlen(text), &table, &err);

    if (r < 0) {
        assert_null(table);
        assert_string_not_equal(err.text, "");
    }
    ow_table_free(table);
    return r;
}

static void load_survives_each_allocation_that_fails(void **state)
{
    bool done = false;

    (void)state;
    assert_int_equal(load(good), 0);
    for (long n = 0; !done; n++) {
        failmalloc_arm(n);
        int r = load(good);
        done = !failmalloc_disarm();
        assert_int_equal(r, done ? 0 : -ENOMEM);
    }
}

/* Lua collects what is garbage and tries again, so that some are borne. */
static void load_of_functions_survives_each_allocation_that_fails(void **state)
{
    static const char text[] =
        "{ \"offwire\": 1, \"functions\": { \"f\": [ \"function(a)\","
        " \"return a end\" ], \"g\": \"function() return f(1) end\" } }";
    bool done = false;

    (void)state;
    for (long n = 0; !done; n++) {
        failmalloc_arm(n);
        int r = load(text);
        done = !failmalloc_disarm();
        assert_true(r == 0 || (r == -ENOMEM && !done) ||
                    (r == -ELIBACC && !done));
    }
}

static void load_says_something_when_it_cannot_say_where(void **state)
{
    bool done = false;

    (void)state;
    for (long n = 0; !done; n++) {
        failmalloc_arm(n);
        int r = load(bad);
        done = !failmalloc_disarm();
        assert_true(r == -EINVAL || (r == -ENOMEM && !done));
    }
}

static int find(const struct ow_table *table)
{
    static const char body[] = "{\"a\": [1, {\"b\": \"xyz\"}]}";
    const struct ow_program program = {.name = "curl"};
    struct ow_near_miss misses[3];
    struct ow_arena arena;
    struct ow_body kept;
    struct ow_match match;

    ow_arena_init(&arena);
    ow_body_init(&kept, OW_LIMIT_BODY_KEPT);
    struct ow_request request = {.method = OW_STR("POST"),
                                 .scheme = OW_STR("https"),
                                 .host = OW_STR("A.test"),
                                 .port = 443,
                                 .path = OW_STR("/v1/a b"),
                                 .raw_path = OW_STR("/v1/a%20b"),
                                 .query = OW_STR("q=a&q=b"),
                                 .body = &kept,
                                 .program = &program,
                                 .arena = &arena};
    int r = ow_body_feed(&kept, body, sizeof body - 1);
    if (r == 0)
        r = ow_table_find(table, &request, NULL, NULL, &match);
    if (r == 0)
        r = ow_explain(table, &request, NULL, misses, 3);
    ow_request_release(&request);
    ow_body_release(&kept);
    ow_arena_release(&arena);
    return r < 0 ? r : 0;
}

static void find_survives_each_allocation_that_fails(void **state)
{
    static const char text[] =
        "{ \"offwire\": 1, \"hosts\": [\"a.test\"], \"rules\": ["
        "{ \"when\": {\"path\": \"/v1/{id}\", \"query\": {\"q\": \"~c\"}},"
        "  \"then\": {} },"
        "{ \"when\": {\"path\": \"~^/(?<p>v1)\","
        "    \"json\": {\"a\": {\"last\": {\"b\": \"~(?<c>y)z\"}}}},"
        "  \"then\": {} } ] }";
    struct ow_table *table = NULL;
    bool done = false;

    (void)state;
    assert_int_equal(
        ow_table_load_text("t", text, sizeof text - 1, &table, NULL), 0);
    for (long n = 0; !done; n++) {
        failmalloc_arm(n);
        int r = find(table);
        done = !failmalloc_disarm();
        assert_true(r == 0 || (r == -ENOMEM && !done));
    }
    ow_table_free(table);
}

static int talk(const char *text)
{
    static const char said[] = "[\"one\", {\"text\": \"two\"}]";
    struct ow_talk_difference difference;
    struct ow_talk *talk = NULL;
    struct ow_arena arena;
    struct ow_err err = {""};
    int r = ow_talk_parse("t", ow_str_from(text), &talk, &err);

    if (r < 0)
        return r;
    ow_arena_init(&arena);
    cJSON *messages = cJSON_Parse(said);
    const struct ow_talk_answer answer = {200, OW_STR("{\"a\": 1}"), messages};
    for (int ask = 0; messages && ask < OW_TALK_ASKS && r >= 0; ask++)
        r = ow_talk_check(talk, ow_talk_turn(talk, 0), (enum ow_talk_ask)ask,
                          &answer, &arena, &difference);
    if (!messages)
        r = -ENOMEM;
    cJSON_Delete(messages);
    ow_arena_release(&arena);
    ow_talk_free(talk);
    return r < 0 ? r : 0;
}

static void talk_survives_each_allocation_that_fails(void **state)
{
    static const char text[] =
        "{ \"offwire\": 1, \"webhook\": \"w\", \"arguments\": {}, \"turns\": ["
        "{ \"name\": \"n\", \"send\": \"Hi\", \"wait\": 1, \"status\": 404,"
        "  \"reply\": [\"~o\", { \"text\": \"x\" }], \"json\": { \"a\": 2 },"
        "  \"body\": \"~x\", \"calls\": { \"path\": \"/x\" } } ] }";
    bool done = false;

    (void)state;
    for (long n = 0; !done; n++) {
        failmalloc_arm(n);
        int r = talk(text);
        done = !failmalloc_disarm();
        /* A body that cannot be read for want of memory is none. */
        assert_true(r == 0 || (r == -ENOMEM && !done));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_survives_each_allocation_that_fails),
        cmocka_unit_test(load_of_functions_survives_each_allocation_that_fails),
        cmocka_unit_test(load_says_something_when_it_cannot_say_where),
        cmocka_unit_test(find_survives_each_allocation_that_fails),
        cmocka_unit_test(talk_survives_each_allocation_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
