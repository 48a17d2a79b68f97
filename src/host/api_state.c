/*
 * api_state: what rules can see of the past, at http://offwire.test/: /reset,
 * /scenario, /vars. Variables are the session's, or those of the client that
 * the query names; /reset forgets those of all.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "host/api_call.h"
#include "state/resources.h"

#define HINT_SCENARIO                                                          \
    "as {\"on\": \"NAME\"}, {\"off\": [\"NAME\"]}, {\"only\": \"NAME\"}; GET " \
    "/scenario lists them"

int ow_api_reset(struct ow_api_call *call)
{
    if (ow_states_reset(&call->session->states,
                        ow_clock_now(&call->session->clock)) < 0)
        return -ENOMEM;
    ow_session_forget_resources(call->session);
    ow_session_wake(call->session);
    ow_calls_clear(call->api->calls);
    ow_jsonw_begin(&call->w, '{');
    ow_api_put_bool(&call->w, "ok", true);
    ow_jsonw_end(&call->w, '}');
    return 0;
}

int ow_api_scenarios(struct ow_api_call *call)
{
    const struct ow_states *states = &call->session->states;

    ow_jsonw_begin(&call->w, '{');
    ow_jsonw_key(&call->w, "scenarios");
    ow_jsonw_begin(&call->w, '{');
    for (size_t i = 0; i < states->n_scenarios; i++) {
        ow_jsonw_name(&call->w, ow_str_from(states->shape.scenarios[i]));
        ow_jsonw_raw(&call->w, ow_states_is_on(states, i) ? OW_STR("true")
                                                          : OW_STR("false"));
    }
    ow_jsonw_end(&call->w, '}');
    ow_jsonw_end(&call->w, '}');
    return 0;
}

/* Switches a name, or a list of names; dry: only sees whether they are there.
 * 0, or a negative errno with a sentence. */
static int switch_names(struct ow_api_call *call, const cJSON *node, bool on,
                        bool dry, struct ow_err *err)
{
    struct ow_states *states = &call->session->states;
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;

    for (; item; item = cJSON_IsArray(node) ? item->next : NULL) {
        struct ow_str name = ow_str_from(cJSON_GetStringValue(item));
        bool was = false;
        if (!name.ptr)
            return ow_jsonc_error(call->doc, item, err,
                                  "expected a scenario's name, or a list");
        for (size_t i = 0; i < states->n_scenarios; i++)
            if (ow_str_equal(ow_str_from(states->shape.scenarios[i]), name))
                was = ow_states_is_on(states, i);
        int r = ow_states_scenario(states, name, dry ? was : on, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static void switch_all_off(struct ow_states *states)
{
    struct ow_err err;

    for (size_t i = 0; i < states->n_scenarios; i++)
        ow_states_scenario(states, ow_str_from(states->shape.scenarios[i]),
                           false, &err);
}

static int switch_scenarios(struct ow_api_call *call, const cJSON *root,
                            bool dry, struct ow_err *err)
{
    static const char *const keys[] = {"on", "off", "only", NULL};
    const cJSON *node;
    int r = 0;

    cJSON_ArrayForEach(node, root)
    {
        bool is_only = strcmp(node->string, "only") == 0;
        bool is_off = strcmp(node->string, "off") == 0;
        if (!is_only && !is_off && strcmp(node->string, "on") != 0)
            return ow_jsonc_unknown_key(call->doc, node, err, keys);
        if (is_only && !dry)
            switch_all_off(&call->session->states);
        r = switch_names(call, node, !is_off, dry, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int ow_api_scenario(struct ow_api_call *call)
{
    struct ow_err err = {""};
    const cJSON *root;
    int r = ow_api_read(call, &root);

    if (r != 0)
        return r < 0 ? r : 0;
    if (!cJSON_IsObject(root))
        return ow_api_fail(call, 400, HINT_SCENARIO, "which scenario?");
    r = switch_scenarios(call, root, true, &err);
    if (r == 0)
        r = switch_scenarios(call, root, false, &err);
    if (r < 0)
        return ow_api_fail_err(call, r == -ENOENT ? 404 : 400, HINT_SCENARIO, r,
                               &err);
    return ow_api_scenarios(call);
}

static int put_vars(struct ow_api_call *call, const cJSON *vars)
{
    ow_jsonw_begin(&call->w, '{');
    ow_jsonw_key(&call->w, "vars");
    if (vars)
        ow_api_put_cjson(&call->w, vars);
    else
        ow_jsonw_raw(&call->w, OW_STR("{}"));
    ow_jsonw_end(&call->w, '}');
    return 0;
}

int ow_api_vars(struct ow_api_call *call)
{
    struct ow_state *state;
    int r = ow_api_scope(call, false, &state);

    return r != 0 ? (r < 0 ? r : 0) : put_vars(call, state->vars);
}

static int set_var(cJSON *vars, const cJSON *node)
{
    cJSON_DeleteItemFromObjectCaseSensitive(vars, node->string);
    if (cJSON_IsNull(node))
        return 0;
    cJSON *copy = cJSON_Duplicate(node, true);
    if (copy && cJSON_AddItemToObject(vars, node->string, copy))
        return 0;
    cJSON_Delete(copy);
    return -ENOMEM;
}

int ow_api_vars_set(struct ow_api_call *call)
{
    struct ow_state *state;
    const cJSON *root, *node;
    int r = ow_api_read(call, &root);

    if (r == 0 && !cJSON_IsObject(root))
        return ow_api_fail(call, 400, "as {\"logged_in\": true}",
                           "expected an object of variables; null takes one "
                           "away");
    if (r == 0)
        r = ow_api_scope(call, true, &state);
    if (r != 0)
        return r < 0 ? r : 0;
    if (!state->vars)
        state->vars = cJSON_CreateObject();
    if (!state->vars)
        return -ENOMEM;
    cJSON_ArrayForEach(node, root)
    {
        if (r == 0)
            r = set_var(state->vars, node);
    }
    return r < 0 ? r : put_vars(call, state->vars);
}
