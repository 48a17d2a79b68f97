/*
 * fuzz_xml: any bytes as a document of XML. It is a tree, or is refused with a
 * sentence of one line.
 */
#include "config.h"

#include <string.h>

#include "base/xml.h"
#include "fuzz.h"
#include "lib/must.h"

/* Each element has all of its members. */
static void check_element(const cJSON *element)
{
    const cJSON *child;

    must(cJSON_IsString(cJSON_GetObjectItemCaseSensitive(element, "name")),
         "no name");
    must(cJSON_IsString(cJSON_GetObjectItemCaseSensitive(element, "text")),
         "no text");
    must(
        cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(element, "attributes")),
        "no attributes");
    cJSON_ArrayForEach(child,
                       cJSON_GetObjectItemCaseSensitive(element, "children"))
        check_element(child);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ow_str text = {(const char *)data, size};
    struct ow_err err = {""};
    cJSON *tree;

    if (ow_xml_parse(text, &tree, &err) < 0) {
        must(*err.text && !strchr(err.text, '\n'), "no sentence");
        return 0;
    }
    check_element(tree);
    cJSON_Delete(tree);
    return 0;
}
