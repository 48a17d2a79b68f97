/*
 * schema: the tables as JSON Schema. See schema.h. Called by cli/cmd_schema.c.
 *
 *   { ..., "$ref": "#/definitions/file", "definitions": { "file": {...}, ... }
 * }
 */
#include "config.h"

#include "rule/schema.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "plan/act_curl.h"
#include "plan/act_fault.h"
#include "plan/callback_sign.h"
#include "plan/grammar.h"
#include "rule/network.h"
#include "wire/h2.h"
#include "wire/ws.h"

/* A row of keys.def, matchers.def or words.def. */
struct row {
    const char *key;
    const char *reader;
    const char *type;
    const char *help;
};

static const struct row then_rows[] = {
#define OW_KEY(key, reader, type, help) {key, #reader, #type, help},
#include "plan/keys.def"
#undef OW_KEY
    {NULL, NULL, NULL, NULL}};

static const struct row when_rows[] = {
#define OW_MATCHER(key, early, type, help) {#key, "", #type, help},
#include "rule/matchers.def"
#undef OW_MATCHER
    {NULL, NULL, NULL, NULL}};

static const struct row word_rows[] = {
#define OW_WORD(word, type, help) {#word, "", #type, help},
#include "rule/words.def"
#undef OW_WORD
    {NULL, NULL, NULL, NULL}};

/* The words about files are the last ones of words.def. */
#define FILE_WORDS 3

static void put_text(struct ow_jsonw *w, const char *key, const char *text)
{
    ow_jsonw_text(w, key, ow_str_from(text));
}

static void put_raw(struct ow_jsonw *w, const char *key, const char *json)
{
    ow_jsonw_key(w, key);
    ow_jsonw_raw(w, ow_str_from(json));
}

static void put_ref(struct ow_jsonw *w, const char *type)
{
    char ref[64];

    snprintf(ref, sizeof ref, "#/definitions/%s", type);
    ow_jsonw_begin(w, '{');
    put_text(w, "$ref", ref);
    ow_jsonw_end(w, '}');
}

/*
 * The value of a key. In draft-07 what stands beside "$ref" is not looked at,
 * but for editors, which show a description that stands beside "allOf".
 */
static void put_property(struct ow_jsonw *w, const char *key, const char *type,
                         const char *help)
{
    ow_jsonw_name(w, ow_str_from(key));
    ow_jsonw_begin(w, '{');
    put_text(w, "description", help);
    ow_jsonw_key(w, "allOf");
    ow_jsonw_begin(w, '[');
    put_ref(w, type);
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
}

/* Opens a definition of an object that has no other keys; the caller writes
 * the properties, closes them, and closes the definition. */
static void begin_object(struct ow_jsonw *w, const char *name, const char *help)
{
    ow_jsonw_key(w, name);
    ow_jsonw_begin(w, '{');
    if (*help)
        put_text(w, "description", help);
    put_text(w, "type", "object");
    put_raw(w, "additionalProperties", "false");
    ow_jsonw_key(w, "properties");
    ow_jsonw_begin(w, '{');
}

/* What can be asked of a request that is over. */
static void put_past(struct ow_jsonw *w)
{
    for (const struct row *row = when_rows; row->key; row++)
        if (strcmp(row->key, "vars") != 0 && strcmp(row->key, "scenario") != 0)
            put_property(w, row->key, row->type, row->help);
}

static void put_object(struct ow_jsonw *w, enum ow_object object)
{
    const struct ow_member *member = ow_grammar_members(object);

    begin_object(w, ow_grammar_name(object), ow_grammar_help(object));
    for (; member->key; member++)
        put_property(w, member->key, member->type, member->help);
    if (object == OW_OBJECT_expectation)
        put_past(w);
    ow_jsonw_end(w, '}');
    /* What stands in the row are members already. */
    ow_jsonw_key(w, "allOf");
    ow_jsonw_begin(w, '[');
    ow_jsonw_begin(w, '{');
    ow_jsonw_raw(w, ow_str_from(ow_grammar_more(object)));
    ow_jsonw_end(w, '}');
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
}

static bool is_body(const struct row *row)
{
    return strcmp(row->reader, "RESPOND") == 0 ||
           strcmp(row->reader, "STREAM") == 0 ||
           strcmp(row->reader, "WEBSOCKET") == 0;
}

