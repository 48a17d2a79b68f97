/*
 * Templates: every function, types that are kept, what the sandbox keeps out,
 * and the bounds.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "answer_lab.h"
#include "base/limits.h"
#include "plan/lua.h"
#include "plan/lua_pattern.h"

static int setup(void **state)
{
    static struct answer_lab lab;
    static struct ow_field param = {OW_STR("id"), OW_STR("7")};
    static struct ow_field capture = {OW_STR("city"), OW_STR("Paris")};
    static struct ow_field headers[] = {
        {OW_STR("Content-Type"), OW_STR("application/json")},
        {OW_STR("Cookie"), OW_STR("session=abc; theme=dark")},
        {OW_STR("X-Twice"), OW_STR("one")},
        {OW_STR("x-twice"), OW_STR("two")},
    };
    static const char argv[] = "curl\0-s";
    static const char env[] = "HOME=/root\0LANG=C";

    answer_lab_init(&lab);
    lab.params = (struct ow_fields){&param, 1, 1};
    lab.captures = (struct ow_fields){&capture, 1, 1};
    lab.request.headers = (struct ow_fields){headers, 4, 4};
    lab.request.scheme = OW_STR("https");
    lab.request.host = OW_STR("api.test");
    lab.request.port = 443;
    lab.request.path = lab.request.raw_path = OW_STR("/v1/a");
    lab.request.query = OW_STR("limit=10&q=a%20b&limit=11");
    lab.program = (struct ow_program){.pid = 42,
                                      .name = "curl",
                                      .argv = argv,
                                      .argv_len = sizeof argv,
                                      .env = env,
                                      .env_len = sizeof env};
    *state = &lab;
    return 0;
}

static int teardown(void **state)
{
    struct answer_lab *lab = *state;

    ow_body_release(&lab->body);
    answer_lab_release(lab);
    return 0;
}

static void send_body(struct answer_lab *lab, const char *body)
{
    ow_request_release(&lab->request);
    ow_body_release(&lab->body);
    ow_body_init(&lab->body, OW_LIMIT_BODY_KEPT);
    assert_int_equal(ow_body_feed(&lab->body, body, strlen(body)), 0);
}

/* What {"json": "{{ EXPRESSION }}"} gives; quotes as the lab has them: single
 * ones are JSON's, so that Lua's are [[...]]. */
static const char *value_of(struct answer_lab *lab, const char *expression)
{
    char rule[8192];

    snprintf(rule, sizeof rule, "{'then': {'json': '{{ %s }}'}}", expression);
    if (answer_lab_load(lab, rule) < 0)
        return lab->err.text;
    lab->err.text[0] = '\0';
    answer_lab_dump(lab, 3);
    if (lab->err.text[0])
        return lab->err.text;
    return answer_lab_body(lab).ptr;
}

#define assert_value(lab, expression, expected)                                \
    assert_string_equal(value_of(lab, expression), expected)
#define assert_says(lab, expression, part)                                     \
    do {                                                                       \
        const char *gave = value_of(lab, expression);                          \
        if (!strstr(gave, part))                                               \
            fail_msg("%s gives: %s", expression, gave);                        \
    } while (0)

static void template_alone_keeps_its_type(void **state)
{
    struct answer_lab *lab = *state;

    assert_value(lab, "1 + 1", "2");
    assert_value(lab, "10 / 2", "5");
    assert_value(lab, "1 / 4", "0.25");
    assert_value(lab, "0.1", "0.1");
    assert_value(lab, "-0.0", "-0");
    assert_value(lab, "-1200", "-1200");
    assert_value(lab, "1e300", "1e+300");
    assert_value(lab, "9007199254740993", "9007199254740993");
    assert_value(lab, "math.mininteger", "-9223372036854775808");
    assert_value(lab, "1 == 1", "true");
    assert_value(lab, "not 1", "false");
    assert_value(lab, "nil", "null");
    assert_value(lab, "[[a\\\"b]]", "\"a\\\"b\"");
    assert_value(lab, "{1, 2, {3}}", "[1,2,[3]]");
    assert_value(lab, "{}", "{}");
    assert_value(lab, "{b = 1, a = {c = true}}",
                 "{\"a\":{\"c\":true},\"b\":1}");
}

