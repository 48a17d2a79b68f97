/*
 * api_resources: /resources of http://offwire.test/: what programs have
 * created, as it is now: timelines are applied first. That of single clients
 * ("scope") is not seen.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/suggest.h"
#include "exchange/wakers.h"
#include "host/api_call.h"
#include "plan/timeline.h"
#include "state/resources.h"

#define HINT "GET /resources lists the types"

/* One type's resources on their way out. */
struct listing {
    struct ow_api_call *call;
    const struct ow_resource_type *type;
    struct ow_answer_context context;
    struct ow_rand rand;
    struct ow_err err;
    uint64_t n;
    bool is_silent; /* they are counted alone */
};

static void begin(struct listing *listing, struct ow_api_call *call,
                  const struct ow_resource_type *type)
{
    struct ow_session *session = call->session;

    *listing = (struct listing){.call = call, .type = type};
    /* Whoever looks first applies what was due: the same for all. */
    ow_odds_draw(&session->odds, OW_ODDS_ANSWER, 0, 0, &listing->rand);
    listing->context = (struct ow_answer_context){
        .request = call->request,
        .rand = &listing->rand,
        .clock = &session->clock,
        .state = &session->states.shared,
    };
}

/* What is there from the beginning is there although nobody asked yet. */
static int look(struct listing *listing, struct ow_api_call *call,
                const struct ow_resource_type *type)
{
    begin(listing, call, type);
    return ow_wakers_settle(&call->session->env, call->session->env.table,
                            &listing->context, &listing->err);
}

static int visit(void *context, struct ow_resource *resource)
{
    struct listing *listing = context;
    int r = listing->is_silent
                ? 0
                : ow_timeline_settle(listing->type, resource, &listing->context,
                                     &listing->err);

    listing->n++;
    if (r == 0 && !listing->is_silent)
        ow_jsonw_raw(&listing->call->w, resource->json);
    return r;
}

static int list(struct listing *listing)
{
    struct ow_resources *store = listing->context.state->resources;
    int r = store
                ? ow_resources_visit(store, listing->type->key, visit, listing)
                : 0;

    if (store)
        ow_resources_tidy(store);
    return r;
}

/* The next type of that name behind it: several files may have one. */
static const struct ow_resource_type *
next_of_name(const struct ow_resource_type *type)
{
    const struct ow_resource_type *next = type->next;

    while (next && strcmp(next->name, type->name) != 0)
        next = next->next;
    return next;
}

/* Those of all types of that name, one after the other. */
static int list_name(struct listing *listing)
{
    int r = 0;

    while (listing->type && r == 0) {
        r = list(listing);
        if (r == 0)
            listing->type = next_of_name(listing->type);
    }
    return r;
}

static int fail(struct listing *listing, int error)
{
    return ow_api_fail_err(listing->call, 500,
                           "the sentence names the rule file and its line",
                           error, &listing->err);
}

int ow_api_resource_types(struct ow_api_call *call)
{
    const struct ow_resource_types *types =
        ow_table_types(call->session->env.table);
    struct listing listing;

    ow_jsonw_begin(&call->w, '{');
    ow_jsonw_key(&call->w, "resources");
    ow_jsonw_begin(&call->w, '{');
    for (const struct ow_resource_type *type = types->first; type;
         type = type->next) {
        if (ow_resource_types_find(types, ow_str_from(type->name), NULL, 0) !=
            type)
            continue;
        int r = look(&listing, call, type);
        listing.is_silent = true;
        if (r == 0)
            r = list_name(&listing);
        if (r < 0)
            return fail(&listing, r);
        ow_jsonw_name(&call->w, ow_str_from(type->name));
        ow_jsonw_u64(&call->w, listing.n);
    }
    ow_jsonw_end(&call->w, '}');
    ow_jsonw_end(&call->w, '}');
    return 0;
}

/* The type that is asked for; NULL: the error is written. */
static const struct ow_resource_type *find_type(struct ow_api_call *call)
{
    const struct ow_resource_types *types =
        ow_table_types(call->session->env.table);
    struct ow_str name = call->open[0];
    const char *names[64];
    size_t n = 0;
    const struct ow_resource_type *found =
        ow_resource_types_find(types, name, NULL, 0);

    if (found)
        return found;
    for (const struct ow_resource_type *type = types->first;
         type && n < sizeof names / sizeof *names - 1; type = type->next)
        names[n++] = type->name;
    names[n] = NULL;
    const char *near = ow_suggest(name, names);
    ow_api_fail(call, 404, HINT, "the rules have no resource \"%.*s\"%s%s%s",
                name.len > 60 ? 60 : (int)name.len, name.ptr,
                near ? "; did you mean \"" : "", near ? near : "",
                near ? "\"?" : "");
    return NULL;
}

/* Begins with the type that is asked for. 1; 0: the error is written. */
static int look_asked(struct listing *listing, struct ow_api_call *call)
{
    const struct ow_resource_type *type = find_type(call);

    if (!type)
        return 0;
    int r = look(listing, call, type);
    return r < 0 ? fail(listing, r) : 1;
}

int ow_api_resources(struct ow_api_call *call)
{
    struct listing listing;
    int r = look_asked(&listing, call);

    if (r <= 0)
        return r;
    ow_jsonw_begin(&call->w, '{');
    ow_api_put_text(&call->w, "type", ow_str_from(listing.type->name));
    ow_jsonw_key(&call->w, "items");
    ow_jsonw_begin(&call->w, '[');
    r = list_name(&listing);
    if (r < 0)
        return fail(&listing, r);
    ow_jsonw_end(&call->w, ']');
    ow_api_put_count(&call->w, "count", listing.n);
    ow_jsonw_end(&call->w, '}');
    return 0;
}

/* The listing's type becomes that of what is found. */
static struct ow_resource *find(struct listing *listing, struct ow_str id)
{
    const struct ow_resources *store = listing->context.state->resources;
    struct ow_resource *found = NULL;

    while (store && listing->type && !found) {
        found = ow_resources_find(store, listing->type->key, id);
        if (!found)
            listing->type = next_of_name(listing->type);
    }
    return found;
}

int ow_api_resource(struct ow_api_call *call)
{
    struct listing listing;
    struct ow_str id = call->open[1];
    int r = look_asked(&listing, call);

    if (r <= 0)
        return r;
    const char *name = listing.type->name;
    struct ow_resource *found = find(&listing, id);
    if (!found)
        return ow_api_fail(call, 404, "GET /resources/TYPE lists what there is",
                           "there is no %s \"%.*s\"", name,
                           id.len > 100 ? 100 : (int)id.len, id.ptr);
    r = visit(&listing, found);
    ow_resources_tidy(listing.context.state->resources);
    return r < 0 ? fail(&listing, r) : 0;
}
