/*
 * script_check: which keys of a script's step go together. See script_build.h.
 * Called by script.c.
 */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "plan/grammar.h"
#include "plan/script_build.h"
#include "plan/value.h"

/* Keys that need another one beside them. */
static int check_company(struct ow_script_builder *b, const cJSON *step)
{
    static const struct {
        const char *key;
        const char *needs[3]; /* one of them */
        const char *sentence;
    } rows[] = {
        {"times", {"on"}, "\"times\" belongs to \"on\""},
        {"each", {"on"}, "\"each\" belongs to \"on\""},
        {"within",
         {"expect", "ping"},
         "\"within\" belongs to \"expect\" and \"ping\""},
        {"else",
         {"expect", "ping"},
         "\"else\" belongs to \"expect\" and to a \"ping\" with \"within\""},
        {"first", {"send"}, "\"first\" belongs to \"send\""},
        {"every", {"send", "do"}, "\"every\" belongs to \"send\" and \"do\""},
        {"jitter", {"every"}, "\"jitter\" belongs to \"every\""},
        {"repeat",
         {"send", "do", "bad-frame"},
         "\"repeat\" belongs to \"send\" and \"do\""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool has = false;
        for (int k = 0; k < 3 && rows[i].needs[k]; k++)
            has = has || ow_json_member(step, rows[i].needs[k]);
        if (ow_json_member(step, rows[i].key) && !has)
            return ow_jsonc_error(b->in->doc, ow_json_member(step, rows[i].key),
                                  b->in->err, "%s", rows[i].sentence);
    }
    return 0;
}

/* It is not clear what would be passed over: the waiting or what follows. */
static int check_if(struct ow_script_builder *b, const cJSON *step,
                    const char *const *begins)
{
    const cJSON *condition = ow_json_member(step, "if");

    for (; condition && *begins; begins++)
        if (ow_json_member(step, *begins))
            return ow_jsonc_error(b->in->doc, condition, b->in->err,
                                  "\"if\" does not go with \"%s\": write it "
                                  "into a step of its \"do\"",
                                  *begins);
    return 0;
}

/* on, expect and ping begin a step, close and drop end it: one of each. */
static int check_one(struct ow_script_builder *b, const cJSON *step,
                     const char *const *group, const char *does)
{
    const cJSON *found = NULL;

    for (; *group; group++) {
        const cJSON *other = ow_json_member(step, *group);
        if (found && other)
            return ow_jsonc_error(b->in->doc, other, b->in->err,
                                  "\"%s\" and \"%s\" both %s a step: write two "
                                  "steps, or one in the other's \"do\"",
                                  found->string, other->string, does);
        found = other ? other : found;
    }
    return 0;
}

int ow_script_check_step(struct ow_script_builder *b, const cJSON *step)
{
    static const char *const begins[] = {"on", "expect", "ping", NULL};
    static const char *const ends[] = {"close", "drop", "stall", NULL};
    const cJSON *child;

    if (!cJSON_IsObject(step))
        return ow_jsonc_error(b->in->doc, step, b->in->err,
                              "expected a step: an object with \"on\", "
                              "\"expect\", \"send\", ...");
    int r =
        ow_value_check_keys(b->in, step, ow_grammar_keys(OW_OBJECT_ws_step));
    if (r == 0)
        r = check_company(b, step);
    if (r == 0)
        r = check_if(b, step, begins);
    if (r == 0)
        r = check_one(b, step, begins, "begin");
    if (r == 0)
        r = check_one(b, step, ends, "end");
    if (r == 0 && !step->child)
        return ow_jsonc_error(b->in->doc, step, b->in->err,
                              "a step that does nothing");
    cJSON_ArrayForEach(child, step)
    {
        bool may = strcmp(child->string, "send") == 0 ||
                   strcmp(child->string, "do") == 0 ||
                   strcmp(child->string, "else") == 0 ||
                   strcmp(child->string, "ping") == 0 ||
                   strcmp(child->string, "if") == 0 ||
                   (strcmp(child->string, "within") == 0 &&
                    ow_json_member(step, "expect")) ||
                   strcmp(child->string, "keep") == 0 ||
                   strcmp(child->string, "close") == 0 ||
                   strcmp(child->string, "set") == 0;
        if (r == 0 && !may)
            r = ow_template_check(b->in->doc, child, b->in->err);
    }
    return r;
}
