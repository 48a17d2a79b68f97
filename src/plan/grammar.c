/*
 * grammar: the rows of grammar.def and types.def. See grammar.h. Called by
 * whoever reads an object of a rule file, and by rule/schema.c.
 *
 * A list of lists: each of the flat arrays has a NULL where one object or list
 * of words ends and the next begins.
 */
#include "config.h"

#include "plan/grammar.h"

#include <stddef.h>

static const char *const keys[] = {
#define OW_OBJECT(name, help, ...)         NULL,
#define OW_MEMBER(object, key, type, help) key,
#include "plan/grammar.def"
#undef OW_OBJECT
#undef OW_MEMBER
    NULL};

static const struct ow_member members[] = {
#define OW_OBJECT(name, help, ...) {OW_OBJECT_COUNT, NULL, NULL, NULL},
#define OW_MEMBER(object, key, type, help)                                     \
    {OW_OBJECT_##object, key, #type, help},
#include "plan/grammar.def"
#undef OW_OBJECT
#undef OW_MEMBER
    {OW_OBJECT_COUNT, NULL, NULL, NULL}};

static const struct {
    const char *name;
    const char *help;
    const char *more;
} objects[] = {
#define OW_OBJECT(name, help, ...) {#name, help, #__VA_ARGS__},
#define OW_MEMBER(object, key, type, help)
#include "plan/grammar.def"
#undef OW_OBJECT
#undef OW_MEMBER
};

static const char *const words[] = {
#define OW_TYPE(name, ...)
#define OW_WORDS(name, ...) NULL, __VA_ARGS__,
#include "plan/types.def"
#undef OW_TYPE
#undef OW_WORDS
    NULL};

static const char *const words_names[] = {
#define OW_TYPE(name, ...)
#define OW_WORDS(name, ...) #name,
#include "plan/types.def"
#undef OW_TYPE
#undef OW_WORDS
};

static const struct ow_grammar_type types[] = {
#define OW_TYPE(name, ...) {#name, #__VA_ARGS__},
#define OW_WORDS(name, ...)
#include "plan/types.def"
#undef OW_TYPE
#undef OW_WORDS
    {NULL, NULL}};

/* Behind the NULL of that number, counted from 0. */
static size_t find_list(const char *const *flat, int number)
{
    size_t at = 0;

    while (flat[at] || number-- > 0)
        at++;
    return at + 1;
}

const char *const *ow_grammar_keys(enum ow_object object)
{
    return &keys[find_list(keys, (int)object)];
}

const struct ow_member *ow_grammar_members(enum ow_object object)
{
    return &members[find_list(keys, (int)object)];
}

const char *ow_grammar_name(enum ow_object object)
{
    return objects[object].name;
}

const char *ow_grammar_help(enum ow_object object)
{
    return objects[object].help;
}

const char *ow_grammar_more(enum ow_object object)
{
    return objects[object].more;
}

const char *const *ow_grammar_words(enum ow_words list)
{
    return &words[find_list(words, (int)list)];
}

const char *ow_grammar_words_name(enum ow_words list)
{
    return words_names[list];
}

const struct ow_grammar_type *ow_grammar_types(void)
{
    return types;
}
