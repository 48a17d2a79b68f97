/*
 * resource_page: see resource_page.h. Called by act_resource.c; its total by
 * lua_resource.c.
 *
 * The collection is in the order of making. A walk goes from a place up or
 * down, takes what the filters let through, and ends with the page's size.
 */
#include "config.h"

#include "plan/resource_page.h"

#include <errno.h>
#include <string.h>

#include "base/jsonw.h"
#include "http/url.h"
#include "plan/timeline.h"

struct walk {
    const struct ow_answer_context *context;
    struct ow_resource_page *page;
    size_t low, high; /* places, high is behind the last */
    bool up;
    uint64_t skip; /* so many of those that fit */
    struct ow_err *err;
};

static struct ow_str query_of(const struct ow_answer_context *context,
                              struct ow_str name)
{
    const struct ow_fields *params = ow_request_params(context->request);

    for (size_t i = 0; name.len > 0 && i < params->n; i++)
        if (ow_str_equal(params->items[i].name, name))
            return params->items[i].value;
    return (struct ow_str){NULL, 0};
}

/* The number that a parameter says; what is none counts as not said. */
static int64_t number_of(const struct ow_answer_context *context,
                         struct ow_str name, int64_t otherwise, int64_t low,
                         int64_t high)
{
    struct ow_str text = query_of(context, name);
    uint64_t number;

    if (text.len == 0 || ow_str_parse_u64(text, &number) < 0)
        return otherwise;
    if (number > (uint64_t)high)
        return high;
    return (int64_t)number < low ? low : (int64_t)number;
}

/* 1: it is of the list, 0: it is not. */
static int look(const struct ow_resource_page *page,
                struct ow_resource *resource,
                const struct ow_answer_context *context, struct ow_err *err)
{
    int r = ow_timeline_settle(page->type, resource, context, err);

    return r < 0 ? r
                 : ow_resource_tests_fit(&page->tests, resource, context, err);
}

/* Without filters what is skipped need not be looked at. */
static void skip_at_once(struct walk *walk)
{
    size_t most = walk->high - walk->low;
    size_t n = walk->skip < most ? (size_t)walk->skip : most;

    if (walk->page->tests.n > 0)
        return;
    if (walk->up)
        walk->low += n;
    else
        walk->high -= n;
    walk->skip -= n;
}

static int run(struct walk *walk)
{
    struct ow_resource_page *page = walk->page;
    size_t room = (size_t)page->size;

    skip_at_once(walk);
    if (room > walk->high - walk->low)
        room = walk->high - walk->low;
    page->items = ow_arena_alloc(walk->context->request->arena,
                                 (room + 1) * sizeof(struct ow_resource *));
    if (!page->items)
        return -ENOMEM;
    while (walk->low < walk->high) {
        size_t i = walk->up ? walk->low++ : --walk->high;
        struct ow_resource *resource = ow_collection_at(page->collection, i);
        int r = look(page, resource, walk->context, walk->err);
        if (r < 0)
            return r;
        if (r == 0 || (walk->skip > 0 && walk->skip--))
            continue;
        page->is_more = page->n == (size_t)page->size;
        if (page->is_more)
            break;
        page->items[page->n++] = resource;
    }
    return 0;
}

static void reverse(struct ow_resource_page *page)
{
    for (size_t i = 0; i < page->n / 2; i++) {
        struct ow_resource *other = page->items[page->n - 1 - i];
        page->items[page->n - 1 - i] = page->items[i];
        page->items[i] = other;
    }
}

/* Cuts the walk at a cursor: what is behind it stays, or before it. */
static int cut(struct walk *walk, struct ow_str cursor, bool keep_above)
{
    size_t place, next;

    if (!walk->page->collection ||
        ow_collection_place(walk->page->collection, cursor, &place, &next) < 0)
        return -ENOENT;
    if (keep_above)
        walk->low = next > walk->low ? next : walk->low;
    else
        walk->high = place < walk->high ? place : walk->high;
    if (walk->low > walk->high)
        walk->low = walk->high;
    return 0;
}

static bool is_rising(const struct ow_paging *paging,
                      const struct ow_answer_context *context)
{
    struct ow_str order = query_of(context, paging->order);

    if (ow_str_equal(order, OW_STR("asc")))
        return true;
    return !ow_str_equal(order, OW_STR("desc")) && !paging->is_newest_first;
}

static int walk_by_cursor(struct walk *walk, bool rising,
                          struct ow_str *ret_cursor)
{
    const struct ow_paging *paging = &walk->page->type->paging;
    struct ow_str after = query_of(walk->context, paging->after);
    struct ow_str before = query_of(walk->context, paging->before);
    int r = 0;

    if (after.len > 0) {
        *ret_cursor = after;
        r = cut(walk, after, rising);
    }
    if (r == 0 && before.len > 0) {
        *ret_cursor = before;
        r = cut(walk, before, !rising);
    }
    if (r < 0)
        return r;
    /* Of those before a cursor the nearest are wanted. */
    bool backwards = before.len > 0 && after.len == 0;
    walk->page->is_backwards = backwards;
    walk->up = rising != backwards;
    r = run(walk);
    if (r == 0 && backwards)
        reverse(walk->page);
    return r;
}

static int walk_by_page(struct walk *walk, bool rising)
{
    struct ow_resource_page *page = walk->page;
    const struct ow_paging *paging = &page->type->paging;

    page->number = number_of(walk->context, paging->page, paging->first,
                             paging->first, INT32_MAX);
    page->start = (page->number - paging->first) * page->size;
    walk->skip = (uint64_t)page->start;
    walk->up = rising;
    return run(walk);
}

/* URIs of other pages: the query as it came, but for what tells the page. */