/* {"not": {"required": ["json", "text"]}}, for each two bodies. */
static void put_one_body(struct ow_jsonw *w)
{
    ow_jsonw_key(w, "allOf");
    ow_jsonw_begin(w, '[');
    for (const struct row *one = then_rows; one->key; one++) {
        for (const struct row *two = one + 1; two->key; two++) {
            if (!is_body(one) || !is_body(two))
                continue;
            ow_jsonw_begin(w, '{');
            ow_jsonw_key(w, "not");
            ow_jsonw_begin(w, '{');
            ow_jsonw_key(w, "required");
            ow_jsonw_begin(w, '[');
            ow_jsonw_string(w, ow_str_from(one->key));
            ow_jsonw_string(w, ow_str_from(two->key));
            ow_jsonw_end(w, ']');
            ow_jsonw_end(w, '}');
            ow_jsonw_end(w, '}');
        }
    }
    ow_jsonw_end(w, ']');
}

static void put_then(struct ow_jsonw *w)
{
    begin_object(w, "then", "an answer");
    for (const struct row *row = then_rows; row->key; row++)
        if (strcmp(row->reader, "LATER") != 0)
            put_property(w, row->key, row->type, row->help);
    ow_jsonw_end(w, '}');
    put_one_body(w);
    ow_jsonw_end(w, '}');
}

static void put_when(struct ow_jsonw *w)
{
    begin_object(w, "when", "what is asked of a request");
    for (const struct row *row = when_rows; row->key; row++)
        put_property(w, row->key, row->type, row->help);
    ow_jsonw_end(w, '}');
    ow_jsonw_end(w, '}');
}

/* A list of matchers: "any", "all". */
static void put_selves(struct ow_jsonw *w, const struct row *row,
                       const char *flavour)
{
    ow_jsonw_key(w, row->key);
    ow_jsonw_begin(w, '{');
    put_text(w, "description", row->help);
    put_text(w, "type", "array");
    put_raw(w, "minItems", "1");
    ow_jsonw_key(w, "items");
    put_ref(w, flavour);
    ow_jsonw_end(w, '}');
}

/* The object of words of a flavour: FLAVOUR_words. */
static void put_words_of(struct ow_jsonw *w, const char *name,
                         const char *flavour, bool has_files)
{
    size_t n = sizeof word_rows / sizeof *word_rows - 1;

    begin_object(w, name, "what is asked of a value; all of it has to fit");
    for (size_t i = 0; i < n - (has_files ? 0 : FILE_WORDS); i++) {
        const struct row *row = &word_rows[i];
        if (strcmp(row->type, "selves") == 0)
            put_selves(w, row, flavour);
        else
            put_property(w, row->key,
                         strcmp(row->type, "self") == 0 ? flavour : row->type,
                         row->help);
    }
    ow_jsonw_end(w, '}');
    put_raw(w, "minProperties", "1");
    ow_jsonw_end(w, '}');
}

/* A text: a string, "~pattern", "present", "absent", a number, or words. */
static void put_matcher(struct ow_jsonw *w, const char *name,
                        const char *words_name)
{
    ow_jsonw_key(w, name);
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "anyOf");
    ow_jsonw_begin(w, '[');
    ow_jsonw_raw(w, OW_STR("{\"type\":[\"string\",\"number\",\"boolean\","
                           "\"null\"]}"));
    put_ref(w, words_name);
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
}

/* An object of which no key is a word: a subset of the value's keys. */
static void put_subset(struct ow_jsonw *w)
{
    size_t n = sizeof word_rows / sizeof *word_rows - 1 - FILE_WORDS;

    ow_jsonw_begin(w, '{');
    put_text(w, "type", "object");
    ow_jsonw_key(w, "propertyNames");
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "not");
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "enum");
    ow_jsonw_begin(w, '[');
    for (size_t i = 0; i < n; i++)
        ow_jsonw_string(w, ow_str_from(word_rows[i].key));
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
    ow_jsonw_end(w, '}');
    ow_jsonw_key(w, "additionalProperties");
    put_ref(w, "json_matcher");
    ow_jsonw_end(w, '}');
}

static void put_json_matcher(struct ow_jsonw *w)
{
    ow_jsonw_key(w, "json_matcher");
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "anyOf");
    ow_jsonw_begin(w, '[');
    ow_jsonw_raw(w, OW_STR("{\"type\":[\"string\",\"number\",\"boolean\","
                           "\"null\"]}"));
    ow_jsonw_raw(w, OW_STR("{\"type\":\"array\",\"items\":"
                           "{\"$ref\":\"#/definitions/json_matcher\"}}"));
    put_ref(w, "json_matcher_words");
    put_subset(w);
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
}

