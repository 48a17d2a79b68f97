/*
 * ws_match: see ws_match.h. Called by ws_session.c; calls rule/'s patterns.
 */
#include "config.h"

#include "exchange/ws_match.h"

#include <errno.h>

static int test(const struct ow_pattern *pattern, struct ow_subject value,
                struct ow_pattern_run *run)
{
    return pattern ? ow_pattern_test(pattern, &value, run) : 1;
}

static int test_all(const struct ow_script_trigger *trigger,
                    struct ow_message *message, struct ow_pattern_run *run)
{
    const cJSON *json =
        trigger->json || trigger->wants_json ? ow_message_json(message) : NULL;
    int r = !trigger->wants_json || json;

    if (r == 1)
        r = test(trigger->size, ow_subject_number((double)message->body.size),
                 run);
    if (r == 1)
        r = test(trigger->code, ow_subject_number(message->code), run);
    if (r == 1)
        r = test(trigger->text, ow_subject_text(ow_message_text(message)), run);
    /* A message that is no JSON is none of its fields, absent ones neither. */
    if (r == 1 && trigger->json)
        r = json ? test(trigger->json, ow_subject_json(json), run) : 0;
    return r;
}

int ow_ws_match(const struct ow_script_trigger *trigger,
                const struct ow_table *table, const struct ow_fields *captures,
                struct ow_message *message)
{
    struct ow_pattern_run run;

    if (!(trigger->kinds & (int)message->kind))
        return 0;
    if (!trigger->json && !trigger->text && !trigger->size && !trigger->code &&
        !trigger->wants_json)
        return 1;
    ow_table_pattern_run(table, &message->arena, &run);
    int r = test_all(trigger, message, &run);
    for (size_t i = 0; r == 1 && captures && i < captures->n; i++)
        if (ow_fields_add(&run.captures, &message->arena,
                          captures->items[i].name,
                          captures->items[i].value) < 0)
            r = -ENOMEM;
    if (r == 1)
        message->captures = run.captures;
    return r;
}
