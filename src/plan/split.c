/*
 * split: cuts texts into pieces. See split.h. Called by act_stream.c.
 */
#include "config.h"

#include "plan/split.h"

#include <errno.h>

#include "plan/grammar.h"
#include "plan/value.h"

/* Most characters of one token: measured on GPT's encodings, English words
 * give four to five letters a token, and digits go in threes. */
#define LETTERS 5
#define DIGITS  3
#define MARKS   3

enum class {
    SPACE,
    LETTER, /* and all bytes of characters outside ASCII */
    DIGIT,
    MARK,
};

static enum class class_of(char c) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) return SPACE;
    if (c >= '0' && c <= '9') return DIGIT;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
        (c & 0x80)) return LETTER;
    return MARK;
}

/* Whether a byte is not the first one of its character in UTF-8. */
static bool is_inside(char c)
{
    return (c & 0xc0) == 0x80;
}

static size_t skip_space(struct ow_str text, size_t at)
{
    while (at < text.len && class_of(text.ptr[at]) == SPACE)
        at++;
    return at;
}

static size_t next_word(struct ow_str text, size_t from)
{
    size_t at = skip_space(text, from);

    while (at < text.len && class_of(text.ptr[at]) != SPACE)
        at++;
    /* White space behind the last word is no piece of its own. */
    return skip_space(text, at) == text.len ? text.len : at;
}

/* Behind at most max characters of the class at at. */
static size_t skip_class(struct ow_str text, size_t at, size_t max)
{
    enum class class = class_of(text.ptr[at]);

    while (at < text.len && class_of(text.ptr[at]) == class) {
        if (!is_inside(text.ptr[at]) && max-- == 0)
            break;
        at++;
    }
    return at;
}

static size_t next_token(struct ow_str text, size_t from)
{
    static const size_t most[] = {
        [SPACE] = SIZE_MAX,
        [LETTER] = LETTERS,
        [DIGIT] = DIGITS,
        [MARK] = MARKS,
    };
    size_t at = skip_space(text, from);

    /* Of several spaces the last goes with the word behind it. */
    if (at == text.len || at - from > 1)
        return at == text.len ? at : at - 1;
    return skip_class(text, at, most[class_of(text.ptr[at])]);
}

static size_t next_offset(const struct ow_split *split, size_t len, size_t from)
{
    for (size_t i = 0; i < split->n; i++)
        if (split->at[i] > from)
            return split->at[i] < len ? split->at[i] : len;
    return len;
}

size_t ow_split_next(const struct ow_split *split, struct ow_str text,
                     size_t from)
{
    switch (split->kind) {
    case OW_SPLIT_WORD:
        return next_word(text, from);
    case OW_SPLIT_TOKEN:
        return next_token(text, from);
    case OW_SPLIT_BYTES:
        return split->bytes < text.len - from ? from + split->bytes : text.len;
    case OW_SPLIT_AT:
        return next_offset(split, text.len, from);
    case OW_SPLIT_NONE:
        break;
    }
    return text.len;
}

static int parse_offsets(const struct ow_action_input *in, const cJSON *list,
                         struct ow_split *split)
{
    int r = ow_value_list(in, list);
    int64_t offset, low = 1;
    const cJSON *item;

    if (r < 0)
        return r;
    size_t count = (size_t)cJSON_GetArraySize(list);
    size_t *at = ow_arena_alloc(in->arena, count * sizeof *at);
    if (!at)
        return -ENOMEM;
    cJSON_ArrayForEach(item, list)
    {
        r = ow_value_integer(in, item, 1, INT32_MAX, &offset);
        if (r < 0)
            return r;
        if (offset < low)
            return ow_jsonc_error(in->doc, item, in->err,
                                  "offsets rise; this one is not over the one "
                                  "before it");
        low = offset + 1;
        at[split->n++] = (size_t)offset;
    }
    split->kind = OW_SPLIT_AT;
    split->at = at;
    return 0;
}

static int parse_object(const struct ow_action_input *in, const cJSON *node,
                        struct ow_split *split)
{
    int r = ow_value_check_keys(in, node, ow_grammar_keys(OW_OBJECT_split_at));
    int64_t bytes;

    if (r < 0)
        return r;
    if (cJSON_GetArraySize(node) != 1)
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected {\"bytes\": n} or {\"at\": [...]}");
    if (node->child->string[0] == 'a')
        return parse_offsets(in, node->child, split);
    r = ow_value_integer(in, node->child, 1, INT32_MAX, &bytes);
    if (r < 0)
        return r;
    split->kind = OW_SPLIT_BYTES;
    split->bytes = (size_t)bytes;
    return 0;
}

int ow_split_parse(const struct ow_action_input *in, const cJSON *node,
                   struct ow_split *ret)
{
    struct ow_split split = {OW_SPLIT_NONE, 0, NULL, 0};
    int r, word = 0;

    if (cJSON_IsObject(node))
        r = parse_object(in, node, &split);
    else if (cJSON_IsString(node))
        r = ow_value_word(in, node, ow_grammar_words(OW_WORDS_split_word),
                          &word);
    else
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected \"word\", \"token\", {\"bytes\": n} or "
                              "{\"at\": [...]}");
    if (r < 0)
        return r;
    if (split.kind == OW_SPLIT_NONE)
        split.kind = word == 0 ? OW_SPLIT_WORD : OW_SPLIT_TOKEN;
    *ret = split;
    return 0;
}
