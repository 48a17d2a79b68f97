/*
 * script_trigger: which messages "expect" and "on" mean: a word, or an object
 * of patterns that all must fit. See script.h.
 *
 *     "binary"    { "json": { "type": "start" } }    { "size": 0 }
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "plan/grammar.h"
#include "plan/script.h"
#include "plan/value.h"

/* Of each word of ws_kind. */
static const int kinds[] = {
    OW_MESSAGE_TEXT, OW_MESSAGE_BINARY, OW_MESSAGE_TEXT, OW_MESSAGE_PING,
    OW_MESSAGE_PONG, OW_MESSAGE_CLOSE,  OW_MESSAGE_DATA};

static int read_word(const struct ow_action_input *in, const cJSON *node,
                     struct ow_script_trigger *trigger)
{
    const char *const *words = ow_grammar_words(OW_WORDS_ws_kind);
    int word;
    int r = ow_value_word(in, node, words, &word);

    if (r < 0)
        return r;
    trigger->kinds = kinds[word];
    trigger->wants_json = strcmp(words[word], "json") == 0;
    return 0;
}

/* Which kind of message a key means; the others go with any. */
static int kind_of(const char *key)
{
    const char *const *words = ow_grammar_words(OW_WORDS_ws_kind);

    if (strcmp(key, "reason") == 0)
        return OW_MESSAGE_CLOSE;
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], key) == 0)
            return kinds[i];
    return 0;
}

static int read_key(const struct ow_action_input *in, const cJSON *node,
                    struct ow_script_trigger *trigger)
{
    const char *key = node->string;
    bool is_json = strcmp(key, "json") == 0 || strcmp(key, "size") == 0 ||
                   strcmp(key, "close") == 0;
    const struct ow_pattern **place = is_json ? &trigger->json : &trigger->text;

    if (strcmp(key, "size") == 0)
        place = &trigger->size;
    else if (strcmp(key, "close") == 0)
        place = &trigger->code;
    int kind = kind_of(key);
    if (kind && trigger->kinds && kind != trigger->kinds)
        return ow_jsonc_error(in->doc, node, in->err,
                              "no message is of two kinds: \"%s\" cannot stand "
                              "beside the other key",
                              key);
    trigger->kinds = kind ? kind : trigger->kinds;
    if (!in->patterns)
        return ow_jsonc_error(in->doc, node, in->err,
                              "there are no patterns here");
    return in->patterns->read(in->patterns, node, is_json, place, in->err);
}

int ow_script_trigger_parse(const struct ow_action_input *in, const cJSON *node,
                            const struct ow_script_trigger **ret)
{
    struct ow_script_trigger *trigger =
        ow_arena_zalloc(in->arena, sizeof *trigger);
    const cJSON *child;
    int r = ow_template_check(in->doc, node, in->err);

    if (!trigger)
        return -ENOMEM;
    if (r == 0 && !cJSON_IsObject(node))
        r = cJSON_IsString(node)
                ? read_word(in, node, trigger)
                : ow_jsonc_error(in->doc, node, in->err,
                                 "expected which message: \"text\", "
                                 "\"binary\", {\"json\": ...}");
    else if (r == 0)
        r = ow_value_check_keys(in, node,
                                ow_grammar_keys(OW_OBJECT_ws_trigger_of));
    if (r == 0 && cJSON_IsObject(node) && !node->child)
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected a key that says which message; "
                              "\"message\" means any");
    if (cJSON_IsObject(node))
        cJSON_ArrayForEach(child, node)
        {
            if (r == 0)
                r = read_key(in, child, trigger);
        }
    if (trigger->kinds == 0)
        trigger->kinds = OW_MESSAGE_DATA;
    if (r == 0)
        *ret = trigger;
    return r;
}