static void template_tables_are_written_whatever_their_size(void **state)
{
    static const char list[] =
        "(function(n) local t, s = {}, {} for i = n, 1, -1 do t[i] = i "
        "s[n - i + 1] = n - i + 1 end return json(t) == "
        "string.char(91) .. table.concat(s, [[,]]) .. string.char(93) end)(%d)";
    static const char object[] =
        "(function(n) local t, s = {}, {} for i = 1, n do "
        "t[([[k%%02d]]):format(n + 1 - i)] = i "
        "s[i] = ([[%%ck%%02d%%c:%%d]]):format(34, i, 34, n + 1 - i) end "
        "return json(t) == [[{]] .. table.concat(s, [[,]]) .. [[}]] end)(%d)";
    static const int sizes[] = {1, 5, 31, 32, 33, 99};
    struct answer_lab *lab = *state;
    char expression[512];

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(expression, sizeof expression, list, sizes[i]);
        assert_value(lab, expression, "true");
        snprintf(expression, sizeof expression, object, sizes[i]);
        assert_value(lab, expression, "true");
    }
}

/* Behind the expression of a sentence, of both: the value as JSON and as part
 * of a text. */
static void give_both(struct answer_lab *lab, const char *expression, char *ret,
                      size_t len)
{
    char rule[500];

    snprintf(rule, sizeof rule,
             "{'then': {'json': ['{{ %s }}', '<{{ %s }}>']}}", expression,
             expression);
    assert_int_equal(answer_lab_load(lab, rule), 0);
    lab->err.text[0] = '\0';
    answer_lab_dump(lab, 3);
    const char *why = strstr(lab->err.text, "): ");
    snprintf(ret, len, "%s", why ? why : answer_lab_body(lab).ptr);
}

/* What only looks at a member is found without Lua; in brackets it is Lua's. */
static void template_look_gives_what_lua_gives(void **state)
{
    static const char *const looks[] = {
        "req.json",
        "req.json.text",
        "req.json.none",
        "req.json.n",
        "req.json.half",
        "req.json.large",
        "req.json.minus",
        "req.json.t",
        "req.json.o",
        "req.json.o.a",
        "req.json.o.l",
        "req.json.l",
        "req.json.l.a",
        "req.json.far",
        "req.json._x1",
        "req.json.l.a.b",
        "req.json.none.a",
        "req.json.text.len",
        "req.json.text.a.b",
        "req.json.nothing",
        "req.json.nothing.a",
        "not req.json.t",
        "not req.json.none",
        "not  req.json.nothing",
        "not req.json.none.a",
        "not req.json.f",
        "req.json.w == \\'word\\'",
        "req.json.w==\\'wor\\'",
        "req.json.n == \\'12\\'",
        "req.json.w ~= \\'word\\'",
        "req.json.none ~= \\'word\\'",
        "req.json.o == \\'\\'",
        "\\'just this\\'",
        "req.json.none or \\'else\\'",
        "req.json.f or req.json.none",
        "req.json.f or req.json.w or \\'else\\'",
        "req.json.none or req.json.f",
        "req.json.w == \\'a\\' or req.json.w == \\'word\\'",
        "req.json.w or req.json.none.a",
        "not req.json.w == \\'a\\'",
        "req.json.w..\\'!\\'",
        "req.json.w == \\'a\\\\n\\'",
        "req.json.l[1]",
        "req.json.w == req.json.w"};
    struct answer_lab *lab = *state;
    char expression[200], look[400], lua[400];

    send_body(lab,
              "{\"text\":\"a \\\"b\\\"\\n\",\"n\":12,\"half\":0.1,"
              "\"large\":9007199254740992,\"minus\":-0.0,\"t\":true,"
              "\"o\":{\"a\":{\"b\":[1,{\"k\":null}]},\"l\":-7},"
              "\"l\":[1,\"x\"],\"nothing\":null,\"far\":1e999,"
              "\"_x1\":\"\",\"f\":false,\"w\":\"word\"}");
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        snprintf(expression, sizeof expression, "(%s)", looks[i]);
        give_both(lab, expression, lua, sizeof lua);
        give_both(lab, looks[i], look, sizeof look);
        assert_string_equal(look, lua);
    }
    give_both(lab, "req.json.o.a.b", look, sizeof look);
    assert_string_equal(look, "[[1,{\"k\":null}],\"<[1,{\\\"k\\\":null}]>\"]");
}

