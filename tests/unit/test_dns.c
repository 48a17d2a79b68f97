/* dns: what is a query, and the answers to one. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/dns.h"

#define HEADER "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
#define NAME                                                                   \
    "\x03"                                                                     \
    "api"                                                                      \
    "\x04"                                                                     \
    "Test"                                                                     \
    "\x00"
#define TYPE_A "\x00\x01\x00\x01"
/* As c-ares writes it: 1232 bytes, a cookie. */
#define OPT                                                                    \
    "\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x0c"                             \
    "\x00\x0a\x00\x08"                                                         \
    "cookieci"

#define PARSE(literal, ret) ow_dns_parse((literal), sizeof(literal) - 1, (ret))

static const uint8_t stand_in[4] = {127, 83, 0, 1};

static void parse_reads_name_and_type(void **state)
{
    struct ow_dns_query query;
    (void)state;
    assert_int_equal(PARSE(HEADER NAME TYPE_A, &query), 0);
    assert_string_equal(query.name, "api.Test");
    assert_int_equal(query.type, 1);
    assert_int_equal(query.question_end, 26);
    assert_int_equal(query.end, 26);
}

static void parse_takes_a_query_whose_end_is_cut_off(void **state)
{
    char bytes[] = HEADER NAME TYPE_A OPT;
    struct ow_dns_query query;
    (void)state;
    bytes[11] = 1;
    size_t whole = sizeof(bytes) - 1;
    for (size_t len = 0; len < whole; len++)
        assert_int_equal(ow_dns_parse(bytes, len, &query),
                         len < 26 ? -EBADMSG : 0);
    assert_int_equal(ow_dns_parse(bytes, whole - 1, &query), 0);
    assert_int_equal(query.end, 26);
    assert_int_equal(ow_dns_parse(bytes, whole, &query), 0);
    assert_int_equal(query.end, whole);
}

/* Each of the first twelve bytes but the id, the flags that a client may set
 * and the count of additional records. */
static void parse_rejects_what_is_no_query(void **state)
{
    static const struct {
        int at;
        char value;
    } wrong[] = {{2, '\x81'}, {2, '\x29'}, {3, '\x03'}, {4, 1}, {5, 0},
                 {5, 2},      {6, 1},      {7, 1},      {8, 1}, {9, 1}};
    struct ow_dns_query query;
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char bytes[] = HEADER NAME TYPE_A;
        bytes[wrong[i].at] = wrong[i].value;
        assert_int_equal(ow_dns_parse(bytes, sizeof(bytes) - 1, &query),
                         -EBADMSG);
    }
}

static void parse_rejects_other_classes(void **state)
{
    struct ow_dns_query query;
    (void)state;
    assert_int_equal(PARSE(HEADER NAME "\x00\x10\x00\x03", &query), -EBADMSG);
    assert_int_equal(PARSE(HEADER NAME "\x00\x01\x00\xff", &query), 0);
}

static void parse_rejects_names_that_are_none(void **state)
{
    struct ow_dns_query query;
    (void)state;
    /* The root, a pointer, a dot and a NUL inside of a label, no end. */
    assert_int_equal(PARSE(HEADER "\x00" TYPE_A, &query), -EBADMSG);
    assert_int_equal(PARSE(HEADER "\xc0\x0c" TYPE_A, &query), -EBADMSG);
    assert_int_equal(PARSE(HEADER "\x03"
                                  "a.b"
                                  "\x00" TYPE_A,
                           &query),
                     -EBADMSG);
    assert_int_equal(PARSE(HEADER "\x03"
                                  "a\0b"
                                  "\x00" TYPE_A,
                           &query),
                     -EBADMSG);
    assert_int_equal(PARSE(HEADER "\x03"
                                  "abc"
                                  "\x3f"
                                  "abcd",
                           &query),
                     -EBADMSG);
}

static void parse_bounds_names(void **state)
{
    uint8_t bytes[512] = HEADER;
    struct ow_dns_query query;
    size_t at = 12;
    (void)state;
    /* 255 bytes with the root's is the longest: 63 + 63 + 63 + 61. */
    for (int i = 0; i < 4; i++) {
        size_t label = i < 3 ? 63 : 61;
        bytes[at] = (uint8_t)label;
        memset(bytes + at + 1, 'a', label);
        at += label + 1;
    }
    bytes[at + 2] = bytes[at + 4] = 1;
    assert_int_equal(ow_dns_parse(bytes, at + 5, &query), 0);
    assert_int_equal(strlen(query.name), 253);
    memmove(bytes + at + 1, bytes + at, 5);
    bytes[at] = 'a';
    bytes[at - 62]++;
    assert_int_equal(ow_dns_parse(bytes, at + 6, &query), -EBADMSG);
}

static void ask_writes_what_parse_reads(void **state)
{
    uint8_t bytes[OW_LIMIT_DNS_MESSAGE];
    struct ow_dns_query query;
    (void)state;
    ssize_t len = ow_dns_ask("api.test.", 28, 1, bytes, sizeof(bytes));
    assert_int_equal(len, 26);
    assert_int_equal(ow_dns_parse(bytes, (size_t)len, &query), 0);
    assert_string_equal(query.name, "api.test");
    assert_int_equal(query.type, 28);
}

