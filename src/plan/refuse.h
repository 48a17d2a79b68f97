/*
 * refuse: an expression that settles the answer: refuse(status, value,
 * headers). What looks at a request in Lua finds there that it is a bad one;
 * the answer that was being made is dropped, and this one given instead.
 *
 *     "json": { "id": "{{ find('file', p.id) and p.id or
 *                         refuse(404, {error = 'no such file'}) }}" }
 *
 * It leaves Lua as an error does, with -ECANCELED, up to ow_answer_plan, which
 * writes what was kept here into the plan.
 */
#ifndef OW_PLAN_REFUSE_H
#define OW_PLAN_REFUSE_H

#include "plan/lua.h"
#include "plan/plan.h"

/* Zeroed by who makes an answer; lies as long as the answer is made. */
struct ow_refuse {
    int status;           /* 0: nothing was refused */
    struct ow_str body;   /* in the request's arena */
    bool is_json;         /* else a text */
    struct ow_str fields; /* an object of JSON: names and values */
};

/* refuse() of templates: fails where no answer is being made. */
int ow_refuse_call(lua_State *L);
/* Appends the answer. 0; -ENOMEM; -EINVAL with a sentence: a field cannot be
 * sent. */
int ow_refuse_plan(const struct ow_refuse *refuse, struct ow_plan *plan,
                   struct ow_err *err);

#endif
