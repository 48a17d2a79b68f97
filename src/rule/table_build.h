/*
 * table_build: the table while it is made. load.c finds and reads the files,
 * table_build.c takes their text, table_find.c answers look-ups. Inside of
 * rule/.
 */
#ifndef OW_RULE_TABLE_BUILD_H
#define OW_RULE_TABLE_BUILD_H

#include "plan/resource_type.h"
#include "rule/hosts.h"
#include "rule/index.h"
#include "rule/pack.h"
#include "rule/perhost.h"
#include "rule/replies.h"
#include "rule/rule.h"
#include "rule/table.h"
#include "rule/webhook.h"

/* Answers of resources that are no rule's. */
struct ow_held_answers {
    struct ow_answers *answers;
    struct ow_held_answers *next;
};

struct ow_table {
    size_t refs;           /* beside the owner's */
    struct ow_arena arena; /* all that rules hold, but answers and patterns */
    struct ow_regexes regexes;
    struct ow_lua *lua;                   /* templates, compiled */
    const char *pack;                     /* name of the pack that is added */
    const struct ow_named_answers *named; /* its own */
    struct ow_hosts hosts;
    struct ow_resource_types types;
    struct ow_held_answers *held;
    struct ow_index index;
    struct ow_scenarios scenarios;
    struct ow_replies replies;
    struct ow_webhooks webhooks;
    cJSON *vars;   /* first values; NULL: none */
    size_t orders; /* rules that expect one */
    struct ow_rule *rules;
    size_t n;
    size_t cap;
    uint32_t *early[OW_STAGE_REQUEST]; /* numbers of rules, in order */
    size_t n_early[OW_STAGE_REQUEST];
    struct ow_perhost networks;
    struct ow_perhost crowds;
    bool is_slow;   /* some host or some rule has a network */
    bool sets_curl; /* some rule gives libcurl's caller a CURLcode */
    struct ow_perhost limits;
    struct ow_limit *all_limits; /* of hosts and rules */
};

/* An empty table; NULL when memory is out. */
struct ow_table *ow_table_new(void);
/* Adds the rules of a pack, which can be released then. 0, -EINVAL with a
 * placed sentence, -ENOMEM; the table is then only good for ow_table_free. */
int ow_table_add(struct ow_table *table, const struct ow_pack *pack,
                 struct ow_err *err);
/* When all files are in: makes the index, finds the rules that others name. 0,
 * -EINVAL with a placed sentence, -ENOMEM. */
int ow_table_finish(struct ow_table *table, struct ow_err *err);
/* A zeroed rule behind the others; those before may move. NULL when memory is
 * out. */
struct ow_rule *ow_table_append(struct ow_table *table);

#endif
