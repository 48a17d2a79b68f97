/*
 * table: the rules of a session, in the order that decides (the first that
 * fits wins), indexed so that 10,000 rules cost what one costs. Immutable once
 * loaded; a reload builds another and swaps it in whole (rule 21).
 */
#ifndef OW_RULE_TABLE_H
#define OW_RULE_TABLE_H

#include "base/err.h"
#include "http/request.h"
#include "plan/answer.h"
#include "rule/pattern.h"
#include "state/odds.h"
#include "state/state.h"

struct ow_table;
struct ow_rule;
struct ow_crowd;
struct ow_limit;
struct ow_network;
struct ow_setter;

/*
 * Loads a colon-separated list of files, folders (all *.json and *.jsonc in
 * it, sorted by name) and packs, whose names are looked up in pack_dir. Refused
 * whole on the first error. 0, -ENOMEM, or another negative errno with a
 * sentence.
 */
int ow_table_load(const char *list, const char *pack_dir,
                  struct ow_table **ret_table, struct ow_err *err);
/* The same from text in memory, for tests and fuzzing; name is for errors. */
int ow_table_load_text(const char *name, const char *text, size_t len,
                       struct ow_table **ret_table, struct ow_err *err);
/* One file, folder or pack, whose name may have colons. */
int ow_table_load_item(const char *item, const char *pack_dir,
                       struct ow_table **ret_table, struct ow_err *err);
struct ow_table *ow_table_free(struct ow_table *table);

/* A rule file that is in memory. Borrowed. */
struct ow_table_text {
    const char *name; /* for errors and places */
    struct ow_str text;
};
/* Texts, in their order, before a list of files, which may be NULL. The same
 * results. */
int ow_table_load_with(const struct ow_table_text *texts, size_t n,
                       const char *list, const char *pack_dir,
                       struct ow_table **ret_table, struct ow_err *err);

/* Others that hold the table: it is freed when the last one lets go of it, be
 * it the owner by ow_table_free. NULL is borne. */
const struct ow_table *ow_table_ref(const struct ow_table *table);
void ow_table_unref(const struct ow_table *table);

/* Hosts. Names without port, lower-case or not, IDN in either form, IP
 * literals without brackets. port 0 means: with any port. */
bool ow_table_knows(const struct ow_table *table, const char *host,
                    uint16_t port);
/*
 * The names that rules know, as a list: commas between,
 * ".name" for all below one, no ports, each once. As many as there is room for;
 * "*" and literals with a port are left out.
 */
void ow_table_list_hosts(const struct ow_table *table, char *ret_list,
                         size_t size);
/* Whether hosts has IP literals, so that connect() must be asked about. */
bool ow_table_has_literals(const struct ow_table *table);
/* The network of a host's connections at a port; NULL: as fast as it can. */
const struct ow_network *ow_table_network(const struct ow_table *table,
                                          const char *host, uint16_t port);
/* How many connections a host takes at once; NULL: as many as come. */
const struct ow_crowd *ow_table_crowd(const struct ow_table *table,
                                      const char *host, uint16_t port);
/* Whether any host has such a limit. */
bool ow_table_has_crowds(const struct ow_table *table);
/* Whether any host or any rule has a network. */
bool ow_table_is_slow(const struct ow_table *table);
/* Whether some rule has an answer that acts at this stage. */
bool ow_table_has_stage(const struct ow_table *table, enum ow_stage stage);
/* Whether some rule gives libcurl's caller a CURLcode. */
bool ow_table_sets_curl(const struct ow_table *table);

/* What models say, for answers: sets find_reply and replies of the context. */
void ow_table_set_replies(const struct ow_table *table,
                          struct ow_answer_context *context);
size_t ow_table_count_replies(const struct ow_table *table);
struct ow_resource_types;
/* What the files have under "resources"; plan/resource_type.h. */
const struct ow_resource_types *ow_table_types(const struct ow_table *table);
/* What the table says of the state; borrowed from it. */
void ow_table_shape(const struct ow_table *table, struct ow_state_shape *ret);

size_t ow_table_count(const struct ow_table *table);
/* How many hosts, of all files, rules answer for; for listings. */
size_t ow_table_count_hosts(const struct ow_table *table);
struct ow_host_pattern;
/* One of them; i is below their count. */
const struct ow_host_pattern *ow_table_host(const struct ow_table *table,
                                            size_t i);
const struct ow_rule *ow_table_rule(const struct ow_table *table, size_t i);

/* How many resources the files have, and how many of the rules are theirs. */
size_t ow_table_count_resources(const struct ow_table *table,
                                size_t *ret_routes);

/* What a rule is. */
size_t ow_rule_index(const struct ow_rule *rule);
/* By what it draws: the same wherever it stands (lot.h). */
uint64_t ow_rule_lot(const struct ow_rule *rule);
const char *
ow_rule_name(const struct ow_rule *rule); /* given, or "my.json:12" */
const char *ow_rule_place(const struct ow_rule *rule); /* "my.json:12" */
const char *ow_rule_pack(const struct ow_rule *rule);  /* "openai", "my" */
/* Both, as expectations name them: "openai/files.create"; absent: no memory. */
struct ow_str ow_rule_full_name(const struct ow_rule *rule,
                                struct ow_arena *arena);
