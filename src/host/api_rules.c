/*
 * api_rules: /rules of http://offwire.test/: rules that come and go while the
 * session runs. A change builds a table of all that is to hold, and puts it in
 * the place of the old one when nothing is wrong with it; exchanges under way
 * keep theirs (exchange.h). Counts go by the rules' names and places.
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "host/api_call.h"

#define HINT                                                                   \
    "a rule file, as {\"offwire\": 1, \"hosts\": [\"api.example.com\"], "      \
    "\"rules\": [...]}"

int ow_api_rules(struct ow_api_call *call)
{
    const struct ow_table *table = call->session->env.table;
    const struct ow_states *states = &call->session->states;
    struct ow_jsonw *w = &call->w;

    ow_jsonw_begin(w, '{');
    ow_api_put_count(w, "added", call->api->n_texts);
    ow_api_put_bool(w, "replaced", call->api->replaced);
    ow_jsonw_key(w, "rules");
    ow_jsonw_begin(w, '[');
    for (size_t i = 0; i < ow_table_count(table); i++) {
        const struct ow_rule *rule = ow_table_rule(table, i);
        ow_jsonw_begin(w, '{');
        ow_api_put_text(w, "rule", ow_str_from(ow_rule_name(rule)));
        ow_api_put_text(w, "pack", ow_str_from(ow_rule_pack(rule)));
        ow_api_put_text(w, "place", ow_str_from(ow_rule_place(rule)));
        ow_api_put_count(w, "answers", ow_hits_get(&states->shared.hits, i));
        ow_jsonw_end(w, '}');
    }
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
    return 0;
}

static bool is_same(const struct ow_rule *a, const struct ow_rule *b)
{
    return strcmp(ow_rule_place(a), ow_rule_place(b)) == 0 &&
           strcmp(ow_rule_name(a), ow_rule_name(b)) == 0;
}

/*
 * Which number each new rule had. Both are in the same order but for what was
 * added or left out, so that the search goes on where it found the last one.
 */
static size_t *map_rules(const struct ow_table *from, const struct ow_table *to)
{
    size_t n = ow_table_count(to), old = ow_table_count(from), at = 0;
    size_t *map = calloc(n ? n : 1, sizeof *map);

    for (size_t i = 0; map && i < n; i++) {
        size_t found = at;
        while (found < old &&
               !is_same(ow_table_rule(from, found), ow_table_rule(to, i)))
            found++;
        map[i] = found < old ? found : SIZE_MAX;
        at = found < old ? found + 1 : at;
    }
    return map;
}

/* Takes the table when it succeeds. 0 or -ENOMEM. */
static int swap(struct ow_session *session, struct ow_table *take_table)
{
    struct ow_state_shape shape;
    struct ow_table *old = session->table;
    size_t *map = map_rules(old, take_table);

    ow_table_shape(take_table, &shape);
    int r = map ? ow_states_reshape(&session->states, &shape, map) : -ENOMEM;
    free(map);
    if (r < 0)
        return r;
    session->table = take_table;
    session->env.table = take_table;
    if (session->deliverer)
        ow_deliverer_use(session->deliverer, take_table);
    ow_table_free(old);
    ow_session_wake(session);
    return 0;
}

/* The table of these texts and, unless they are left out, of the files. */
static int change(struct ow_api_call *call, const struct ow_table_text *texts,
                  size_t n, bool replaced, int *ret_status, struct ow_err *err)
{
    struct ow_session *session = call->session;
    struct ow_table *table;
    int r = ow_table_load_with(texts, n, replaced ? NULL : session->rules,
                               session->pack_dir, &table, err);

    *ret_status = 400;
    if (r < 0)
        return r;
    r = swap(session, table);
    if (r < 0)
        ow_table_free(table);
    call->api->replaced = r == 0 ? replaced : call->api->replaced;
    return r;
}

static void free_texts(struct ow_table_text *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free((char *)texts[i].name);
        free((char *)texts[i].text.ptr);
    }
    free(texts);
}

/* The request's body as a text with a name of its own: "rules-1". */
static int make_text(struct ow_api_call *call, struct ow_table_text *ret)
{
    struct ow_str body = ow_buf_peek(&call->request->body->kept);
    char *name;

    if (asprintf(&name, "rules-%llu",
                 (unsigned long long)call->api->added + 1) < 0)
        return -ENOMEM;
    char *copy = malloc(body.len + 1);
    if (!copy) {
        free(name);
        return -ENOMEM;
    }
    memcpy(copy, body.ptr, body.len);
    *ret = (struct ow_table_text){name, {copy, body.len}};
    return 0;
}

/* Before the texts that are there; of those, none stay if all is replaced. */
static int add(struct ow_api_call *call, bool replaces)
{
    struct ow_api *api = call->api;
    size_t kept = replaces ? 0 : api->n_texts;
    struct ow_table_text *texts = calloc(kept + 1, sizeof *texts);
    struct ow_err err = {""};
    int status = 400;

    if (!texts || make_text(call, &texts[0]) < 0) {
        free(texts);
        return -ENOMEM;
    }
    if (kept > 0)
        memcpy(texts + 1, api->texts, kept * sizeof *texts);
    int r =
        change(call, texts, kept + 1, replaces || api->replaced, &status, &err);
    if (r < 0) {
        free_texts(texts, 1);
        return ow_api_fail_err(call, status, HINT, r, &err);
    }
    if (replaces)
        free_texts(api->texts, api->n_texts);
    else
        free(api->texts);
    api->texts = texts;
    api->n_texts = kept + 1;
    api->added++;
    return ow_api_rules(call);
}

static int take_body(struct ow_api_call *call, bool replaces)
{
    const struct ow_body *body = call->request->body;

    /* Answers come from files that the host opens, with its user's rights. */
    if (call->request->program->is_other_user)
        return ow_api_fail(call, 403, "put them into the session's rule files",
                           "rules cannot be changed by a program that runs as "
                           "another user than the session");
    if (body->size == 0)
        return ow_api_fail(call, 400, HINT, "the body is empty");
    if (!ow_body_is_whole(body))
        return ow_api_fail(call, 413, "send rules in parts",
                           "the body is larger than %d bytes",
                           OW_LIMIT_CONTROL_BODY);
    if (!replaces && call->api->n_texts >= OW_LIMIT_CONTROL_RULES)
        return ow_api_fail(
            call, 409, "DELETE /rules between tests, or PUT all of them",
            "rules were added %d times already", OW_LIMIT_CONTROL_RULES);
    return add(call, replaces);
}

int ow_api_rules_add(struct ow_api_call *call)
{
    return take_body(call, false);
}

int ow_api_rules_replace(struct ow_api_call *call)
{
    return take_body(call, true);
}

int ow_api_rules_clear(struct ow_api_call *call)
{
    struct ow_api *api = call->api;
    struct ow_err err = {""};
    int status = 400;
    int r = change(call, NULL, 0, false, &status, &err);

    if (r < 0)
        return ow_api_fail_err(call, 409, "the rule files have changed", r,
                               &err);
    free_texts(api->texts, api->n_texts);
    api->texts = NULL;
    api->n_texts = 0;
    return ow_api_rules(call);
}
