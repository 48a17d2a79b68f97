/*
 * fuzz_dns: any bytes as a query. What is read as one lies inside of them, and
 * its answer is a message about the same name that no longer is a query; the
 * name, asked anew, is read as it was.
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "lib/must.h"
#include "wire/dns.h"

static void try_answer(const struct ow_dns_query *query, size_t room)
{
    static const uint8_t address[4] = {127, 83, 0, 1};
    struct ow_dns_reply reply = {OW_DNS_NOERROR, address};
    struct ow_dns_query back;
    uint8_t answer[OW_LIMIT_DNS_MESSAGE];
    ssize_t len = ow_dns_answer(query, &reply, answer, room);

    if (len < 0)
        return;
    must((size_t)len <= room && (size_t)len >= query->question_end,
         "an answer has the wrong size");
    must(memcmp(answer, query->bytes, 2) == 0, "an answer has another id");
    must(ow_dns_parse(answer, (size_t)len, &back) < 0,
         "an answer is a query itself");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ow_dns_query query, again;
    uint8_t bytes[OW_LIMIT_DNS_MESSAGE];

    if (ow_dns_parse(data, size, &query) < 0)
        return 0;
    must(query.question_end <= query.end && query.end <= size,
         "a query reaches beyond its message");
    try_answer(&query, OW_LIMIT_DNS_MESSAGE);
    try_answer(&query, query.question_end + 20);
    try_answer(&query, query.question_end);
    ssize_t len = ow_dns_ask(query.name, query.type, 1, bytes, sizeof(bytes));
    must(len > 0 && ow_dns_parse(bytes, (size_t)len, &again) == 0 &&
             strcmp(again.name, query.name) == 0 && again.type == query.type,
         "a name that was read is none");
    return 0;
}
