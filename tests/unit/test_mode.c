/* mode: OFFWIRE_MODE. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "control/mode.h"

static void mode_parse_takes_mocked_for_nothing(void **state)
{
    (void)state;
    assert_int_equal(ow_mode_parse(NULL), OW_MODE_MOCKED);
    assert_int_equal(ow_mode_parse(""), OW_MODE_MOCKED);
    assert_int_equal(ow_mode_parse("mocked"), OW_MODE_MOCKED);
    assert_int_equal(ow_mode_parse("live"), OW_MODE_LIVE);
}

static void mode_parse_takes_no_other_word_for_live(void **state)
{
    static const char *const words[] = {"lvie", "Live",  "live ", "liv",
                                        "1",    "lives", "on",    "\xff"};

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_int_equal(ow_mode_parse(words[i]), OW_MODE_UNKNOWN);
}

static void mode_complain_names_the_words_and_the_nearest(void **state)
{
    char text[256];
    char small[16];

    (void)state;
    ow_mode_complain("Lvie", text, sizeof text);
    assert_non_null(strstr(text, "\"Lvie\""));
    assert_non_null(strstr(text, "\"mocked\" or \"live\""));
    assert_non_null(strstr(text, "did you mean \"live\"?"));
    ow_mode_complain("on", text, sizeof text);
    assert_null(strstr(text, "did you mean"));
    ow_mode_complain("Lvie", small, sizeof small);
    assert_int_equal(strlen(small), sizeof small - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mode_parse_takes_mocked_for_nothing),
        cmocka_unit_test(mode_parse_takes_no_other_word_for_live),
        cmocka_unit_test(mode_complain_names_the_words_and_the_nearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
