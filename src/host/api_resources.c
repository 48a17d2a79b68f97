/*
 * api_resources: /resources of http://offwire.test/: what programs have
 * created, as it is now: timelines are applied first. A type is asked for by
 * its name, or as PACK/TYPE where packs have types of one name; the files of
 * one pack may have several, which are listed one after the other.
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

/* What the path says. */
struct asked {
    struct ow_str pack; /* absent: any */
    struct ow_str type;
};

/* One type's resources on their way out. */
struct listing {
    struct ow_api_call *call;
    struct asked asked;
    const struct ow_resource_type *type;
    struct ow_answer_context context;
    struct ow_rand rand;
    struct ow_err err;
    uint64_t n;
    bool is_silent; /* they are counted alone */
};

static void begin(struct listing *listing, struct ow_api_call *call,
                  struct ow_state *state, const struct asked *asked)
{
    struct ow_session *session = call->session;

    *listing = (struct listing){.call = call, .asked = *asked};
    /* Whoever looks first applies what was due: the same for all. */
    ow_odds_draw(&session->odds, OW_ODDS_ANSWER, 0, 0, &listing->rand);
    listing->context = (struct ow_answer_context){
        .request = call->request,
        .rand = &listing->rand,
        .clock = &session->clock,
        .state = state,
    };
}

