/*
 * pattern_parse: JSON of a rule file -> patterns. See pattern.h. One function
 * per word of words.def; literals are read by literal_parse.c. Called by the
 * matchers when rules are loaded.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/suggest.h"
#include "plan/action.h"
#include "rule/literal_parse.h"

typedef int (*parse_word_fn)(const struct ow_pattern_source *source,
                             const cJSON *node, struct ow_pattern *ret,
                             struct ow_err *err);

static int make_child(const struct ow_pattern_source *source, const cJSON *node,
                      struct ow_pattern *ret, struct ow_err *err)
{
    int r = ow_literal_items(source, 1, ret);

    return r < 0 ? r : ow_pattern_parse(source, node, ret->items, err);
}

static int compile(const struct ow_pattern_source *source, const cJSON *node,
                   struct ow_str pattern, struct ow_pattern *ret,
                   struct ow_err *err)
{
    struct ow_err why;
    int r = ow_regex_compile(source->regexes, pattern, &ret->regex, &why);

    if (r == -EINVAL)
        return ow_jsonc_error(source->doc, node, err, "%s", why.text);
    if (r < 0)
        return r;
    ret->ops = &ow_pattern_regex_ops;
    ret->text = ow_regex_source(ret->regex);
    return 0;
}

static int parse_string(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_pattern *ret,
                        struct ow_err *err)
{
    struct ow_str s = ow_str_from(node->valuestring);

    if (ow_str_starts(s, OW_STR("~")))
        return compile(source, node, (struct ow_str){s.ptr + 1, s.len - 1}, ret,
                       err);
    ret->whole = true;
    if (ow_str_equal(s, OW_STR("present"))) {
        ret->ops = &ow_pattern_present_ops;
        return 0;
    }
    if (ow_str_equal(s, OW_STR("absent"))) {
        ret->ops = &ow_pattern_absent_ops;
        return 0;
    }
    ret->whole = false;
    return ow_literal_parse_text(source, s, ret);
}

static int parse_elements(const struct ow_pattern_source *source,
                          const cJSON *list, struct ow_pattern *ret,
                          struct ow_err *err)
{
    size_t i = 0;
    const cJSON *element;
    int r = ow_literal_items(source, (size_t)cJSON_GetArraySize(list), ret);

    cJSON_ArrayForEach(element, list)
    {
        if (r < 0)
            return r;
        r = ow_pattern_parse(source, element, &ret->items[i++], err);
    }
    return r;
}

static int parse_list(const struct ow_pattern_source *source, const cJSON *node,
                      struct ow_pattern *ret, struct ow_err *err)
{
    if (source->flavour != OW_PATTERN_JSON)
        return ow_jsonc_error(source->doc, node, err,
                              "expected a string, a number or an object of "
                              "matchers, got a list; for one of several "
                              "values write { \"any\": [...] }");
    ret->ops = &ow_pattern_list_ops;
    int r = parse_elements(source, node, ret, err);
    return r < 0 ? r : ow_literal_number(source, ret);
}

/* "/count" is the key "count": see pattern.h. */
static struct ow_str plain_key(const char *key)
{
    return ow_str_from(key[0] == '/' ? key + 1 : key);
}

static int parse_subset(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_pattern *ret,
                        struct ow_err *err)
{
    size_t i = 0;
    const cJSON *member;
    int r = parse_elements(source, node, ret, err);

    ret->ops = &ow_pattern_object_ops;
    if (r == 0)
        ret->keys = ow_arena_zalloc(source->arena, ret->n * sizeof *ret->keys);
    if (r == 0 && !ret->keys)
        return -ENOMEM;
    cJSON_ArrayForEach(member, node)
    {
        if (r < 0)
            return r;
        ret->keys[i] = ow_arena_copy(source->arena, plain_key(member->string));
        if (!ret->keys[i++].ptr)
            return -ENOMEM;
    }
    return r;
}

static int parse_is(const struct ow_pattern_source *source, const cJSON *node,
                    struct ow_pattern *ret, struct ow_err *err)
{
    return ow_literal_parse(source, node, ret, err);
}

static int expect_string(const struct ow_pattern_source *source,
                         const cJSON *node, struct ow_err *err)
{
    if (cJSON_IsString(node))
        return 0;
    return ow_jsonc_error(source->doc, node, err, "expected a string, got %s",
                          ow_literal_type(node));
}

