/*
 * regex: the patterns of a rule table. See regex.h. Called by pattern.c; calls
 * PCRE2.
 */
#include "config.h"

#define PCRE2_CODE_UNIT_WIDTH 8

/* Machine code takes as long to make as a hundred searches by the interpreter
 * save; most patterns of a pack are never asked in a run. */
#define SEARCHES_BEFORE_JIT 16

#include "rule/regex.h"

#include <errno.h>
#include <pcre2.h>

#include "base/limits.h"
#include "base/utf8.h"

struct ow_regex {
    struct ow_regex *next;
    pcre2_code *code; /* NULL: late, and not searched for yet */
    struct ow_str source;
    uint32_t names; /* the table of named groups: entries, */
    uint32_t entry; /* bytes of each: number (2), name, NUL */
    PCRE2_SPTR table;
    unsigned searches; /* up to those before the JIT */
};

void ow_regexes_init(struct ow_regexes *regexes, struct ow_arena *arena)
{
    *regexes = (struct ow_regexes){.arena = arena, .pairs = 1};
}

void ow_regexes_release(struct ow_regexes *regexes)
{
    for (struct ow_regex *r = regexes->all; r; r = r->next)
        pcre2_code_free(r->code);
    pcre2_match_context_free(regexes->limits);
    ow_regexes_init(regexes, regexes->arena);
}

static int make_limits(struct ow_regexes *regexes)
{
    if (regexes->limits)
        return 0;
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    if (!limits)
        return -ENOMEM;
    pcre2_set_match_limit(limits, OW_LIMIT_REGEX_STEPS);
    pcre2_set_heap_limit(limits, OW_LIMIT_REGEX_HEAP / 1024);
    regexes->limits = limits;
    return 0;
}

static int fail_compile(struct ow_str source, int code, size_t offset,
                        struct ow_err *err)
{
    char text[160];
    size_t character = 1;

    if (code == PCRE2_ERROR_HEAP_FAILED)
        return ow_err_set(err, -ENOMEM, "out of memory");
    pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
    for (size_t i = 0; i < offset && i < source.len; i++)
        character += !ow_utf8_is_inside(source.ptr[i]);
    return ow_err_set(
        err, -EINVAL, "the pattern \"%.*s\" is wrong at its character %zu: %s",
        source.len > 100 ? 100 : (int)source.len, source.ptr, character, text);
}

static int make_code(struct ow_regex *regex, struct ow_err *err)
{
    size_t offset = 0;
    int code = 0;

    regex->code = pcre2_compile(
        (PCRE2_SPTR)regex->source.ptr, regex->source.len,
        PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &code, &offset, NULL);
    if (!regex->code)
        return fail_compile(regex->source, code, offset, err);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &regex->names);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &regex->entry);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &regex->table);
    return 0;
}

int ow_regex_compile(struct ow_regexes *regexes, struct ow_str source,
                     const struct ow_regex **ret, struct ow_err *err)
{
    struct ow_regex *regex = ow_arena_zalloc(regexes->arena, sizeof *regex);
    /* The whole and each group: none without a parenthesis. */
    uint32_t pairs = 1 + (uint32_t)ow_str_count_byte(source, '(');

    if (!regex || make_limits(regexes) < 0)
        return ow_err_set(err, -ENOMEM, "out of memory");
    regex->source = ow_arena_copy(regexes->arena, source);
    if (!regex->source.ptr)
        return ow_err_set(err, -ENOMEM, "out of memory");
    int r = regexes->is_late ? 0 : make_code(regex, err);
    if (r < 0)
        return r;
    if (pairs > regexes->pairs)
        regexes->pairs = pairs;
    regex->next = regexes->all;
    regexes->all = regex;
    *ret = regex;
    return 0;
}

struct ow_str ow_regex_source(const struct ow_regex *regex)
{
    return regex->source;
}

void ow_regex_run_init(struct ow_regex_run *run,
                       const struct ow_regexes *regexes, struct ow_arena *arena)
{
    *run = (struct ow_regex_run){.regexes = regexes, .arena = arena};
}

static void *allocate(size_t len, void *arena)
{
    return ow_arena_alloc(arena, len);
}

/* The arena is freed whole. */
static void free_nothing(void *at, void *arena)
{
    (void)at;
    (void)arena;
}

static int begin(struct ow_regex_run *run)
{
    if (run->match_data)
        return 0;
    pcre2_general_context *memory =
        pcre2_general_context_create(allocate, free_nothing, run->arena);
    if (!memory)
        return -ENOMEM;
    run->match_data = pcre2_match_data_create(run->regexes->pairs, memory);
    return run->match_data ? 0 : -ENOMEM;
}

static int add_captures(const struct ow_regex *regex, struct ow_str subject,
                        struct ow_regex_run *run, struct ow_fields *captures)
{
    const size_t *ends = pcre2_get_ovector_pointer(run->match_data);
    PCRE2_SPTR entry = regex->table;
    int r = 0;

    for (uint32_t i = 0; r == 0 && i < regex->names; i++) {
        uint32_t group = (uint32_t)entry[0] << 8 | entry[1];
        size_t from = ends[group * 2], to = ends[group * 2 + 1];
        if (from != PCRE2_UNSET && from <= to)
            r = ow_fields_add(captures, run->arena,
                              ow_str_from((const char *)entry + 2),
                              (struct ow_str){subject.ptr + from, to - from});
        entry += regex->entry;
    }
    return r;
}

/* Makes what is to be searched with. 0 or -ENOMEM. */
static int prepare(const struct ow_regex *regex)
{
    struct ow_regex *cache = (struct ow_regex *)regex; /* not visible outside */

    if (cache->searches > SEARCHES_BEFORE_JIT)
        return 0;
    /* A pattern that is late is known to be right. */
    if (!cache->code && make_code(cache, NULL) < 0)
        return -ENOMEM;
    /* Without JIT (not on this machine, no executable memory) it is slower. */
    if (cache->searches++ == SEARCHES_BEFORE_JIT)
        pcre2_jit_compile(cache->code, PCRE2_JIT_COMPLETE);
    return 0;
}

int ow_regex_search(const struct ow_regex *regex, struct ow_str subject,
                    struct ow_regex_run *run, struct ow_fields *captures)
{
    PCRE2_SPTR text = (PCRE2_SPTR)(subject.ptr ? subject.ptr : "");

    if (begin(run) < 0 || prepare(regex) < 0)
        return -ENOMEM;
    int r = pcre2_match(regex->code, text, subject.len, 0, 0, run->match_data,
                        run->regexes->limits);
    /* The JIT's stack is the machine's and small; the interpreter's is not. */
    if (r == PCRE2_ERROR_JIT_STACKLIMIT)
        r = pcre2_match(regex->code, text, subject.len, 0, PCRE2_NO_JIT,
                        run->match_data, run->regexes->limits);
    if (r == PCRE2_ERROR_NOMATCH)
        return 0;
    if (r == PCRE2_ERROR_NOMEMORY)
        return -ENOMEM;
    if (r < 0)
        return -E2BIG;
    if (!captures)
        return 1;
    r = add_captures(regex, subject, run, captures);
    return r < 0 ? r : 1;
}
