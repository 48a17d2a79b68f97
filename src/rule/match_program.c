/*
 * match_program: "program": "curl", or { "name": ..., "argv": ..., "pid": ...,
 * "env": { "NAME": ... } }: the process that asks. argv is a list: what asks
 * for one value fits if it fits any argument.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "plan/grammar.h"
#include "rule/matcher.h"

struct program {
    struct ow_pattern name, argv, pid; /* ops NULL: not asked for */
    struct ow_named env;
};

static int parse_key(const struct ow_pattern_source *source, const cJSON *node,
                     struct program *ret, struct ow_err *err)
{
    if (strcmp(node->string, "name") == 0)
        return ow_pattern_parse(source, node, &ret->name, err);
    if (strcmp(node->string, "argv") == 0)
        return ow_pattern_parse(source, node, &ret->argv, err);
    if (strcmp(node->string, "pid") == 0)
        return ow_pattern_parse(source, node, &ret->pid, err);
    if (strcmp(node->string, "env") == 0)
        return ow_named_parse(source, node, &ret->env, err);
    return ow_jsonc_unknown_key(source->doc, node, err,
                                ow_grammar_keys(OW_OBJECT_program));
}

static int parse(const struct ow_pattern_source *source, const cJSON *node,
                 void **ret, struct ow_err *err)
{
    struct program *program = ow_arena_zalloc(source->arena, sizeof *program);
    const cJSON *member;
    int r = 0;

    if (!program)
        return -ENOMEM;
    *ret = program;
    if (cJSON_IsString(node))
        return ow_pattern_parse(source, node, &program->name, err);
    if (!cJSON_IsObject(node) || !node->child)
        return ow_jsonc_error(source->doc, node, err,
                              "expected a program's name or an object with "
                              "name, argv, pid or env");
    cJSON_ArrayForEach(member, node)
    {
        if (r == 0)
            r = parse_key(source, member, program, err);
    }
    return r;
}

/* NUL-separated strings as a list. */
static int make_list(const char *at, size_t len, struct ow_arena *arena,
                     struct ow_subject *ret)
{
    struct ow_str rest = {at, len};
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += at[i] == '\0' || i == len - 1;
    struct ow_subject *items = ow_arena_alloc(arena, n * sizeof *items);
    if (!items)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        items[i] = ow_subject_text(ow_str_cut(&rest, '\0'));
    *ret = (struct ow_subject){.kind = OW_SUBJECT_LIST, .items = items, .n = n};
    return 0;
}

static int get_env(struct ow_match_run *run, struct ow_str name,
                   struct ow_subject *ret)
{
    struct ow_str rest = {run->program->env, run->program->env_len};

    *ret = (struct ow_subject){OW_SUBJECT_ABSENT};
    while (rest.ptr) {
        struct ow_str value = ow_str_cut(&rest, '\0');
        struct ow_str key = ow_str_cut(&value, '=');
        if (value.ptr && ow_str_equal(key, name)) {
            *ret = ow_subject_text(value);
            break;
        }
    }
    return 0;
}

static int match_name(const struct program *self, struct ow_match_run *run)
{
    struct ow_str name = ow_str_from(run->program->name);
    struct ow_subject value =
        ow_subject_text(name.len > 0 ? name : (struct ow_str){NULL, 0});

    return self->name.ops ? ow_matcher_test(&self->name, "program", &value, run)
                          : 1;
}

static int match_argv(const struct program *self, struct ow_match_run *run)
{
    struct ow_subject value = {OW_SUBJECT_ABSENT};

    if (!self->argv.ops)
        return 1;
    if (run->program->argv && run->program->argv_len > 0) {
        int r = make_list(run->program->argv, run->program->argv_len,
                          run->pattern.arena, &value);
        if (r < 0)
            return r;
    }
    return ow_matcher_test(&self->argv, "program argv", &value, run);
}

static int match_pid(const struct program *self, struct ow_match_run *run)
{
    struct ow_subject value = {OW_SUBJECT_ABSENT};

    if (!self->pid.ops)
        return 1;
    if (run->program->pid > 0)
        value = ow_subject_number(run->program->pid);
    return ow_matcher_test(&self->pid, "program pid", &value, run);
}

static int match(const void *self, struct ow_match_run *run)
{
    const struct program *program = self;
    int r = match_name(program, run);

    if (r == 1)
        r = match_argv(program, run);
    if (r == 1)
        r = match_pid(program, run);
    if (r == 1)
        r = ow_named_match(&program->env, "program env", get_env, run);
    return r;
}

const struct ow_matcher_ops ow_match_program_ops = {parse, match, NULL};
