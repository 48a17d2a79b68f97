/*
 * json: what is asked of cJSON's values all over. Documents that are read, with
 * places for errors: jsonc.h; what is written: jsonw.h.
 */
#ifndef OW_BASE_JSON_H
#define OW_BASE_JSON_H

#include <cjson/cJSON.h>

/* NULL: there is none, or it is no object. */
static inline const cJSON *ow_json_member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

#endif
