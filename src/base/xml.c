/*
 * xml: see xml.h. One pass; the elements that are open are a stack. Called by
 * the template function unxml.
 */
#include "config.h"

#include "base/xml.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"

#define SPACES " \t\r\n"

struct element {
    cJSON *node;
    cJSON *children;
    struct ow_buf text; /* so far */
};

struct reader {
    struct ow_str text;
    size_t at;
    cJSON *root;
    struct element open[OW_LIMIT_JSON_DEPTH];
    size_t depth;
    size_t parts; /* elements and attributes so far */
    struct ow_err *err;
};

/* -EINVAL, with the line. */
static int refuse(struct reader *r, const char *what)
{
    size_t line = 1;

    for (size_t i = 0; i < r->at && i < r->text.len; i++)
        line += r->text.ptr[i] == '\n';
    return ow_err_set(r->err, -EINVAL, "line %zu of the XML: %s", line, what);
}

static bool looks_at(const struct reader *r, const char *what)
{
    size_t n = strlen(what);

    return r->text.len - r->at >= n &&
           memcmp(r->text.ptr + r->at, what, n) == 0;
}

/* Passes what comes up to the mark, and the mark. */
static int skip_to(struct reader *r, const char *mark, struct ow_str *ret)
{
    const char *begin = r->text.ptr + r->at;
    const char *end = memmem(begin, r->text.len - r->at, mark, strlen(mark));

    if (!end)
        return refuse(r, "something that begins here has no end");
    *ret = (struct ow_str){begin, (size_t)(end - begin)};
    r->at += ret->len + strlen(mark);
    return 0;
}

static void skip_spaces(struct reader *r)
{
    while (r->at < r->text.len && strchr(SPACES, r->text.ptr[r->at]) &&
           r->text.ptr[r->at] != '\0')
        r->at++;
}

/* What a name of XML may have, as far as ASCII goes. */
static bool is_name_byte(unsigned char c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == ':' || c == '-' ||
           c == '.';
}

static struct ow_str take_name(struct reader *r)
{
    struct ow_str name = {r->text.ptr + r->at, 0};

    while (r->at < r->text.len &&
           is_name_byte((unsigned char)r->text.ptr[r->at])) {
        r->at++;
        name.len++;
    }
    return name;
}

/* References. */

