/*
 * Functions of packs: who sees them, what they cannot keep, and the bounds of
 * what is run when they are read.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "plan/answer.h"
#include "plan/lua.h"
#include "plan/lua_compile.h"
#include "plan/lua_value.h"
#include "rule/table.h"

static int setup(void **state)
{
    *state = ow_lua_new();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    ow_lua_free(*state);
    return 0;
}

static int define(struct ow_lua *lua, const char *name, const char *text,
                  struct ow_err *err)
{
    int line = -1;
    int r = ow_lua_define(lua, name, ow_str_from(text), &line, err);

    if (r == 0)
        assert_int_equal(line, 0);
    return r;
}

static int write_value(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const int *chunk = lua->api.lua_touserdata(L, 1);

    lua->api.lua_rawgeti(L, LUA_REGISTRYINDEX, *chunk);
    lua->api.lua_callk(L, 0, 1, 0, NULL);
    ow_buf_clear(&lua->out, SIZE_MAX);
    ow_lua_write_text(lua, 2);
    return 0;
}

static const char *run(struct ow_lua *lua, int chunk)
{
    static const struct ow_answer_context nothing = {NULL};
    static struct ow_err err;

    if (ow_lua_run(lua, &nothing, write_value, &chunk, &err) < 0)
        return err.text;
    ow_buf_append(&lua->out, "", 1);
    return ow_buf_data(&lua->out);
}

static int compile(struct ow_lua *lua, const char *expression)
{
    int chunk = 0;

    assert_int_equal(ow_lua_compile(lua, ow_str_from(expression), &chunk, NULL),
                     0);
    return chunk;
}

static void functions_are_seen_by_their_pack_alone(void **state)
{
    struct ow_lua *lua = *state;

    assert_int_equal(define(lua, "f", "function() return 'one' end", NULL), 0);
    int one = compile(lua, "f()");
    ow_lua_next_pack(lua);
    int none = compile(lua, "g and 1");
    int two = compile(lua, "f()");
    assert_int_equal(define(lua, "f", "function() return 'two' end", NULL), 0);
    assert_string_equal(run(lua, one), "one");
    assert_string_equal(run(lua, two), "two");
    assert_string_equal(run(lua, none), "there is no name \"g\" here");
    ow_lua_next_pack(lua);
    assert_string_equal(run(lua, compile(lua, "f()")),
                        "there is no name \"f\" here");
}

static void equal_expressions_of_a_pack_are_one(void **state)
{
    struct ow_lua *lua = *state;

    int one = compile(lua, "'a' .. hit");
    assert_int_equal(compile(lua, "'a' .. hit"), one);
    assert_int_not_equal(compile(lua, "'b' .. hit"), one);
    ow_lua_next_pack(lua);
    assert_int_not_equal(compile(lua, "'a' .. hit"), one);
}

static void functions_that_are_late_are_compiled_when_called(void **state)
{
    struct ow_lua *lua = *state;

    ow_lua_be_late(lua);
    assert_int_equal(
        define(lua, "f", "function(a) return g(a) .. type(a) end", NULL), 0);
    assert_int_equal(define(lua, "g", "function(a) return a .. '!' end", NULL),
                     0);
    assert_int_equal(define(lua, "wrong", "function(a) retrun a end", NULL), 0);
    assert_int_equal(define(lua, "keeps", "function() n = 1 end", NULL), 0);
    int call = compile(lua, "f('x')"), wrong = compile(lua, "wrong(1)");
    int keeps = compile(lua, "keeps()"), none = compile(lua, "h()");
    ow_lua_next_pack(lua);
    int other = compile(lua, "f('x')");
    for (int i = 0; i < 2; i++) {
        assert_string_equal(run(lua, call), "x!string");
        assert_non_null(strstr(run(lua, wrong), "near 'a'"));
        assert_non_null(strstr(run(lua, keeps), "sets no names"));
        assert_string_equal(run(lua, none), "there is no name \"h\" here");
        assert_string_equal(run(lua, other), "there is no name \"f\" here");
    }
}

static void expressions_that_are_late_are_compiled_when_called(void **state)
{
    struct ow_lua *lua = *state;
    struct ow_err err;
    int chunk;

    ow_lua_be_late(lua);
    assert_int_equal(define(lua, "f", "function(a) return a[2][1] end", NULL),
                     0);
    int call = compile(lua, "f({1, {'}}'}})"), wrong = compile(lua, "1 +* 2");
    assert_int_equal(compile(lua, "f({1, {'}}'}})"), call);
    /* What may go on behind its end does not wait. */
    static const char *const parts[] = {"f({1, {'}", "'it\\'s", "{1, {2",
                                        "x } y", "[["};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_int_equal(
            ow_lua_compile(lua, ow_str_from(parts[i]), &chunk, &err), -EINVAL);
    assert_string_equal(run(lua, compile(lua, "1 -- {")), "1");
    ow_lua_next_pack(lua);
    size_t before = lua->loaded;
    for (int i = 0; i < 2; i++) {
        assert_string_equal(run(lua, call), "}}");
        assert_non_null(strstr(run(lua, wrong), "unexpected symbol near '*'"));
    }
    assert_true(lua->loaded > before);
}

