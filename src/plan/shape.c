/*
 * shape: see shape.h. The text is read into parts, which link to each other by
 * their numbers, and the value is then held against them.
 */
#include "config.h"

#include "plan/shape.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { ANY, STRING, INTEGER, NUMBER, BOOLEAN, OBJECT, LIST };

static const char *const words[] = {"any",     "string", "integer", "number",
                                    "boolean", "object", "array"};

struct part {
    enum kind kind;
    struct ow_str name; /* of a member */
    bool is_required;
    int inside; /* its first member, or what its elements are; 0: anything */
    int next;   /* the next member */
    int other;  /* what it may be as well */
};

struct ow_shape {
    struct part *parts; /* from 1, which is the whole; in one piece with it */
    struct ow_str text;
};

struct reader {
    struct part parts[OW_LIMIT_SHAPE_PARTS];
    int n;
    struct ow_str text;
    size_t at;
    struct ow_err *err;
};

/* Reading a shape. */

static int fail(struct reader *s, const char *expected)
{
    ow_err_set(s->err, -EINVAL, "shape, character %zu: expected %s", s->at + 1,
               expected);
    return 0;
}

static char peek(struct reader *s)
{
    while (s->at < s->text.len && isspace((unsigned char)s->text.ptr[s->at]))
        s->at++;
    return s->at < s->text.len ? s->text.ptr[s->at] : '\0';
}

static bool accept(struct reader *s, char c)
{
    if (peek(s) != c)
        return false;
    s->at++;
    return true;
}

/* A run of what names and words are made of. */
static struct ow_str read_name(struct reader *s)
{
    peek(s);
    struct ow_str name = {s->text.ptr + s->at, 0};
    while (s->at < s->text.len &&
           !memchr(" \t\r\n{}[]|:,!", s->text.ptr[s->at], 12)) {
        s->at++;
        name.len++;
    }
    return name;
}

static bool read_word(struct reader *s, struct part *part)
{
    size_t at = s->at;
    struct ow_str name = read_name(s);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (ow_str_equal(name, ow_str_from(words[i]))) {
            part->kind = (enum kind)i;
            return true;
        }
    s->at = at;
    return fail(s,
                "any, string, integer, number, boolean, object, array, { "
                "or [");
}

static bool read_member(struct reader *s, struct part *ret_head)
{
    struct part head = {.name = read_name(s)};

    head.is_required = accept(s, '!');
    if (head.name.len == 0)
        return fail(s, "a member's name");
    if (!accept(s, ':'))
        return fail(s, "\":\"");
    *ret_head = head;
    return true;
}

/* Reads what stands at s->at up to its last alternative; gives the number of
 * the first, or 0. */
static int read_shape(struct reader *s)
{
    int first = 0, *link = &first;
    struct part head;

    do {
        if (s->n + 1 == OW_LIMIT_SHAPE_PARTS)
            return fail(s, "fewer parts");
        int at = *link = ++s->n;
        struct part *part = &s->parts[at];
        *part = (struct part){.kind = ANY};
        link = &part->other;
        if (accept(s, '{')) {
            part->kind = OBJECT;
            int *member = &part->inside;
            while (!accept(s, '}')) {
                if (!read_member(s, &head) || !(*member = read_shape(s)))
                    return 0;
                s->parts[*member].name = head.name;
                s->parts[*member].is_required = head.is_required;
                member = &s->parts[*member].next;
                if (!accept(s, ',') && peek(s) != '}')
                    return fail(s, "\",\" or \"}\"");
            }
        } else if (accept(s, '[')) {
            part->kind = LIST;
            part->inside = read_shape(s);
            if (part->inside == 0)
                return 0;
            if (!accept(s, ']'))
                return fail(s, "\"]\"");
        } else if (!read_word(s, part)) {
            return 0;
        }
    } while (accept(s, '|'));
    return first;
}

/* Holding a value against it. */

struct check {
    const struct part *parts;
    char path[OW_LIMIT_SHAPE_PATH]; /* of what is looked at */
    bool is_found;                  /* something that does not fit */
    struct ow_misfit *found;
};

/* One of the things that are in a value: its part, and what is there. */
struct cursor {
    int part;
    const cJSON *node; /* NULL: the member is missing */
    size_t n;          /* its number, from 1 */
};

static bool is_whole(double value)
{
    return value == floor(value) && fabs(value) < 9.2e18;
}

static bool is_of(enum kind kind, const cJSON *node)
{
    switch (kind) {
    case ANY:
        return node != NULL;
    case STRING:
        return cJSON_IsString(node);
    case INTEGER:
        return cJSON_IsNumber(node) && is_whole(node->valuedouble);
    case NUMBER:
        return cJSON_IsNumber(node);
    case BOOLEAN:
        return cJSON_IsBool(node);
    case OBJECT:
        return cJSON_IsObject(node);
    case LIST:
        return cJSON_IsArray(node);
    }
    return false;
}

static const char *word_for(const cJSON *node)
{
    if (!node)
        return "nothing";
    if (cJSON_IsNull(node))
        return "null";
    for (enum kind kind = STRING; kind <= LIST; kind++)
        if (is_of(kind, node))
            return words[kind];
    return "nothing";
}

/* What a part and its alternatives are called. */
static void tell_expected(const struct check *c, int part, char *ret_text)
{
    size_t size = OW_LIMIT_SHAPE_PATH, len = 0;

    *ret_text = '\0';
    for (int i = part; i && len < size; i = c->parts[i].other) {
        const struct part *one = &c->parts[i];
        const struct part *element = &c->parts[one->inside];
        bool is_named =
            one->kind == LIST && element->kind != ANY && !element->other;
        len += (size_t)snprintf(
            ret_text + len, size - len, "%s%s%s%s%s", i == part ? "" : "|",
            words[one->kind], is_named ? " of " : "",
            is_named ? words[element->kind] : "", is_named ? "s" : "");
    }
}

