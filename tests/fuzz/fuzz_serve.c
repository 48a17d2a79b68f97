/*
 * fuzz_serve: any bytes of a client into a whole connection: codec, matchers,
 * plans, emitter, journal. However they are cut, the same answers come out and
 * the same is in the journal, and every line of it is JSON.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/serve.h"
#include "fuzz.h"

static const char rules[] =
    "{\"offwire\": 1, \"hosts\": [\"a.test\", \"127.0.0.1\"], \"rules\": ["
    "{\"when\": {\"path\": \"/v1/{kind}/{id}\", \"query\": {\"n\": {\"gt\": "
    "1}}}, \"then\": {\"json\": {\"a\": 1}, \"encoding\": \"gzip\"}},"
    "{\"when\": {\"json\": {\"m\": {\"last\": {\"c\": \"~(?<x>b+)\"}}}},"
    " \"then\": {\"text\": \"json\", \"trailers\": {\"a\": \"b\"}}},"
    "{\"when\": {\"form\": {\"f\": {\"filename\": \"~.\"}}},"
    " \"then\": {\"text\": \"file\", \"fault\": \"corrupt\"}},"
    "{\"when\": {\"form\": {\"k\": \"present\"}}, \"then\": [{\"text\": "
    "\"form\"}, {\"status\": 503}], \"repeat\": \"cycle\"},"
    "{\"when\": {\"cookies\": {\"s\": \"present\"}},"
    " \"then\": {\"text\": \"cut\", \"fault\": {\"kind\": \"truncate\"}}},"
    "{\"when\": {\"path\": \"/s\"}, \"then\": {\"stream\": {\"sse\": [\"a\", "
    "\"b\"], \"every\": \"1s\", \"jitter\": \"1ms\"}}},"
    "{\"when\": {\"path\": \"/d\"}, \"then\": {\"text\": \"d\", \"fault\": "
    "\"drip\", \"delay\": \"1s\"}},"
    "{\"when\": {\"path\": \"/x\"}, \"then\": {\"fault\": \"stall\"}},"
    "{\"when\": {\"path\": \"/\"}, \"then\": {\"text\": \"x\"}}],"
    "\"resources\": {\"f\": {\"at\": \"/f\", \"id\": \"f%d\", \"content\": "
    "\"k\","
    " \"update\": true, \"filter\": [\"a\"], \"timeline\": [{\"at\": 0, "
    "\"set\": "
    "{\"s\": 1}}, {\"at\": 1, \"when\": {\"a\": \"~b\"}, \"set\": {\"s\": "
    "2}}]},"
    "\"g\": {\"at\": \"/f/{f}/g\", \"key\": \"k\", \"requires\": {\"f\": "
    "\"f\"},"
    " \"paging\": {\"style\": \"page\", \"default\": 1},"
    " \"list\": {\"d\": \"{{ items }}\", \"p\": \"{{ page.next }}\"},"
    " \"actions\": {\"POST /{id}/x\": {\"unless\": {\"s\": [1]}, \"set\": "
    "{\"s\": \"{{ self.k }}\"}}}}}}";

/* One client's whole dialogue, and what came of it. */
struct dialogue {
    struct ow_states states;
    struct ow_odds odds;
    struct ow_clock clock;
    struct ow_serve_env env;
    struct ow_serve *serve;
    struct ow_buf out;
};

static void must(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static int64_t drain(struct dialogue *d)
{
    struct ow_buf *out = ow_serve_out(d->serve);
    int64_t due = ow_serve_run(d->serve);

    while (out->len > 0) {
        ow_buf_append_str(&d->out, ow_buf_peek(out));
        ow_buf_consume(out, out->len);
        due = ow_serve_run(d->serve);
    }
    return due;
}

/* step: how many bytes at a time. */
static void talk(struct dialogue *d, const struct ow_table *table,
                 const char *bytes, size_t size, size_t step)
{
    static const struct ow_program program = {.name = "fuzz", .pid = 1};
    const struct ow_serve_peer peer = {
        .host = "127.0.0.1", .port = 80, .program = &program};
    int64_t due = OW_SERVE_NEVER;
    struct ow_state_shape shape;

    *d = (struct dialogue){.env = {.table = table,
                                   .states = &d->states,
                                   .odds = &d->odds,
                                   .clock = &d->clock,
                                   .body_kept = 64}};
    d->odds = (struct ow_odds){.seed = 1};
    ow_table_shape(table, &shape);
    must(ow_states_init(&d->states, &shape) == 0 &&
             ow_journal_open(NULL, &d->env.journal, NULL) == 0,
         "no memory");
    d->serve = ow_serve_new(&d->env, &peer);
    must(d->serve, "no memory");
    for (size_t at = 0; at < size; at += step) {
        ow_serve_feed(d->serve, bytes + at,
                      size - at < step ? size - at : step);
        due = drain(d);
    }
    while (due != OW_SERVE_NEVER) {
        must(due > d->clock.standing_ns, "due in the past");
        d->clock.standing_ns = due;
        due = drain(d);
    }
    ow_serve_eof(d->serve);
    due = drain(d);
    must(due == OW_SERVE_NEVER, "still something to come after the end");
    must(ow_serve_end(d->serve) != OW_SERVE_OPEN, "open after the end");
}

static void check_journal(struct ow_str text)
{
    while (text.len > 0) {
        struct ow_str line = ow_str_cut(&text, '\n');
        cJSON *record = cJSON_ParseWithLength(line.ptr, line.len);
        must(cJSON_IsObject(record), "a record that is no JSON");
        cJSON_Delete(record);
    }
}

static void end(struct dialogue *d)
{
    ow_serve_free(d->serve);
    ow_journal_free(d->env.journal);
    ow_states_release(&d->states);
    ow_buf_release(&d->out);
}

static const struct ow_table *load_once(void)
{
    static struct ow_table *table;
    struct ow_err err = {.text = ""};

    if (!table)
        ow_table_load_text("/rules.json", rules, sizeof rules - 1, &table,
                           &err);
    must(table, err.text);
    return table;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ow_table *table = load_once();
    struct dialogue whole, cut;

    talk(&whole, table, (const char *)data, size, size ? size : 1);
    talk(&cut, table, (const char *)data, size,
         size ? data[size - 1] % 7 + 1 : 1);
    must(ow_str_equal(ow_buf_peek(&whole.out), ow_buf_peek(&cut.out)),
         "two cuts, two answers");
    must(ow_str_equal(ow_journal_text(whole.env.journal),
                      ow_journal_text(cut.env.journal)),
         "two cuts, two journals");
    check_journal(ow_journal_text(whole.env.journal));
    end(&whole);
    end(&cut);
    return 0;
}
