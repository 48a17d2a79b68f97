/*
 * fuzz_rules: any bytes as a rule file. It loads, or there is a sentence that
 * says why not; what loads is asked about hosts and answers requests.
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "fuzz_session.h"
#include "lib/must.h"

static const char requests[] =
    "GET /v1/users/7?limit=10 HTTP/1.1\r\nHost: a.test\r\n"
    "Authorization: Bearer sk-1\r\nCookie: session=1\r\n\r\n"
    "POST /v1/chat HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/json"
    "\r\nContent-Length: 52\r\n\r\n"
    "{\"model\":\"gpt-4o\",\"messages\":[{\"content\":\"capital\"}]}"
    "POST /form HTTP/1.1\r\nHost: a.test\r\nContent-Type: "
    "application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\na=1&b=2"
    "GET / HTTP/1.1\r\nHost: a.test\r\n\r\nGET / HTTP/1.0\r\n\r\n";

static void ask(const struct ow_table *table)
{
    struct ow_buf out;

    for (size_t i = 0; i < ow_table_count(table); i++) {
        const struct ow_rule *rule = ow_table_rule(table, i);
        must(ow_rule_index(rule) == i, "a rule has another's number");
        must(*ow_rule_name(rule) && *ow_rule_place(rule), "a rule has no name");
    }
    ow_table_knows(table, "a.test", 443);
    ow_table_knows(table, "127.0.0.1", 0);
    ow_buf_init(&out, 0);
    fuzz_session_play(table, OW_STR(requests), 0, false, &out);
    ow_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ow_table *table = NULL;
    struct ow_err err = {.text = ""};

    int r =
        ow_table_load_text("my.json", (const char *)data, size, &table, &err);
    if (r == 0) {
        ask(table);
    } else {
        must(!table, "a table in spite of an error");
        must(*err.text && !strchr(err.text, '\n'), "no sentence, or two lines");
    }
    ow_table_free(table);
    return 0;
}
