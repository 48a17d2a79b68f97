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
#include "base/limits.h"
#include "http/form.h"

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART  "multipart/form-data; boundary=b"
/* A part's head. */
#define PART(name) "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n"

static struct ow_arena arena;

static int parse(struct ow_str type, struct ow_str body, bool whole,
                 struct ow_form *form)
{
    ow_arena_reset(&arena);
    return ow_form_parse(type, body, whole, &arena, form);
}

static void form_reads_urlencoded_pairs(void **state)
{
    struct ow_form form;

    (void)state;
    assert_int_equal(parse(OW_STR("Application/X-WWW-Form-Urlencoded;a=b"),
                           OW_STR("a=1&b=x+y%21&a=2"), true, &form),
                     0);
    assert_int_equal(form.n, 3);
    assert_str(form.parts[1].value, "x y!");
    assert_null(form.parts[1].filename.ptr);
    assert_true(form.parts[2].whole);
    const struct ow_part *part = ow_form_find(&form, OW_STR("a"));
    assert_str(part->value, "1");
    part = ow_form_next(&form, part);
    assert_str(part->value, "2");
    assert_null(ow_form_next(&form, part));
    assert_null(ow_form_find(&form, OW_STR("A")));
}

static void form_reads_multipart_fields_and_files(void **state)
{
    struct ow_form form;

    (void)state;
    assert_int_equal(
        parse(OW_STR("multipart/form-data; boundary=\"b\""),
              OW_STR("preamble\r\n--b\r\n" PART(
                  "model") "whisper-1\r\n--b \t\r\n"
                           "content-type: audio/wav\r\nX-Other: y\r\n"
                           "content-disposition: form-data; "
                           "filename=\"a\\\"b;.wav\";"
                           " name=file\r\n\r\nRI\r\nFF\0\r\n\r\n--b--"
                           "\r\nepilogue"),
              true, &form),
        0);
    assert_int_equal(form.n, 2);
    assert_str(form.parts[0].name, "model");
    assert_str(form.parts[0].value, "whisper-1");
    assert_null(form.parts[0].filename.ptr);
    assert_null(form.parts[0].type.ptr);
    assert_str(form.parts[1].name, "file");
    assert_str(form.parts[1].filename, "a\"b;.wav");
    assert_str(form.parts[1].type, "audio/wav");
    assert_str(form.parts[1].value, "RI\r\nFF\0\r\n");
    assert_true(form.parts[1].whole);
}

static void form_values_may_be_empty(void **state)
{
    struct ow_form form;

    (void)state;
    assert_int_equal(parse(OW_STR(MULTIPART),
                           OW_STR("--b\r\n" PART("a") "\r\n--b--"), true,
                           &form),
                     0);
    assert_int_equal(form.n, 1);
    assert_str(form.parts[0].value, "");
    assert_int_equal(parse(OW_STR(MULTIPART), OW_STR("--b--\r\n"), true, &form),
                     0);
    assert_int_equal(form.n, 0);
    assert_int_equal(parse(OW_STR(URLENCODED), OW_STR(""), true, &form), 0);
    assert_int_equal(form.n, 0);
}

static void form_value_may_hold_what_looks_like_a_delimiter(void **state)
{
    struct ow_form form;

    (void)state;
    assert_int_equal(parse(OW_STR(MULTIPART),
                           OW_STR("--b\r\n" PART("a") "x\r\n--bc\r\n--b -\n"
                                                      "--b--\r\n--b--"),
                           true, &form),
                     0);
    assert_int_equal(form.n, 1);
    assert_str(form.parts[0].value, "x\r\n--bc\r\n--b -\n--b--");
}

static void form_prefers_the_extended_file_name(void **state)
{
    struct ow_form form;

    (void)state;
    assert_int_equal(
        parse(OW_STR(MULTIPART),
              OW_STR("--b\r\nContent-Disposition: form-data; name=\"f\"; "
                     "filename*=utf-8'en'na%C3%AFve.txt; filename=\"x\"\r\n\r\n"
                     "\r\n--b\r\nContent-Disposition: form-data; name=\"g\"; "
                     "filename=\"y\"; filename*=latin1''%EF\r\n\r\n\r\n--b--"),
              true, &form),
        0);
    assert_str(form.parts[0].filename, "na\xc3\xafve.txt");
    assert_str(form.parts[1].filename, "y");
}

/* Browsers of old sent whole paths; the backslashes are no escapes. */
static void form_keeps_backslashes_of_file_names(void **state)
{
    struct ow_form form;

    (void)state;
    assert_int_equal(
        parse(OW_STR(MULTIPART),
              OW_STR("--b\r\nContent-Disposition: form-data; name=\"f\"; "
                     "filename=\"C:\\new\\a.txt\"\r\n\r\n\r\n--b--"),
              true, &form),
        0);
    assert_str(form.parts[0].filename, "C:\\new\\a.txt");
}

static void form_refuses_other_types(void **state)
{
    struct ow_form form;

    (void)state;
    assert_int_equal(
        parse(OW_STR("application/json"), OW_STR("a=b"), true, &form), -ENOMSG);
    assert_int_equal(parse(OW_STR(""), OW_STR("a=b"), true, &form), -ENOMSG);
    assert_int_equal(
        parse(OW_STR("multipart/mixed; boundary=b"), OW_STR(""), true, &form),
        -ENOMSG);
}

