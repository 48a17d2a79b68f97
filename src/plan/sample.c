/*
 * sample: see sample.h. Called by reply_make.c and lua_function.c.
 */
#include "config.h"

#include "plan/sample.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/str.h"

/* From so deep on a value has what it must have alone. */
#define DEEP 8

struct sampling {
    const cJSON *root;
    int left; /* values that may be made */
    int error;
};

/* Where a value stands. */
struct spot {
    const char *name; /* of its member, or of the list's */
    int index;        /* in its list, from 0 */
    int depth;
};

static cJSON *make(struct sampling *s, const cJSON *schema, struct spot spot);

static bool is_deep(const struct sampling *s, struct spot spot)
{
    return spot.depth >= DEEP || s->left <= 0;
}

/* Takes the value. */
static void append(struct sampling *s, cJSON *list, cJSON *take_value)
{
    if (take_value && cJSON_AddItemToArray(list, take_value))
        return;
    cJSON_Delete(take_value);
    s->error = -ENOMEM;
}

static void put(struct sampling *s, cJSON *object, const char *key,
                cJSON *take_value)
{
    if (take_value && cJSON_AddItemToObject(object, key, take_value))
        return;
    cJSON_Delete(take_value);
    s->error = -ENOMEM;
}

/* "#/$defs/a~1b", a JSON Pointer (RFC 6901) behind a number sign. */
static const cJSON *follow(const struct sampling *s, const char *ref)
{
    const cJSON *at = s->root;
    char name[256];

    if (*ref++ != '#')
        return NULL;
    while (at && *ref == '/') {
        size_t n = 0;
        for (ref++; *ref && *ref != '/' && n + 1 < sizeof name; ref++) {
            bool is_escape = *ref == '~' && (ref[1] == '0' || ref[1] == '1');
            name[n++] = is_escape ? (ref[1] == '0' ? '~' : '/') : *ref;
            ref += is_escape;
        }
        name[n] = '\0';
        uint64_t index = 0;
        if (!cJSON_IsArray(at))
            at = ow_json_member(at, name);
        else if (ow_str_parse_u64(ow_str_from(name), &index) == 0)
            at = index < INT_MAX ? cJSON_GetArrayItem(at, (int)index) : NULL;
        else
            at = NULL;
    }
    return at;
}

static bool is_null_type(const cJSON *schema)
{
    return cJSON_IsString(ow_json_member(schema, "type")) &&
           strcmp(ow_json_member(schema, "type")->valuestring, "null") == 0;
}

/* One of "anyOf": the first that is no null, or a null where it is deep. */
static const cJSON *choose(const cJSON *list, bool is_deep)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        if (is_null_type(item) == is_deep)
            return item;
    }
    /* The last one is the most likely not to go on. */
    return is_deep ? cJSON_GetArrayItem(list, cJSON_GetArraySize(list) - 1)
                   : list->child;
}

static const char *guess_type(const cJSON *schema)
{
    static const struct {
        const char *key;
        const char *type;
    } hints[] = {
        {"properties", "object"},
        {"required", "object"},
        {"additionalProperties", "object"},
        {"items", "array"},
        {"prefixItems", "array"},
        {"minItems", "array"},
        {"minimum", "number"},
        {"maximum", "number"},
        {"multipleOf", "number"},
    };

    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (ow_json_member(schema, hints[i].key))
            return hints[i].type;
    return "string";
}

static const char *type_of(const cJSON *schema, bool is_deep)
{
    const cJSON *type = ow_json_member(schema, "type"), *item;
    const char *found = cJSON_GetStringValue(type);

    cJSON_ArrayForEach(item, type)
    {
        const char *word = cJSON_GetStringValue(item);
        if (word && (strcmp(word, "null") == 0) == is_deep)
            return word;
        if (word && !found)
            found = word;
    }
    return found ? found : guess_type(schema);
}

static const char *text_of_format(const char *format)
{
    static const struct {
        const char *format;
        const char *text;
    } texts[] = {
        {"date-time", "2026-01-02T03:04:05Z"},
        {"date", "2026-01-02"},
        {"time", "03:04:05Z"},
        {"duration", "P1DT2H"},
        {"email", "ada@example.com"},
        {"hostname", "www.example.com"},
        {"ipv4", "192.0.2.1"},
        {"ipv6", "2001:db8::1"},
        {"uuid", "01234567-89ab-4cde-8f01-23456789abcd"},
        {"uri", "https://www.example.com/"},
        {"url", "https://www.example.com/"},
    };

    for (size_t i = 0; format && i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].format, format) == 0)
            return texts[i].text;
    return NULL;
}

static size_t bound_of(const cJSON *schema, const char *key, size_t otherwise)
{
    const cJSON *node = ow_json_member(schema, key);

    if (!cJSON_IsNumber(node) || node->valuedouble < 0)
        return otherwise;
    return node->valuedouble > OW_LIMIT_SAMPLE ? OW_LIMIT_SAMPLE
                                               : (size_t)node->valuedouble;
}