static void template_table_that_is_no_json_is_an_error(void **state)
{
    struct answer_lab *lab = *state;

    assert_says(lab, "{1, nil, 3, a = 1}", "a list, without gaps");
    assert_says(lab, "{[true] = 1}", "texts as keys");
    assert_says(lab, "{a = 1, [[b]]}", "texts as keys");
    assert_says(lab, "{[2] = 1}", "texts as keys");
    assert_says(lab, "{[1.5] = 1}", "texts as keys");
    assert_says(lab, "0/0", "no infinite numbers");
    assert_says(lab, "1/0", "no infinite numbers");
    assert_says(lab, "json", "a function is no value");
    assert_says(lab, "(function() local t = {} t.t = t return t end)()",
                "deeper than 200");
    assert_says(lab, "req", "req is no value");
}

static void template_makes_bytes_of_files(void **state)
{
    struct answer_lab *lab = *state;

    /* The check value of CRC-32, and zlib's stored form of nothing. */
    assert_value(lab, "crc32([[123456789]])", "3421780262");
    assert_value(lab, "crc32([[]])", "0");
    assert_value(lab, "#embedding([[a]], 256)", "1024");
    assert_value(lab, "#floats(embedding([[a]], 7))", "7");
    assert_value(lab, "floats(unb64([[AACAPwAAAMA=]]))", "[1,-2]");
    assert_says(lab, "embedding([[a]], 5000)", "1 to 4096");
    assert_says(lab, "floats([[abc]])", "four bytes");
    assert_value(lab, "to_hex(deflate([[]]))", "\"7801030000000001\"");
    assert_value(lab, "#deflate(([[a]]):rep(1000000)) < 10000", "true");
}

static void template_in_text_is_joined(void **state)
{
    struct answer_lab *lab = *state;

    answer_lab_load(lab,
                    "{'then': {'text': 'a {{ 1 }}{{ [[b]] }} {{ nil }}c "
                    "{{ {1} }} {{ true }} {{ 2.0 }}'}}");
    answer_lab_dump(lab, 0);
    assert_string_equal(answer_lab_body(lab).ptr, "a 1b c [1] true 2");
    answer_lab_load(lab,
                    "{'then': {'json': {'k': [ 1.50, 'x{{ 1 }}\\'q' ],"
                    " 'e': '', 'u': '\\u00e9' }}}");
    answer_lab_dump(lab, 0);
    assert_string_equal(answer_lab_body(lab).ptr,
                        "{\"k\":[1.50,\"x1\\\"q\"],\"e\":\"\","
                        "\"u\":\"\\u00e9\"}");
}

static void template_knows_objects_without_other_members(void **state)
{
    struct answer_lab *lab = *state;

    send_body(lab, "{\"a\":1,\"b\":null,\"l\":[1],\"e\":{}}");
    assert_value(lab, "only(req.json, [[a]], [[b]], [[l]], [[e]], [[f]])",
                 "true");
    assert_value(lab, "only(req.json, [[a]], [[b]], [[l]])", "false");
    assert_value(lab, "only(req.json)", "false");
    assert_value(lab, "only(req.json.e)", "true");
    assert_value(lab, "only(req.json.l, [[a]])", "false");
    assert_value(lab, "only(req.json.a, [[a]])", "false");
    assert_value(lab, "only(nil, [[a]])", "false");
    assert_says(lab, "only(req.json, {})", "string expected");
    assert_value(lab, "only({b = 1}, [[a]])", "false");
    assert_says(lab, "only(json, [[a]])", "expected a value that JSON has");
}

static void template_reads_texts(void **state)
{
    struct answer_lab *lab = *state;

    assert_value(lab, "rfc2822(now())", "\"Fri, 02 Jan 2026 03:04:05 +0000\"");
    assert_value(lab, "rfc2822(0)", "\"Thu, 01 Jan 1970 00:00:00 +0000\"");
    assert_says(lab, "rfc2822(-1)", "seconds since the epoch");
    assert_value(lab, "unb64([[aGVsbG8]])", "\"hello\"");
    assert_value(lab, "to_hex(unb64([[-_8]]))", "\"fbff\"");
    assert_value(lab, "unb64([[a b!]])", "null");
    assert_value(lab,
                 "unb64(b64(string.pack([[<f]], 0.5))) == "
                 "string.pack([[<f]], 0.5)",
                 "true");
    assert_value(lab, "unjson([=[{\\\"a\\\": [1, null, {}]}]=]).a",
                 "[1,null,{}]");
    assert_value(lab, "unjson([[ 5 ]])", "5");
    assert_value(lab, "unjson([[{]])", "null");
    assert_value(lab, "unjson([[1 2]])", "null");
    assert_value(lab, "unjson([[null]])", "null");
    assert_says(lab,
                "(function() local s = [[\\\"]] .. "
                "string.rep([[x]], 1000000) .. [[\\\"]] "
                "for i = 1, 20 do unjson(s) end end)()",
                "more than 16 MiB of text");
}