static bool tells_page(const struct ow_paging *paging, struct ow_str name)
{
    const struct ow_str names[] = {paging->limit, paging->after, paging->before,
                                   paging->page};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].len > 0 && ow_str_equal(name, names[i]))
            return true;
    /* Twilio's clients send one along. */
    return paging->page.len > 0 && ow_str_equal(name, OW_STR("PageToken"));
}

static struct ow_str base_uri(const struct ow_resource_page *page,
                              const struct ow_answer_context *context)
{
    const struct ow_request *request = context->request;
    struct ow_str query = request->query;
    struct ow_str uri = ow_arena_printf(request->arena, "%.*s?",
                                        OW_STR_ARGS(request->raw_path));

    while (query.len > 0 && uri.ptr) {
        struct ow_str pair = ow_str_cut(&query, '&'), name = pair;
        if (!tells_page(&page->type->paging, ow_str_cut(&name, '=')))
            uri = ow_arena_printf(request->arena, "%.*s%.*s&", OW_STR_ARGS(uri),
                                  OW_STR_ARGS(pair));
    }
    return uri;
}

static struct ow_str page_uri(const struct ow_resource_page *page,
                              struct ow_str base, int64_t number,
                              struct ow_arena *arena)
{
    const struct ow_paging *paging = &page->type->paging;

    return ow_arena_printf(arena, "%.*s%.*s=%lld&%.*s=%lld", OW_STR_ARGS(base),
                           OW_STR_ARGS(paging->limit), (long long)page->size,
                           OW_STR_ARGS(paging->page), (long long)number);
}

/* "limit=2", and the cursor if there is one. */
static struct ow_str cursor_uri(const struct ow_resource_page *page,
                                struct ow_str base, struct ow_str parameter,
                                const struct ow_resource *at,
                                struct ow_arena *arena)
{
    struct ow_str uri = ow_arena_printf(
        arena, "%.*s%.*s=%lld", OW_STR_ARGS(base),
        OW_STR_ARGS(page->type->paging.limit), (long long)page->size);

    if (!at || !uri.ptr)
        return uri;
    struct ow_str id = ow_url_encode(arena, at->id);
    if (!id.ptr)
        return id;
    return ow_arena_printf(arena, "%.*s&%.*s=%.*s", OW_STR_ARGS(uri),
                           OW_STR_ARGS(parameter), OW_STR_ARGS(id));
}

static int add_uris(struct ow_resource_page *page,
                    const struct ow_answer_context *context)
{
    const struct ow_request *request = context->request;
    const struct ow_paging *paging = &page->type->paging;
    struct ow_arena *arena = request->arena;
    struct ow_str base = base_uri(page, context);
    bool by_page = paging->style == OW_PAGING_PAGE;

    if (!base.ptr)
        return -ENOMEM;
    if (by_page) {
        page->first = page_uri(page, base, paging->first, arena);
        page->uri = page_uri(page, base, page->number, arena);
        if (page->is_more)
            page->next = page_uri(page, base, page->number + 1, arena);
        if (page->number > paging->first)
            page->previous = page_uri(page, base, page->number - 1, arena);
    } else {
        const struct ow_resource *last =
            page->n > 0 ? page->items[page->n - 1] : NULL;
        page->first = cursor_uri(page, base, paging->after, NULL, arena);
        page->uri = ow_arena_printf(
            arena, "%.*s%s%.*s", OW_STR_ARGS(request->raw_path),
            request->query.len > 0 ? "?" : "", OW_STR_ARGS(request->query));
        if (page->is_more && page->is_backwards)
            page->previous =
                cursor_uri(page, base, paging->before, page->items[0], arena);
        else if (page->is_more)
            page->next = cursor_uri(page, base, paging->after, last, arena);
    }
    return page->uri.ptr && page->first.ptr ? 0 : -ENOMEM;
}

int ow_resource_page_read(const struct ow_resource_type *type,
                          const struct ow_answer_context *context,
                          struct ow_resource_page *ret,
                          struct ow_str *ret_cursor, struct ow_err *err)
{
    const struct ow_paging *paging = &type->paging;
    struct ow_resource_page page = {
        .type = type,
        .collection = ow_resource_run_collection(type, context),
        .size =
            number_of(context, paging->limit, paging->size, 1, paging->most),
    };
    struct walk walk = {.context = context,
                        .page = &page,
                        .high = ow_collection_count(page.collection),
                        .err = err};
    bool rising = is_rising(paging, context);
    int r = ow_resource_tests_read(type, context, &page.tests);

    if (paging->style == OW_PAGING_NONE)
        page.size = INT32_MAX;
    if (r == 0)
        r = paging->style == OW_PAGING_PAGE
                ? walk_by_page(&walk, rising)
                : walk_by_cursor(&walk, rising, ret_cursor);
    if (r == 0)
        r = add_uris(&page, context);
    if (r == 0)
        *ret = page;
    return r;
}

int ow_resource_page_total(const struct ow_resource_page *page,
                           const struct ow_answer_context *context,
                           uint64_t *ret, struct ow_err *err)
{
    size_t n = ow_collection_count(page->collection);
    uint64_t total = 0;

    for (size_t i = 0; page->tests.n > 0 && i < n; i++) {
        int r = look(page, ow_collection_at(page->collection, i), context, err);
        if (r < 0)
            return r;
        total += r > 0;
    }
    *ret = page->tests.n > 0 ? total : n;
    return 0;
}

void ow_resource_page_write(const struct ow_resource_page *page,
                            struct ow_jsonw *w)
{
    ow_jsonw_begin(w, '[');
    for (size_t i = 0; i < page->n; i++)
        ow_jsonw_raw(w, page->items[i]->json);
    ow_jsonw_end(w, ']');
}
