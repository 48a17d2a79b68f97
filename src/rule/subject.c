/*
 * subject: what a pattern looks at. See subject.h. Called by matchers and by
 * the nodes of patterns.
 */
#include "config.h"

#include "rule/subject.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* Of a text in a reason: its head and tail are shown. */
#define SHOWN_HEAD 60
#define SHOWN_TAIL 16

struct ow_subject ow_subject_text(struct ow_str text)
{
    return (struct ow_subject){
        .kind = text.ptr ? OW_SUBJECT_TEXT : OW_SUBJECT_ABSENT, .text = text};
}

struct ow_subject ow_subject_number(double number)
{
    return (struct ow_subject){.kind = OW_SUBJECT_NUMBER, .number = number};
}

struct ow_subject ow_subject_json(const cJSON *json)
{
    return (struct ow_subject){
        .kind = json ? OW_SUBJECT_JSON : OW_SUBJECT_ABSENT, .json = json};
}

/* Decimal alone: no hexadecimal, no "inf", no spaces, as strtod would take. */
static bool text_as_number(struct ow_str text, double *ret)
{
    char copy[64], *end;

    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789+-.eE", text.ptr[i]) || text.ptr[i] == '\0')
            return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    double number = strtod(copy, &end);
    if (*end != '\0')
        return false;
    *ret = number;
    return true;
}

bool ow_subject_as_number(const struct ow_subject *value, double *ret)
{
    if (value->kind == OW_SUBJECT_TEXT)
        return text_as_number(value->text, ret);
    if (value->kind == OW_SUBJECT_NUMBER) {
        *ret = value->number;
        return true;
    }
    if (value->kind == OW_SUBJECT_JSON && cJSON_IsNumber(value->json)) {
        *ret = value->json->valuedouble;
        return true;
    }
    return false;
}

static void append_escaped(struct ow_buf *text, struct ow_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '\n')
            ow_buf_append(text, "\\n", 2);
        else if (c == '"' || c == '\\')
            ow_buf_printf(text, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            ow_buf_printf(text, "\\x%02x", c);
        else
            ow_buf_append(text, &c, 1);
    }
}

static bool inside_character(struct ow_str s, size_t at)
{
    return at < s.len && ow_utf8_is_inside(s.ptr[at]);
}

void ow_subject_quote(struct ow_buf *text, struct ow_str s)
{
    size_t head = s.len, tail = s.len;

    if (s.len > SHOWN_HEAD + SHOWN_TAIL + 3) {
        head = SHOWN_HEAD;
        tail = s.len - SHOWN_TAIL;
        while (head > 0 && inside_character(s, head))
            head--;
        while (inside_character(s, tail))
            tail++;
    }
    ow_buf_append(text, "\"", 1);
    append_escaped(text, (struct ow_str){s.ptr, head});
    if (tail < s.len) {
        ow_buf_append(text, "...", 3);
        append_escaped(text, (struct ow_str){s.ptr + tail, s.len - tail});
    }
    ow_buf_append(text, "\"", 1);
}

static void describe_json(const cJSON *json, struct ow_buf *text)
{
    if (cJSON_IsString(json)) {
        ow_subject_quote(text, ow_str_from(json->valuestring));
    } else if (cJSON_IsNumber(json)) {
        ow_buf_printf(text, "%.15g", json->valuedouble);
    } else if (cJSON_IsArray(json)) {
        int n = cJSON_GetArraySize(json);
        ow_buf_printf(text, "a list of %d", n);
    } else if (cJSON_IsObject(json)) {
        ow_buf_printf(text, "an object");
    } else {
        ow_buf_printf(text, "%s",
                      cJSON_IsNull(json)   ? "null"
                      : cJSON_IsTrue(json) ? "true"
                                           : "false");
    }
}

void ow_subject_describe(const struct ow_subject *value, struct ow_buf *text)
{
    switch (value->kind) {
    case OW_SUBJECT_ABSENT:
        ow_buf_printf(text, "absent");
        break;
    case OW_SUBJECT_TEXT:
        ow_subject_quote(text, value->text);
        break;
    case OW_SUBJECT_NUMBER:
        ow_buf_printf(text, "%.15g", value->number);
        break;
    case OW_SUBJECT_JSON:
        describe_json(value->json, text);
        break;
    case OW_SUBJECT_LIST:
        for (size_t i = 0; i < value->n && i < 4; i++) {
            ow_buf_printf(text, "%s", i > 0 ? ", " : "");
            ow_subject_describe(&value->items[i], text);
        }
        if (value->n > 4)
            ow_buf_printf(text, ", ...");
        break;
    }
}
