/*
 * template: the place of {{ expressions }}. See template.h.
 */
#include "config.h"

#include "plan/template.h"

#include <string.h>

#define MARK "{{"

static int refuse(const struct ow_jsonc *doc, const cJSON *node,
                  struct ow_err *err)
{
    return ow_jsonc_error(doc, node, err,
                          "templates come with a later version; text with "
                          "\"" MARK "\" in it can be sent from a \"file\"");
}

int ow_template_check(const struct ow_jsonc *doc, const cJSON *node,
                      struct ow_err *err)
{
    const cJSON *child;

    if (cJSON_IsString(node) && strstr(node->valuestring, MARK))
        return refuse(doc, node, err);
    /* Depth is bounded by OW_LIMIT_JSON_DEPTH. */
    cJSON_ArrayForEach(child, node)
    {
        if (child->string && strstr(child->string, MARK))
            return refuse(doc, child, err);
        int r = ow_template_check(doc, child, err);
        if (r < 0)
            return r;
    }
    return 0;
}
