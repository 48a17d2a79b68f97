/*
 * case_journal: a journal held against what a case expects of it. See
 * case_journal.h.
 */
#include "config.h"

#include "case_journal.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "case_file.h"

static bool value_fits(const cJSON *wanted, const cJSON *got)
{
    const char *text = cJSON_GetStringValue(wanted);

    if (cJSON_IsNull(wanted))
        return !got;
    if (text && *text == '~')
        return cJSON_IsString(got) && strstr(got->valuestring, text + 1);
    return cJSON_Compare(wanted, got, true);
}

/* The first key that differs, or NULL. */
static const char *differs(const cJSON *wanted, const cJSON *got)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, wanted)
    {
        const cJSON *other =
            cJSON_GetObjectItemCaseSensitive(got, item->string);
        if (!value_fits(item, other))
            return item->string;
    }
    return NULL;
}

static int compare_line(struct ow_str wanted, struct ow_str got,
                        struct ow_buf *why)
{
    cJSON *a = cJSON_ParseWithLength(wanted.ptr, wanted.len);
    cJSON *b = cJSON_ParseWithLength(got.ptr, got.len);
    int r = 0;

    if (!cJSON_IsObject(a) || !cJSON_IsObject(b)) {
        ow_buf_printf(why, "no JSON object: %.*s\n",
                      OW_STR_ARGS(cJSON_IsObject(a) ? got : wanted));
        r = -EINVAL;
    } else if (differs(a, b)) {
        ow_buf_printf(why, "\"%s\" differs in %.*s\n", differs(a, b),
                      OW_STR_ARGS(got));
        r = -EINVAL;
    }
    cJSON_Delete(a);
    cJSON_Delete(b);
    return r;
}

int case_journal_compare(struct ow_str journal, struct ow_str expected,
                         struct ow_buf *why)
{
    int r = 0;

    while (r == 0 && expected.len > 0 && journal.len > 0) {
        struct ow_str wanted = case_cut_line(&expected);
        r = compare_line(wanted, case_cut_line(&journal), why);
    }
    if (r == 0 && expected.len > 0)
        r = ow_buf_printf(why, "missing: %.*s\n", OW_STR_ARGS(expected));
    else if (r == 0 && journal.len > 0)
        r = ow_buf_printf(why, "not expected: %.*s\n", OW_STR_ARGS(journal));
    else
        return r;
    return -EINVAL;
}
