/*
 * fuzz_table: any bytes as a rule file. One that is refused says why, with the
 * file's name first; one that loads is asked for a request, explained, and
 * looked over for shadows. What a look-up finds is among the rules, and comes
 * again when it is asked again.
 */
#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "fuzz.h"
#include "lib/must.h"
#include "rule/explain.h"
#include "rule/table.h"

static const char json[] =
    "{\"model\":\"m\",\"n\":3,\"messages\":[{\"role\":\"user\",\"content\":"
    "\"capital of France\"}],\"count\":[1,2,{\"a\":null}]}";
static const char form[] =
    "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\""
    "\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n--B--\r\n";

static const struct ow_program program = {.pid = 1,
                                          .name = "curl",
                                          .argv = "curl\0-s",
                                          .argv_len = 7,
                                          .env = "A=b\0C=d",
                                          .env_len = 7};

static void make_request(struct ow_request *request, struct ow_arena *arena,
                         struct ow_body *body, bool is_form)
{
    *request = (struct ow_request){.method = OW_STR("POST"),
                                   .scheme = OW_STR("https"),
                                   .host = OW_STR("a.test"),
                                   .port = 443,
                                   .path = OW_STR("/v1/a b"),
                                   .raw_path = OW_STR("/v1/a%20b"),
                                   .query = OW_STR("a=b&n=3&a=c"),
                                   .version = 11,
                                   .body = body,
                                   .program = &program,
                                   .arena = arena};
    ow_fields_add(&request->headers, arena, OW_STR("Content-Type"),
                  is_form ? OW_STR("multipart/form-data; boundary=B")
                          : OW_STR("application/json"));
    ow_fields_add(&request->headers, arena, OW_STR("Cookie"), OW_STR("a=b"));
    if (is_form)
        ow_body_feed(body, form, sizeof form - 1);
    else
        ow_body_feed(body, json, sizeof json - 1);
}

static void ask(const struct ow_table *table, struct ow_states *states,
                bool is_form)
{
    struct ow_arena arena;
    struct ow_body body;
    struct ow_request request;
    struct ow_match match, again;
    struct ow_near_miss misses[3];

    ow_arena_init(&arena);
    ow_body_init(&body, OW_LIMIT_BODY_KEPT);
    make_request(&request, &arena, &body, is_form);
    must(ow_table_find(table, &request, states, NULL, &match) == 0, "find");
    must(ow_table_find(table, &request, states, NULL, &again) == 0, "again");
    must(match.rule == again.rule, "another rule the second time");
    must(!match.rule == !match.answer, "a rule without an answer");
    must(!match.rule || ow_table_knows(table, "a.test", 443), "whose host?");
    int n = ow_explain(table, &request, states, misses, 3);
    must(n >= 0, "explain");
    for (int i = 0; i < n; i++)
        must(misses[i].rule && misses[i].reason.len > 0,
             "a near miss without a reason");
    ow_request_release(&request);
    ow_body_release(&body);
    ow_arena_release(&arena);
}

static void look_over(const struct ow_table *table, struct ow_states *states)
{
    static const struct ow_asker asker = {"a.test", 443, &program};
    struct ow_match match;
    struct ow_err err;

    for (int stage = 0; stage < OW_STAGE_UPLOAD; stage++)
        ow_table_find_early(table, (enum ow_stage)stage, &asker, states, NULL,
                            &match);
    for (size_t i = 0; i < ow_table_count(table); i++) {
        const struct ow_rule *rule = ow_table_rule(table, i);
        const struct ow_rule *shadow = ow_table_find_shadow(table, rule);
        must(!shadow || ow_rule_index(shadow) < i, "a shadow from behind");
        must(ow_rule_name(rule) && ow_rule_place(rule), "no name");
        ow_rule_met(rule, states, &err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ow_table *table = NULL;
    struct ow_state_shape shape;
    struct ow_states states;
    struct ow_err err = {""};

    if (ow_table_load_text("f", (const char *)data, size, &table, &err) < 0) {
        must(!table && strncmp(err.text, "f:", 2) == 0, "refused in silence");
        return 0;
    }
    ow_table_shape(table, &shape);
    must(ow_states_init(&states, &shape) == 0, "memory");
    ask(table, &states, false);
    ask(table, &states, true);
    /* With what is switched on, the order is another. */
    if (shape.scenarios)
        must(ow_states_begin(&states, shape.scenarios[0], NULL) == 0, "begin");
    ask(table, &states, false);
    look_over(table, &states);
    ow_states_release(&states);
    ow_table_free(table);
    return 0;
}
