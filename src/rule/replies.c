/*
 * replies: see replies.h. Read by table_build.c; asked by plan/act_replies.c
 * through ow_replies_find.
 */
#include "config.h"

#include "rule/replies.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan/grammar.h"
#include "plan/reply.h"
#include "plan/value.h"

enum {
    ASK_PROMPT,
    ASK_HISTORY,
    ASK_SYSTEM,
    ASK_MODEL,
    ASK_TOOL_RESULT,
    ASK_HAS_TOOLS,
    ASK_TURN,
    ASK_COUNT,
};

static const char *const asks[ASK_COUNT] = {
    "prompt", "history", "system", "model", "tool_result", "has_tools", "turn"};

struct ow_reply_rule {
    struct ow_pattern *patterns[ASK_COUNT]; /* NULL: not asked for */
    bool wants_tools;                       /* HAS_TOOLS without a pattern */
    bool asks_tools;
    struct ow_scenario_set scenarios;
    const struct ow_reply *reply;
};

void ow_replies_release(struct ow_replies *replies)
{
    free(replies->items);
    *replies = (struct ow_replies){0};
}

/* Reading. */

static int parse_ask(const struct ow_pattern_source *source, const cJSON *node,
                     int ask, struct ow_reply_rule *rule, struct ow_err *err)
{
    struct ow_pattern_source own = *source;

    if (!node)
        return 0;
    if (ask == ASK_HAS_TOOLS && cJSON_IsBool(node)) {
        rule->asks_tools = true;
        rule->wants_tools = cJSON_IsTrue(node);
        return 0;
    }
    own.flavour = ask == ASK_TURN ? OW_PATTERN_JSON : OW_PATTERN_TEXT;
    rule->patterns[ask] =
        ow_arena_zalloc(source->arena, sizeof *rule->patterns[ask]);
    return rule->patterns[ask]
               ? ow_pattern_parse(&own, node, rule->patterns[ask], err)
               : -ENOMEM;
}

static int parse_reply(const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_scenarios *scenarios,
                       struct ow_reply_rule *rule, struct ow_err *err)
{
    const struct ow_action_input in = ow_pattern_input(source, node, err);
    int r = 0;

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(source->doc, node, err,
                              "expected a reply: { \"prompt\": \"~hello\", "
                              "\"text\": \"Hi!\" }");
    r = ow_value_check_keys(&in, node, ow_grammar_keys(OW_OBJECT_reply));

    for (int i = 0; i < ASK_COUNT && r == 0; i++)
        r = parse_ask(source, cJSON_GetObjectItemCaseSensitive(node, asks[i]),
                      i, rule, err);
    if (r == 0)
        r = ow_scenarios_parse(
            scenarios, source,
            cJSON_GetObjectItemCaseSensitive(node, "scenario"),
            &rule->scenarios, err);
    return r < 0 ? r : ow_reply_parse(&in, node, &rule->reply);
}

static struct ow_reply_rule *append(struct ow_replies *replies)
{
    if (replies->n == replies->cap) {
        size_t cap = replies->cap > 0 ? replies->cap * 2 : 8;
        struct ow_reply_rule *items =
            reallocarray(replies->items, cap, sizeof *items);
        if (!items)
            return NULL;
        replies->items = items;
        replies->cap = cap;
    }
    struct ow_reply_rule *rule = &replies->items[replies->n++];
    *rule = (struct ow_reply_rule){.reply = NULL};
    return rule;
}

int ow_replies_add(struct ow_replies *replies,
                   const struct ow_pattern_source *source, const cJSON *list,
                   struct ow_scenarios *scenarios, struct ow_err *err)
{
    const cJSON *node;

    if (!cJSON_IsArray(list))
        return ow_jsonc_error(source->doc, list, err,
                              "expected a list of replies");
    replies->regexes = source->regexes;
    cJSON_ArrayForEach(node, list)
    {
        struct ow_reply_rule *rule = append(replies);
        int r =
            rule ? parse_reply(source, node, scenarios, rule, err) : -ENOMEM;
        if (r < 0)
            return r;
    }
    return 0;
}

/* Finding. */

/* One conversation, as patterns look at it. */
struct search {
    const struct ow_conversation *c;
    struct ow_pattern_run run;
    struct ow_subject *history; /* texts, the newest first */
    size_t n_history;
    struct ow_subject *results;
    size_t n_results;
    struct ow_subject *tools;
};

