/*
 * api_clock: /clock of http://offwire.test/: the session's time.
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "base/units.h"
#include "host/api_call.h"

/* As --speed has it. */
#define SPEED_MIN 1e-3
#define SPEED_MAX 1e6
/* More than anything waits for; times stay within 64 bits. */
#define ADVANCE_MAX (INT64_C(366) * 86400 * 1000000000)

#define HINT                                                                   \
    "as {\"advance\": \"10s\"}, {\"freeze\": true}, {\"resume\": true}, "      \
    "{\"speed\": 100}"

static const char *const keys[] = {"advance", "freeze", "resume", "speed",
                                   NULL};

struct wish {
    int64_t advance_ns;
    double speed; /* 0: not said */
    bool freeze;
    bool resume;
};

static void put_time(struct ow_jsonw *w, int64_t wall_ns)
{
    time_t second = (time_t)(wall_ns / 1000000000);
    char text[40];
    struct tm tm;
    size_t n = 0;

    if (gmtime_r(&second, &tm))
        n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    ow_api_put_text(w, "time", (struct ow_str){text, n});
}

int ow_api_clock(struct ow_api_call *call)
{
    const struct ow_clock *clock = &call->session->clock;
    int64_t now = ow_clock_now(clock);
    struct ow_jsonw *w = &call->w;
    struct ow_str speed = ow_arena_printf(call->arena, "%.15g", clock->speed);

    ow_jsonw_begin(w, '{');
    put_time(w, ow_clock_wall(clock, now));
    ow_jsonw_key(w, "session_ms");
    ow_jsonw_ms(w, now);
    ow_jsonw_key(w, "speed");
    ow_jsonw_raw(w, speed);
    ow_api_put_bool(w, "frozen", clock->speed == 0);
    ow_jsonw_end(w, '}');
    return 0;
}

static int read_advance(const struct ow_jsonc *doc, const cJSON *node,
                        int64_t *ret, struct ow_err *err)
{
    struct ow_str text = ow_str_from(cJSON_GetStringValue(node));
    int r = -1;

    if (cJSON_IsNumber(node) && node->valuedouble >= 0 &&
        node->valuedouble < 1e12) {
        *ret = (int64_t)(node->valuedouble * 1e6);
        r = 0;
    } else if (text.ptr) {
        r = ow_units_parse_duration(text, ret);
    }
    if (r < 0 || *ret > ADVANCE_MAX)
        return ow_jsonc_error(doc, node, err,
                              "expected a duration, as \"10s\", or 10000 "
                              "(milliseconds); at most a year");
    return 0;
}

static int read_key(const struct ow_jsonc *doc, const cJSON *node,
                    struct wish *wish, struct ow_err *err)
{
    if (strcmp(node->string, "advance") == 0)
        return read_advance(doc, node, &wish->advance_ns, err);
    if (strcmp(node->string, "speed") == 0) {
        wish->speed = cJSON_IsNumber(node) ? node->valuedouble : 0;
        return wish->speed >= SPEED_MIN && wish->speed <= SPEED_MAX
                   ? 0
                   : ow_jsonc_error(doc, node, err,
                                    "expected a number from 0.001 to 1000000");
    }
    bool is_freeze = strcmp(node->string, "freeze") == 0;
    if (!is_freeze && strcmp(node->string, "resume") != 0)
        return ow_jsonc_unknown_key(doc, node, err, keys);
    if (!cJSON_IsBool(node))
        return ow_jsonc_error(doc, node, err, "expected true or false");
    *(is_freeze ? &wish->freeze : &wish->resume) = cJSON_IsTrue(node);
    return 0;
}

static int read_wish(struct ow_api_call *call, const cJSON *root,
                     struct wish *wish)
{
    struct ow_err err = {""};
    const cJSON *node;
    int r = 0;

    if (!cJSON_IsObject(root) || !root->child)
        return ow_api_fail(call, 400, HINT, "what is the clock to do?") + 1;
    cJSON_ArrayForEach(node, root)
    {
        if (r == 0)
            r = read_key(call->doc, node, wish, &err);
    }
    if (r < 0)
        return ow_api_fail(call, 400, HINT, "%s", err.text) + 1;
    if (wish->freeze && wish->resume)
        return ow_api_fail(call, 400, HINT,
                           "\"freeze\" and \"resume\" at once") +
               1;
    return 0;
}

int ow_api_clock_set(struct ow_api_call *call)
{
    struct ow_api *api = call->api;
    struct ow_clock *clock = &call->session->clock;
    struct wish wish = {0};
    const cJSON *root;
    int r = ow_api_read(call, &root);

    if (r == 0)
        r = read_wish(call, root, &wish);
    if (r != 0)
        return r < 0 ? r : 0;
    bool is_frozen = clock->speed == 0;
    double speed = is_frozen ? api->speed : clock->speed;
    if (wish.speed > 0)
        speed = wish.speed;
    ow_clock_advance(clock, wish.advance_ns);
    if (wish.freeze || (is_frozen && !wish.resume)) {
        api->speed = speed;
        speed = 0;
    }
    ow_clock_set_speed(clock, speed);
    api->clock_changed(api->clock_context);
    return ow_api_clock(call);
}