static void template_sees_all_values_of_a_name(void **state)
{
    struct answer_lab *lab = *state;

    assert_value(lab, "req.queries.limit", "[\"10\",\"11\"]");
    assert_value(lab, "req.queries.q", "[\"a b\"]");
    assert_value(lab, "req.queries.none", "null");
    send_body(lab, "MediaUrl=1&MediaUrl=2&To=x");
    lab->request.headers.items[0].value =
        OW_STR("application/x-www-form-urlencoded");
    assert_value(lab, "req.forms.MediaUrl", "[\"1\",\"2\"]");
    assert_value(lab, "#req.forms.To", "1");
    assert_value(lab, "req.forms.none", "null");
    lab->request.headers.items[0].value = OW_STR("application/json");
}

static void template_finds_the_end_of_its_expression(void **state)
{
    struct answer_lab *lab = *state;

    assert_value(lab, "{a = {b = 1}}", "{\"a\":{\"b\":1}}");
    assert_value(lab, "#{{1}, {2}}", "2");
    assert_value(lab, "[[ }} ]]", "\" }} \"");
    assert_value(lab, "[[{{]]", "\"{{\"");
    answer_lab_load(lab, "{'then': {'text': '{{ {{1}} }}{{ [[}}]] }}|}}'}}");
    answer_lab_dump(lab, 0);
    assert_string_equal(answer_lab_body(lab).ptr, "[[1]]}}|}}");
}

static void template_syntax_error_is_placed(void **state)
{
    struct answer_lab *lab = *state;

    assert_int_equal(
        answer_lab_load(lab, "{'then': {'json':\n {'id': '{{ p.. }}'}}}"),
        -EINVAL);
    assert_string_equal(lab->err.text,
                        "lab.json:2:9: /then/json/id: {{ p.. }}"
                        ": unexpected symbol near <eof>");
    assert_says(lab, "", "lab.json:1:19: /then/json: expected an expression");
    assert_int_equal(answer_lab_load(lab, "{'then': {'text': 'a {{ b'}}"),
                     -EINVAL);
    assert_non_null(strstr(lab->err.text, "'{{' without '}}'"));
    assert_says(lab, "x = 1", "near '='");
    assert_says(lab, "_ENV", "there is no _ENV here");
}

static void template_sees_the_request(void **state)
{
    struct answer_lab *lab = *state;

    send_body(lab,
              "{\"model\": \"gpt-4o\", \"n\": 2, \"x\": null, \"l\": [5, "
              "{\"role\": \"user\"}], \"e\": [], \"f\": 1.5}");
    assert_value(lab, "req.method", "\"GET\"");
    assert_value(lab, "req.url",
                 "\"https://api.test/v1/a?limit=10&q=a%20b&limit=11\"");
    assert_value(lab, "req.path", "\"/v1/a\"");
    assert_value(lab, "req.host", "\"api.test\"");
    assert_value(lab, "req.query.limit", "\"10\"");
    assert_value(lab, "req.query", "{\"limit\":\"10\",\"q\":\"a b\"}");
    assert_value(lab, "req.headers[ [[CONTENT-type]] ]",
                 "\"application/json\"");
    assert_value(lab, "req.headers[ [[x-twice]] ]", "\"one\"");
    assert_value(lab, "req.headers.nothing", "null");
    assert_value(lab, "req.cookies.theme", "\"dark\"");
    assert_value(lab, "req.json.model", "\"gpt-4o\"");
    assert_value(lab, "req.json.n + 1", "3");
    assert_value(lab, "req.json.x", "null");
    assert_value(lab, "req.json.l[2].role", "\"user\"");
    assert_value(lab, "#req.json.l", "2");
    assert_value(lab, "req.json.l[3]", "null");
    assert_value(lab, "req.json.l[0]", "null");
    assert_value(lab, "req.json",
                 "{\"model\":\"gpt-4o\",\"n\":2,\"x\":null,\"l\":[5,{\"role\":"
                 "\"user\"}],\"e\":[],\"f\":1.5}");
    assert_value(lab, "type(req.json) .. type(req) .. type(1)",
                 "\"tabletablenumber\"");
    assert_value(lab, "#req.body", "85");
    assert_value(lab, "p.id .. m.city", "\"7Paris\"");
    assert_value(lab, "hit", "3");
    assert_value(lab, "program.name .. program.pid", "\"curl42\"");
    assert_value(lab, "program.argv", "[\"curl\",\"-s\"]");
    assert_value(lab, "program.env.LANG", "\"C\"");
    assert_value(lab, "{vars.x, reply, self, req.form.x, req.files.x}", "{}");
    send_body(lab, "no json");
    assert_value(lab, "req.json", "null");
    assert_says(lab, "req.json.a",
                "{{ req.json.a }} (lab.json:1): attempt to index a nil value");
    assert_says(lab, "req.bdoy", "req has no \"bdoy\"");
    assert_says(lab, "foo", "there is no name \"foo\" here");
}

