/*
 * template: strings with {{ expressions }} are read. See template.h. Called by
 * the actions; calls lua_compile.c.
 */
#include "config.h"

#include "plan/template.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "plan/lua_compile.h"
#include "plan/template_parts.h"
#include "plan/value.h"

#define BEGIN OW_STR("{{")
#define END   OW_STR("}}")
static bool has_mark(const char *text)
{
    return text && strstr(text, "{{");
}

bool ow_template_is_in(const cJSON *node)
{
    const cJSON *child;

    if (has_mark(cJSON_GetStringValue(node)))
        return true;
    /* Depth is bounded by OW_LIMIT_JSON_DEPTH. */
    cJSON_ArrayForEach(child, node)
    {
        if (has_mark(child->string) || ow_template_is_in(child))
            return true;
    }
    return false;
}

static int refuse_name(const struct ow_jsonc *doc, const cJSON *node,
                       struct ow_err *err)
{
    return ow_jsonc_error(doc, node, err,
                          "a name is no template: only values have \"{{\"");
}

int ow_template_check(const struct ow_jsonc *doc, const cJSON *node,
                      struct ow_err *err)
{
    const cJSON *child;
    int r = 0;

    if (has_mark(cJSON_GetStringValue(node)))
        return ow_jsonc_error(doc, node, err,
                              "no template can stand here: \"{{\" is for "
                              "bodies, headers, trailers and status");
    cJSON_ArrayForEach(child, node)
    {
        if (has_mark(child->string))
            return refuse_name(doc, child, err);
        r = ow_template_check(doc, child, err);
        if (r < 0)
            return r;
    }
    return r;
}

/* The making: bytes gather until an expression comes. */

struct maker {
    const struct ow_action_input *in;
    const cJSON *node; /* the string that is read, for errors */
    struct ow_buf bytes;
    struct ow_buf parts; /* struct ow_template_part each */
    bool has_expressions;
    bool needs_lua; /* of them, one at least */
};

static void begin(struct maker *maker, const struct ow_action_input *in)
{
    *maker = (struct maker){.in = in};
    /* Bounded by the rule file, which is (OW_LIMIT_RULE_FILE). */
    ow_buf_init(&maker->bytes, 0);
    ow_buf_init(&maker->parts, 0);
}

static int flush(struct maker *maker)
{
    struct ow_template_part part = {.kind = OW_PART_BYTES};

    if (maker->bytes.len == 0)
        return 0;
    part.bytes = ow_arena_copy(maker->in->arena, ow_buf_peek(&maker->bytes));
    if (!part.bytes.ptr)
        return -ENOMEM;
    ow_buf_clear(&maker->bytes, SIZE_MAX);
    return ow_buf_append(&maker->parts, &part, sizeof part);
}

static int add_part(struct maker *maker, const struct ow_template_part *part)
{
    int r = flush(maker);

    maker->has_expressions = true;
    return r < 0 ? r : ow_buf_append(&maker->parts, part, sizeof *part);
}

/* Releases the maker, whatever comes of it. */
static int finish(struct maker *maker, int r, struct ow_template *ret)
{
    struct ow_template template = {0};

    if (r == 0)
        r = flush(maker);
    if (r == 0) {
        size_t len = maker->parts.len;
        struct ow_template_part *parts =
            ow_arena_alloc(maker->in->arena, len > 0 ? len : 1);
        if (parts && len > 0)
            memcpy(parts, ow_buf_data(&maker->parts), len);
        template.parts = parts;
        template.n = len / sizeof *parts;
        template.lua = maker->has_expressions ? maker->in->lua : NULL;
        template.pack = template.lua ? template.lua->pack : 0;
        template.is_plain = !maker->needs_lua;
        r = parts ? 0 : -ENOMEM;
    }
    ow_buf_release(&maker->bytes);
    ow_buf_release(&maker->parts);
    if (r == 0)
        *ret = template;
    return r;
}

