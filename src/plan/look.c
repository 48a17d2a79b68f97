/*
 * look: see look.h. Called by template.c and template_write.c.
 */
#include "config.h"

#include "plan/look.h"

#include <errno.h>
#include <string.h>

#include "plan/lua_view.h"

/* What has more terms is left to Lua. */
#define TERMS 4

static const cJSON yes = {.type = cJSON_True}, no = {.type = cJSON_False};

/* What becomes of the member that a term looks at. */
enum use {
    USE_VALUE,
    USE_NOT,
    USE_EQUAL,   /* to the text */
    USE_UNEQUAL, /* the same */
    USE_TEXT,    /* there is no member */
};

/* There are thousands in the packs, so that they are kept small. */
struct term {
    enum use use : 8;
    enum ow_lua_root root : 8;
    unsigned n : 16;
    const char *keys;  /* n of them, one behind the other */
    const cJSON *text; /* NULL: it has none */
};

struct ow_look {
    size_t n;
    struct term terms[];
};

static const struct {
    const char *name;
    enum ow_lua_root root;
} roots[] = {
    {"reply", OW_LUA_REPLY},   {"item", OW_LUA_ITEM},
    {"outer", OW_LUA_OUTER},   {"value", OW_LUA_VALUE},
    {"values", OW_LUA_VALUES}, {"arg", OW_LUA_ARGUMENT},
};

/* The reading. Each takes its part from the front of s, or nothing. */

static void skip_space(struct ow_str *s)
{
    while (s->len > 0 && strchr(" \t\r\n", s->ptr[0]) && s->ptr[0])
        *s = (struct ow_str){s->ptr + 1, s->len - 1};
}

static bool take_sign(struct ow_str *s, struct ow_str sign)
{
    if (!ow_str_starts(*s, sign))
        return false;
    *s = (struct ow_str){s->ptr + sign.len, s->len - sign.len};
    return true;
}

static bool is_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
}

static struct ow_str take_name(struct ow_str *s)
{
    struct ow_str name = {s->ptr, 0};

    while (name.len < s->len && is_of_name(s->ptr[name.len]))
        name.len++;
    *s = (struct ow_str){s->ptr + name.len, s->len - name.len};
    return name;
}

static bool take_word(struct ow_str *s, struct ow_str word)
{
    struct ow_str rest = *s;

    if (!ow_str_equal(take_name(&rest), word))
        return false;
    *s = rest;
    skip_space(s);
    return true;
}

static bool take_text(struct ow_str *s, struct ow_str *ret)
{
    char quote = s->len > 0 ? s->ptr[0] : '\0';

    if (quote != '\'' && quote != '"')
        return false;
    size_t end = ow_str_find_byte(*s, quote, 1);
    *ret = (struct ow_str){s->ptr + 1, end - 1};
    if (end == s->len || ow_str_find_byte(*ret, '\\', 0) < ret->len)
        return false;
    *s = (struct ow_str){s->ptr + end + 1, s->len - end - 1};
    skip_space(s);
    return true;
}

static bool take_root(struct ow_str *s, enum ow_lua_root *ret)
{
    struct ow_str name = take_name(s);

    *ret = OW_LUA_REQUEST;
    if (ow_str_equal(name, OW_STR("req")))
        return take_sign(s, OW_STR(".")) &&
               ow_str_equal(take_name(s), OW_STR("json"));
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        if (!ow_str_equal(name, ow_str_from(roots[i].name)))
            continue;
        *ret = roots[i].root;
        return true;
    }
    return false;
}

/* 1; 0: there is none; -ENOMEM. */
static int take_path(struct ow_str *s, struct ow_arena *arena,
                     struct term *term)
{
    enum ow_lua_root root;
    unsigned n = 0;