static void template_sees_forms_and_files(void **state)
{
    struct answer_lab *lab = *state;
    struct ow_field *type = &lab->request.headers.items[0];
    const struct ow_str json = type->value;

    type->value = OW_STR("multipart/form-data; boundary=b");
    send_body(lab,
              "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
              "--b\r\nContent-Disposition: form-data; name=\"f\"; "
              "filename=\"x.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n"
              "--b--\r\n");
    assert_value(lab, "req.form.a", "\"1\"");
    assert_value(lab, "req.form.f", "null");
    assert_value(lab, "req.files.a", "null");
    assert_value(
        lab,
        "{n = req.files.f.filename, t = req.files.f.type, s = "
        "req.files.f.size, c = req.files.f.content}",
        "{\"c\":\"RIFF\",\"n\":\"x.wav\",\"s\":4,\"t\":\"audio/wav\"}");
    type->value = json;
}

static void template_goes_through_views(void **state)
{
    struct answer_lab *lab = *state;

    send_body(lab, "{\"a\": [10, null, \"x\"], \"b\": true}");
    assert_value(lab,
                 "(function() local s = [[]] for k, v in pairs(req.json) do "
                 "s = s .. k .. type(v) end return s end)()",
                 "\"atablebboolean\"");
    assert_value(lab,
                 "(function() local s = [[]] for k, v in pairs(req.json.a) do "
                 "s = s .. k .. tostring(v) end return s end)()",
                 "\"1102nil3x\"");
    assert_value(lab,
                 "(function() local s = [[]] for k, v in pairs(req.query) do "
                 "s = s .. k .. v end return s end)()",
                 "\"limit10qa blimit11\"");
    assert_value(lab, "table.concat({table.unpack(req.json.a, 1, 1)}, [[,]])",
                 "\"10\"");
    assert_says(lab, "pairs(req)", "req cannot be gone through");
    assert_says(lab, "(function() req.json.a = 1 end)()",
                "changes nothing of req.json");
}