static void functions_keep_nothing(void **state)
{
    struct ow_lua *lua = *state;
    struct ow_err err;

    assert_int_equal(define(lua, "f", "function() n = 1 end", NULL), 0);
    assert_non_null(strstr(run(lua, compile(lua, "f()")), "sets no names"));
    assert_int_equal(define(lua, "g",
                            "function() end and (function() local n = 0 "
                            "return function() n = n + 1 return n end end)()",
                            &err),
                     -EINVAL);
    assert_non_null(strstr(err.text, "expected one function"));
    /* A function without any name of others has no upvalue at all. */
    assert_int_equal(define(lua, "h", "function(a) return a end", NULL), 0);
    assert_string_equal(run(lua, compile(lua, "h(5)")), "5");
}

static void functions_of_one_name_are_refused(void **state)
{
    struct ow_lua *lua = *state;
    struct ow_err err;

    assert_int_equal(define(lua, "f", "function() end", NULL), 0);
    assert_int_equal(define(lua, "f", "function() end", &err), -EINVAL);
    assert_string_equal(err.text, "there are two functions \"f\"");
    assert_int_equal(define(lua, "self", "function() end", &err), -EINVAL);
    assert_string_equal(err.text, "all templates have a \"self\" already");
}

static void functions_are_read_within_bounds(void **state)
{
    struct ow_lua *lua = *state;
    struct ow_err err;

    assert_int_equal(define(lua, "f",
                            "(function() local s = 'x' "
                            "while true do s = s .. s end end)()",
                            &err),
                     -EINVAL);
    assert_non_null(strstr(err.text, "more than 16 MiB"));
    assert_int_equal(define(lua, "f", "function() return 1 end", NULL), 0);
    assert_string_equal(run(lua, compile(lua, "f()")), "1");
}

static void functions_that_are_wrong_name_their_line(void **state)
{
    struct ow_lua *lua = *state;
    struct ow_err err;
    int line = 0;

    assert_int_equal(
        ow_lua_define(lua, "f", OW_STR("function()\n\nx y\nend"), &line, &err),
        -EINVAL);
    assert_int_equal(line, 3);
    assert_string_equal(err.text, "syntax error near 'y'");
    assert_int_equal(define(lua, "g", "function()\n return nil + 1 end", NULL),
                     0);
    assert_string_equal(run(lua, compile(lua, "g()")),
                        "g:2: attempt to perform arithmetic on a nil value");
}

static void functions_of_texts_are_their_own(void **state)
{
    static const struct ow_table_text texts[] = {
        {"a.json", OW_STR("{\"offwire\": 1, \"functions\": {\"f\": "
                          "\"function() return 1 end\"}}")},
        {"b.json", OW_STR("{\"offwire\": 1, \"functions\": {\"f\": "
                          "\"function() return 2 end\"}}")},
    };
    struct ow_table *table = NULL;
    struct ow_err err;

    (void)state;
    assert_int_equal(ow_table_load_with(texts, 2, NULL, NULL, &table, &err), 0);
    ow_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(functions_are_seen_by_their_pack_alone,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(equal_expressions_of_a_pack_are_one,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            functions_that_are_late_are_compiled_when_called, setup, teardown),
        cmocka_unit_test_setup_teardown(
            expressions_that_are_late_are_compiled_when_called, setup,
            teardown),
        cmocka_unit_test_setup_teardown(functions_keep_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(functions_of_one_name_are_refused,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(functions_are_read_within_bounds, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            functions_that_are_wrong_name_their_line, setup, teardown),
        cmocka_unit_test(functions_of_texts_are_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
