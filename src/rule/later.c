/*
 * later: see later.h.
 */
#include "config.h"

#include "rule/later.h"

#include <string.h>

static const struct {
    enum ow_later where;
    const char *key;
} rows[] = {
#define OW_LATER(where, key) {OW_LATER_##where, key},
#include "rule/later.def"
#undef OW_LATER
};

bool ow_later_is(enum ow_later where, const char *key)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].where == where && strcmp(rows[i].key, key) == 0)
            return true;
    return false;
}

int ow_later_fail(const struct ow_jsonc *doc, const cJSON *node,
                  struct ow_err *err)
{
    return ow_jsonc_error(doc, node, err, "\"%s\" comes with a later version",
                          node->string);
}
