/*
 * verify_order: in which order calls came. See verify.h. Called by verify.c.
 *
 * Loose is a search for a subsequence: whoever takes the first call that fits
 * takes right. Strict is a regular expression over calls, played on all its
 * states at once, because a call may be the last of one step or the first of
 * the next.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "rule/verify_inner.h"

/* How many calls of a step are counted: beyond them it makes no difference. */
static uint64_t cap_of(const struct ow_verify_step *step)
{
    const struct ow_times *times = &step->is.times;

    return times->most == UINT64_MAX ? times->least : times->most;
}

/* A name alone is one call by that rule. */
static int read_step(struct ow_verify *verify, const cJSON *node,
                     struct ow_verify_step *step, struct ow_err *err)
{
    const cJSON *times = cJSON_GetObjectItemCaseSensitive(node, "times");
    int r =
        ow_expectation_read(verify->doc, &verify->arena, node, &step->is, err);

    if (r < 0)
        return r;
    if (!times)
        step->is.times = (struct ow_times){1, 1};
    if (verify->order.is_strict)
        return 0;
    if (step->is.times.least == 0)
        return ow_jsonc_error(verify->doc, times, err,
                              "a step of an order that is not strict comes at "
                              "least once");
    return 0;
}

static int make_states(struct ow_verify *verify, struct ow_err *err)
{
    struct ow_verify_order *order = &verify->order;
    uint64_t states = 1;

    order->first =
        ow_arena_zalloc(&verify->arena, (order->n + 1) * sizeof *order->first);
    if (!order->first)
        return -ENOMEM;
    for (size_t i = 0; i < order->n; i++) {
        uint64_t cap = cap_of(&order->steps[i]);
        order->first[i] = (size_t)states - 1;
        if (cap > OW_LIMIT_VERIFY_STATES ||
            (states += cap + 1) > OW_LIMIT_VERIFY_STATES)
            return ow_jsonc_error(verify->doc, order->steps[i].is.node, err,
                                  "an order can have %d calls at most",
                                  OW_LIMIT_VERIFY_STATES);
    }
    order->first[order->n] = (size_t)states - 1;
    order->now = ow_arena_zalloc(&verify->arena, states);
    order->next = ow_arena_zalloc(&verify->arena, states);
    return order->now && order->next ? 0 : -ENOMEM;
}

/* From a state on to those that need no call: the begin of the next step, when
 * enough have come, and of the one behind it. */
static void enter(const struct ow_verify_order *order, unsigned char *states,
                  size_t step, uint64_t count)
{
    states[order->first[step] + count] = 1;
    while (step < order->n && count >= order->steps[step].is.times.least) {
        step++;
        count = 0;
        states[order->first[step]] = 1;
    }
}

int ow_verify_order_read(struct ow_verify *verify, const cJSON *list,
                         bool strict, struct ow_err *err)
{
    struct ow_verify_order *order = &verify->order;
    const cJSON *node;
    int r = 0;

    if (!cJSON_IsArray(list) || !list->child)
        return ow_jsonc_error(verify->doc, list, err,
                              "expected the calls in their order: a list of "
                              "rules' names and expectations");
    order->node = list;
    order->is_strict = strict;
    ow_buf_init(&order->last, OW_EXPECTATION_REASON_MAX);
    ow_buf_init(&order->wrong_label, OW_EXPECTATION_REASON_MAX);
    if (cJSON_GetArraySize(list) > OW_LIMIT_VERIFY_STEPS)
        return ow_jsonc_error(verify->doc, list, err,
                              "an order can have %d steps at most",
                              OW_LIMIT_VERIFY_STEPS);
    order->steps =
        ow_arena_zalloc(&verify->arena, (size_t)cJSON_GetArraySize(list) *
                                            sizeof *order->steps);
    if (!order->steps)
        return -ENOMEM;
    cJSON_ArrayForEach(node, list)
    {
        if (r == 0)
            r = read_step(verify, node, &order->steps[order->n++], err);
    }
    if (r < 0 || !strict)
        return r;
    r = make_states(verify, err);
    if (r == 0)
        enter(order, order->now, 0, 0);
    return r;
}

void ow_verify_order_release(struct ow_verify_order *order)
{
    for (size_t i = 0; i < order->n; i++)
        ow_expectation_release(&order->steps[i].is);
    ow_buf_release(&order->last);
    ow_buf_release(&order->wrong_label);
}

/* The call was taken: reports say what came behind it. */
static int take(struct ow_verify_order *order,
                const struct ow_verify_call *call)
{
    order->met_by = call->number;
    ow_buf_clear(&order->last, OW_EXPECTATION_REASON_MAX);
    return ow_verify_call_label(call, &order->last);
}

static int look_loose(struct ow_verify_order *order,
                      const struct ow_verify_call *call, const bool *fits)
{
    if (order->turn == order->n || !fits[order->turn])
        return 0;
    order->taken++;
    if (order->taken >= order->steps[order->turn].is.times.least) {
        order->turn++;
        order->taken = 0;
    }
    return take(order, call);
}