static void put_matchers(struct ow_jsonw *w)
{
    put_words_of(w, "matcher_words", "matcher", false);
    put_words_of(w, "form_matcher_words", "form_matcher", true);
    put_words_of(w, "json_matcher_words", "json_matcher", false);
    put_matcher(w, "matcher", "matcher_words");
    put_matcher(w, "form_matcher", "form_matcher_words");
    put_json_matcher(w);
}

static void put_words(struct ow_jsonw *w, const char *name,
                      const char *const *words)
{
    ow_jsonw_key(w, name);
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "enum");
    ow_jsonw_begin(w, '[');
    for (; *words; words++)
        ow_jsonw_string(w, ow_str_from(*words));
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
}

static void put_networks(struct ow_jsonw *w)
{
    const struct ow_network *network;

    ow_jsonw_key(w, "network_name");
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "enum");
    ow_jsonw_begin(w, '[');
    for (size_t i = 0; (network = ow_network_at(i, NULL)); i++)
        ow_jsonw_string(w, ow_str_from(network->name));
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
}

/* {"if": {its kind}, "then": {"propertyNames": {its keys}}}, for each fault. */
static void put_fault_keys(struct ow_jsonw *w)
{
    const char *known[OW_FAULT_KEYS_MAX];
    const char *const *names = ow_fault_names();

    ow_jsonw_key(w, "fault_keys");
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "allOf");
    ow_jsonw_begin(w, '[');
    for (int i = 0; names[i]; i++) {
        ow_act_fault_keys((enum ow_fault_kind)(i + 1), known);
        ow_jsonw_begin(w, '{');
        ow_jsonw_key(w, "if");
        ow_jsonw_begin(w, '{');
        ow_jsonw_key(w, "properties");
        ow_jsonw_begin(w, '{');
        ow_jsonw_key(w, "kind");
        ow_jsonw_begin(w, '{');
        put_text(w, "const", names[i]);
        ow_jsonw_end(w, '}');
        ow_jsonw_end(w, '}');
        ow_jsonw_end(w, '}');
        ow_jsonw_key(w, "then");
        ow_jsonw_begin(w, '{');
        put_words(w, "propertyNames", known);
        ow_jsonw_end(w, '}');
        ow_jsonw_end(w, '}');
    }
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
}

static void put_definitions(struct ow_jsonw *w)
{
    for (int i = 0; i < OW_OBJECT_COUNT; i++)
        put_object(w, (enum ow_object)i);
    put_then(w);
    put_when(w);
    put_matchers(w);
    for (const struct ow_grammar_type *type = ow_grammar_types(); type->name;
         type++)
        put_raw(w, type->name, type->schema);
    for (int i = 0; i < OW_WORDS_COUNT; i++)
        put_words(w, ow_grammar_words_name((enum ow_words)i),
                  ow_grammar_words((enum ow_words)i));
    put_words(w, "fault_kind", ow_fault_names());
    put_words(w, "curl_code", ow_act_curl_names());
    put_words(w, "h2_error_name", ow_h2_error_names());
    put_words(w, "ws_bad", ow_ws_bad_names());
    put_fault_keys(w);
    put_networks(w);
    put_words(w, "sign_name", ow_callback_sign_names());
}

int ow_schema_write(enum ow_schema schema, struct ow_buf *out)
{
    static const struct {
        const char *title;
        const char *type;
    } roots[] = {
        [OW_SCHEMA_RULES] = {"Offwire rule file", "file"},
        [OW_SCHEMA_CONVERSATION] = {"Offwire conversation", "talk"},
        [OW_SCHEMA_VERIFY] = {"Offwire expectations", "expected"},
    };
    struct ow_jsonw w = {.buf = out};

    ow_jsonw_begin(&w, '{');
    put_text(&w, "$schema", "http://json-schema.org/draft-07/schema#");
    put_text(&w, "title", roots[schema].title);
    put_text(&w, "$comment",
             "Made by offwire schema (" PACKAGE_VERSION
             "); what it cannot say, offwire check does.");
    /* Comments and trailing commas are allowed: for editors that ask. */
    put_raw(&w, "allowComments", "true");
    put_raw(&w, "allowTrailingCommas", "true");
    ow_jsonw_key(&w, "allOf");
    ow_jsonw_begin(&w, '[');
    put_ref(&w, roots[schema].type);
    ow_jsonw_end(&w, ']');
    ow_jsonw_key(&w, "definitions");
    ow_jsonw_begin(&w, '{');
    put_definitions(&w);
    ow_jsonw_end(&w, '}');
    ow_jsonw_end(&w, '}');
    return w.error;
}