static struct ow_str trim(struct ow_str s)
{
    while (s.len > 0 && strchr(" \t\r\n", s.ptr[0]))
        s = (struct ow_str){s.ptr + 1, s.len - 1};
    while (s.len > 0 && strchr(" \t\r\n", s.ptr[s.len - 1]))
        s.len--;
    return s;
}

static int refuse_expression(struct maker *maker, struct ow_str text,
                             const struct ow_err *why)
{
    text = trim(text);
    return ow_jsonc_error(
        maker->in->doc, maker->node, maker->in->err, "{{ %.*s }}: %s",
        text.len > OW_TEMPLATE_SHOWN ? OW_TEMPLATE_SHOWN : (int)text.len,
        text.ptr, why->text);
}

/* Where the next "}}" begins at or after from; s.len if there is none. */
static size_t find_end(struct ow_str s, size_t from)
{
    for (; from + 2 <= s.len; from++)
        if (s.ptr[from] == '}' && s.ptr[from + 1] == '}')
            return from;
    return s.len;
}

/*
 * Compiles the expression at the front of rest, which stands behind "{{". Its
 * end is the first "}}" up to which it is Lua: one may be part of it, as in
 * {{ pick{{1}, {2}} }} or in a string. ret_used counts the "}}", too.
 */
static int read_expression(struct maker *maker, struct ow_str rest,
                           struct ow_expression *ret, size_t *ret_used)
{
    struct ow_err first, other;
    size_t end = find_end(rest, 0), first_end = end;
    int r = -EINVAL;

    if (end == rest.len)
        return ow_jsonc_error(maker->in->doc, maker->node, maker->in->err,
                              "\"{{\" without \"}}\"; the text itself is "
                              "{{ '{{' }}");
    if (trim((struct ow_str){rest.ptr, end}).len == 0)
        return ow_jsonc_error(maker->in->doc, maker->node, maker->in->err,
                              "expected an expression in {{ }}");
    for (; r == -EINVAL && end < rest.len && end <= OW_LIMIT_TEMPLATE_TEXT;
         end = find_end(rest, end + 1)) {
        struct ow_str text = {rest.ptr, end};
        r = ow_lua_compile(maker->in->lua, text, &ret->chunk,
                           end == first_end ? &first : &other);
        ret->text = trim(text);
        *ret_used = end + END.len;
    }
    if (first_end > OW_LIMIT_TEMPLATE_TEXT)
        ow_err_set(&first, -EINVAL, "longer than %d bytes",
                   OW_LIMIT_TEMPLATE_TEXT);
    if (r == -ELIBACC || r == -EINVAL)
        return refuse_expression(maker, (struct ow_str){rest.ptr, first_end},
                                 &first);
    return r;
}

static int add_expression(struct maker *maker, enum ow_part_kind kind,
                          struct ow_expression *expression)
{
    struct ow_arena *arena = maker->in->arena;
    struct ow_template_part part = {.kind = kind};
    struct ow_str place =
        ow_arena_printf(arena, "%s:%d", ow_jsonc_file(maker->in->doc),
                        ow_jsonc_line(maker->in->doc, maker->node));

    expression->text = ow_arena_copy(arena, expression->text);
    if (!place.ptr || !expression->text.ptr)
        return -ENOMEM;
    expression->place = place.ptr;
    int r = ow_look_read(expression->text, arena, &expression->look);
    if (r < 0)
        return r;
    maker->needs_lua |= !expression->look;
    part.expression = *expression;
    return add_part(maker, &part);
}