static int parse_regex(const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_pattern *ret,
                       struct ow_err *err)
{
    int r = expect_string(source, node, err);

    if (r < 0)
        return r;
    return compile(source, node, ow_str_from(node->valuestring), ret, err);
}

static int parse_contains(const struct ow_pattern_source *source,
                          const cJSON *node, struct ow_pattern *ret,
                          struct ow_err *err)
{
    int r = expect_string(source, node, err);

    if (r < 0)
        return r;
    r = ow_literal_parse_text(source, ow_str_from(node->valuestring), ret);
    ret->ops = &ow_pattern_contains_ops;
    return r;
}

static int parse_not(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_pattern *ret, struct ow_err *err)
{
    ret->ops = &ow_pattern_not_ops;
    ret->whole = true;
    return make_child(source, node, ret, err);
}

static int parse_patterns(const struct ow_pattern_source *source,
                          const cJSON *node, struct ow_pattern *ret,
                          struct ow_err *err)
{
    if (!cJSON_IsArray(node) || !node->child)
        return ow_jsonc_error(
            source->doc, node, err, "expected a list of matchers, got %s",
            cJSON_IsArray(node) ? "an empty one" : ow_literal_type(node));
    int r = parse_elements(source, node, ret, err);
    for (size_t i = 0; r == 0 && i < ret->n; i++)
        ret->whole |= ret->items[i].whole;
    return r;
}

static int parse_any(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_pattern *ret, struct ow_err *err)
{
    ret->ops = &ow_pattern_any_ops;
    return parse_patterns(source, node, ret, err);
}

static int parse_all(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_pattern *ret, struct ow_err *err)
{
    ret->ops = &ow_pattern_all_ops;
    return parse_patterns(source, node, ret, err);
}

static int parse_presence(const struct ow_pattern_source *source,
                          const cJSON *node, bool present,
                          struct ow_pattern *ret, struct ow_err *err)
{
    if (!cJSON_IsBool(node))
        return ow_jsonc_error(source->doc, node, err,
                              "expected true or false, got %s",
                              ow_literal_type(node));
    ret->whole = true;
    ret->ops = present == (cJSON_IsTrue(node) != 0) ? &ow_pattern_present_ops
                                                    : &ow_pattern_absent_ops;
    return 0;
}

static int parse_present(const struct ow_pattern_source *source,
                         const cJSON *node, struct ow_pattern *ret,
                         struct ow_err *err)
{
    return parse_presence(source, node, true, ret, err);
}

static int parse_absent(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_pattern *ret,
                        struct ow_err *err)
{
    return parse_presence(source, node, false, ret, err);
}

static int parse_bound(const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_pattern *ret,
                       struct ow_err *err)
{
    if (!cJSON_IsNumber(node))
        return ow_jsonc_error(source->doc, node, err,
                              "expected a number, got %s",
                              ow_literal_type(node));
    ret->number = node->valuedouble;
    return 0;
}

static int parse_gt(const struct ow_pattern_source *source, const cJSON *node,
                    struct ow_pattern *ret, struct ow_err *err)
{
    ret->ops = &ow_pattern_gt_ops;
    return parse_bound(source, node, ret, err);
}

static int parse_lt(const struct ow_pattern_source *source, const cJSON *node,
                    struct ow_pattern *ret, struct ow_err *err)
{
    ret->ops = &ow_pattern_lt_ops;
    return parse_bound(source, node, ret, err);
}

static int parse_has(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_pattern *ret, struct ow_err *err)
{
    ret->ops = &ow_pattern_has_ops;
    ret->whole = true;
    return make_child(source, node, ret, err);
}

static int parse_first(const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_pattern *ret,
                       struct ow_err *err)
{
    ret->ops = &ow_pattern_first_ops;
    ret->whole = true;
    return make_child(source, node, ret, err);
}

static int parse_last(const struct ow_pattern_source *source, const cJSON *node,
                      struct ow_pattern *ret, struct ow_err *err)
{
    ret->ops = &ow_pattern_last_ops;
    ret->whole = true;
    return make_child(source, node, ret, err);
}

static int parse_count(const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_pattern *ret,
                       struct ow_err *err)
{
    ret->ops = &ow_pattern_count_ops;
    ret->whole = true;
    return make_child(source, node, ret, err);
}

static int parse_filename(const struct ow_pattern_source *source,
                          const cJSON *node, struct ow_pattern *ret,
                          struct ow_err *err)
{
    ret->ops = &ow_pattern_filename_ops;
    return make_child(source, node, ret, err);
}