/* The states behind one step's calls; whether there is any. */
static bool advance(struct ow_verify_order *order, size_t step)
{
    const struct ow_times *times = &order->steps[step].is.times;
    uint64_t cap = cap_of(&order->steps[step]);
    bool is_any = false;

    for (uint64_t c = 0; c <= cap; c++) {
        if (!order->now[order->first[step] + c] ||
            (c == cap && times->most != UINT64_MAX))
            continue;
        enter(order, order->next, step, c < cap ? c + 1 : c);
        is_any = true;
    }
    return is_any;
}

/* The furthest step that has not had enough yet: what was to come. */
static size_t find_expected(const struct ow_verify_order *order)
{
    size_t found = order->n;

    for (size_t i = 0; i < order->n; i++)
        for (uint64_t c = 0; c < order->steps[i].is.times.least; c++)
            if (order->now[order->first[i] + c])
                found = i;
    return found;
}

static int look_strict(struct ow_verify_order *order,
                       const struct ow_verify_call *call, const bool *fits)
{
    size_t states = order->first[order->n] + 1;
    bool is_any = false;

    if (order->wrong > 0)
        return 0;
    memset(order->next, 0, states);
    for (size_t i = 0; i < order->n; i++)
        if (fits[i] && advance(order, i))
            is_any = true;
    if (!is_any) {
        order->wrong = call->number;
        order->expected = find_expected(order);
        return ow_verify_call_label(call, &order->wrong_label);
    }
    unsigned char *was = order->now;
    order->now = order->next;
    order->next = was;
    return take(order, call);
}

int ow_verify_order_look(struct ow_verify_order *order,
                         const struct ow_verify_call *call, bool *ret_meant)
{
    bool fits[OW_LIMIT_VERIFY_STEPS] = {false};
    int r = 0;

    if (!order->node)
        return 0;
    for (size_t i = 0; i < order->n; i++) {
        r = ow_expectation_fits(&order->steps[i].is, call, NULL);
        if (r < 0)
            return r;
        fits[i] = r == 1;
        if (fits[i]) {
            order->steps[i].latest = call->number;
            *ret_meant = true;
        } else if (i == order->turn) {
            /* For the report: what came in its place. */
            r = ow_expectation_look(&order->steps[i].is, call);
            if (r < 0)
                return r;
        }
    }
    return order->is_strict ? look_strict(order, call, fits)
                            : look_loose(order, call, fits);
}

void ow_verify_order_end(struct ow_verify_order *order)
{
    if (!order->node || order->wrong > 0)
        return;
    order->expected = order->is_strict ? find_expected(order) : order->turn;
    if (order->is_strict && order->now[order->first[order->n]])
        order->expected = order->n;
}

bool ow_verify_order_is_met(const struct ow_verify_order *order)
{
    return !order->node || (order->wrong == 0 && order->expected == order->n);
}

static int tell_step(const struct ow_verify_order *order, struct ow_buf *out)
{
    char *text = cJSON_PrintUnformatted(order->steps[order->expected].is.node);
    int r = text ? ow_buf_printf(out, "step %zu, %.300s,", order->expected + 1,
                                 text)
                 : -ENOMEM;

    cJSON_free(text);
    return r;
}

/* "behind call 2, GET ...": where it was. */
static int tell_place(const struct ow_verify_order *order, struct ow_buf *out)
{
    if (order->met_by == 0)
        return ow_buf_printf(out, " as the first");
    return ow_buf_printf(out, " behind %.*s",
                         OW_STR_ARGS(ow_buf_peek(&order->last)));
}

static int tell_missing(const struct ow_verify_order *order, struct ow_buf *out)
{
    const struct ow_verify_step *step = &order->steps[order->expected];
    int r = tell_step(order, out);

    if (r == 0)
        r = ow_buf_printf(out, " did not come");
    if (r == 0)
        r = tell_place(order, out);
    if (r == 0 && step->latest > 0 && step->latest <= order->met_by)
        return ow_buf_printf(out, "; it came before, as call %llu",
                             (unsigned long long)step->latest);
    if (r == 0 && step->is.nearest > order->met_by)
        r = ow_buf_printf(out, "; nearest is %.*s: %.*s",
                          OW_STR_ARGS(ow_buf_peek(&step->is.nearest_label)),
                          OW_STR_ARGS(ow_buf_peek(&step->is.reason)));
    return r;
}

int ow_verify_order_tell(const struct ow_verify_order *order,
                         struct ow_buf *out)
{
    if (order->wrong == 0)
        return tell_missing(order, out);
    int r = ow_buf_printf(out, "%.*s, came",
                          OW_STR_ARGS(ow_buf_peek(&order->wrong_label)));
    if (r == 0)
        r = tell_place(order, out);
    if (r == 0)
        r = ow_buf_printf(out, order->expected == order->n
                                   ? ", and nothing was to come any more"
                                   : ", where ");
    if (r < 0 || order->expected == order->n)
        return r;
    r = tell_step(order, out);
    return r < 0 ? r : ow_buf_printf(out, " was to come");
}