/* Characters of UTF-8 in a text. */
static size_t count_characters(struct ow_str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return n;
}

static void cut_characters(struct ow_buf *text, size_t most)
{
    size_t n = 0;

    for (size_t i = 0; i < text->len; i++) {
        bool begins = ((unsigned char)ow_buf_data(text)[i] & 0xc0) != 0x80;
        if (begins && n++ == most) {
            text->len = i;
            return;
        }
    }
}

static cJSON *make_text(struct sampling *s, const cJSON *schema,
                        struct spot spot)
{
    const char *given =
        text_of_format(cJSON_GetStringValue(ow_json_member(schema, "format")));
    size_t least = bound_of(schema, "minLength", 0);
    struct ow_buf text;
    cJSON *value = NULL;

    if (given)
        return cJSON_CreateString(given);
    ow_buf_init(&text, 2 * OW_LIMIT_SAMPLE);
    int r = ow_buf_printf(&text, "%.200s", spot.name);
    if (r == 0 && spot.index > 0)
        r = ow_buf_printf(&text, " %d", spot.index + 1);
    while (r == 0 && count_characters(ow_buf_peek(&text)) < least)
        r = ow_buf_append(&text, "x", 1);
    cut_characters(&text, bound_of(schema, "maxLength", SIZE_MAX));
    if (r == 0)
        r = ow_buf_append(&text, "", 1);
    if (r == 0)
        value = cJSON_CreateString(ow_buf_data(&text));
    ow_buf_release(&text);
    if (!value)
        s->error = -ENOMEM;
    return value;
}

static double number_at(const cJSON *schema, const char *key, double otherwise)
{
    const cJSON *node = ow_json_member(schema, key);

    return cJSON_IsNumber(node) ? node->valuedouble : otherwise;
}

static double greater(double a, double b)
{
    return a > b ? a : b;
}

/* The greatest multiple of step that is not above. Without libm, whose 300 KiB
 * nothing else needs; numbers that have no fractions anyway stay as they are.
 */
static double round_down(double number, double step)
{
    double times = number / step;

    if (!(times > -1e15 && times < 1e15))
        return number;
    double whole = (double)(int64_t)times;
    return (whole > times ? whole - 1 : whole) * step;
}

/* The least number from 1 on that the bounds allow, else the greatest. */
static cJSON *make_number(const cJSON *schema, bool is_whole, struct spot spot)
{
    double step = number_at(schema, "multipleOf", is_whole ? 1 : 0);
    double most = number_at(schema, "maximum", DBL_MAX);
    double least = number_at(schema, "minimum", -DBL_MAX);
    double above = number_at(schema, "exclusiveMinimum", -DBL_MAX);
    double below = number_at(schema, "exclusiveMaximum", DBL_MAX);
    /* Between two bounds of numbers that need not be whole. */
    double gap = (below - above) / 2;
    double nudge = step > 0 ? step : gap < 0.5 ? gap : 0.5;

    if (above + nudge > least)
        least = above + nudge;
    if (below - nudge < most)
        most = below - nudge;
    double value = greater(1, least) + spot.index * (step > 0 ? step : 1);
    if (step > 0)
        value = -round_down(-value, step);
    if (value > most)
        value = step > 0 ? round_down(most, step) : most;
    return cJSON_CreateNumber(value);
}

static cJSON *make_list(struct sampling *s, const cJSON *schema,
                        struct spot spot)
{
    const cJSON *each = ow_json_member(schema, "items"), *item;
    size_t least = bound_of(schema, "minItems", 0);
    size_t most = bound_of(schema, "maxItems", OW_LIMIT_SAMPLE);
    size_t n = least > 0 || is_deep(s, spot) || most == 0 ? least : 1, i = 0;
    cJSON *list = cJSON_CreateArray();
    struct spot inner = {spot.name, 0, spot.depth + 1};

    cJSON_ArrayForEach(item, ow_json_member(schema, "prefixItems"))
    {
        inner.index = (int)i++;
        append(s, list, make(s, item, inner));
    }
    if (i > 0 && least == 0)
        n = i;
    for (; i < n && s->error == 0 && !cJSON_IsFalse(each); i++) {
        inner.index = (int)i;
        append(s, list, make(s, each, inner));
    }
    return list;
}

static bool is_required(const cJSON *schema, const char *name)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, ow_json_member(schema, "required"))
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, name) == 0)
            return true;
    }
    return false;
}

static cJSON *make_object(struct sampling *s, const cJSON *schema,
                          struct spot spot)
{
    const cJSON *properties = ow_json_member(schema, "properties"), *item;
    const cJSON *more = ow_json_member(schema, "additionalProperties");
    cJSON *object = cJSON_CreateObject();
    struct spot inner = {NULL, 0, spot.depth + 1};

