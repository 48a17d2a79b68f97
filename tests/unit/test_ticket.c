/* ticket: to text and back; nothing else is one. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "control/ticket.h"

static const uint8_t some[OW_TICKET_LEN] = {
    0, 1, 15, 16, 127, 128, 0xab, 0xcd, 0xef, 255, 9, 10, 11, 12, 13, 0x5a};

static void ticket_format_writes_hex(void **state)
{
    char text[OW_TICKET_TEXT_SIZE];

    (void)state;
    ow_ticket_format(some, text);
    assert_string_equal(text, "00010f107f80abcdefff090a0b0c0d5a");
}

static void ticket_parse_reads_what_format_wrote(void **state)
{
    char text[OW_TICKET_TEXT_SIZE];
    uint8_t read[OW_TICKET_LEN] = {0};

    (void)state;
    ow_ticket_format(some, text);
    assert_int_equal(ow_ticket_parse(text, read), 0);
    assert_memory_equal(read, some, sizeof some);
}

static void ticket_parse_refuses_what_is_none(void **state)
{
    static const char *const wrong[] = {
        NULL,
        "",
        "0",
        "00010f107f80abcdefff090a0b0c0d5",
        "00010f107f80abcdefff090a0b0c0d5a0",
        "00010F107F80ABCDEFFF090A0B0C0D5A",
        "00010f107f80abcdefff090a0b0c0d g",
    };
    uint8_t read[OW_TICKET_LEN] = {7};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(ow_ticket_parse(wrong[i], read), -EINVAL);
    assert_int_equal(read[0], 7);
}

static void ticket_equal_looks_at_each_bit(void **state)
{
    uint8_t other[OW_TICKET_LEN];

    (void)state;
    memcpy(other, some, sizeof some);
    assert_true(ow_ticket_equal(some, other));
    for (size_t i = 0; i < sizeof some * 8; i++) {
        other[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_false(ow_ticket_equal(some, other));
        other[i / 8] ^= (uint8_t)(1u << i % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticket_format_writes_hex),
        cmocka_unit_test(ticket_parse_reads_what_format_wrote),
        cmocka_unit_test(ticket_parse_refuses_what_is_none),
        cmocka_unit_test(ticket_equal_looks_at_each_bit),
    };

    return cmocka_run_group_tests_name("ticket", tests, NULL, NULL);
}