static void template_functions_give_what_they_say(void **state)
{
    struct answer_lab *lab = *state;

    assert_value(lab, "now()", "1767323045");
    assert_value(lab, "iso(now())", "\"2026-01-02T03:04:05Z\"");
    assert_value(lab, "iso(1.5)", "\"1970-01-01T00:00:01.500Z\"");
    assert_value(lab, "seq([[f-%03d]])", "\"f-001\"");
    assert_value(lab, "seq([[f-%03d]])", "\"f-002\"");
    assert_value(lab, "seq([[100%% %d]])", "\"100% 1\"");
    assert_value(lab, "#id([[a-]], 10)", "12");
    assert_value(lab, "#id([[]])", "24");
    assert_value(lab, "rand(3, 3)", "3");
    assert_value(lab, "math.type(rand(1.0, 2))", "\"float\"");
    assert_value(lab, "pick{[[a]]}", "\"a\"");
    assert_value(lab, "tokens([[the quick brown fox]])", "4");
    assert_value(lab, "sha256([[abc]])",
                 "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61"
                 "f20015ad\"");
    /* RFC 2202, case 2. */
    assert_value(lab,
                 "b64(hmac_sha1([[Jefe]], [[what do ya want for nothing?]]))",
                 "\"7/zfauXrL6LSdBbV8YTfnCWafHk=\"");
    assert_value(lab, "b64([[]]) .. b64([[f]]) .. b64([[fo]]) .. b64([[foo]])",
                 "\"Zg==Zm8=Zm9v\"");
    assert_value(lab, "json({a = {1}})", "\"{\\\"a\\\":[1]}\"");
    assert_value(lab, "json(nil)", "\"null\"");
    assert_value(lab, "{misfit(unjson([=[[1]]=]), [=[[string]]=])}",
                 "[\"[0]\",\"string\",\"integer\"]");
    assert_value(lab, "misfit(unjson([=[[]]=]), [=[[string]]=])", "null");
    assert_value(lab, "{misfit(nil, [[object]])}",
                 "[\"\",\"object\",\"nothing\"]");
    assert_value(lab, "{misfit(2.5, [[integer]])}",
                 "[\"\",\"integer\",\"number\"]");
    assert_value(lab, "misfit(true, [[string | boolean]])", "null");
    assert_value(lab, "misfit([[x]], [[string]])", "null");
    assert_value(lab, "{misfit({a = {1}}, [[{a: [string]}]])}",
                 "[\"a[0]\",\"string\",\"integer\"]");
    assert_value(lab, "([[a]]):rep(3, [[,]]):upper()", "\"A,A,A\"");
    assert_value(lab, "utf8.len([[\xc3\xa9]])", "1");
    assert_value(lab, "([[k=v]]):match([[^(%w+)=]])", "\"k\"");
    assert_value(lab, "table.move({1, 2}, 1, 2, 3, {8, 9})", "[8,9,1,2]");
}

static void template_functions_refuse_what_they_cannot(void **state)
{
    struct answer_lab *lab = *state;

    assert_says(lab, "iso([[x]])", "number expected");
    assert_says(lab, "iso(-1)", "expected seconds");
    assert_says(lab, "iso(0/0)", "expected seconds");
    assert_says(lab, "seq([[no number]])", "a format with one %d");
    assert_says(lab, "seq([[%s]])", "a format with one %d");
    assert_says(lab, "seq([[%d%d]])", "a format with one %d");
    assert_says(lab, "seq([[%999d]])", "a format with one %d");
    assert_says(lab, "seq([[%]])", "a format with one %d");
    assert_says(lab, "id([[x]], 1000)", "from 1 to 256");
    assert_says(lab, "rand(2, 1)", "below the first");
    assert_says(lab, "rand(0/0, 1)", "below the first");
    assert_says(lab, "pick{}", "the list is empty");
    assert_says(lab, "pick(1)", "table expected");
    assert_says(lab, "sha256()", "string expected");
    assert_says(lab, "misfit(tostring, [[any]])", "a value that JSON has");
    assert_says(lab, "misfit(1, [[{a}]])", "shape, character 3: expected");
    assert_says(lab, "misfit(1)", "string expected");
    assert_says(lab, "error({})", "an error that is no text");
}

static void template_random_repeats_with_its_seed(void **state)
{
    static const char all[] =
        "{id([[a]], 8), rand(1, 1000000), math.random(9),"
        " math.random(), pick{1, 2, 3, 4}}";
    struct answer_lab *lab = *state;
    char first[256];

    ow_rand_init(&lab->rand, 5);
    snprintf(first, sizeof first, "%s", value_of(lab, all));
    ow_rand_init(&lab->rand, 5);
    assert_value(lab, all, first);
    assert_string_not_equal(value_of(lab, all), first);
}

static void template_sandbox_has_no_way_out(void **state)
{
    static const char *const gone[] = {
        "io",
        "os",
        "package",
        "debug",
        "load",
        "loadstring",
        "loadfile",
        "dofile",
        "require",
        "coroutine",
        "collectgarbage",
        "getmetatable",
        "setmetatable",
        "rawget",
        "rawset",
        "rawequal",
        "rawlen",
        "next",
        "pcall",
        "xpcall",
        "print",
        "warn",
        "_G",
        "_VERSION",
    };
    static const char *const nils[] = {
        "string.dump",
        "math.randomseed",
        "([[]]).dump",
        "([[]]).__index",
    };
    struct answer_lab *lab = *state;
    char said[64];

    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
        snprintf(said, sizeof said, "there is no name \"%s\" here", gone[i]);
        assert_says(lab, gone[i], said);
    }
    for (size_t i = 0; i < sizeof nils / sizeof *nils; i++)
        assert_value(lab, nils[i], "null");
    assert_says(lab, "string.dump(function() end)", "attempt to call a nil");
    assert_says(lab, "(load)([[return 1]])", "no name \"load\"");
    assert_says(lab, "\\u001bLua", "unexpected symbol");
}