static void ask_rejects_what_is_no_name(void **state)
{
    uint8_t bytes[OW_LIMIT_DNS_MESSAGE];
    char name[OW_LIMIT_NAME + 8];
    (void)state;
    assert_int_equal(ow_dns_ask("", 1, 1, bytes, sizeof(bytes)), -EINVAL);
    assert_int_equal(ow_dns_ask(".", 1, 1, bytes, sizeof(bytes)), -EINVAL);
    assert_int_equal(ow_dns_ask("a..b", 1, 1, bytes, sizeof(bytes)), -EINVAL);
    assert_int_equal(ow_dns_ask("a", 65536, 1, bytes, sizeof(bytes)), -EINVAL);
    assert_int_equal(ow_dns_ask("a", 1, 3, bytes, sizeof(bytes)), -EINVAL);
    assert_int_equal(ow_dns_ask("a.test", 1, 1, bytes, 12), -ENOBUFS);
    memset(name, 'a', sizeof(name));
    name[64] = '\0';
    assert_int_equal(ow_dns_ask(name, 1, 1, bytes, sizeof(bytes)), -EINVAL);
    for (size_t i = 0; i < sizeof(name); i++)
        name[i] = i % 4 == 3 ? '.' : 'a';
    name[sizeof(name) - 1] = '\0';
    assert_int_equal(ow_dns_ask(name, 1, 1, bytes, sizeof(bytes)), -EINVAL);
}

static void answer_gives_the_address(void **state)
{
    static const char want[] =
        "\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" NAME TYPE_A
        "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x7f\x53\x00\x01";
    struct ow_dns_reply reply = {OW_DNS_NOERROR, stand_in};
    struct ow_dns_query query;
    uint8_t answer[OW_LIMIT_DNS_MESSAGE];
    (void)state;
    assert_int_equal(PARSE(HEADER NAME TYPE_A, &query), 0);
    assert_int_equal(ow_dns_answer(&query, &reply, answer, sizeof(answer)),
                     sizeof(want) - 1);
    assert_memory_equal(answer, want, sizeof(want) - 1);
    assert_int_equal(ow_dns_answer(&query, &reply, answer, 41), -ENOBUFS);
    query.type = 255;
    assert_int_equal(ow_dns_answer(&query, &reply, answer, sizeof(answer)),
                     sizeof(want) - 1);
}

static void answer_has_no_other_data(void **state)
{
    static const uint16_t types[] = {28, 65, 64, 15, 16, 33, 5};
    struct ow_dns_reply reply = {OW_DNS_NOERROR, stand_in};
    struct ow_dns_query query;
    uint8_t answer[OW_LIMIT_DNS_MESSAGE];
    (void)state;
    assert_int_equal(PARSE(HEADER NAME TYPE_A, &query), 0);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        query.type = types[i];
        assert_int_equal(ow_dns_answer(&query, &reply, answer, sizeof(answer)),
                         26);
        assert_int_equal(answer[3], 0x80);
        assert_int_equal(answer[7], 0);
    }
}

static void answer_tells_failures(void **state)
{
    struct ow_dns_reply reply = {OW_DNS_NXDOMAIN, stand_in};
    struct ow_dns_query query;
    uint8_t answer[OW_LIMIT_DNS_MESSAGE];
    (void)state;
    assert_int_equal(PARSE(HEADER NAME TYPE_A, &query), 0);
    assert_int_equal(ow_dns_answer(&query, &reply, answer, sizeof(answer)), 26);
    assert_int_equal(answer[3], 0x83);
    reply.code = OW_DNS_SERVFAIL;
    assert_int_equal(ow_dns_answer(&query, &reply, answer, sizeof(answer)), 26);
    assert_int_equal(answer[3], 0x82);
}

static void answer_sends_the_options_back(void **state)
{
    char bytes[] = HEADER NAME TYPE_A OPT;
    struct ow_dns_reply reply = {OW_DNS_NOERROR, stand_in};
    struct ow_dns_query query;
    uint8_t answer[OW_LIMIT_DNS_MESSAGE];
    (void)state;
    bytes[11] = 1;
    size_t opt = sizeof(OPT) - 1;
    assert_int_equal(ow_dns_parse(bytes, sizeof(bytes) - 1, &query), 0);
    assert_int_equal(ow_dns_answer(&query, &reply, answer, sizeof(answer)),
                     26 + 16 + opt);
    assert_int_equal(answer[11], 1);
    assert_memory_equal(answer + 26 + 16, OPT, opt);
    /* Where there is no room they are left out. */
    assert_int_equal(ow_dns_answer(&query, &reply, answer, 60), 26 + 16);
    assert_int_equal(answer[11], 0);
    /* Another version is not known here. */
    bytes[26 + 6] = 1;
    assert_int_equal(ow_dns_parse(bytes, sizeof(bytes) - 1, &query), 0);
    assert_int_equal(query.end, 26);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_reads_name_and_type),
        cmocka_unit_test(parse_takes_a_query_whose_end_is_cut_off),
        cmocka_unit_test(parse_rejects_what_is_no_query),
        cmocka_unit_test(parse_rejects_other_classes),
        cmocka_unit_test(parse_rejects_names_that_are_none),
        cmocka_unit_test(parse_bounds_names),
        cmocka_unit_test(ask_writes_what_parse_reads),
        cmocka_unit_test(ask_rejects_what_is_no_name),
        cmocka_unit_test(answer_gives_the_address),
        cmocka_unit_test(answer_has_no_other_data),
        cmocka_unit_test(answer_tells_failures),
        cmocka_unit_test(answer_sends_the_options_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