/* Text with expressions. */
static int read_text(struct maker *maker, struct ow_str text)
{
    struct ow_expression expression = {0};
    size_t used;
    int r = 0;

    while (r == 0 && text.len > 0) {
        const char *mark = memmem(text.ptr, text.len, BEGIN.ptr, BEGIN.len);
        size_t len = mark ? (size_t)(mark - text.ptr) : text.len;
        r = ow_buf_append(&maker->bytes, text.ptr, len);
        if (r < 0 || !mark)
            return r;
        len += BEGIN.len;
        text = (struct ow_str){text.ptr + len, text.len - len};
        r = read_expression(maker, text, &expression, &used);
        if (r == 0)
            r = add_expression(maker, OW_PART_TEXT, &expression);
        if (r == 0)
            text = (struct ow_str){text.ptr + used, text.len - used};
    }
    return r;
}

static int make_text(const struct ow_action_input *in, const cJSON *node,
                     const char *text, struct ow_template *ret)
{
    struct maker maker;

    begin(&maker, in);
    maker.node = node;
    return finish(&maker, read_text(&maker, ow_str_from(text)), ret);
}

int ow_template_text(const struct ow_action_input *in, const cJSON *node,
                     struct ow_template *ret)
{
    if (!cJSON_IsString(node))
        return ow_jsonc_error(in->doc, node, in->err, "expected a string");
    return make_text(in, node, node->valuestring, ret);
}

int ow_template_name(const struct ow_action_input *in, const cJSON *node,
                     struct ow_template *ret)
{
    return make_text(in, node, node->string, ret);
}

int ow_template_value(const struct ow_action_input *in, const cJSON *node,
                      struct ow_template *ret, bool *ret_is_json)
{
    int r = ow_template_text(in, node, ret);

    if (r < 0)
        return r;
    /* The maker's own memory, which nobody has seen yet. */
    struct ow_template_part *only = (struct ow_template_part *)ret->parts;
    *ret_is_json = ret->n == 1 && only->kind == OW_PART_TEXT;
    if (*ret_is_json)
        only->kind = OW_PART_JSON;
    return 0;
}

/* A string of JSON that has an expression: it alone keeps its type. */
static int add_string(struct maker *maker, const cJSON *node)
{
    struct ow_template_part part = {.kind = OW_PART_STRING};
    bool is_alone;
    int r = ow_template_value(maker->in, node, &part.string, &is_alone);

    if (r < 0)
        return r;
    maker->needs_lua |= !part.string.is_plain;
    return add_part(maker, is_alone ? part.string.parts : &part);
}

/* Passes over the token at *s, and takes it if it is asked for. */
static int take_token(struct maker *maker, const char **s, bool is_wanted)
{
    size_t len = ow_value_token(s);
    int r = is_wanted ? ow_buf_append(&maker->bytes, *s, len) : 0;

    *s += len;
    return r;
}

/* The value of node, whose text is next at *s. */
static int read_json(struct maker *maker, const cJSON *node, const char **s)
{
    bool is_nested = cJSON_IsObject(node) || cJSON_IsArray(node);
    bool is_template = has_mark(cJSON_GetStringValue(node));
    const cJSON *child;
    int r = take_token(maker, s, !is_template);

    if (r == 0 && is_template)
        r = add_string(maker, node);
    cJSON_ArrayForEach(child, node)
    {
        if (r == 0 && child != node->child)
            r = take_token(maker, s, true); /* , */
        if (r == 0 && has_mark(child->string))
            r = refuse_name(maker->in->doc, child, maker->in->err);
        if (r == 0 && child->string)
            r = take_token(maker, s, true);
        if (r == 0 && child->string)
            r = take_token(maker, s, true); /* : */
        if (r == 0)
            r = read_json(maker, child, s);
    }
    return r == 0 && is_nested ? take_token(maker, s, true) : r;
}

int ow_template_json(const struct ow_action_input *in, const cJSON *node,
                     struct ow_template *ret)
{
    const char *s = ow_jsonc_source(in->doc, node);
    struct maker maker;

    if (!s)
        return -ENOMEM;
    begin(&maker, in);
    return finish(&maker, read_json(&maker, node, &s), ret);
}
