#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_str.h"
#include "base/suggest.h"

static const char *const words[] = {"headers", "method", "path",
                                    "query",   "id",     NULL};

static void suggest_finds_a_word_one_edit_away(void **state)
{
    (void)state;
    assert_string_equal(ow_suggest(OW_STR("header"), words), "headers");
    assert_string_equal(ow_suggest(OW_STR("headrs"), words), "headers");
    assert_string_equal(ow_suggest(OW_STR("mehtod"), words), "method");
    assert_string_equal(ow_suggest(OW_STR("pats"), words), "path");
}

static void suggest_finds_long_words_two_edits_away(void **state)
{
    (void)state;
    assert_string_equal(ow_suggest(OW_STR("heders_"), words), "headers");
}

static void suggest_keeps_quiet_when_nothing_is_near(void **state)
{
    (void)state;
    assert_null(ow_suggest(OW_STR("zzz"), words));
    assert_null(ow_suggest(OW_STR(""), words));
    assert_null(ow_suggest(OW_STR("abcdefgh"), words));
    assert_null(ow_suggest((struct ow_str){NULL, 0}, words));
}

/* Two edits turn any word of two letters into any other. */
static void suggest_asks_more_of_short_words(void **state)
{
    (void)state;
    assert_null(ow_suggest(OW_STR("xy"), words));
}

static void suggest_takes_the_nearest(void **state)
{
    static const char *const near[] = {"statuses", "status", NULL};

    (void)state;
    assert_string_equal(ow_suggest(OW_STR("statusx"), near), "status");
}

static void suggest_passes_over_very_long_words(void **state)
{
    char word[200];
    struct ow_str s = {word, sizeof word};

    (void)state;
    memset(word, 'a', sizeof word);
    assert_null(ow_suggest(s, words));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suggest_finds_a_word_one_edit_away),
        cmocka_unit_test(suggest_finds_long_words_two_edits_away),
        cmocka_unit_test(suggest_keeps_quiet_when_nothing_is_near),
        cmocka_unit_test(suggest_asks_more_of_short_words),
        cmocka_unit_test(suggest_takes_the_nearest),
        cmocka_unit_test(suggest_passes_over_very_long_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
