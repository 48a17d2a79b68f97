/*
 * coding: which coding a rule asks for, and who takes it. See coding.h. Called
 * by act_respond.c and act_stream.c; calls gzip.c and brotli.c to pack.
 */
#include "config.h"

#include "plan/coding.h"

#include <errno.h>

#include "plan/brotli.h"
#include "plan/grammar.h"
#include "plan/gzip.h"
#include "plan/value.h"

/* In the order of types.def. */
enum word { WORD_GZIP, WORD_BR, WORD_IDENTITY };

static int need_brotli(const struct ow_action_input *in, const cJSON *node,
                       struct ow_coding *ret)
{
    struct ow_err err = {""};
    struct ow_brotli *brotli = ow_arena_zalloc(in->arena, sizeof *brotli);

    if (!brotli)
        return -ENOMEM;
    if (ow_brotli_load(brotli, &err) < 0)
        return ow_jsonc_error(in->doc, node, in->err, "%s", err.text);
    *ret = (struct ow_coding){OW_STR("br"), brotli};
    return 0;
}

int ow_coding_parse(const struct ow_action_input *in, struct ow_coding *ret)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(in->then, "encoding");
    int word = WORD_IDENTITY;
    int r = node ? ow_value_word(in, node, ow_grammar_words(OW_WORDS_encoding),
                                 &word)
                 : 0;

    if (r == 0 && word == WORD_BR)
        return need_brotli(in, node, ret);
    if (r == 0 && word == WORD_GZIP)
        *ret = (struct ow_coding){OW_STR("gzip"), NULL};
    return r;
}

int ow_coding_pieces(const struct ow_coding *coding,
                     const struct ow_pieces *plain, struct ow_arena *arena,
                     struct ow_pieces *ret)
{
    struct ow_pieces_maker maker;

    ow_pieces_begin(&maker);
    int r = coding->brotli ? ow_brotli_pack(coding->brotli, plain, &maker)
                           : ow_gzip_pack(plain, &maker);
    if (r == 0)
        return ow_pieces_finish(&maker, arena, ret);
    ow_pieces_drop(&maker);
    return r;
}

/* "q=0", "q=0.0" and the like among an item's parameters. */
static bool is_refused(struct ow_str parameters)
{
    while (parameters.ptr) {
        struct ow_str value = ow_str_trim(ow_str_cut(&parameters, ';'));
        struct ow_str name = ow_str_trim(ow_str_cut(&value, '='));
        if (!value.ptr || !ow_str_equal_case(name, OW_STR("q")))
            continue;
        value = ow_str_trim(value);
        for (size_t i = 0; i < value.len; i++)
            if (value.ptr[i] != '0' && value.ptr[i] != '.')
                return false;
        return value.len > 0;
    }
    return false;
}

static bool is_named(const struct ow_coding *coding, struct ow_str name)
{
    return ow_str_equal_case(name, coding->name) ||
           (!coding->brotli && ow_str_equal_case(name, OW_STR("x-gzip")));
}

bool ow_coding_is_taken(const struct ow_coding *coding,
                        const struct ow_fields *headers)
{
    struct ow_str name = OW_STR("accept-encoding");
    const struct ow_field *field = ow_fields_find(headers, name);
    bool by_star = false;

    for (; field; field = ow_fields_next(headers, field)) {
        struct ow_str rest = field->value;
        while (rest.ptr) {
            struct ow_str parameters = ow_str_cut(&rest, ',');
            struct ow_str item = ow_str_trim(ow_str_cut(&parameters, ';'));
            if (is_named(coding, item))
                return !is_refused(parameters);
            if (ow_str_equal(item, OW_STR("*")))
                by_star = !is_refused(parameters);
        }
    }
    return by_star;
}