/* What it asks for in short, for listings: methods ("GET, POST", "" for any)
 * and path ("" for any, or for a pattern that is an object); each 0 or
 * -ENOMEM. */
int ow_rule_list_methods(const struct ow_rule *rule, struct ow_buf *out);
struct ow_str ow_rule_path(const struct ow_rule *rule);
/* Whether it is in the scenario of that number (see ow_table_shape). */
bool ow_rule_is_in_scenario(const struct ow_rule *rule, size_t scenario);
/* Of a resource's route: '"job": create'; NULL of a rule that is written out.
 */
const char *ow_rule_resource(const struct ow_rule *rule);
/* Whose state it looks at: ow_states_open. */
const struct ow_scope *ow_rule_scope(const struct ow_rule *rule);
const struct ow_answers *ow_rule_answers(const struct ow_rule *rule);
/* Whether it answers what no other rule does, which still counts as such. */
bool ow_rule_takes_unmatched(const struct ow_rule *rule);
/* What it sends when it has answered; NULL: nothing. */
const struct ow_callbacks *ow_rule_callbacks(const struct ow_rule *rule);
/* How often it answers, or how often its host does; NULL: as often as it is
 * asked. */
const struct ow_limit *ow_table_limit(const struct ow_table *table,
                                      const struct ow_rule *rule,
                                      const struct ow_request *request);
/* The rule's own alone; NULL: none. */
const struct ow_limit *ow_rule_own_limit(const struct ow_rule *rule);
/* Of its answers; NULL: that of the connection. */
const struct ow_network *ow_rule_network(const struct ow_rule *rule);
/*
 * Expectations, "times" and "order": whether what happened fulfils them; if
 * not, ret_text says what was asked ("asked for >=4, seen 2"). Rules without
 * any are always fulfilled.
 */
bool ow_rule_met(const struct ow_rule *rule, const struct ow_states *states,
                 struct ow_err *ret_text);
/* "set": the variables that its answer leaves; NULL: none. */
const struct ow_setter *ow_rule_set(const struct ow_rule *rule);

/*
 * An earlier rule that takes all that this one asks for, so that this one never
 * answers; NULL if there is none (or it is not as plain as that). For `offwire
 * check`.
 */
const struct ow_rule *ow_table_find_shadow(const struct ow_table *table,
                                           const struct ow_rule *rule);

/* What a look-up found. Lies in the request's arena. */
struct ow_match {
    const struct ow_rule *rule;     /* NULL: none fits */
    const struct ow_answer *answer; /* of this hit */
    struct ow_fields params;        /* {id} */
    struct ow_fields captures;      /* (?<name>...) */
    /* What is laid over the answer: a rule with "next" that came before, and
     * so lies over this one; over it may lie another. NULL: nothing. */
    const struct ow_match *over;
};

/*
 * States may be NULL: nothing has happened yet.
 *
 * Finds the first rule that fits the request, asks whether it is its turn
 * (turn.h; odds NULL: always), and chooses the answer by the hits of its
 * scope; does not count the hit. Rules whose answer for this hit is of an
 * earlier stage are passed over; those that say "next" are laid over the first
 * one that does not, and are nothing without it. Those for what is unmatched
 * come last, wherever they stand. 0 or -ENOMEM.
 */
int ow_table_find(const struct ow_table *table, struct ow_request *request,
                  struct ow_states *states, const struct ow_odds *odds,
                  struct ow_match *ret_match);
/* The same for a request whose body is still to come: the first rule whose
 * answer for this hit acts at the stage UPLOAD. */
int ow_table_find_upload(const struct ow_table *table,
                         struct ow_request *request, struct ow_states *states,
                         const struct ow_odds *odds,
                         struct ow_match *ret_match);

/* Sets up a test of the table's patterns, beside a look-up: what they need and
 * what they catch lies in arena. */
void ow_table_pattern_run(const struct ow_table *table, struct ow_arena *arena,
                          struct ow_pattern_run *ret);

/*
 * How much of this request's body has to be kept, of which the head alone is
 * there: OW_LIMIT_UPLOAD_KEPT where it makes a resource that hands out what was
 * uploaded, or is a conversation, which may have images in it; else 0, which
 * means as usual.
 */
size_t ow_table_keeps(const struct ow_table *table, struct ow_request *request);

/* Who asks for what, before there is a request. Borrowed. */
struct ow_asker {
    const char *host;
    uint16_t port; /* 0: not known yet, a name is looked up */
    const struct ow_program *program;
};

/*
 * The same before there is a request: the first rule for this host and program
 * whose answer for this hit acts at this stage. rule NULL if there is none.
 */
void ow_table_find_early(const struct ow_table *table, enum ow_stage stage,
                         const struct ow_asker *asker, struct ow_states *states,
                         const struct ow_odds *odds,
                         struct ow_match *ret_match);

#endif
