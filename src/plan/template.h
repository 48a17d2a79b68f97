/*
 * template: strings with Lua expressions between {{ and }}. Read once, when
 * rules are loaded, into a skeleton of bytes and expressions; a hit evaluates
 * the expressions and writes the rest as it is.
 *
 *     {"id": "{{ p.id }}", "text": "Hello {{ m.name }}!"}
 *
 *     | {"id": | p.id as JSON | ,"text": | "Hello " m.name "!" quoted | } |
 *
 * In JSON a string that is one expression keeps the type of its value. A
 * template without expressions is plain bytes and costs no Lua.
 *
 *     if (ow_template_is_in(node))
 *         r = ow_template_json(in, node, &template);
 *     ...
 *     r = ow_template_render(&template, context, plan->arena, &body, err);
 */
#ifndef OW_PLAN_TEMPLATE_H
#define OW_PLAN_TEMPLATE_H

#include "plan/action.h"

struct ow_template_part;

struct ow_template {
    struct ow_lua *lua; /* NULL: it has no expressions */
    unsigned pack;      /* whose it is: its own resources come first */
    bool is_plain;      /* its expressions are all looks: look.h */
    const struct ow_template_part *parts;
    size_t n;
};

/* Whether node is or has a string with "{{", names of keys too. */
bool ow_template_is_in(const cJSON *node);
/* Refuses that, where there are no templates. 0, or -EINVAL with a placed
 * sentence. */
int ow_template_check(const struct ow_jsonc *doc, const cJSON *node,
                      struct ow_err *err);

/*
 * A string as text; any value as JSON on one line, as ow_value_json writes it.
 * 0; -EINVAL with a placed sentence, which for an expression is Lua's;
 * -ENOMEM.
 */
int ow_template_text(const struct ow_action_input *in, const cJSON *node,
                     struct ow_template *ret);
int ow_template_json(const struct ow_action_input *in, const cJSON *node,
                     struct ow_template *ret);
/* The name of a member as text. The same results. */
int ow_template_name(const struct ow_action_input *in, const cJSON *node,
                     struct ow_template *ret);
/* A string as text, but one that is one expression and nothing else as JSON,
 * so that its value keeps its type; *ret_is_json tells. The same results. */
int ow_template_value(const struct ow_action_input *in, const cJSON *node,
                      struct ow_template *ret, bool *ret_is_json);

/*
 * Appends what it gives now. 0; -ENOMEM; -EINVAL with a sentence that names
 * the expression and its line.
 */
int ow_template_write(const struct ow_template *template,
                      const struct ow_answer_context *context,
                      struct ow_buf *out, struct ow_err *err);
/* The same in an arena. */
int ow_template_render(const struct ow_template *template,
                       const struct ow_answer_context *context,
                       struct ow_arena *arena, struct ow_str *ret,
                       struct ow_err *err);

/* Whether it is made of one expression, whose value keeps its type. */
bool ow_template_is_expression(const struct ow_template *template);
/*
 * Has visit look at the value of such a template as a tree, which is gone when
 * visit returns. 0, or what visit has returned; -ENOMEM; -EINVAL with a
 * sentence as above. visit leaves Lua alone.
 */
int ow_template_visit(const struct ow_template *template,
                      const struct ow_answer_context *context,
                      int (*visit)(const cJSON *tree, void *visitor),
                      void *visitor, struct ow_err *err);

#endif