static int begin(struct search *search, const struct ow_conversation *c,
                 struct ow_arena *arena, const struct ow_regexes *regexes)
{
    size_t size = sizeof *search->history;

    *search = (struct search){.c = c};
    search->run.arena = arena;
    ow_regex_run_init(&search->run.regex, regexes, arena);
    /* A message may have a text and a result. */
    search->history = ow_arena_alloc(arena, (2 * c->n + 1) * size);
    search->results = ow_arena_alloc(arena, (c->n + 1) * size);
    search->tools = ow_arena_alloc(arena, (c->n_tools + 1) * size);
    if (!search->history || !search->results || !search->tools)
        return -ENOMEM;
    for (size_t i = c->end; i > 0; i--) {
        const struct ow_said *m = &c->messages[i - 1];
        if (m->text.ptr)
            search->history[search->n_history++] = ow_subject_text(m->text);
        if (m->result.ptr)
            search->history[search->n_history++] = ow_subject_text(m->result);
    }
    for (size_t i = c->end; i < c->n; i++)
        if (c->messages[i].result.ptr)
            search->results[search->n_results++] =
                ow_subject_text(c->messages[i].result);
    for (size_t i = 0; i < c->n_tools; i++)
        search->tools[i] = ow_subject_text(c->tools[i]);
    return 0;
}

static struct ow_subject list_of(const struct ow_subject *items, size_t n)
{
    if (n == 0)
        return ow_subject_text((struct ow_str){NULL, 0});
    return (struct ow_subject){.kind = OW_SUBJECT_LIST, .items = items, .n = n};
}

/* Behind a tool's result the user has said nothing new: the prompt is then
 * there for replies alone that ask for the result, too. */
static struct ow_subject prompt_of(const struct search *search,
                                   const struct ow_reply_rule *rule)
{
    struct ow_str prompt = {NULL, 0};

    if (ow_conversation_ends_in_prompt(search->c) ||
        rule->patterns[ASK_TOOL_RESULT])
        prompt = ow_conversation_prompt(search->c);
    return ow_subject_text(prompt);
}

static struct ow_subject subject_of(const struct search *search,
                                    const struct ow_reply_rule *rule, int ask)
{
    const struct ow_conversation *c = search->c;

    switch (ask) {
    case ASK_PROMPT:
        return prompt_of(search, rule);
    case ASK_HISTORY:
        return list_of(search->history, search->n_history);
    case ASK_SYSTEM:
        return ow_subject_text(c->system);
    case ASK_MODEL:
        return ow_subject_text(c->model);
    case ASK_TOOL_RESULT:
        return list_of(search->results, search->n_results);
    case ASK_HAS_TOOLS:
        return list_of(search->tools, c->n_tools);
    default:
        return ow_subject_number((double)c->turns);
    }
}

static int fits(struct search *search, const struct ow_reply_rule *rule)
{
    search->run.captures.n = 0;
    if (rule->asks_tools && rule->wants_tools != (search->c->n_tools > 0))
        return 0;
    for (int i = 0; i < ASK_COUNT; i++) {
        if (!rule->patterns[i])
            continue;
        const struct ow_subject subject = subject_of(search, rule, i);
        int r = ow_pattern_test(rule->patterns[i], &subject, &search->run);
        if (r <= 0)
            return r;
    }
    return 1;
}

int ow_replies_find(const void *replies, const struct ow_states *states,
                    const struct ow_conversation *c, struct ow_arena *arena,
                    const struct ow_reply **ret, struct ow_fields *ret_captures)
{
    const struct ow_replies *all = replies;
    struct search search;

    if (all->n == 0)
        return -ENOENT;
    int r = begin(&search, c, arena, all->regexes);

    for (size_t i = 0; i < all->n && r == 0; i++) {
        const struct ow_scenario_set *set = &all->items[i].scenarios;
        if (set->n > 0 && !ow_scenario_set_is_on(set, states))
            continue;
        r = fits(&search, &all->items[i]);
        if (r == 1) {
            *ret = all->items[i].reply;
            *ret_captures = search.run.captures;
            return 0;
        }
    }
    return r < 0 ? r : -ENOENT;
}
