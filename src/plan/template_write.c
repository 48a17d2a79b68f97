/*
 * template_write: what templates give. See template.h. A run of Lua's, unless
 * all that a template does is to look (look.h). Called by the actions.
 */
#include "config.h"

#include "plan/template.h"

#include <errno.h>

#include "base/jsonw.h"
#include "base/limits.h"
#include "plan/lua.h"
#include "plan/lua_tree.h"
#include "plan/lua_value.h"
#include "plan/template_parts.h"

/* What out has behind mark, in quotes: it is written anew. */
static int quote(struct ow_lua *lua, size_t mark)
{
    struct ow_jsonw w = {.buf = &lua->scratch};

    ow_buf_clear(&lua->scratch, OW_LIMIT_IO);
    struct ow_str text = ow_buf_peek(&lua->out);
    ow_jsonw_string(&w, (struct ow_str){text.ptr + mark, text.len - mark});
    lua->out.len = mark;
    return w.error < 0
               ? w.error
               : ow_buf_append_str(&lua->out, ow_buf_peek(&lua->scratch));
}

/* 0, and the value is at the end of out; else Lua has to be asked, be it for
 * the sentence that says what is wrong. */
static int write_look(struct ow_lua *lua, const struct ow_template_part *part,
                      const struct ow_answer_context *context)
{
    const struct ow_look *look = part->expression.look;
    size_t mark = lua->out.len;
    const cJSON *node;

    if (!look || !ow_look_find(look, context, &node))
        return -EAGAIN;
    int r = part->kind == OW_PART_JSON ? ow_lua_write_node(&lua->out, node)
                                       : ow_lua_write_said(&lua->out, node);
    if (r < 0)
        lua->out.len = mark;
    return r;
}

/* The same of a whole template. */
static int write_plain(struct ow_lua *lua, const struct ow_template *template,
                       const struct ow_answer_context *context)
{
    int r = 0;

    for (size_t i = 0; i < template->n && r == 0; i++) {
        const struct ow_template_part *part = &template->parts[i];
        size_t mark = lua->out.len;
        if (part->kind == OW_PART_BYTES)
            r = ow_buf_append_str(&lua->out, part->bytes);
        else if (part->kind != OW_PART_STRING)
            r = write_look(lua, part, context);
        else
            r = write_plain(lua, &part->string, context);
        if (r == 0 && part->kind == OW_PART_STRING)
            r = quote(lua, mark);
    }
    return r;
}

/* A run of Lua's. */

struct writing {
    const struct ow_template *template;
    const struct ow_expression *at; /* for errors */
    int (*visit)(const cJSON *tree, void *visitor);
    void *visitor;
    int result; /* of visit */
};

static void write_parts(struct ow_lua *lua, struct writing *writing,
                        const struct ow_template *template);

static void write_string(struct ow_lua *lua, struct writing *writing,
                         const struct ow_template *string)
{
    size_t mark = lua->out.len;

    write_parts(lua, writing, string);
    ow_lua_check(lua, quote(lua, mark));
}

static void write_value(struct ow_lua *lua, struct writing *writing,
                        const struct ow_template_part *part)
{
    const struct ow_lua_api *api = &lua->api;
    lua_State *L = lua->state;
    int top = api->lua_gettop(L);

    if (write_look(lua, part, lua->context) == 0)
        return;
    writing->at = &part->expression;
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, part->expression.chunk);
    api->lua_callk(L, 0, 1, 0, NULL);
    if (part->kind == OW_PART_JSON)
        ow_lua_write_json(lua, top + 1);
    else
        ow_lua_write_text(lua, top + 1);
    api->lua_settop(L, top);
}

static void write_parts(struct ow_lua *lua, struct writing *writing,
                        const struct ow_template *template)
{
    for (size_t i = 0; i < template->n; i++) {
        const struct ow_template_part *part = &template->parts[i];
        if (part->kind == OW_PART_BYTES)
            ow_lua_check(lua, ow_buf_append_str(&lua->out, part->bytes));
        else if (part->kind == OW_PART_STRING)
            write_string(lua, writing, &part->string);
        else
            write_value(lua, writing, part);
    }
}

static int write_all(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct writing *writing = lua->api.lua_touserdata(L, 1);

    write_parts(lua, writing, writing->template);
    return 0;
}

static int run(const struct ow_template *template,
               const struct ow_answer_context *context, lua_CFunction work,
               struct writing *writing, struct ow_err *err)
{
    struct ow_lua *lua = template->lua;
    struct ow_err why = {""};

    ow_buf_clear(&lua->out, OW_LIMIT_IO);
    lua->asking = template->pack;
    int r = ow_lua_run(lua, context, work, writing, &why);
    if (r == 0 || r == -ENOMEM || !writing->at)
        return r < 0 ? ow_err_set(err, r, "%s", why.text) : 0;
    struct ow_str text = writing->at->text;
    return ow_err_set(err, r, "{{ %.*s }} (%s): %s",
                      text.len > OW_TEMPLATE_SHOWN ? OW_TEMPLATE_SHOWN
                                                   : (int)text.len,
                      text.ptr, writing->at->place, why.text);
}

/* Leaves what it gives in Lua's own buffer. */
static int evaluate(const struct ow_template *template,
                    const struct ow_answer_context *context, struct ow_err *err)
{
    struct writing writing = {.template = template};

    ow_buf_clear(&template->lua->out, OW_LIMIT_IO);
    if (template->is_plain &&
        write_plain(template->lua, template, context) == 0)
        return 0;
    return run(template, context, write_all, &writing, err);
}

bool ow_template_is_expression(const struct ow_template *template)
{
    return template->n == 1 && template->parts[0].kind == OW_PART_JSON;
}

static int visit_value(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct writing *writing = lua->api.lua_touserdata(L, 1);
    const struct ow_template_part *part = &writing->template->parts[0];

    writing->at = &part->expression;
    lua->api.lua_rawgeti(L, LUA_REGISTRYINDEX, part->expression.chunk);
    lua->api.lua_callk(L, 0, 1, 0, NULL);
    const cJSON *tree = ow_lua_tree(lua, 2);
    writing->result = writing->visit(tree, writing->visitor);
    return 0;
}

int ow_template_visit(const struct ow_template *template,
                      const struct ow_answer_context *context,
                      int (*visit)(const cJSON *tree, void *visitor),
                      void *visitor, struct ow_err *err)
{
    struct writing writing = {
        .template = template, .visit = visit, .visitor = visitor};
    int r = run(template, context, visit_value, &writing, err);

    return r < 0 ? r : writing.result;
}

int ow_template_write(const struct ow_template *template,
                      const struct ow_answer_context *context,
                      struct ow_buf *out, struct ow_err *err)
{
    int r = 0;

    if (template->lua) {
        r = evaluate(template, context, err);
        return r < 0 ? r
                     : ow_buf_append_str(out, ow_buf_peek(&template->lua->out));
    }
    for (size_t i = 0; i < template->n && r == 0; i++)
        r = ow_buf_append_str(out, template->parts[i].bytes);
    return r;
}

int ow_template_render(const struct ow_template *template,
                       const struct ow_answer_context *context,
                       struct ow_arena *arena, struct ow_str *ret,
                       struct ow_err *err)
{
    struct ow_str text = {"", 0};

    if (template->lua) {
        int r = evaluate(template, context, err);
        if (r < 0)
            return r;
        text = ow_arena_copy(arena, ow_buf_peek(&template->lua->out));
    } else if (template->n > 0) {
        text = template->parts[0].bytes;
    }
    if (!text.ptr)
        return -ENOMEM;
    *ret = text;
    return 0;
}