/* What is there from the beginning is there although nobody asked yet. */
static int look(struct listing *listing)
{
    struct ow_serve_env *env = &listing->call->session->env;

    return ow_wakers_settle(env, env->table, &listing->context, &listing->err);
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

static bool is_of(const struct ow_resource_type *type, struct ow_str pack)
{
    return !pack.ptr || ow_str_equal(ow_str_from(type->pack_name), pack);
}

/* From type on; NULL: there is none. */
static const struct ow_resource_type *
find_from(const struct ow_resource_type *type, const struct asked *asked)
{
    while (type && !(ow_str_equal(ow_str_from(type->name), asked->type) &&
                     is_of(type, asked->pack)))
        type = type->next;
    return type;
}

static const struct ow_resource_type *find_first(const struct ow_api_call *call,
                                                 const struct asked *asked)
{
    return find_from(ow_table_types(call->session->env.table)->first, asked);
}

/* The next type that is asked for: several files may have one. */
static void go_on(struct listing *listing)
{
    listing->type = find_from(listing->type->next, &listing->asked);
}

/* Those of all types that are asked for, one after the other. */
static int list_all(struct listing *listing)
{
    int r = 0;

    listing->type = find_first(listing->call, &listing->asked);
    while (listing->type && r == 0) {
        r = list(listing);
        if (r == 0)
            go_on(listing);
    }
    return r;
}

static int fail(struct listing *listing, int error)
{
    return ow_api_fail_err(listing->call, 500,
                           "the sentence names the rule file and its line",
                           error, &listing->err);
}

/* Whether types of other packs have that name, too. */
static bool is_shared(const struct ow_api_call *call,
                      const struct ow_resource_type *type)
{
    const struct asked any = {.type = ow_str_from(type->name)};
    const struct ow_resource_type *other = find_first(call, &any);

    while (other && strcmp(other->pack_name, type->pack_name) == 0)
        other = find_from(other->next, &any);
    return other;
}

/* "openai/message", or NULL when memory is out. */
static const char *full_name(const struct ow_api_call *call,
                             const struct ow_resource_type *type)
{
    return ow_arena_printf(call->arena, "%s/%s", type->pack_name, type->name)
        .ptr;
}

int ow_api_resource_types(struct ow_api_call *call)
{
    const struct ow_resource_type *type =
        ow_table_types(call->session->env.table)->first;
    struct ow_state *state;
    struct listing listing;
    int r = ow_api_scope(call, false, &state);

    if (r != 0)
        return r < 0 ? r : 0;
    ow_jsonw_begin(&call->w, '{');
    ow_jsonw_key(&call->w, "resources");
    ow_jsonw_begin(&call->w, '{');
    for (; type; type = type->next) {
        const struct asked asked = {ow_str_from(type->pack_name),
                                    ow_str_from(type->name)};
        const char *name =
            is_shared(call, type) ? full_name(call, type) : type->name;
        if (find_first(call, &asked) != type)
            continue;
        begin(&listing, call, state, &asked);
        listing.is_silent = true;
        r = name ? look(&listing) : -ENOMEM;
        if (r == 0)
            r = list_all(&listing);
        if (r < 0)
            return fail(&listing, r);
        ow_jsonw_name(&call->w, ow_str_from(name));
        ow_jsonw_u64(&call->w, listing.n);
    }
    ow_jsonw_end(&call->w, '}');
    ow_jsonw_end(&call->w, '}');
    return 0;
}

/* A name that no type has. */
static int fail_unknown(struct ow_api_call *call, const struct asked *asked)
{
    const struct ow_resource_types *types =
        ow_table_types(call->session->env.table);
    struct ow_str pack = asked->pack.ptr ? asked->pack : OW_STR("");
    struct ow_str name =
        ow_arena_printf(call->arena, "%.*s%s%.*s", OW_STR_ARGS(pack),
                        asked->pack.ptr ? "/" : "", OW_STR_ARGS(asked->type));
    const char **names =
        ow_arena_zalloc(call->arena, (types->n + 1) * sizeof *names);
    size_t n = 0;

    if (!names || !name.ptr)
        return -ENOMEM;
    for (const struct ow_resource_type *type = types->first; type;
         type = type->next)
        names[n++] = asked->pack.ptr ? full_name(call, type) : type->name;
    const char *near = ow_suggest(name, names);
    return ow_api_fail(
        call, 404, HINT, "the rules have no resource \"%.*s\"%s%s%s",
        name.len > 60 ? 60 : (int)name.len, name.ptr,
        near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* A name that several packs have: which ones. */
static int fail_shared(struct ow_api_call *call,
                       const struct ow_resource_type *first)
{
    const struct asked any = {.type = ow_str_from(first->name)};
    struct ow_str list = {"", 0};

    for (const struct ow_resource_type *type = first; type && list.ptr;
         type = find_from(type->next, &any)) {
        const struct asked own = {ow_str_from(type->pack_name), any.type};
        const char *sep = type == first ? "" : ", ";
        if (find_first(call, &own) == type)
            list = ow_arena_printf(call->arena, "%.*s%s\"%s/%s\"",
                                   OW_STR_ARGS(list), sep, type->pack_name,
                                   type->name);
    }
    return list.ptr ? ow_api_fail(call, 400, HINT,
                                  "several packs have a resource \"%s\": ask "
                                  "for one of %.*s",
                                  first->name, OW_STR_ARGS(list))
                    : -ENOMEM;
}

/* The type that is asked for has to be one; else the error is written. 0, 1 or
 * -ENOMEM. */
static int check(struct ow_api_call *call, const struct asked *asked)
{
    const struct ow_resource_type *type = find_first(call, asked);
    int r = 0;

    if (!type)
        r = fail_unknown(call, asked);
    else if (!asked->pack.ptr && is_shared(call, type))
        r = fail_shared(call, type);
    else
        return 0;
    return r < 0 ? r : 1;
}

static int open_listing(struct listing *listing, struct ow_api_call *call,
                        const struct asked *asked)
{
    struct ow_state *state;
    int r = check(call, asked);

    if (r == 0)
        r = ow_api_scope(call, false, &state);
    if (r != 0)
        return r;
    begin(listing, call, state, asked);
    r = look(listing);
    if (r < 0)
        r = fail(listing, r);
    else
        return 0;
    return r < 0 ? r : 1;
}

static int answer_list(struct ow_api_call *call, const struct asked *asked)
{
    struct listing listing;
    int r = open_listing(&listing, call, asked);

    if (r != 0)
        return r < 0 ? r : 0;
    const struct ow_resource_type *type = find_first(call, asked);
    ow_jsonw_begin(&call->w, '{');
    ow_api_put_text(&call->w, "type", asked->type);
    ow_api_put_text(&call->w, "pack", ow_str_from(type->pack_name));
    ow_jsonw_key(&call->w, "items");
    ow_jsonw_begin(&call->w, '[');
    r = list_all(&listing);
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

    listing->type = find_first(listing->call, &listing->asked);
    while (store && listing->type && !found) {
        found = ow_resources_find(store, listing->type->key, id);
        if (!found)
            go_on(listing);
    }
    return found;
}

static int answer_one(struct ow_api_call *call, const struct asked *asked,
                      struct ow_str id)
{
    struct listing listing;
    int r = open_listing(&listing, call, asked);

    if (r != 0)
        return r < 0 ? r : 0;
    struct ow_resource *found = find(&listing, id);
    if (!found)
        return ow_api_fail(call, 404, "GET /resources/TYPE lists what there is",
                           "there is no %.*s \"%.*s\"",
                           OW_STR_ARGS(asked->type),
                           id.len > 100 ? 100 : (int)id.len, id.ptr);
    r = visit(&listing, found);
    ow_resources_tidy(listing.context.state->resources);
    return r < 0 ? fail(&listing, r) : 0;
}

/* "TYPE", or "PACK/TYPE" as one segment, as clients write it that encode. */
static struct asked read_segment(struct ow_str segment)
{
    struct asked asked = {.type = segment};
    size_t slash = ow_str_find_byte(segment, '/', 0);

    if (slash < segment.len) {
        asked.pack = (struct ow_str){segment.ptr, slash};
        asked.type =
            (struct ow_str){segment.ptr + slash + 1, segment.len - slash - 1};
    }
    return asked;
}

int ow_api_resources(struct ow_api_call *call)
{
    const struct asked asked = read_segment(call->open[0]);

    return answer_list(call, &asked);
}

static bool is_pack(const struct ow_api_call *call, struct ow_str name)
{
    const struct ow_resource_type *type =
        ow_table_types(call->session->env.table)->first;

    while (type && !is_of(type, name))
        type = type->next;
    return type;
}

/* TYPE/ID; or PACK/TYPE, where no type is called as that pack. */
int ow_api_resource(struct ow_api_call *call)
{
    const struct asked asked = read_segment(call->open[0]);
    const struct asked whole = {call->open[0], call->open[1]};

    if (!find_first(call, &asked) && is_pack(call, call->open[0]))
        return answer_list(call, &whole);
    return answer_one(call, &asked, call->open[1]);
}

int ow_api_pack_resource(struct ow_api_call *call)
{
    const struct asked asked = {call->open[0], call->open[1]};

    return answer_one(call, &asked, call->open[2]);
}
