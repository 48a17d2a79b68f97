/*
 * turn: see turn.h. Read by rule.c, asked by table_find.c.
 */
#include "config.h"

#include "rule/turn.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "plan/value.h"

/* A count above it would lose digits in JSON's numbers. */
#define COUNT_MAX 1e15

static bool is_count(const cJSON *node)
{
    return cJSON_IsNumber(node) && node->valuedouble >= 1 &&
           node->valuedouble <= COUNT_MAX &&
           node->valuedouble == floor(node->valuedouble);
}

static int parse_chance(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_turn *turn,
                        struct ow_err *err)
{
    if (!cJSON_IsNumber(node) || node->valuedouble < 0 || node->valuedouble > 1)
        return ow_jsonc_error(source->doc, node, err,
                              "expected a number from 0 to 1");
    turn->chance = node->valuedouble;
    return 0;
}

static int parse_one(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_times *ret, struct ow_err *err)
{
    struct ow_str text = ow_str_from(cJSON_GetStringValue(node));

    if (is_count(node)) {
        ret->least = ret->most = (uint64_t)node->valuedouble;
        return 0;
    }
    if (text.ptr && ow_times_parse(text, ret) == 0 && ret->most > 0)
        return 0;
    return ow_jsonc_error(source->doc, node, err,
                          "expected which times it answers: 3, \"2..4\", "
                          "\">=5\", or a list of these");
}

static int parse_nth(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_turn *turn, struct ow_err *err)
{
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    size_t n = cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node) : 1;
    int r = 0;

    if (!item)
        return ow_jsonc_error(source->doc, node, err,
                              "an empty list: it would never answer");
    turn->nth = ow_arena_zalloc(source->arena, n * sizeof *turn->nth);
    if (!turn->nth)
        return -ENOMEM;
    for (; turn->n_nth < n && r == 0; item = item->next)
        r = parse_one(source, item, &turn->nth[turn->n_nth++], err);
    return r;
}

static int parse_every(const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_turn *turn,
                       struct ow_err *err)
{
    if (!is_count(node))
        return ow_jsonc_error(source->doc, node, err,
                              "expected a whole number from 1 on: 3 answers "
                              "each third time");
    turn->every = (uint64_t)node->valuedouble;
    return 0;
}

static int parse_time(const struct ow_pattern_source *source, const cJSON *node,
                      int64_t *ret_ns, struct ow_err *err)
{
    if (ow_value_read_duration(node, ret_ns) == 0)
        return 0;
    return ow_jsonc_error(source->doc, node, err,
                          "expected a time of the session's clock, as "
                          "\"300ms\", \"1.5s\", or 300 (milliseconds)");
}

static int parse_from(const struct ow_pattern_source *source, const cJSON *node,
                      struct ow_turn *turn, struct ow_err *err)
{
    return parse_time(source, node, &turn->from, err);
}

static int parse_for(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_turn *turn, struct ow_err *err)
{
    int r = parse_time(source, node, &turn->length, err);

    if (r == 0 && turn->length == 0)
        return ow_jsonc_error(source->doc, node, err,
                              "for no time at all: it would never answer");
    return r;
}

static const char *const keys[] = {"chance", "nth", "every",
                                   "from",   "for", NULL};

static int (*const parsers[])(const struct ow_pattern_source *source,
                              const cJSON *node, struct ow_turn *turn,
                              struct ow_err *err) = {
    parse_chance, parse_nth, parse_every, parse_from, parse_for,
};

const char *const *ow_turn_keys(void)
{
    return keys;
}

int ow_turn_parse(const struct ow_pattern_source *source, const cJSON *node,
                  struct ow_turn **turn, struct ow_err *err)
{
    if (!*turn) {
        *turn = ow_arena_zalloc(source->arena, sizeof **turn);
        if (!*turn)
            return -ENOMEM;
        (*turn)->chance = 1;
        (*turn)->every = 1;
        (*turn)->length = INT64_MAX;
    }
    for (size_t i = 0; keys[i]; i++)
        if (strcmp(keys[i], node->string) == 0)
            return parsers[i](source, node, *turn, err);
    return -EINVAL;
}

static bool is_nth(const struct ow_turn *turn, uint64_t n)
{
    if (n % turn->every != 0)
        return false;
    for (size_t i = 0; i < turn->n_nth; i++)
        if (n >= turn->nth[i].least && n <= turn->nth[i].most)
            return true;
    return turn->n_nth == 0;
}

bool ow_turn_has_come(const struct ow_turn *turn, size_t rule, uint64_t lot,
                      struct ow_hits *hits, const struct ow_odds *odds)
{
    int64_t now = odds->clock ? ow_clock_now(odds->clock) : 0;
    struct ow_rand rand;

    if (now < turn->from || now - turn->from >= turn->length)
        return false;
    uint64_t n = hits ? ow_hits_fit(hits, rule) : 1;
    if (!is_nth(turn, n))
        return false;
    if (turn->chance >= 1)
        return true;
    ow_odds_draw(odds, OW_ODDS_CHANCE, lot, n, &rand);
    return ow_rand_unit(&rand) < turn->chance;
}

static void describe_times(const struct ow_times *times, struct ow_buf *out)
{
    unsigned long long least = times->least, most = times->most;

    if (least == most)
        ow_buf_printf(out, "%llu", least);
    else if (times->most == UINT64_MAX)
        ow_buf_printf(out, ">=%llu", least);
    else
        ow_buf_printf(out, "%llu..%llu", least, most);
}

void ow_turn_describe(const struct ow_turn *turn, struct ow_buf *out)
{
    const char *comma = "";

    if (turn->chance < 1) {
        ow_buf_printf(out, "its chance is %g", turn->chance);
        comma = ", ";
    }
    for (size_t i = 0; i < turn->n_nth; i++) {
        ow_buf_printf(out, "%s",
                      i > 0    ? " or "
                      : *comma ? ", its \"nth\" is "
                               : "its \"nth\" is ");
        describe_times(&turn->nth[i], out);
        comma = ", ";
    }
    if (turn->every > 1) {
        ow_buf_printf(out, "%sits \"every\" is %llu", comma,
                      (unsigned long long)turn->every);
        comma = ", ";
    }
    if (turn->from > 0 || turn->length < INT64_MAX)
        ow_buf_printf(out, "%sit answers from %gs on", comma,
                      (double)turn->from / 1e9);
    if (turn->length < INT64_MAX)
        ow_buf_printf(out, " for %gs", (double)turn->length / 1e9);
}