static int append_code_point(struct ow_buf *out, unsigned long code)
{
    char bytes[4];
    size_t n = 0;

    if (code < 0x80) {
        bytes[n++] = (char)code;
    } else if (code < 0x800) {
        bytes[n++] = (char)(0xc0 | code >> 6);
    } else if (code < 0x10000) {
        bytes[n++] = (char)(0xe0 | code >> 12);
        bytes[n++] = (char)(0x80 | (code >> 6 & 0x3f));
    } else {
        bytes[n++] = (char)(0xf0 | code >> 18);
        bytes[n++] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[n++] = (char)(0x80 | (code >> 6 & 0x3f));
    }
    if (code >= 0x80)
        bytes[n++] = (char)(0x80 | (code & 0x3f));
    return ow_buf_append(out, bytes, n);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* "#233" or "#xE9"; characters that XML 1.0 does not have are refused. */
static int append_number(struct reader *r, struct ow_str name,
                         struct ow_buf *out)
{
    bool is_hex = name.len > 1 && name.ptr[1] == 'x';
    int base = is_hex ? 16 : 10;
    size_t i = is_hex ? 2 : 1;
    unsigned long code = 0;

    if (i == name.len)
        return refuse(r, "a character reference without a number");
    for (; i < name.len; i++) {
        int digit = digit_of(name.ptr[i]);
        if (digit >= base || code > 0x10ffff)
            return refuse(r, "a character reference that is no number");
        code = code * (unsigned)base + (unsigned)digit;
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
        (code < ' ' && !(code == '\t' || code == '\n' || code == '\r')))
        return refuse(r, "a reference to no character of XML");
    return append_code_point(out, code);
}

static int append_reference(struct reader *r, struct ow_str name,
                            struct ow_buf *out)
{
    static const struct {
        const char *name;
        char character;
    } known[] = {
        {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''},
    };

    if (name.len > 0 && name.ptr[0] == '#')
        return append_number(r, name, out);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (ow_str_equal(name, ow_str_from(known[i].name)))
            return ow_buf_append(out, &known[i].character, 1);
    return refuse(r,
                  "an entity that XML does not have; \"&\" is written "
                  "&amp;");
}

/* Text with references. */
static int append_text(struct reader *r, struct ow_str text, struct ow_buf *out)
{
    int result = 0;

    while (result == 0 && text.len > 0) {
        size_t n = ow_str_find_byte(text, '&', 0);
        result = ow_buf_append(out, text.ptr, n);
        if (result < 0 || n == text.len)
            break;
        size_t end = ow_str_find_byte(text, ';', n);
        if (end == text.len)
            return refuse(r, "\"&\" without \";\"; it is written &amp;");
        struct ow_str name = {text.ptr + n + 1, end - n - 1};
        result = append_reference(r, name, out);
        text = (struct ow_str){text.ptr + end + 1, text.len - end - 1};
    }
    return result;
}

/* Elements. */

/* The buffer as a string of the object. */
static int add_string(cJSON *object, const char *key, struct ow_buf *text)
{
    int r = ow_buf_append(text, "", 1);

    if (r < 0)
        return r;
    return cJSON_AddStringToObject(object, key, ow_buf_data(text)) ? 0
                                                                   : -ENOMEM;
}

static int read_value(struct reader *r, struct ow_buf *out)
{
    char quote[2] = {r->at < r->text.len ? r->text.ptr[r->at] : '\0', '\0'};
    struct ow_str value;

    if (quote[0] != '"' && quote[0] != '\'')
        return refuse(r, "expected a value in quotes");
    r->at++;
    int result = skip_to(r, quote, &value);
    if (result == 0 && memchr(value.ptr, '<', value.len))
        return refuse(r, "\"<\" in an attribute; it is written &lt;");
    return result < 0 ? result : append_text(r, value, out);
}

static int read_attribute(struct reader *r, cJSON *attributes)
{
    struct ow_str name = take_name(r);
    struct ow_buf key, value;

    if (++r->parts > OW_LIMIT_XML_PARTS)
        return refuse(r, "too many elements and attributes");
    if (name.len == 0)
        return refuse(r, "expected an attribute or the end of a tag");
    skip_spaces(r);
    if (!looks_at(r, "="))
        return refuse(r, "an attribute without its value");
    r->at++;
    skip_spaces(r);
    ow_buf_init(&key, 0);
    ow_buf_init(&value, 0);
    int result = read_value(r, &value);
    if (result == 0)
        result = ow_buf_append_str(&key, name);
    if (result == 0)
        result = ow_buf_append(&key, "", 1);
    if (result == 0 &&
        cJSON_GetObjectItemCaseSensitive(attributes, ow_buf_data(&key)))
        result = refuse(r, "an attribute that is there twice");
    if (result == 0)
        result = add_string(attributes, ow_buf_data(&key), &value);
    ow_buf_release(&key);
    ow_buf_release(&value);
    return result;
}

static int read_attributes(struct reader *r, cJSON *attributes)
{
    int result = 0;

    while (result == 0) {
        size_t before = r->at;
        skip_spaces(r);
        if (r->at == r->text.len)
            return refuse(r, "a tag without its end");
        if (looks_at(r, ">") || looks_at(r, "/>"))
            return 0;
        if (r->at == before)
            return refuse(r, "expected a space before an attribute");
        result = read_attribute(r, attributes);
    }
    return result;
}

/* Puts it below the one that is open, or makes it the root. */
static int attach(struct reader *r, cJSON *take_node)
{
    if (r->depth == 0 && !r->root) {
        r->root = take_node;
        return 0;
    }
    if (r->depth == 0) {
        cJSON_Delete(take_node);
        return refuse(r, "a second element beside the first one");
    }
    if (cJSON_AddItemToArray(r->open[r->depth - 1].children, take_node))
        return 0;
    cJSON_Delete(take_node);
    return -ENOMEM;
}

static int begin_element(struct reader *r, struct ow_str name)
{
    struct element *element = &r->open[r->depth];
    cJSON *node = cJSON_CreateObject();
    struct ow_buf text;

    if (!node)
        return -ENOMEM;
    ow_buf_init(&text, 0);
    int result = ow_buf_append_str(&text, name);
    if (result == 0)
        result = add_string(node, "name", &text);
    ow_buf_release(&text);
    cJSON *attributes =
        result == 0 ? cJSON_AddObjectToObject(node, "attributes") : NULL;
    cJSON *children = attributes ? cJSON_CreateArray() : NULL;
    if (!children || !cJSON_AddItemToObject(node, "children", children)) {
        cJSON_Delete(node);
        return -ENOMEM;
    }
    result = attach(r, node);
    if (result < 0)
        return result;
    *element = (struct element){.node = node, .children = children};
    ow_buf_init(&element->text, 0);
    r->depth++;
    return read_attributes(r, attributes);
}

static int end_element(struct reader *r)
{
    struct element *element = &r->open[--r->depth];
    int result = add_string(element->node, "text", &element->text);

    ow_buf_release(&element->text);
    return result;
}

static int read_begin(struct reader *r)
{
    struct ow_str name = take_name(r);

    if (name.len == 0 || strchr("-.0123456789", name.ptr[0]))
        return refuse(r, "\"<\" without a name; in text it is written &lt;");
    if (++r->parts > OW_LIMIT_XML_PARTS)
        return refuse(r, "too many elements and attributes");
    if (r->depth == OW_LIMIT_JSON_DEPTH)
        return refuse(r, "elements nest too deep");
    int result = begin_element(r, name);
    if (result < 0)
        return result;
    bool is_empty = looks_at(r, "/>");
    r->at += is_empty ? 2 : 1;
    return is_empty ? end_element(r) : 0;
}

static int read_end(struct reader *r)
{
    struct ow_str name = take_name(r);
    const cJSON *open = r->depth > 0 ? cJSON_GetObjectItemCaseSensitive(
                                           r->open[r->depth - 1].node, "name")
                                     : NULL;

    skip_spaces(r);
    if (!looks_at(r, ">"))
        return refuse(r, "an end tag without its end");
    if (!open || !ow_str_equal(name, ow_str_from(open->valuestring)))
        return refuse(r, "an end tag of another element than the open one");
    r->at++;
    return end_element(r);
}

/* Text between tags; outside of the root there is none but spaces. */
static int add_text(struct reader *r, struct ow_str text, bool is_plain)
{
    if (r->depth > 0) {
        struct ow_buf *out = &r->open[r->depth - 1].text;
        return is_plain ? ow_buf_append_str(out, text)
                        : append_text(r, text, out);
    }
    for (size_t i = 0; i < text.len; i++)
        if (!text.ptr[i] || !strchr(SPACES, text.ptr[i]))
            return refuse(r, "text outside of the element");
    return is_plain ? refuse(r, "text outside of the element") : 0;
}

static int read_markup(struct reader *r)
{
    struct ow_str skipped;
    int result;

    if (looks_at(r, "<!--")) {
        r->at += 4;
        return skip_to(r, "-->", &skipped);
    }
    if (looks_at(r, "<![CDATA[")) {
        r->at += 9;
        result = skip_to(r, "]]>", &skipped);
        return result < 0 ? result : add_text(r, skipped, true);
    }
    if (looks_at(r, "<?")) {
        r->at += 2;
        return skip_to(r, "?>", &skipped);
    }
    if (looks_at(r, "<!"))
        return refuse(r, "a document type, which is not read");
    if (looks_at(r, "</")) {
        r->at += 2;
        return read_end(r);
    }
    r->at++;
    return read_begin(r);
}

static int read_all(struct reader *r)
{
    int result = 0;

    while (result == 0 && r->at < r->text.len) {
        if (r->text.ptr[r->at] == '<') {
            result = read_markup(r);
            continue;
        }
        size_t end = ow_str_find_byte(r->text, '<', r->at);
        struct ow_str text = {r->text.ptr + r->at, end - r->at};
        result = add_text(r, text, false);
        r->at = end;
    }
    if (result == 0 && r->depth > 0)
        return refuse(r, "an element without its end tag");
    if (result == 0 && !r->root)
        return refuse(r, "there is no element");
    return result;
}

static bool is_text(struct ow_str text)
{
    for (size_t i = 0; i < text.len;) {
        size_t n = ow_utf8_length(text.ptr + i, text.len - i);
        if (n == 0 || text.ptr[i] == '\0')
            return false;
        i += n;
    }
    return true;
}

int ow_xml_parse(struct ow_str text, cJSON **ret, struct ow_err *err)
{
    struct reader r = {.text = text, .err = err};

    if (ow_str_starts(text, OW_STR("\xef\xbb\xbf")))
        r.at = 3;
    int result = 0;
    if (!is_text(text))
        result = refuse(&r, "it is no UTF-8, which is what is read");
    if (result == 0)
        result = read_all(&r);
    while (r.depth > 0)
        ow_buf_release(&r.open[--r.depth].text);
    if (result < 0)
        cJSON_Delete(r.root);
    else
        *ret = r.root;
    return result;
}
