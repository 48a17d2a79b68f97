/*
 * script_send: what a step sends, and when: "wait", "first", "every",
 * "jitter" and "send", whose messages may be said perhaps ("if") or once for
 * each element of a list ("each"). See script_build.h. Called by script.c.
 *
 *     {"each": E, "json": J} with "every"
 *
 *     0 EACH E, then 5    1 SEND J    2 NEXT, then 5    3 WAIT    4 JUMP 1
 */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "plan/grammar.h"
#include "plan/script_build.h"
#include "plan/value.h"

int ow_script_add_wait(struct ow_script_builder *b, int64_t ns,
                       int64_t jitter_ns)
{
    const struct ow_script_op op = {.kind = OW_SCRIPT_WAIT,
                                    .wait = {ns, jitter_ns}};

    return ns > 0 || jitter_ns > 0 ? ow_script_add(b, &op, NULL) : 0;
}

int ow_script_read_wait(struct ow_script_builder *b, const cJSON *node)
{
    int64_t ns = 0;
    int r = node ? ow_value_duration(b->in, node, &ns) : 0;

    return r < 0 ? r : ow_script_add_wait(b, ns, 0);
}

int ow_script_read_pace(struct ow_script_builder *b, const cJSON *step,
                        struct ow_script_pace *ret)
{
    const cJSON *first = ow_json_member(step, "first"),
                *every = ow_json_member(step, "every");
    const cJSON *jitter = ow_json_member(step, "jitter");
    int r = 0;

    *ret = (struct ow_script_pace){-1, 0, 0};
    if (first)
        r = ow_value_duration(b->in, first, &ret->first_ns);
    if (r == 0 && every)
        r = ow_value_duration(b->in, every, &ret->every_ns);
    if (r == 0 && jitter)
        r = ow_value_duration(b->in, jitter, &ret->jitter_ns);
    if (r == 0 && ret->jitter_ns > ret->every_ns)
        return ow_jsonc_error(b->in->doc, jitter, b->in->err,
                              "more jitter than time between messages");
    return r;
}

static const cJSON *wait_of(const cJSON *node)
{
    return cJSON_IsObject(node) ? ow_json_member(node, "wait") : NULL;
}

/* {"wait": "1s"}: time between two messages, and nothing said. */
static bool is_pause(const cJSON *node)
{
    const cJSON *wait = wait_of(node);

    return wait && wait == node->child && !wait->next;
}

/* An operation whose way goes on behind what it is for, if there is nothing to
 * do; ret_op is its number. */
static int add_expression(struct ow_script_builder *b,
                          enum ow_script_op_kind kind, const cJSON *node,
                          size_t *ret_op)
{
    struct ow_script_op op = {.kind = kind};

    if (!cJSON_IsString(node) || !ow_template_is_in(node))
        return ow_jsonc_error(b->in->doc, node, b->in->err,
                              "\"%s\" is an expression: \"{{ kept.words }}\"",
                              node->string);
    int r = ow_template_json(b->in, node, &op.expression);
    return r < 0 ? r : ow_script_add(b, &op, ret_op);
}

int ow_script_begin_if(struct ow_script_builder *b, const cJSON *node,
                       size_t *ret_op)
{
    return add_expression(b, OW_SCRIPT_IF, node, ret_op);
}

static int read_one(struct ow_script_builder *b, const cJSON *node)
{
    struct ow_script_op op = {.kind = OW_SCRIPT_SEND};
    int r = ow_script_read_wait(b, wait_of(node));

    if (r == 0)
        r = ow_script_out_parse(b->in, node, &op.out);
    return r < 0 ? r : ow_script_add(b, &op, NULL);
}

/* A message for each element, with the time of pace between two. */
static int read_each(struct ow_script_builder *b, const cJSON *node,
                     const struct ow_script_pace *pace)
{
    size_t each = 0, next = 0;
    struct ow_script_op op = {.kind = OW_SCRIPT_NEXT};
    int r =
        add_expression(b, OW_SCRIPT_EACH, ow_json_member(node, "each"), &each);

    if (r == 0)
        r = read_one(b, node);
    if (r == 0)
        r = ow_script_add(b, &op, &next);
    if (r == 0)
        r = ow_script_add_wait(b, pace->every_ns, pace->jitter_ns);
    op = (struct ow_script_op){.kind = OW_SCRIPT_JUMP, .to = each + 1};
    if (r == 0)
        r = ow_script_add(b, &op, NULL);
    if (r < 0)
        return r;
    ow_script_at(b, each)->to = ow_script_count(b);
    ow_script_at(b, next)->to = ow_script_count(b);
    return 0;
}

int ow_script_read_message(struct ow_script_builder *b, const cJSON *node,
                           const struct ow_script_pace *pace)
{
    const cJSON *condition = ow_json_member(node, "if");
    size_t begin = 0;
    int r = 0;

    if (is_pause(node))
        return ow_script_read_wait(b, wait_of(node));
    if (condition)
        r = ow_script_begin_if(b, condition, &begin);
    if (r == 0)
        r = ow_json_member(node, "each") ? read_each(b, node, pace)
                                         : read_one(b, node);
    if (r == 0 && condition)
        ow_script_at(b, begin)->to = ow_script_count(b);
    return r;
}

int ow_script_read_send(struct ow_script_builder *b, const cJSON *node,
                        const struct ow_script_pace *pace)
{
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    bool is_first = true;
    int r = ow_script_add_wait(b, pace->first_ns, 0);

    if (cJSON_IsArray(node) && !node->child)
        return ow_jsonc_error(b->in->doc, node, b->in->err,
                              "a list of no messages");
    for (; item && r == 0; item = cJSON_IsArray(node) ? item->next : NULL) {
        if (!is_first && !is_pause(item))
            r = ow_script_add_wait(b, pace->every_ns, pace->jitter_ns);
        if (r == 0)
            r = ow_script_read_message(b, item, pace);
        is_first = false;
    }
    return r;
}
