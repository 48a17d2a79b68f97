/*
 * script_out: the messages of "send". See script.h.
 *
 *     "text"   { "json": ... }   { "text": ... }   { "binary": "bytes" }
 *     { "base64": "..." }   { "file": "a.pcm", "type": "binary" }
 *     { "echo": true }   and with each of them "split" and "every"
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "plan/filebody.h"
#include "plan/grammar.h"
#include "plan/script.h"
#include "plan/value.h"

/* The first so many of its keys say what is sent. */
#define SOURCES 6

static int read_base64(const struct ow_action_input *in, const cJSON *node,
                       struct ow_script_out *out)
{
    int r = -EINVAL;

    out->source = OW_SCRIPT_BYTES;
    if (cJSON_IsString(node))
        r = ow_base64_decode(ow_str_from(node->valuestring), in->arena,
                             &out->bytes);
    return r == -EINVAL
               ? ow_jsonc_error(in->doc, node, in->err, "this is not base64")
               : r;
}

static int read_echo(const struct ow_action_input *in, const cJSON *node,
                     struct ow_script_out *out)
{
    out->source = OW_SCRIPT_ECHO;
    if (cJSON_IsTrue(node))
        return 0;
    return ow_jsonc_error(in->doc, node, in->err, "expected true");
}

static int read_file(const struct ow_action_input *in, const cJSON *node,
                     struct ow_script_out *out)
{
    int r = ow_template_check(in->doc, node, in->err);

    out->source = OW_SCRIPT_FILE;
    return r < 0 ? r : ow_filebody_parse(in, node, &out->path);
}

static int read_source(const struct ow_action_input *in, const cJSON *node,
                       struct ow_script_out *out)
{
    const char *key = node->string;

    out->is_text = strcmp(key, "json") == 0 || strcmp(key, "text") == 0;
    if (strcmp(key, "json") == 0)
        return ow_template_json(in, node, &out->body);
    if (strcmp(key, "base64") == 0)
        return read_base64(in, node, out);
    if (strcmp(key, "file") == 0)
        return read_file(in, node, out);
    if (strcmp(key, "echo") == 0)
        return read_echo(in, node, out);
    return ow_template_text(in, node, &out->body);
}

static int read_type(const struct ow_action_input *in, const cJSON *node,
                     struct ow_script_out *out)
{
    int word;
    int r = ow_value_word(in, node, ow_grammar_words(OW_WORDS_ws_type), &word);

    if (r == 0 && out->source == OW_SCRIPT_ECHO)
        return ow_jsonc_error(in->doc, node, in->err,
                              "an echo is of the type that came");
    if (r == 0)
        out->is_text = word == 0;
    return r;
}

static int read_split(const struct ow_action_input *in, const cJSON *object,
                      struct ow_script_out *out)
{
    const cJSON *split = ow_json_member(object, "split");
    const cJSON *every = ow_json_member(object, "every");
    int r = 0;

    if (every && !split)
        return ow_jsonc_error(in->doc, every, in->err,
                              "in a message \"every\" is the time between its "
                              "fragments: say \"split\", too");
    if (split && out->source == OW_SCRIPT_FILE)
        return ow_jsonc_error(in->doc, split, in->err,
                              "a file is sent in one frame");
    if (split)
        r = ow_split_parse(in, split, &out->split);
    if (r == 0 && every)
        r = ow_value_duration(in, every, &out->split_every_ns);
    return r;
}

/* The key that says what is sent; one and no more. */
static int find_source(const struct ow_action_input *in, const cJSON *object,
                       const cJSON **ret)
{
    const char *const *keys = ow_grammar_keys(OW_OBJECT_ws_message);
    const cJSON *found = NULL;

    for (int i = 0; i < SOURCES; i++) {
        const cJSON *other = ow_json_member(object, keys[i]);
        if (found && other)
            return ow_jsonc_error(in->doc, other, in->err,
                                  "\"%s\" and \"%s\" are two messages: write "
                                  "a list",
                                  found->string, other->string);
        found = other ? other : found;
    }
    if (!found)
        return ow_jsonc_error(in->doc, object, in->err,
                              "expected a message: \"json\", \"text\", "
                              "\"binary\", \"base64\", \"file\" or \"echo\"");
    *ret = found;
    return 0;
}

int ow_script_out_parse(const struct ow_action_input *in, const cJSON *node,
                        const struct ow_script_out **ret)
{
    struct ow_script_out *out = ow_arena_zalloc(in->arena, sizeof *out);
    const cJSON *source = NULL;

    if (!out)
        return -ENOMEM;
    *ret = out;
    if (cJSON_IsString(node)) {
        out->is_text = true;
        return ow_template_text(in, node, &out->body);
    }
    if (!cJSON_IsObject(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected a message: a string, or an object with "
                              "\"json\", \"text\", \"binary\", ...");
    int r =
        ow_value_check_keys(in, node, ow_grammar_keys(OW_OBJECT_ws_message));
    if (r == 0)
        r = find_source(in, node, &source);
    if (r == 0)
        r = read_source(in, source, out);
    if (r == 0 && ow_json_member(node, "type"))
        r = read_type(in, ow_json_member(node, "type"), out);
    return r < 0 ? r : read_split(in, node, out);
}