    if (!take_root(s, &root))
        return 0;
    struct ow_str keys = *s;
    for (; take_sign(s, OW_STR(".")); n++)
        if (take_name(s).len == 0 || n == UINT16_MAX)
            return 0;
    keys.len -= s->len;
    skip_space(s);
    term->root = root;
    term->n = n & UINT16_MAX;
    if (n == 0)
        return 1;
    char *copy = (char *)ow_arena_copy(arena, keys).ptr;
    if (!copy)
        return -ENOMEM;
    for (char *dot = copy; (dot = strchr(dot, '.')); dot++)
        *dot = '\0';
    term->keys = copy + 1;
    return 1;
}

static int add_text(struct ow_arena *arena, struct ow_str text,
                    struct term *term)
{
    cJSON *node = ow_arena_zalloc(arena, sizeof *node);
    struct ow_str copy = ow_arena_copy(arena, text);

    if (!node || !copy.ptr)
        return -ENOMEM;
    node->type = cJSON_String;
    node->valuestring = (char *)copy.ptr;
    term->text = node;
    return 1;
}

/* The same results. */
static int take_term(struct ow_str *s, struct ow_arena *arena,
                     struct term *term)
{
    struct ow_str text;

    *term = (struct term){.use = USE_TEXT};
    if (take_text(s, &text))
        return add_text(arena, text, term);
    term->use = take_word(s, OW_STR("not")) ? USE_NOT : USE_VALUE;
    int r = take_path(s, arena, term);
    if (r < 1 || term->use == USE_NOT)
        return r;
    if (take_sign(s, OW_STR("==")))
        term->use = USE_EQUAL;
    else if (take_sign(s, OW_STR("~=")))
        term->use = USE_UNEQUAL;
    else
        return 1;
    skip_space(s);
    return take_text(s, &text) ? add_text(arena, text, term) : 0;
}

int ow_look_read(struct ow_str text, struct ow_arena *arena,
                 const struct ow_look **ret)
{
    struct term terms[TERMS];
    size_t n = 0;

    *ret = NULL;
    skip_space(&text);
    do {
        int r = n < TERMS ? take_term(&text, arena, &terms[n++]) : 0;
        if (r <= 0)
            return r;
    } while (take_word(&text, OW_STR("or")));
    if (text.len > 0)
        return 0;
    struct ow_look *look =
        ow_arena_alloc(arena, sizeof *look + n * sizeof *terms);
    if (!look)
        return -ENOMEM;
    look->n = n;
    memcpy(look->terms, terms, n * sizeof *terms);
    *ret = look;
    return 0;
}

/* The looking. */

static bool is_nothing(const cJSON *node)
{
    return !node || cJSON_IsFalse(node);
}

static bool is_same(const cJSON *node, const cJSON *text)
{
    return cJSON_IsString(node) &&
           strcmp(node->valuestring, text->valuestring) == 0;
}

static bool find_member(const struct term *term,
                        const struct ow_answer_context *context,
                        const cJSON **ret)
{
    const cJSON *node = ow_lua_root_of(term->root, context);
    const char *key = term->keys;

    for (unsigned i = 0; i < term->n; i++, key += strlen(key) + 1) {
        /* Texts have members, too: functions of Lua's. */
        if (!cJSON_IsObject(node) && !cJSON_IsArray(node))
            return false;
        node = ow_lua_view_member(node, key);
    }
    *ret = cJSON_IsNull(node) ? NULL : node;
    return true;
}

static bool find_term(const struct term *term,
                      const struct ow_answer_context *context,
                      const cJSON **ret)
{
    const cJSON *node = term->text;

    if (term->use != USE_TEXT && !find_member(term, context, &node))
        return false;
    if (term->use == USE_NOT)
        node = is_nothing(node) ? &yes : &no;
    else if (term->use == USE_EQUAL || term->use == USE_UNEQUAL)
        node =
            is_same(node, term->text) == (term->use == USE_EQUAL) ? &yes : &no;
    *ret = node;
    return true;
}

bool ow_look_find(const struct ow_look *look,
                  const struct ow_answer_context *context, const cJSON **ret)
{
    *ret = NULL;
    for (size_t i = 0; i < look->n && is_nothing(*ret); i++)
        if (!find_term(&look->terms[i], context, ret))
            return false;
    return true;
}
