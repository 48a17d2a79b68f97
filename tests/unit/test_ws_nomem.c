/*
 * WebSockets when memory is out: every allocation fails once, of the script's
 * loading and of a dialogue that meets most of what a script can do.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/failmalloc.h"
#include "base/limits.h"
#include "exchange/serve.h"

static const char rules[] =
    "{\"offwire\": 1, \"hosts\": [\"a.test\"], \"rules\": [{\"when\": "
    "{\"upgrade\": \"websocket\"}, \"then\": {\"websocket\": {\"script\": ["
    " {\"expect\": {\"json\": {\"a\": \"~(?<b>.)\"}}, \"send\": [\"{{ m.b }}\","
    "  {\"text\": \"a b\", \"split\": \"word\"}], \"else\": {\"close\": 1001}},"
    " {\"keep\": {\"w\": [1, 2], \"j\": \"{{ msg.json }}\"}},"
    " {\"if\": \"{{ kept.j }}\", \"send\": {\"each\": \"{{ kept.w }}\","
    "  \"if\": \"{{ kept.w }}\", \"text\": \"{{ item }}\"}},"
    " {\"every\": \"1s\", \"send\": {\"base64\": \"AAAA\"}, \"repeat\": 2},"
    " {\"on\": \"binary\", \"name\": \"x\", \"send\": {\"echo\": true}},"
    " {\"ping\": \"p\", \"within\": \"1s\", \"else\": {\"set\": {\"v\": 1}}},"
    " {\"on\": \"close\", \"wait\": 1, \"close\": {\"reason\": \"{{ vars.v "
    "}}\"}}],"
    " \"else\": {\"stop\": true}, \"protocol\": [\"a\", \"b\"]}}}]}";

static const char client[] =
    "GET / HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: b\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    "\x81\x89\0\0\0\0{\"a\":\"b\"}"
    "\x82\x83\0\0\0\0abc"
    "\x81\x81\0\0\0\0x"
    "\x89\x81\0\0\0\0p"
    "\x88\x82\0\0\0\0\x03\xe8";

/* Plays all of it, and what falls due; the client reads. */
static void play(struct ow_serve *serve, struct ow_clock *clock)
{
    for (int i = 0; i < 200; i++) {
        int64_t due = ow_serve_run(serve);
        struct ow_buf *out = ow_serve_out(serve);
        bool is_quiet = out->len == 0;
        ow_buf_consume(out, out->len);
        if (is_quiet && due == OW_SERVE_NEVER)
            return;
        if (is_quiet && due > clock->standing_ns)
            clock->standing_ns = due;
    }
}

static void talk(struct ow_serve_env *env, struct ow_clock *clock)
{
    static const struct ow_program program = {.name = "test", .pid = 7};
    const struct ow_serve_peer peer = {
        .host = "a.test", .port = 80, .program = &program};
    struct ow_serve *serve = ow_serve_new(env, &peer);

    if (!serve)
        return;
    ow_serve_feed(serve, client, sizeof client - 1);
    play(serve, clock);
    ow_serve_eof(serve);
    play(serve, clock);
    ow_serve_free(serve);
}

static void dialogue_survives_every_failed_allocation(void **state)
{
    struct ow_odds odds = {.seed = 1};
    struct ow_clock clock = {.speed = 0};
    struct ow_table *table = NULL;
    struct ow_state_shape shape;
    struct ow_states states;
    struct ow_err err = {""};
    bool did_fail = true;
    long n = 0;

    (void)state;
    assert_int_equal(
        ow_table_load_text("/r.json", rules, sizeof rules - 1, &table, &err),
        0);
    ow_table_shape(table, &shape);
    for (; did_fail; n++) {
        struct ow_serve_env env = {.table = table,
                                   .states = &states,
                                   .odds = &odds,
                                   .clock = &clock,
                                   .body_kept = 512};
        assert_int_equal(ow_states_init(&states, &shape), 0);
        assert_int_equal(ow_journal_open(NULL, &env.journal, NULL), 0);
        failmalloc_arm(n);
        talk(&env, &clock);
        did_fail = failmalloc_disarm();
        ow_journal_free(env.journal);
        ow_states_release(&states);
    }
    assert_true(n > 30); /* the allocator was there */
    ow_table_free(table);
}

static void script_is_loaded_or_refused_for_want_of_memory(void **state)
{
    bool did_fail = true;
    long n = 0;

    (void)state;
    for (; did_fail; n++) {
        struct ow_table *table = NULL;
        struct ow_err err = {""};
        failmalloc_arm(n);
        int r = ow_table_load_text("/r.json", rules, sizeof rules - 1, &table,
                                   &err);
        did_fail = failmalloc_disarm();
        /* Lua collects its garbage and asks a second time. */
        if (r != 0 && r != -ENOMEM)
            fail_msg("allocation %ld: %d, \"%s\"", n, r, err.text);
        assert_true(r == 0 || !table);
        ow_table_free(table);
    }
    assert_true(n > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dialogue_survives_every_failed_allocation),
        cmocka_unit_test(script_is_loaded_or_refused_for_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