static void template_leaves_nothing_for_others(void **state)
{
    static const char *const attempts[] = {
        "(function() x = 1 end)()",
        "(function() req = 1 end)()",
        "(function() string.x = 1 end)()",
        "(function() string.format = 1 end)()",
        "(function() function math.x() end end)()",
        "(function() table.insert(table, 1) end)()",
        "(function() vars.x = 1 end)()",
        "(function() p.id = 1 end)()",
        "(function() local s = [[]] s.x = 1 end)()",
    };
    struct answer_lab *lab = *state;

    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        if (strcmp(value_of(lab, attempts[i]), "null") == 0)
            fail_msg("%s is taken", attempts[i]);
    assert_value(lab, "string.format([[%d]], p.id)", "\"7\"");
    assert_says(lab, "x", "no name \"x\"");
    assert_value(lab, "table[1]", "null");
}

static void template_runaway_is_stopped(void **state)
{
    static const char *const steps[] = {
        "(function() while true do end end)()",
        "(function() for i = 1, 1e18 do end end)()",
        "(function() local function f() return f() end return f() end)()",
        "([[x]]):gsub([[x]], function() while true do end end)",
        "table.sort({1, 2}, function() while true do end end)",
        "(function() repeat until false end)()",
    };
    static const char *const memory[] = {
        "(function() local s = [[x]] while true do s = s .. s end end)()",
        "(function() local t = {} for i = 1, 1e3 do t[i] = ([[x]]):rep(100000) "
        ".. i end end)()",
    };
    struct answer_lab *lab = *state;

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        assert_says(lab, steps[i], "it ran for more than");
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        assert_says(lab, memory[i], "more than 16 MiB of memory");
    assert_says(lab,
                "(function() local function f() return 1 + f() end "
                "return f() end)()",
                "more than 16 MiB");
    assert_says(lab, "([[x]]):rep(1e9)", "too often");
    assert_says(lab, "([[xxxx]]):rep(1e7)", "over 16 MiB");
    assert_value(lab, "([[]]):rep(1e15)", "\"\"");
    assert_says(lab, "table.move({}, 1, 1e15, 2)", "too many elements");
    assert_says(lab, "table.concat({}, [[]], 1, 1e15)", "invalid value");
    /* And Lua is as good as before. */
    assert_value(lab, "1", "1");
}

static void template_pattern_that_backtracks_for_ever_is_refused(void **state)
{
    struct answer_lab *lab = *state;

    assert_says(lab, "([[a]]):rep(5000):find(([[.-]]):rep(20) .. [[b]])",
                "may take too long");
    assert_says(lab, "([[a]]):rep(50000):match([[.*.*b]])",
                "may take too long");
    assert_says(lab, "([[a]]):rep(5000):gsub(([[a?]]):rep(40) .. [[b]], [[]])",
                "may take too long");
    assert_value(lab, "([[a]]):rep(50000):find([[b]], 1, true)", "null");
    assert_value(lab, "#([[  a b ]]):rep(5000):match([[^%s*(.-)%s*$]])",
                 "29997");
    assert_value(lab,
                 "([[x@example.com ]]):rep(1000):match([[(%w+)@([%w.]+)]])",
                 "\"x\"");
    assert_says(lab, "([[a]]):find([[(]])", "unfinished capture");
    assert_says(lab, "([[a]]):find([[%]])", "malformed pattern");
    assert_says(lab, "([[a]]):find([[[a]])", "malformed pattern");
    assert_true(ow_lua_pattern_cost(OW_STR("%b()"), OW_STR("((")) > 0);
    assert_true(ow_lua_pattern_cost(OW_STR("%b"), OW_STR("a")) > 0);
    assert_true(ow_lua_pattern_cost(OW_STR("%f[%w]a+"), OW_STR("aa")) > 0);
    assert_true(ow_lua_pattern_cost(OW_STR(""), OW_STR("")) > 0);
}

