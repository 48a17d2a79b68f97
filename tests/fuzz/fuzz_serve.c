/*
 * fuzz_serve: any bytes of a client into a whole connection: codec, matchers,
 * plans, emitter, journal. However they are cut, the same answers come out and
 * the same is in the journal, and every line of it is JSON.
 */
#include "config.h"

#include <cjson/cJSON.h>

#include "fuzz.h"
#include "lib/dialogue.h"
#include "lib/must.h"

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

static void check_journal(struct ow_str text)
{
    while (text.len > 0) {
        struct ow_str line = ow_str_cut(&text, '\n');
        cJSON *record = cJSON_ParseWithLength(line.ptr, line.len);
        must(cJSON_IsObject(record), "a record that is no JSON");
        cJSON_Delete(record);
    }
}

/* step: how many bytes at a time. */
static void talk(struct dialogue *d, struct ow_str bytes, size_t step)
{
    static const struct ow_program program = {.name = "fuzz", .pid = 1};
    static const struct ow_serve_peer peer = {
        .host = "127.0.0.1", .port = 80, .program = &program};

    dialogue_begin(d, dialogue_table(rules), &peer, NULL, 64);
    dialogue_talk(d, bytes, step);
    dialogue_finish(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ow_str bytes = {(const char *)data, size};
    struct dialogue whole, cut;

    talk(&whole, bytes, size ? size : 1);
    talk(&cut, bytes, size ? data[size - 1] % 7 + 1 : 1);
    must(ow_str_equal(ow_buf_peek(&whole.out), ow_buf_peek(&cut.out)),
         "two cuts, two answers");
    must(ow_str_equal(ow_journal_text(whole.env.journal),
                      ow_journal_text(cut.env.journal)),
         "two cuts, two journals");
    check_journal(ow_journal_text(whole.env.journal));
    dialogue_release(&whole);
    dialogue_release(&cut);
    return 0;
}