    if (!cJSON_IsObject(properties)) /* a list has no names */
        properties = NULL;
    cJSON_ArrayForEach(item, properties)
    {
        if (is_deep(s, spot) && !is_required(schema, item->string))
            continue;
        inner.name = item->string;
        put(s, object, item->string, make(s, item, inner));
    }
    cJSON_ArrayForEach(item, ow_json_member(schema, "required"))
    {
        inner.name = cJSON_GetStringValue(item);
        if (inner.name && !ow_json_member(object, inner.name))
            put(s, object, inner.name, make(s, more, inner));
    }
    if (cJSON_IsObject(more) && object && !object->child && !is_deep(s, spot)) {
        inner.name = "key";
        put(s, object, "key", make(s, more, inner));
    }
    return object;
}

/* What stands there as it is: one of a list by the index. */
static const cJSON *find_given(const cJSON *schema, struct spot spot)
{
    static const char *const lists[] = {"enum", "examples"};
    static const char *const values[] = {"const", "default", "example"};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (ow_json_member(schema, values[i]))
            return ow_json_member(schema, values[i]);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const cJSON *list = ow_json_member(schema, lists[i]);
        int n = cJSON_GetArraySize(list);
        if (n > 0)
            return cJSON_GetArrayItem(list, spot.index % n);
    }
    return NULL;
}

static cJSON *make_plain(struct sampling *s, const cJSON *schema,
                         struct spot spot)
{
    const char *type = type_of(schema, is_deep(s, spot));

    if (strcmp(type, "object") == 0)
        return make_object(s, schema, spot);
    if (strcmp(type, "array") == 0)
        return make_list(s, schema, spot);
    if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
        return make_number(schema, *type == 'i', spot);
    if (strcmp(type, "boolean") == 0)
        return cJSON_CreateTrue();
    if (strcmp(type, "null") == 0)
        return cJSON_CreateNull();
    return make_text(s, schema, spot);
}

/* Members of both; of what is no object the one that is there. */
static cJSON *merge(struct sampling *s, cJSON *take_a, cJSON *take_b)
{
    if (!cJSON_IsObject(take_a) || !cJSON_IsObject(take_b)) {
        cJSON_Delete(take_a);
        return take_b;
    }
    while (take_b->child) {
        cJSON *item = cJSON_DetachItemViaPointer(take_b, take_b->child);
        char *name = strdup(item->string);
        if (!name)
            s->error = -ENOMEM;
        if (!name || ow_json_member(take_a, name))
            cJSON_Delete(item);
        else
            put(s, take_a, name, item);
        free(name);
    }
    cJSON_Delete(take_b);
    return take_a;
}

static cJSON *make_all(struct sampling *s, const cJSON *schema,
                       const cJSON *parts, struct spot spot)
{
    bool has_own = ow_json_member(schema, "properties");
    cJSON *value = has_own ? make_object(s, schema, spot) : NULL;
    const cJSON *part;

    cJSON_ArrayForEach(part, parts)
    {
        cJSON *made = make(s, part, spot);
        value = value ? merge(s, value, made) : made;
    }
    return value ? value : make_plain(s, schema, spot);
}

static cJSON *make_any(struct sampling *s, const cJSON *schema,
                       struct spot spot)
{
    const cJSON *ref = ow_json_member(schema, "$ref");
    const cJSON *any = ow_json_member(schema, "anyOf");
    const cJSON *all = ow_json_member(schema, "allOf");

    /* A schema that cannot end ends here; so does a chain of references. */
    if (--s->left < -OW_LIMIT_SAMPLE_TAIL || spot.depth > OW_LIMIT_JSON_DEPTH)
        return cJSON_CreateNull();
    if (cJSON_IsString(ref)) {
        spot.depth++;
        return make(s, follow(s, ref->valuestring), spot);
    }
    const cJSON *given = find_given(schema, spot);
    if (given)
        return cJSON_Duplicate(given, 1);
    if (!any || !any->child)
        any = ow_json_member(schema, "oneOf");
    if (any && any->child) {
        spot.depth++;
        cJSON *value = make(s, choose(any, is_deep(s, spot)), spot);
        return ow_json_member(schema, "properties")
                   ? merge(s, make_object(s, schema, spot), value)
                   : value;
    }
    if (all && all->child) {
        spot.depth++;
        return make_all(s, schema, all, spot);
    }
    return make_plain(s, schema, spot);
}

static cJSON *make(struct sampling *s, const cJSON *schema, struct spot spot)
{
    cJSON *value = make_any(s, schema, spot);

    if (!value)
        s->error = -ENOMEM;
    return value;
}

cJSON *ow_sample_make(const cJSON *schema, const char *name)
{
    struct sampling s = {.root = schema, .left = OW_LIMIT_SAMPLE};
    cJSON *value = make(&s, schema, (struct spot){name, 0, 0});

    if (s.error == 0)
        return value;
    cJSON_Delete(value);
    return NULL;
}
