/*
 * named: see named.h. Filled by table_build.c, asked by answer.c.
 */
#include "config.h"

#include "plan/named.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

void ow_named_release(struct ow_named_answers *named)
{
    free(named->items);
    *named = (struct ow_named_answers){NULL, 0};
}

static struct ow_named_answer *find(const struct ow_named_answers *named,
                                    const char *name)
{
    for (size_t i = 0; named && i < named->n; i++)
        if (strcmp(named->items[i].node->string, name) == 0)
            return &named->items[i];
    return NULL;
}

static int add(struct ow_named_answers *named, const struct ow_jsonc *doc,
               const cJSON *node, struct ow_err *err)
{
    const struct ow_named_answer *other = find(named, node->string);
    struct ow_named_answer *items;

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(doc, node, err, "expected an answer: an object");
    if (other)
        return ow_jsonc_error(doc, node, err,
                              "there are two answers \"%.60s\": the other one "
                              "stands at %s:%d",
                              node->string, ow_jsonc_file(other->doc),
                              ow_jsonc_line(other->doc, other->node));
    items = reallocarray(named->items, named->n + 1, sizeof *items);
    if (!items)
        return -ENOMEM;
    named->items = items;
    items[named->n++] = (struct ow_named_answer){doc, node, false};
    return 0;
}

int ow_named_add(struct ow_named_answers *named, const struct ow_jsonc *doc,
                 struct ow_err *err)
{
    const cJSON *answers =
        cJSON_GetObjectItemCaseSensitive(ow_jsonc_root(doc), "answers");
    const cJSON *node;
    int r = 0;

    if (answers && !cJSON_IsObject(answers))
        return ow_jsonc_error(doc, answers, err,
                              "expected an object of names and answers");
    cJSON_ArrayForEach(node, answers)
    {
        if (r == 0)
            r = add(named, doc, node, err);
    }
    return r;
}

static int refuse(const struct ow_action_input *in)
{
    const struct ow_named_answers *named = in->named;
    size_t n = named ? named->n : 0;
    const char *name = in->then->valuestring;
    const char **names = calloc(n + 1, sizeof *names);

    if (!names)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        names[i] = named->items[i].node->string;
    const char *near = ow_suggest(ow_str_from(name), names);
    int r =
        near ? ow_jsonc_error(in->doc, in->then, in->err,
                              "no answer is called \"%.60s\"; did you mean "
                              "\"%.60s\"?",
                              name, near)
             : ow_jsonc_error(in->doc, in->then, in->err,
                              "no answer is called \"%.60s\": \"answers\" of a "
                              "file of this pack names them",
                              name);
    free(names);
    return r;
}

int ow_named_resolve(struct ow_action_input *in)
{
    if (!cJSON_IsString(in->then))
        return 0;
    struct ow_named_answer *answer = find(in->named, in->then->valuestring);
    if (!answer)
        return refuse(in);
    answer->is_used = true;
    in->doc = answer->doc;
    in->then = answer->node;
    return 0;
}
