/*
 * match_form: "form": { "model": "whisper-1", "file": { "size": { "gt": 0 } }
 * }: fields of urlencoded and multipart bodies, and uploaded files.
 */
#include "config.h"

#include <errno.h>

#include "base/limits.h"
#include "rule/matcher.h"

static int parse(const struct ow_pattern_source *source, const cJSON *node,
                 void **ret, struct ow_err *err)
{
    struct ow_pattern_source form = *source;

    form.flavour = OW_PATTERN_FORM;
    return ow_matcher_parse_named(&form, node, ret, err);
}

static struct ow_subject part_value(const struct ow_part *part)
{
    struct ow_subject value = ow_subject_text(part->value);

    value.is_file = part->filename.ptr != NULL;
    value.filename = part->filename;
    value.type = part->type;
    value.size = (double)part->size;
    return value;
}

static int get_value(struct ow_match_run *run, struct ow_str name,
                     struct ow_subject *ret)
{
    const struct ow_form *form = ow_request_form(run->request);
    const struct ow_part *part = form ? ow_form_find(form, name) : NULL;
    size_t n = 0;

    *ret = (struct ow_subject){OW_SUBJECT_ABSENT};
    ret->is_cut = !part && form && form->n >= OW_LIMIT_PARAMS;
    if (!part)
        return 0;
    *ret = part_value(part);
    if (!ow_form_next(form, part))
        return 0;
    struct ow_subject *items =
        ow_arena_alloc(run->pattern.arena, form->n * sizeof *items);
    if (!items)
        return -ENOMEM;
    for (; part; part = ow_form_next(form, part))
        items[n++] = part_value(part);
    *ret = (struct ow_subject){.kind = OW_SUBJECT_LIST, .items = items, .n = n};
    return 0;
}

static int match(const void *self, struct ow_match_run *run)
{
    struct ow_buf *reason = run->pattern.reason;
    bool no_form = !ow_request_form(run->request);

    if (no_form)
        run->pattern.reason = NULL;
    int r = ow_named_match(self, "form", get_value, run);
    run->pattern.reason = reason;
    if (r == 0 && no_form && reason && reason->len == 0)
        ow_buf_printf(reason,
                      "the body is no form, the rule wants fields of "
                      "one");
    return r;
}

const struct ow_matcher_ops ow_match_form_ops = {parse, match, NULL};