static int parse_size(const struct ow_pattern_source *source, const cJSON *node,
                      struct ow_pattern *ret, struct ow_err *err)
{
    ret->ops = &ow_pattern_size_ops;
    return make_child(source, node, ret, err);
}

static int parse_type(const struct ow_pattern_source *source, const cJSON *node,
                      struct ow_pattern *ret, struct ow_err *err)
{
    ret->ops = &ow_pattern_type_ops;
    return make_child(source, node, ret, err);
}

static const struct {
    const char *word;
    parse_word_fn parse;
} words[] = {
#define OW_WORD(word, type, help) {#word, parse_##word},
#include "rule/words.def"
#undef OW_WORD
};

static const char *const word_names[] = {
#define OW_WORD(word, type, help) #word,
#include "rule/words.def"
#undef OW_WORD
    NULL};

/* The words about uploaded files are the last three of the list. */
#define FILE_WORDS 3

static size_t word_count(const struct ow_pattern_source *source)
{
    size_t n = sizeof words / sizeof *words;

    return source->flavour == OW_PATTERN_FORM ? n : n - FILE_WORDS;
}

static parse_word_fn find_word(const struct ow_pattern_source *source,
                               const char *key)
{
    for (size_t i = 0; i < word_count(source); i++)
        if (strcmp(words[i].word, key) == 0)
            return words[i].parse;
    return NULL;
}

static int fail_word(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_err *err)
{
    const char *known[sizeof word_names / sizeof *word_names] = {NULL};

    memcpy(known, word_names, word_count(source) * sizeof *known);
    return ow_jsonc_unknown_key(source->doc, node, err, known);
}

/* Words next to plain keys: a mistyped word, or a key that is called so. */
static int fail_mixed(const struct ow_pattern_source *source,
                      const cJSON *object, const cJSON *word,
                      struct ow_err *err)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, object)
    {
        if (!find_word(source, member->string) &&
            ow_suggest(ow_str_from(member->string), word_names))
            return fail_word(source, member, err);
    }
    return ow_jsonc_error(source->doc, word, err,
                          "\"%s\" is a matcher and stands among plain keys; "
                          "for the key of that name write \"/%s\"",
                          word->string, word->string);
}

static int parse_words(const struct ow_pattern_source *source,
                       const cJSON *object, struct ow_pattern *ret,
                       struct ow_err *err)
{
    size_t i = 0;
    const cJSON *member = object->child;

    if (!member->next)
        return find_word(source, member->string)(source, member, ret, err);
    int r = ow_literal_items(source, (size_t)cJSON_GetArraySize(object), ret);
    ret->ops = &ow_pattern_all_ops;
    for (; r == 0 && member; member = member->next) {
        struct ow_pattern *item = &ret->items[i++];
        r = find_word(source, member->string)(source, member, item, err);
        ret->whole |= item->whole;
    }
    return r;
}

static int parse_object(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_pattern *ret,
                        struct ow_err *err)
{
    bool json = source->flavour == OW_PATTERN_JSON;
    const cJSON *member, *word = NULL, *plain = NULL;

    cJSON_ArrayForEach(member, node)
    {
        if (find_word(source, member->string))
            word = member;
        else if (!plain)
            plain = member;
    }
    if (json && !word)
        return parse_subset(source, node, ret, err);
    if (json && plain)
        return fail_mixed(source, node, word, err);
    if (plain)
        return fail_word(source, plain, err);
    if (!word)
        return ow_jsonc_error(source->doc, node, err,
                              "expected a matcher in it, got an empty object");
    return parse_words(source, node, ret, err);
}

int ow_pattern_parse(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_pattern *ret, struct ow_err *err)
{
    *ret = (struct ow_pattern){0};
    if (cJSON_IsString(node))
        return parse_string(source, node, ret, err);
    if (cJSON_IsArray(node))
        return parse_list(source, node, ret, err);
    if (cJSON_IsObject(node))
        return parse_object(source, node, ret, err);
    return ow_literal_parse_scalar(source, node, ret, err);
}

struct ow_action_input ow_pattern_input(const struct ow_pattern_source *source,
                                        const cJSON *then, struct ow_err *err)
{
    return (struct ow_action_input){.doc = source->doc,
                                    .then = then,
                                    .arena = source->arena,
                                    .lua = source->lua,
                                    .err = err};
}
