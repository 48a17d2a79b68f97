/*
 * transfer: by a table of members. See transfer.h. Called by journal.c and
 * hygiene.c.
 */
#include "config.h"

#include "journal/transfer.h"

#include <stddef.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct flag {
    const char *name;
    uint16_t bit;
} flags[] = {
#define OW_TRANSFER_FLAG(id, bit, text) {text, OW_TRANSFER_##id},
#define OW_TRANSFER_NUMBER(member, text)
#define OW_TRANSFER_HTTP(member, text)
#include "control/transfer.def"
#undef OW_TRANSFER_FLAG
#undef OW_TRANSFER_NUMBER
#undef OW_TRANSFER_HTTP
};

static const struct number {
    const char *name;
    size_t offset;
    bool is_http;
} numbers[] = {
#define OW_TRANSFER_FLAG(id, bit, text)
#define OW_TRANSFER_NUMBER(member, text)                                       \
    {text, offsetof(struct ow_transfer, member), false},
#define OW_TRANSFER_HTTP(member, text)                                         \
    {text, offsetof(struct ow_transfer, member), true},
#include "control/transfer.def"
#undef OW_TRANSFER_FLAG
#undef OW_TRANSFER_NUMBER
#undef OW_TRANSFER_HTTP
};

/* CURL_HTTP_VERSION_NONE is for libcurl to choose, or no answer's. */
static const struct version {
    int number;
    const char *name;
} versions[] = {
    {0, "any"}, {1, "1.0"},    {2, "1.1"},
    {3, "2"},   {4, "2tls"},   {5, "2-prior-knowledge"},
    {30, "3"},  {31, "3only"},
};

static void put_number(struct ow_jsonw *w, const struct number *number,
                       int16_t value)
{
    ow_jsonw_key(w, number->name);
    for (size_t i = 0; number->is_http && i < COUNT(versions); i++)
        if (versions[i].number == value) {
            ow_jsonw_string(w, ow_str_from(versions[i].name));
            return;
        }
    ow_jsonw_u64(w, (uint64_t)value);
}

void ow_transfer_put(struct ow_jsonw *w, const struct ow_transfer *transfer)
{
    ow_jsonw_key(w, "transfer");
    ow_jsonw_begin(w, '{');
    for (size_t i = 0; i < COUNT(flags); i++) {
        ow_jsonw_key(w, flags[i].name);
        ow_jsonw_raw(w, transfer->flags & flags[i].bit ? OW_STR("true")
                                                       : OW_STR("false"));
    }
    for (size_t i = 0; i < COUNT(numbers); i++) {
        const char *at = (const char *)transfer + numbers[i].offset;
        int16_t value = *(const int16_t *)at;
        if (value >= 0)
            put_number(w, &numbers[i], value);
    }
    ow_jsonw_end(w, '}');
}

static int16_t read_number(const cJSON *item)
{
    for (size_t i = 0; cJSON_IsString(item) && i < COUNT(versions); i++)
        if (strcmp(versions[i].name, item->valuestring) == 0)
            return (int16_t)versions[i].number;
    bool fits = cJSON_IsNumber(item) && item->valuedouble >= 0 &&
                item->valuedouble <= INT16_MAX;
    return fits ? (int16_t)item->valuedouble : -1;
}

bool ow_transfer_read(const cJSON *record, struct ow_transfer *ret)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(record, "transfer");
    struct ow_transfer transfer = {0};

    if (!cJSON_IsObject(object))
        return false;
    for (size_t i = 0; i < COUNT(flags); i++)
        if (cJSON_IsTrue(
                cJSON_GetObjectItemCaseSensitive(object, flags[i].name)))
            transfer.flags |= flags[i].bit;
    for (size_t i = 0; i < COUNT(numbers); i++)
        *(int16_t *)((char *)&transfer + numbers[i].offset) = read_number(
            cJSON_GetObjectItemCaseSensitive(object, numbers[i].name));
    *ret = transfer;
    return true;
}
