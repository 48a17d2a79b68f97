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
#include "http/idn.h"

static void check(const char *name, const char *want)
{
    char text[OW_LIMIT_NAME];

    assert_int_equal(ow_idn_to_ascii(ow_str_from(name), text), 0);
    assert_string_equal(text, want);
}

static void refuse(struct ow_str name)
{
    char text[OW_LIMIT_NAME] = "before";

    assert_int_equal(ow_idn_to_ascii(name, text), -EINVAL);
    assert_string_equal(text, "before");
}

static void idn_lower_cases_ascii(void **state)
{
    (void)state;
    check("API.Example.COM", "api.example.com");
    check("xn--NAVE-6pa", "xn--nave-6pa");
    check("*.a_b-1.example", "*.a_b-1.example");
    check("example.com.", "example.com");
}

/* Samples of RFC 3492, 7.1, in lower case where it has capitals. */
static void idn_encodes_the_samples_of_the_rfc(void **state)
{
    (void)state;
    check(
        "\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8"
        "\x8d\xe8\xaf\xb4\xe4\xb8\xad\xe6\x96\x87",
        "xn--ihqwcrb4cv8a8dqg056pqjye");
    check(
        "pro\xc4\x8dprost\xc4\x9bnemluv\xc3\xad\xc4\x8d"
        "esky",
        "xn--proprostnemluvesky-uyb24dma41a");
    check(
        "3\xe5\xb9\xb4"
        "b\xe7\xb5\x84\xe9\x87\x91\xe5\x85\xab\xe5\x85\x88\xe7\x94\x9f",
        "xn--3b-ww4c5e180e575a65lsy2b");
    check(
        "\xe3\x81\x9d\xe3\x81\xae\xe3\x82\xb9\xe3\x83\x94\xe3\x83\xbc\xe3\x83"
        "\x89\xe3\x81\xa7",
        "xn--d9juau41awczczp");
    check("porqu\xc3\xa9nopuedensimplementehablarenespa\xc3\xb1ol",
          "xn--porqunopuedensimplementehablarenespaol-fmd56a");
}

static void idn_encodes_label_by_label(void **state)
{
    (void)state;
    check("na\xc3\xafve.example.\xe4\xbe\x8b\xe3\x81\x88",
          "xn--nave-6pa.example.xn--r8jz45g");
    check("m\xc3\xbcnchen.DE", "xn--mnchen-3ya.de");
    check("\xf0\x9f\x92\xa9.la", "xn--ls8h.la");
}

static void idn_takes_the_dots_of_chinese_and_japanese(void **state)
{
    (void)state;
    check(
        "a\xe3\x80\x82"
        "b\xef\xbc\x8e"
        "c\xef\xbd\xa1"
        "d",
        "a.b.c.d");
}

static void idn_lower_cases_latin_greek_and_cyrillic(void **state)
{
    (void)state;
    check("M\xc3\x9cNCHEN.de", "xn--mnchen-3ya.de");
    check("\xd0\x9f\xd0\xa0\xd0\x98\xd0\x9c\xd0\x95\xd0\xa0", "xn--e1afmkfd");
    check("\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80", "xn--e1afmkfd");
    check("\xd0\x81", "xn--61a");
    check("\xce\x91", "xn--mxa");
    /* The sign between the capitals of Latin-1 is no letter. */
    check("\xc3\x97", "xn--rca");
}

static void idn_refuses_bad_utf8(void **state)
{
    (void)state;
    refuse(OW_STR("\x80"));
    refuse(OW_STR("a\xc3"));
    refuse(OW_STR("\xc3(.com"));
    refuse(OW_STR("\xc0\xae"));         /* "." in two bytes */
    refuse(OW_STR("\xe0\x80\xae"));     /* and in three */
    refuse(OW_STR("\xf0\x80\x80\xae")); /* and in four */
    refuse(OW_STR("\xed\xa0\x80"));     /* a surrogate */
    refuse(OW_STR("\xf4\x90\x80\x80")); /* above U+10FFFF */
    refuse(OW_STR("\xff"));
}

static void idn_refuses_empty_labels_spaces_and_controls(void **state)
{
    (void)state;
    refuse(OW_STR(""));
    refuse(OW_STR("."));
    refuse(OW_STR("a..b"));
    refuse(OW_STR(".a"));
    refuse(OW_STR("a b"));
    refuse(OW_STR("a\0b"));
    refuse(OW_STR("a\x7f"));
}

static void idn_bounds_labels_and_names(void **state)
{
    char name[300], text[OW_LIMIT_NAME];

    (void)state;
    memset(name, 'a', sizeof name);
    assert_int_equal(ow_idn_to_ascii((struct ow_str){name, 63}, text), 0);
    refuse((struct ow_str){name, 64});
    for (size_t i = 50; i < sizeof name; i += 51)
        name[i] = '.';
    assert_int_equal(ow_idn_to_ascii((struct ow_str){name, 253}, text), 0);
    assert_int_equal(strlen(text), 253);
    refuse((struct ow_str){name, 254});
    refuse((struct ow_str){name, 300});
}

/* A label that is short in UTF-8 may be too long as Punycode. */
static void idn_bounds_encoded_labels(void **state)
{
    char name[4 * 30];

    (void)state;
    for (size_t i = 0; i < 30; i++) {
        char point[] = {(char)0xf0, (char)0x9f, (char)(0x80 + i * 2),
                        (char)(0x80 + i)};
        memcpy(name + 4 * i, point, 4);
    }
    refuse((struct ow_str){name, sizeof name});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idn_lower_cases_ascii),
        cmocka_unit_test(idn_encodes_the_samples_of_the_rfc),
        cmocka_unit_test(idn_encodes_label_by_label),
        cmocka_unit_test(idn_takes_the_dots_of_chinese_and_japanese),
        cmocka_unit_test(idn_lower_cases_latin_greek_and_cyrillic),
        cmocka_unit_test(idn_refuses_bad_utf8),
        cmocka_unit_test(idn_refuses_empty_labels_spaces_and_controls),
        cmocka_unit_test(idn_bounds_labels_and_names),
        cmocka_unit_test(idn_bounds_encoded_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