static void form_refuses_broken_multipart(void **state)
{
    static const char *const bad[] = {
        "",                                 /* no delimiter */
        "--b\r\n" PART("a") "x",            /* no closing one */
        "--b\r\n" PART("a") "x\r\n--b",     /* cut inside it */
        "--b\r\n" PART("a") "x\r\n--b\r\n", /* nothing behind one */
        "--b\r\n\r\nx\r\n--b--",            /* no disposition */
        "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: file; name=\"a\"\r\n\r\nx\r\n--b--",
        "--b\r\nno colon\r\n" PART("a") "x\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n--b--",
        "--b\nContent-Disposition: form-data; name=\"a\"\n\nx\n--b--",
    };
    struct ow_form form;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse(OW_STR(MULTIPART), ow_str_from(bad[i]), true, &form) !=
            -EINVAL)
            fail_msg("\"%s\" was taken", bad[i]);
}

static void form_refuses_bad_boundaries(void **state)
{
    struct ow_form form;
    char type[200] = "multipart/form-data; boundary=";

    (void)state;
    assert_int_equal(
        parse(OW_STR("multipart/form-data"), OW_STR("----"), true, &form),
        -EINVAL);
    assert_int_equal(parse(OW_STR("multipart/form-data; boundary="),
                           OW_STR("----"), true, &form),
                     -EINVAL);
    memset(type + strlen(type), 'b', 71);
    assert_int_equal(parse(ow_str_from(type), OW_STR("----"), true, &form),
                     -EINVAL);
}

/* The front of a body may end anywhere: what is whole in it is found, and the
 * part that it ends in is marked. */
static void form_reads_the_front_of_a_body_cut_anywhere(void **state)
{
    static const char text[] =
        "--b\r\n" PART("a") "12345\r\n--b\r\n" PART("b") "67890\r\n--b--\r\n";
    size_t a = strlen("--b\r\n" PART("a")), a_end = a + strlen("12345\r\n--b");
    size_t b = a_end + 2 + strlen(PART("b"));

    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        struct ow_str front = {text, len};
        struct ow_form form = {0};
        assert_int_equal(parse(OW_STR(MULTIPART), front, false, &form), 0);
        if (len < a)
            assert_int_equal(form.n, 0);
        else if (len < b)
            assert_int_equal(form.n, 1);
        else
            assert_int_equal(form.n, 2);
        if (form.n == 1)
            assert_int_equal(form.parts[0].whole, len >= a_end + 2);
        if (form.n == 2)
            assert_true(form.parts[0].whole);
    }
}

static void form_marks_the_last_pair_of_a_cut_body(void **state)
{
    struct ow_form form;

    (void)state;
    assert_int_equal(parse(OW_STR(URLENCODED), OW_STR("a=1&b=2"), false, &form),
                     0);
    assert_true(form.parts[0].whole);
    assert_false(form.parts[1].whole);
}

static void form_bounds_the_parts(void **state)
{
    static const char part[] = "\r\n--b\r\n" PART("a");
    struct ow_form form;
    struct ow_buf body;

    (void)state;
    ow_buf_init(&body, 0);
    for (int i = 0; i < OW_LIMIT_PARAMS; i++)
        ow_buf_append(&body, part, sizeof part - 1);
    size_t len = body.len;
    ow_buf_append_str(&body, OW_STR("\r\n--b--"));
    assert_int_equal(parse(OW_STR(MULTIPART), ow_buf_peek(&body), true, &form),
                     0);
    assert_int_equal(form.n, OW_LIMIT_PARAMS);
    body.len = len;
    ow_buf_append(&body, part, sizeof part - 1);
    ow_buf_append_str(&body, OW_STR("\r\n--b--"));
    assert_int_equal(parse(OW_STR(MULTIPART), ow_buf_peek(&body), true, &form),
                     -E2BIG);
    assert_int_equal(form.n, OW_LIMIT_PARAMS);
    ow_buf_release(&body);
    ow_arena_release(&arena);
}

static void form_keeps_the_first_of_too_many_fields(void **state)
{
    struct ow_form form = {0};
    struct ow_buf body;

    (void)state;
    ow_buf_init(&body, 0);
    for (int i = 0; i <= OW_LIMIT_PARAMS; i++)
        ow_buf_printf(&body, "f%d=v&", i);
    assert_int_equal(parse(OW_STR("application/x-www-form-urlencoded"),
                           ow_buf_peek(&body), true, &form),
                     -E2BIG);
    assert_int_equal(form.n, OW_LIMIT_PARAMS);
    assert_true(form.parts[OW_LIMIT_PARAMS - 1].whole);
    ow_buf_release(&body);
    ow_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_reads_urlencoded_pairs),
        cmocka_unit_test(form_reads_multipart_fields_and_files),
        cmocka_unit_test(form_values_may_be_empty),
        cmocka_unit_test(form_value_may_hold_what_looks_like_a_delimiter),
        cmocka_unit_test(form_prefers_the_extended_file_name),
        cmocka_unit_test(form_keeps_backslashes_of_file_names),
        cmocka_unit_test(form_refuses_other_types),
        cmocka_unit_test(form_refuses_broken_multipart),
        cmocka_unit_test(form_refuses_bad_boundaries),
        cmocka_unit_test(form_reads_the_front_of_a_body_cut_anywhere),
        cmocka_unit_test(form_marks_the_last_pair_of_a_cut_body),
        cmocka_unit_test(form_bounds_the_parts),
        cmocka_unit_test(form_keeps_the_first_of_too_many_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
