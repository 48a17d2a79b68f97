/*
 * What happens to one resource and to others because of it, when memory is out:
 * every allocation fails once, and then nothing of it has happened.
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
#include "base/limits.h"
#include "plan/agenda.h"
#include "plan/callback.h"
#include "plan/resource_run.h"
#include "rule/table.h"

static const char rules[] =
    "{ \"offwire\": 1, \"hosts\": [\"a.test\"], \"resources\": {"
    "  \"a\": { \"at\": \"/a\", \"id\": \"a%d\", \"hidden\": [\"h\"],"
    "    \"create\": { \"h\": 1, \"s\": \"new\" },"
    "    \"make\": [ { \"type\": \"b\", \"each\": [1, 2],"
    "                  \"json\": { \"n\": \"{{ item }}\" } } ],"
    "    \"change\": { \"type\": \"a\", \"id\": \"{{ self.id }}\","
    "                  \"set\": { \"s\": \"{{ #all('b') }}\", \"h\": 2 } },"
    "    \"after\": { \"request\": { \"url\": \"http://localhost/\","
    "                                \"json\": { \"id\": \"{{ self.id }}\" } } "
    "},"
    "    \"timeline\": [ { \"at\": \"1s\", \"set\": { \"s\": \"done\" },"
    "      \"make\": { \"type\": \"b\", \"set\": { \"n\": 3 } },"
    "      \"remove\": { \"type\": \"b\", \"id\": \"b1\" },"
    "      \"after\": { \"request\": { \"url\": \"http://localhost/\" } } } ] "
    "},"
    "  \"b\": { \"at\": \"/a/{a}/b\", \"id\": \"b%d\" } } }";

/* A session, whose clock stands. */
struct lab {
    struct ow_table *table;
    struct ow_states states;
    struct ow_clock clock;
    struct ow_rand rand;
    struct ow_arena arena;
    struct ow_body body;
    struct ow_request request;
    struct ow_answer_context context;
    size_t sent;
};

static void open_lab(struct lab *lab)
{
    static const struct ow_program program = {.name = "curl"};
    struct ow_state_shape shape;
    struct ow_err err;

    memset(lab, 0, sizeof *lab);
    assert_int_equal(ow_table_load_text("my.json", rules, sizeof rules - 1,
                                        &lab->table, &err),
                     0);
    ow_table_shape(lab->table, &shape);
    assert_int_equal(ow_states_init(&lab->states, &shape), 0);
    ow_rand_init(&lab->rand, 1);
    ow_arena_init(&lab->arena);
    ow_body_init(&lab->body, OW_LIMIT_BODY_KEPT);
    lab->request = (struct ow_request){.method = OW_STR("POST"),
                                       .scheme = OW_STR("http"),
                                       .host = OW_STR("a.test"),
                                       .port = 80,
                                       .path = OW_STR("/a"),
                                       .raw_path = OW_STR("/a"),
                                       .body = &lab->body,
                                       .program = &program,
                                       .arena = &lab->arena};
    lab->context = (struct ow_answer_context){.request = &lab->request,
                                              .rand = &lab->rand,
                                              .clock = &lab->clock,
                                              .state = &lab->states.shared};
}

static void close_lab(struct lab *lab)
{
    ow_request_release(&lab->request);
    ow_body_release(&lab->body);
    ow_arena_release(&lab->arena);
    ow_states_release(&lab->states);
    ow_table_free(lab->table);
}

static size_t count(const struct lab *lab)
{
    const struct ow_resources *store = lab->states.shared.resources;

    return store ? ow_resources_count(store) : 0;
}

static void send_one(void *context, struct ow_delivery *take_delivery)
{
    struct lab *lab = context;

    lab->sent++;
    ow_delivery_free(take_delivery);
}

static int create(struct lab *lab)
{
    struct ow_resource_run run = {NULL};
    struct ow_match match;
    struct ow_plan plan;
    struct ow_err err;
    int r =
        ow_table_find(lab->table, &lab->request, &lab->states, NULL, &match);

    if (r < 0)
        return r;
    assert_non_null(match.rule);
    ow_plan_init(&plan, &lab->arena);
    lab->context.resource = &run;
    r = ow_answer_plan(match.answer, &lab->context, &plan, &err);
    ow_plan_release(&plan);
    for (struct ow_delivery *d = ow_deed_take(&run.deed), *next; d; d = next) {
        next = d->next;
        send_one(lab, d);
    }
    ow_resource_run_end(&run, &lab->context);
    lab->context.resource = NULL;
    return r;
}

static int settle(struct lab *lab)
{
    const struct ow_agenda agenda = {.types = ow_table_types(lab->table),
                                     .send = send_one,
                                     .send_context = lab};
    struct ow_err err;

    lab->clock.standing_ns = INT64_C(2000000000);
    return ow_agenda_settle(&agenda, &lab->context, &err);
}

static void creation_happens_whole_or_not_at_all(void **state)
{
    bool did_fail = true;
    struct lab lab;
    long n = 0;

    (void)state;
    for (; did_fail; n++) {
        open_lab(&lab);
        failmalloc_arm(n);
        int r = create(&lab);
        did_fail = failmalloc_disarm();
        /* Lua collects its garbage and asks a second time. */
        assert_true(r == 0 || (did_fail && r == -ENOMEM));
        assert_int_equal(count(&lab), r == 0 ? 3 : 0);
        assert_int_equal(lab.sent, r == 0 ? 1 : 0);
        close_lab(&lab);
    }
    assert_true(n > 20);
}

static void step_happens_whole_or_not_at_all(void **state)
{
    bool did_fail = true;
    struct lab lab;
    long n = 0;

    (void)state;
    for (; did_fail; n++) {
        open_lab(&lab);
        assert_int_equal(create(&lab), 0);
        failmalloc_arm(n);
        int r = settle(&lab);
        did_fail = failmalloc_disarm();
        assert_true(r == 0 || (did_fail && r == -ENOMEM));
        struct ow_resources *store = lab.states.shared.resources;
        struct ow_str key = ow_table_types(lab.table)->first->key;
        struct ow_resource *a = ow_resources_find(store, key, OW_STR("a1"));
        assert_non_null(a);
        /* One is made and one removed. */
        assert_int_equal(count(&lab), 3);
        assert_int_equal(lab.sent, r == 0 ? 2 : 1);
        assert_true(!strstr(a->json.ptr, "done") == (r < 0));
        assert_string_equal(a->hidden.ptr, "{\"h\":2}");
        close_lab(&lab);
    }
    assert_true(n > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creation_happens_whole_or_not_at_all),
        cmocka_unit_test(step_happens_whole_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
