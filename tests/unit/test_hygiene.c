/*
 * Tests of journal/hygiene and journal/transfer: what is questioned, and that
 * JSON keeps what the shim told.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "journal/hygiene.h"
#include "journal/transfer.h"

#define IN_ORDER                                                               \
    (OW_TRANSFER_VERIFY_PEER | OW_TRANSFER_VERIFY_HOST | OW_TRANSFER_TIMEOUT)

/* What is questioned, a bit for each. */
static unsigned judge(unsigned flags, int limit)
{
    struct ow_transfer transfer = {.flags = (uint16_t)flags,
                                   .redirect_limit = (int16_t)limit};
    unsigned questions = 0;

    for (int i = 0; i < OW_HYGIENE_COUNT; i++)
        if (ow_hygiene_judge(&transfer, (enum ow_hygiene)i))
            questions |= 1u << i;
    return questions;
}

static void hygiene_has_no_question_when_all_is_set(void **state)
{
    (void)state;
    assert_int_equal(judge(IN_ORDER, -1), 0);
}

static void hygiene_questions_each_thing_alone(void **state)
{
    (void)state;
    assert_int_equal(judge(IN_ORDER & ~OW_TRANSFER_VERIFY_PEER, -1),
                     1 << OW_HYGIENE_VERIFY_PEER);
    assert_int_equal(judge(IN_ORDER & ~OW_TRANSFER_VERIFY_HOST, -1),
                     1 << OW_HYGIENE_VERIFY_HOST);
    assert_int_equal(judge(IN_ORDER & ~OW_TRANSFER_TIMEOUT, -1),
                     1 << OW_HYGIENE_TIMEOUT);
    assert_int_equal(judge(IN_ORDER | OW_TRANSFER_CREDENTIALS, -1),
                     1 << OW_HYGIENE_CREDENTIALS);
    assert_int_equal(judge(IN_ORDER | OW_TRANSFER_VERBOSE, -1),
                     1 << OW_HYGIENE_VERBOSE);
}

static void hygiene_takes_a_low_speed_limit_for_a_timeout(void **state)
{
    unsigned flags = IN_ORDER & ~OW_TRANSFER_TIMEOUT;

    (void)state;
    assert_int_equal(judge(flags | OW_TRANSFER_LOW_SPEED, -1), 0);
    assert_int_equal(judge(flags | OW_TRANSFER_CONNECT_TIMEOUT, -1),
                     1 << OW_HYGIENE_TIMEOUT);
}

static void hygiene_questions_redirects_that_nothing_bounds(void **state)
{
    unsigned both = IN_ORDER | OW_TRANSFER_FOLLOWS | OW_TRANSFER_REDIRECT_HTTP |
                    OW_TRANSFER_REDIRECT_HTTPS;

    (void)state;
    assert_int_equal(judge(both, -1), 1 << OW_HYGIENE_REDIRECTS);
    assert_int_equal(judge(both, 0), 0);
    assert_int_equal(judge(both, 30), 0);
    assert_int_equal(judge(both & ~OW_TRANSFER_REDIRECT_HTTP, -1), 0);
    assert_int_equal(judge(both & ~OW_TRANSFER_FOLLOWS, -1), 0);
}

static void transfer_is_the_same_after_json(void **state)
{
    struct ow_transfer transfer = {
        .flags = IN_ORDER | OW_TRANSFER_REUSED | OW_TRANSFER_CREDENTIALS,
        .code = 28,
        .redirect_limit = -1,
        .redirects = 3,
        .http_asked = 4,
        .http_got = 2,
        .connects = 1,
        .retries = INT16_MAX,
    };
    struct ow_transfer read;
    struct ow_buf buf = {0};
    struct ow_jsonw w = {.buf = &buf};

    (void)state;
    ow_jsonw_begin(&w, '{');
    ow_transfer_put(&w, &transfer);
    ow_jsonw_end(&w, '}');
    assert_int_equal(w.error, 0);
    cJSON *record = cJSON_ParseWithLength(ow_buf_peek(&buf).ptr, buf.len);
    assert_non_null(record);
    assert_true(ow_transfer_read(record, &read));
    assert_memory_equal(&read, &transfer, sizeof read);
    cJSON_Delete(record);
    ow_buf_release(&buf);
}

static void transfer_reads_none_from_other_records(void **state)
{
    struct ow_transfer read;
    cJSON *record = cJSON_Parse("{\"event\":\"request\",\"transfer\":7}");

    (void)state;
    assert_false(ow_transfer_read(record, &read));
    cJSON_Delete(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hygiene_has_no_question_when_all_is_set),
        cmocka_unit_test(hygiene_questions_each_thing_alone),
        cmocka_unit_test(hygiene_takes_a_low_speed_limit_for_a_timeout),
        cmocka_unit_test(hygiene_questions_redirects_that_nothing_bounds),
        cmocka_unit_test(transfer_is_the_same_after_json),
        cmocka_unit_test(transfer_reads_none_from_other_records),
    };

    return cmocka_run_group_tests_name("hygiene", tests, NULL, NULL);
}
