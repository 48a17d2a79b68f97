/*
 * transfer: by a table of members. See transfer.h. Called by journal.c and
 * hygiene.c.
 */
#include "config.h"

#include "journal/transfer.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct flag {
    const char *name;
    uint16_t bit;
} flags[] = {
#define OW_TRANSFER_FLAG(id, bit, text) {text, OW_TRANSFER_##id},
#define OW_TRANSFER_NUMBER(member, text)
#include "control/transfer.def"
#undef OW_TRANSFER_FLAG
#undef OW_TRANSFER_NUMBER
};

static const struct number {
    const char *name;
    size_t offset;
} numbers[] = {
#define OW_TRANSFER_FLAG(id, bit, text)
#define OW_TRANSFER_NUMBER(member, text)                                       \
    {text, offsetof(struct ow_transfer, member)},
#include "control/transfer.def"
#undef OW_TRANSFER_FLAG
#undef OW_TRANSFER_NUMBER
};

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
        if (value < 0)
            continue;
        ow_jsonw_key(w, numbers[i].name);
        ow_jsonw_u64(w, (uint64_t)value);
    }
    ow_jsonw_end(w, '}');
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
    for (size_t i = 0; i < COUNT(numbers); i++) {
        const cJSON *item =
            cJSON_GetObjectItemCaseSensitive(object, numbers[i].name);
        bool fits = cJSON_IsNumber(item) && item->valuedouble >= 0 &&
                    item->valuedouble <= INT16_MAX;
        *(int16_t *)((char *)&transfer + numbers[i].offset) =
            fits ? (int16_t)item->valuedouble : -1;
    }
    *ret = transfer;
    return true;
}
