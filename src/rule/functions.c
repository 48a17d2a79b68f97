/*
 * functions: see functions.h. Called by table_build.c, before the templates of
 * a pack are compiled.
 */
#include "config.h"

#include "rule/functions.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "plan/lua_compile.h"

/* Words of Lua 5.4 (its manual, 3.1), which cannot be names. */
static const char *const words[] = {
    "and",      "break",  "do",   "else", "elseif", "end",   "false", "for",
    "function", "goto",   "if",   "in",   "local",  "nil",   "not",   "or",
    "repeat",   "return", "then", "true", "until",  "while", NULL,
};

static bool is_word(const char *name)
{
    const char *const *word = words;

    while (*word && strcmp(*word, name) != 0)
        word++;
    return *word;
}

static bool is_name(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len < OW_LIMIT_FUNCTION_NAME &&
           strspn(name,
                  "abcdefghijklmnopqrstuvwxyz"
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == len &&
           !(name[0] >= '0' && name[0] <= '9') && !is_word(name);
}

/* Its text, whose lines may be those of a list. */
static int gather(const struct ow_jsonc *doc, const cJSON *node,
                  struct ow_buf *text, struct ow_err *err)
{
    const cJSON *line = cJSON_IsArray(node) ? node->child : node;
    int r = 0;

    if (!line)
        return ow_jsonc_error(doc, node, err, "an empty list is no function");
    for (; r == 0 && line; line = line == node ? NULL : line->next) {
        if (!cJSON_IsString(line))
            return ow_jsonc_error(doc, line, err,
                                  "expected a function of Lua as a string, or "
                                  "as a list of strings that are its lines");
        r = ow_buf_append_str(text, ow_str_from(line->valuestring));
        if (r == 0 && line != node)
            r = ow_buf_append(text, "\n", 1);
    }
    return r;
}

/* Lua's sentence, at the line that it is about. */
static int refuse(const struct ow_jsonc *doc, const cJSON *node, int line,
                  const struct ow_err *why, struct ow_err *err)
{
    const cJSON *at = node;

    if (cJSON_IsArray(node) && line > 0)
        at = cJSON_GetArrayItem(node, line - 1);
    if (line > 1 && (at == node || !at))
        return ow_jsonc_error(doc, node, err, "line %d: %s", line, why->text);
    return ow_jsonc_error(doc, at, err, "%s", why->text);
}

static int add_function(struct ow_lua *lua, const struct ow_jsonc *doc,
                        const cJSON *node, struct ow_buf *text,
                        struct ow_err *err)
{
    struct ow_err why = {""};
    int line = 0;

    if (!is_name(node->string))
        return ow_jsonc_error(doc, node, err,
                              "\"%s\" cannot be called: a function's name has "
                              "letters, digits and _, is no word of Lua, and "
                              "not longer than %d bytes",
                              node->string, OW_LIMIT_FUNCTION_NAME - 1);
    int r = gather(doc, node, text, err);
    if (r == 0 && text->len > OW_LIMIT_FUNCTION_TEXT)
        return ow_jsonc_error(doc, node, err, "longer than %d bytes",
                              OW_LIMIT_FUNCTION_TEXT);
    if (r < 0)
        return r;
    r = ow_lua_define(lua, node->string, ow_buf_peek(text), &line, &why);
    return r == -EINVAL || r == -ELIBACC ? refuse(doc, node, line, &why, err)
                                         : r;
}

int ow_functions_add(struct ow_lua *lua, const struct ow_jsonc *doc,
                     struct ow_err *err)
{
    const cJSON *functions =
        cJSON_GetObjectItemCaseSensitive(ow_jsonc_root(doc), "functions");
    const cJSON *node;
    struct ow_buf text;
    int r = 0;

    if (functions && !cJSON_IsObject(functions))
        return ow_jsonc_error(doc, functions, err,
                              "expected an object of names and functions");
    ow_buf_init(&text, 0); /* bounded by the rule file */
    cJSON_ArrayForEach(node, functions)
    {
        ow_buf_clear(&text, OW_LIMIT_IO);
        if (r == 0)
            r = add_function(lua, doc, node, &text, err);
    }
    ow_buf_release(&text);
    return r;
}
