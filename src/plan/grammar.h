/*
 * grammar: the objects of rule files with their keys, and the kinds of values,
 * as grammar.def and types.def list them. The parser takes the keys that it
 * knows from here, so that a key without a row is refused as unknown, and
 * rule/schema.h makes the JSON Schema of the same rows.
 *
 *     r = ow_value_check_keys(in, spec, ow_grammar_keys(OW_OBJECT_stream));
 *     r = ow_value_word(in, node, ow_grammar_words(OW_WORDS_cut_how), &word);
 */
#ifndef OW_PLAN_GRAMMAR_H
#define OW_PLAN_GRAMMAR_H

enum ow_object {
#define OW_OBJECT(name, help, ...) OW_OBJECT_##name,
#define OW_MEMBER(object, key, type, help)
#include "plan/grammar.def"
#undef OW_OBJECT
#undef OW_MEMBER
    OW_OBJECT_COUNT
};

enum ow_words {
#define OW_TYPE(name, ...)
#define OW_WORDS(name, ...) OW_WORDS_##name,
#include "plan/types.def"
#undef OW_TYPE
#undef OW_WORDS
    OW_WORDS_COUNT
};

struct ow_member {
    enum ow_object object;
    const char *key; /* NULL behind the last */
    const char *type;
    const char *help;
};

/* The keys of an object, NULL-terminated, in the order of grammar.def. */
const char *const *ow_grammar_keys(enum ow_object object);
/* Its rows, up to one whose key is NULL. */
const struct ow_member *ow_grammar_members(enum ow_object object);
const char *ow_grammar_name(enum ow_object object);
const char *ow_grammar_help(enum ow_object object);
/* More members of its JSON Schema, as JSON without the braces. */
const char *ow_grammar_more(enum ow_object object);

/* The words of a type, NULL-terminated. */
const char *const *ow_grammar_words(enum ow_words words);
const char *ow_grammar_words_name(enum ow_words words);

/* A row of OW_TYPE. */
struct ow_grammar_type {
    const char *name; /* NULL behind the last */
    const char *schema;
};
const struct ow_grammar_type *ow_grammar_types(void);

#endif