static void template_heads_are_made_anew(void **state)
{
    struct answer_lab *lab = *state;

    assert_int_equal(
        answer_lab_load(lab,
                        "{'then': {'status': '{{ 200 + hit }}', 'text': "
                        "'a', 'headers': {'x-id': ['{{ p.id }}', 'b', "
                        "' {{ hit }} ']}, 'trailers': {'x-t': "
                        "'{{ m.city }}'}}}"),
        0);
    assert_string_equal(answer_lab_dump(lab, 2),
                        "HEAD 202 chunked | BODY 'a' | END x-t: Paris");
    assert_string_equal(answer_lab_fields(lab),
                        "x-id: 7, x-id: b, x-id: 2, trailer: x-t, "
                        "content-type: text/plain; charset=utf-8");
    assert_string_equal(answer_lab_dump(lab, 4),
                        "HEAD 204 none | END x-t: Paris");
    assert_non_null(strstr(answer_lab_dump(lab, 900),
                           "gives \"1100\", not a number from 200 to 999"));
    answer_lab_load(lab,
                    "{'then': {'headers': {'a': '{{ string.char(10) .. [[b]] "
                    ".. string.char(10) .. [[c]] }}'}}}");
    assert_non_null(strstr(answer_lab_dump(lab, 0), "line breaks"));
}

static void template_streams_are_made_anew(void **state)
{
    struct answer_lab *lab = *state;

    answer_lab_load(lab,
                    "{'then': {'stream': {'sse': [{'event': '{{ p.id }}', "
                    "'data': {'n': '{{ hit }}'}}, '{{ [[a]] .. string.char(10) "
                    ".. [[b]] }}', "
                    "{'data': 'x', 'retry': 5}]}}}");
    assert_string_equal(answer_lab_dump(lab, 1),
                        "HEAD 200 chunked | PIECE 'event: 7\\ndata: {'n':1}"
                        "\\n\\n' | PIECE 'data: a\\ndata: b\\n\\n' | "
                        "PIECE 'retry: 5\\ndata: x\\n\\n' | END");
    answer_lab_load(lab,
                    "{'then': {'stream': {'ndjson': [{'a': '{{ hit }}'}, "
                    "1], 'every': 5}}}");
    assert_string_equal(answer_lab_dump(lab, 1),
                        "HEAD 200 chunked | PIECE '{'a':1}\\n' | WAIT 5ms | "
                        "PIECE '1\\n' | END");
    answer_lab_load(lab,
                    "{'then': {'stream': {'chunks': ['{{ m.city }}', "
                    "'x']}}}");
    assert_string_equal(answer_lab_dump(lab, 1),
                        "HEAD 200 chunked | PIECE 'Paris' | PIECE 'x' | END");
    answer_lab_load(lab,
                    "{'then': {'stream': {'text': '{{ m.city }} is big', "
                    "'split': 'word'}}}");
    assert_string_equal(answer_lab_dump(lab, 1),
                        "HEAD 200 chunked | PIECE 'Paris' | PIECE ' is' | "
                        "PIECE ' big' | END");
}

static void template_without_expressions_loads_no_lua(void **state)
{
    struct answer_lab *lab = *state;

    answer_lab_load(lab, "{'then': {'json': {'a': '{ }}'}}}");
    answer_lab_dump(lab, 0);
    assert_null(lab->lua->library);
    answer_lab_load(lab, "{'then': {'json': {'a': '{{ 1 }}'}}}");
    assert_non_null(lab->lua->library);
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(template_alone_keeps_its_type),
        TEST(template_tables_are_written_whatever_their_size),
        TEST(template_look_gives_what_lua_gives),
        TEST(template_table_that_is_no_json_is_an_error),
        TEST(template_makes_bytes_of_files),
        TEST(template_in_text_is_joined),
        TEST(template_knows_objects_without_other_members),
        TEST(template_reads_texts),
        TEST(template_sees_all_values_of_a_name),
        TEST(template_finds_the_end_of_its_expression),
        TEST(template_syntax_error_is_placed),
        TEST(template_sees_the_request),
        TEST(template_sees_forms_and_files),
        TEST(template_goes_through_views),
        TEST(template_functions_give_what_they_say),
        TEST(template_functions_refuse_what_they_cannot),
        TEST(template_random_repeats_with_its_seed),
        TEST(template_sandbox_has_no_way_out),
        TEST(template_leaves_nothing_for_others),
        TEST(template_runaway_is_stopped),
        TEST(template_pattern_that_backtracks_for_ever_is_refused),
        TEST(template_heads_are_made_anew),
        TEST(template_streams_are_made_anew),
        TEST(template_without_expressions_loads_no_lua),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
