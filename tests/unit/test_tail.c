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
#include "http/tail.h"

#define TYPE     "multipart/form-data; boundary=abc"
#define FILE_LEN (3 * OW_LIMIT_TAIL_PART)

/* A body, and the form of it that is kept in part. */
struct fixture {
    struct ow_arena arena;
    struct ow_buf body;
    struct ow_str delimiter;
    struct ow_form form;
    bool is_full;
};

static void append(struct fixture *f, const char *text)
{
    assert_int_equal(ow_buf_append_str(&f->body, ow_str_from(text)), 0);
}

/* A file of so many bytes, which look much like delimiters. */
static void append_file(struct fixture *f, const char *name, size_t len)
{
    static const char first[] = "\r\n--abcd", bytes[] = "\r\n--ab\r\n-";
    const size_t n = sizeof first - 1;

    assert_int_equal(
        ow_buf_printf(&f->body,
                      "--abc\r\nContent-Disposition: form-data; name=\"%s\"; "
                      "filename=\"%s.wav\"\r\n\r\n",
                      name, name),
        0);
    for (size_t i = 0; i < len; i++) {
        char c = i < n ? first[i] : bytes[(i - n) % (sizeof bytes - 1)];
        assert_int_equal(ow_buf_append(&f->body, &c, 1), 0);
    }
    append(f, "\r\n");
}

static void append_field(struct fixture *f, const char *name, const char *value)
{
    assert_int_equal(ow_buf_printf(&f->body,
                                   "--abc\r\nContent-Disposition: form-data; "
                                   "name=\"%s\"\r\n\r\n%s\r\n",
                                   name, value),
                     0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    ow_arena_init(&f->arena);
    ow_buf_init(&f->body, 0);
    assert_int_equal(ow_form_delimiter(OW_STR(TYPE), &f->arena, &f->delimiter),
                     0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    ow_buf_release(&f->body);
    ow_arena_release(&f->arena);
    free(f);
    return 0;
}

/* Parses the body, of which so much is kept in front, fed in such pieces. */
static int parse(struct fixture *f, size_t front, size_t piece)
{
    struct ow_str body = ow_buf_peek(&f->body), joined;
    struct ow_str prefix = {body.ptr, front < body.len ? front : body.len};
    struct ow_tail *tail = ow_tail_new(f->delimiter, prefix);

    assert_non_null(tail);
    for (size_t at = prefix.len; at < body.len; at += piece) {
        size_t len = body.len - at < piece ? body.len - at : piece;
        assert_int_equal(ow_tail_feed(tail, body.ptr + at, len), 0);
    }
    assert_int_equal(ow_tail_join(tail, prefix, &f->arena, &joined), 0);
    f->is_full = ow_tail_is_full(tail);
    f->form = (struct ow_form){0};
    int r =
        ow_form_parse(OW_STR(TYPE), joined, !f->is_full, &f->arena, &f->form);
    if (r == 0)
        ow_tail_mend(tail, joined, &f->form);
    ow_tail_free(tail);
    return r;
}

static const struct ow_part *part(const struct fixture *f, const char *name)
{
    const struct ow_part *found = ow_form_find(&f->form, ow_str_from(name));

    assert_non_null(found);
    return found;
}

static void tail_knows_what_stands_behind_long_files(void **state)
{
    static const size_t pieces[] = {1, 6, 7, 8, 9, 1000, 100000};
    struct fixture *f = *state;

    append_field(f, "first", "1");
    append_file(f, "a", FILE_LEN);
    append_field(f, "between", "two");
    append_file(f, "b", FILE_LEN + 1);
    append_field(f, "last", "three");
    append(f, "--abc--\r\n");
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        for (size_t front = 0; front <= f->body.len; front += 509) {
            assert_int_equal(parse(f, front, pieces[i]), 0);
            assert_int_equal(f->form.n, 5);
            assert_str(part(f, "first")->value, "1");
            assert_str(part(f, "between")->value, "two");
            assert_str(part(f, "last")->value, "three");
            assert_str(part(f, "b")->filename, "b.wav");
            assert_int_equal(part(f, "a")->size, FILE_LEN);
            assert_int_equal(part(f, "b")->size, FILE_LEN + 1);
            ow_arena_reset(&f->arena);
            assert_int_equal(
                ow_form_delimiter(OW_STR(TYPE), &f->arena, &f->delimiter), 0);
        }
}

static void tail_keeps_the_front_of_a_long_part(void **state)
{
    struct fixture *f = *state;

    append_file(f, "a", FILE_LEN);
    append(f, "--abc--\r\n");
    const char *sent = strstr(ow_buf_data(&f->body), "\r\n\r\n") + 4;
    assert_int_equal(parse(f, 1000, 100), 0);
    const struct ow_part *a = part(f, "a");
    assert_false(a->whole);
    assert_in_range(a->value.len, 1000, FILE_LEN - 1);
    assert_memory_equal(a->value.ptr, sent, a->value.len);
}

static void tail_of_short_parts_has_them_whole(void **state)
{
    struct fixture *f = *state;

    append_file(f, "a", 100);
    append_field(f, "b", "2");
    append(f, "--abc--\r\n");
    for (size_t front = 0; front < f->body.len; front++) {
        assert_int_equal(parse(f, front, 10), 0);
        assert_true(part(f, "a")->whole);
        assert_int_equal(part(f, "a")->size, 100);
        assert_true(part(f, "b")->whole);
    }
}

static void tail_of_a_body_that_breaks_off_is_told(void **state)
{
    struct fixture *f = *state;

    append_file(f, "a", FILE_LEN);
    assert_int_equal(parse(f, 1000, 100), -EINVAL);
}

static void tail_ends_where_its_limits_do(void **state)
{
    struct fixture *f = *state;

    append_file(f, "a", FILE_LEN);
    for (int i = 0; i <= OW_LIMIT_TAIL_GAPS; i++)
        append_file(f, "more", OW_LIMIT_TAIL_PART + 1);
    append(f, "--abc--\r\n");
    assert_int_equal(parse(f, 1000, 1000), 0);
    assert_true(f->is_full);
    assert_int_equal(part(f, "a")->size, FILE_LEN);
    assert_true(f->form.n > 10);
}

static void delimiter_is_that_of_multipart_forms_alone(void **state)
{
    struct fixture *f = *state;
    struct ow_str ignored;

    assert_str(f->delimiter, "\r\n--abc");
    assert_int_equal(ow_form_delimiter(OW_STR("text/plain; boundary=a"),
                                       &f->arena, &ignored),
                     -ENOMSG);
    assert_int_equal(
        ow_form_delimiter(OW_STR("multipart/form-data"), &f->arena, &ignored),
        -EINVAL);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(tail_knows_what_stands_behind_long_files),
        TEST(tail_keeps_the_front_of_a_long_part),
        TEST(tail_of_short_parts_has_them_whole),
        TEST(tail_of_a_body_that_breaks_off_is_told),
        TEST(tail_ends_where_its_limits_do),
        TEST(delimiter_is_that_of_multipart_forms_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