static void blame(struct check *c, int part, const cJSON *node)
{
    if (c->is_found)
        return;
    c->is_found = true;
    memcpy(c->found->path, c->path, sizeof c->path);
    tell_expected(c, part, c->found->expected);
    c->found->got = word_for(node);
}

/* Appends what leads from a value to the thing in it; gives the path's length
 * before that. */
static size_t descend(struct check *c, enum kind kind, const struct cursor *at)
{
    size_t len = strlen(c->path);
    const struct part *part = &c->parts[at->part];
    struct ow_str name = part->name;

    if (at->node && at->node->string)
        name = ow_str_from(at->node->string);
    if (kind == LIST)
        snprintf(c->path + len, sizeof c->path - len, "[%zu]", at->n - 1);
    else
        snprintf(c->path + len, sizeof c->path - len, "%s%.*s",
                 len > 0 ? "." : "", OW_STR_ARGS(name));
    return len;
}

/* Goes on to the next thing in a value that its part says something of. */
static bool advance(const struct check *c, const struct part *part,
                    const cJSON *node, struct cursor *at)
{
    bool is_more = at->node && at->node->next;

    if (part->inside == 0)
        return false;
    if (part->kind == LIST) {
        at->part = part->inside;
        at->node = at->n++ == 0 ? node->child : at->node->next;
        return at->node != NULL;
    }
    if (is_more && ow_str_equal(c->parts[at->part].name, OW_STR("*"))) {
        at->node = at->node->next;
        return true;
    }
    for (;;) {
        at->part = at->part ? c->parts[at->part].next : part->inside;
        if (at->part == 0)
            return false;
        struct ow_str name = c->parts[at->part].name;
        if (!ow_str_equal(name, OW_STR("*")))
            break;
        at->node = node->child;
        if (at->node)
            return true;
    }
    at->node = NULL;
    for (const cJSON *child = node->child; child && !at->node;
         child = child->next)
        if (ow_str_equal(ow_str_from(child->string), c->parts[at->part].name))
            at->node = child;
    return true;
}

static bool fits(struct check *c, int part, const cJSON *node)
{
    for (int i = part; i; i = c->parts[i].other) {
        const struct part *one = &c->parts[i];
        struct cursor at = {0};
        bool is_good = is_of(one->kind, node);
        if (!is_good)
            continue;
        while (is_good && advance(c, one, node, &at)) {
            size_t len = descend(c, one->kind, &at);
            bool is_absent =
                !at.node || (one->kind == OBJECT && cJSON_IsNull(at.node));
            if (!is_absent)
                is_good = fits(c, at.part, at.node);
            else if (c->parts[at.part].is_required)
                is_good = false;
            if (!is_good)
                blame(c, at.part, at.node);
            c->path[len] = '\0';
        }
        if (is_good) {
            c->is_found = false;
            return true;
        }
    }
    blame(c, part, node);
    return false;
}

bool ow_shape_fits(const struct ow_shape *shape, const cJSON *value,
                   struct ow_misfit *ret_misfit)
{
    struct check c = {.parts = shape->parts, .found = ret_misfit};

    return fits(&c, 1, value);
}

/* Those that were read. */

/* A copy of what was read, and of the text that its names are in. */
static struct ow_shape *keep(const struct reader *s)
{
    size_t n = (size_t)s->n + 1;
    struct ow_shape *shape =
        malloc(sizeof *shape + n * sizeof *s->parts + s->text.len);

    if (!shape)
        return NULL;
    shape->parts = (struct part *)(shape + 1);
    memcpy(shape->parts, s->parts, n * sizeof *s->parts);
    char *text = (char *)(shape->parts + n);
    memcpy(text, s->text.ptr, s->text.len);
    shape->text = (struct ow_str){text, s->text.len};
    for (size_t i = 1; i < n; i++)
        if (shape->parts[i].name.ptr)
            shape->parts[i].name.ptr =
                text + (s->parts[i].name.ptr - s->text.ptr);
    return shape;
}

static int parse(struct ow_str text, struct ow_shape **ret, struct ow_err *err)
{
    struct reader s = {.text = text, .err = err};

    if (text.len > OW_LIMIT_SHAPE_TEXT)
        return ow_err_set(err, -EINVAL, "shape of %zu characters: %d at most",
                          text.len, OW_LIMIT_SHAPE_TEXT);
    if (!read_shape(&s))
        return -EINVAL;
    if (peek(&s) != '\0') {
        fail(&s, "its end");
        return -EINVAL;
    }
    *ret = keep(&s);
    return *ret ? 0 : -ENOMEM;
}

int ow_shapes_get(struct ow_shapes *shapes, struct ow_str text,
                  const struct ow_shape **ret, struct ow_err *err)
{
    struct ow_shape *shape;

    for (size_t i = 0; i < shapes->n; i++)
        if (ow_str_equal(shapes->all[i]->text, text)) {
            *ret = shapes->all[i];
            return 0;
        }
    int r = parse(text, &shape, err);
    if (r < 0)
        return r;
    if (shapes->n < OW_LIMIT_SHAPES)
        shapes->all[shapes->n++] = NULL;
    free(shapes->all[shapes->next]);
    shapes->all[shapes->next] = shape;
    shapes->next = (shapes->next + 1) % OW_LIMIT_SHAPES;
    *ret = shape;
    return 0;
}

void ow_shapes_release(struct ow_shapes *shapes)
{
    for (size_t i = 0; i < shapes->n; i++)
        free(shapes->all[i]);
    *shapes = (struct ow_shapes){0};
}
