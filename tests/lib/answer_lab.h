/*
 * answer_lab: from the text of a rule's "then" to the text of a plan, for
 * short assertions:
 *
 *     struct answer_lab lab;
 *     answer_lab_init(&lab);
 *     assert_int_equal(answer_lab_load(&lab, "{'then': {'text': 'hello'}}"),
 * 0); assert_string_equal(answer_lab_dump(&lab, 0), "HEAD 200 len=5 | BODY
 * 'hello' | END"); answer_lab_release(&lab);
 *
 * Single quotes stand for double ones both ways, so that C strings stay
 * readable. The rule file is "lab.json" in the folder that load was told.
 */
#ifndef OW_TESTS_ANSWER_LAB_H
#define OW_TESTS_ANSWER_LAB_H

#include "plan/answer.h"

struct answer_lab {
    struct ow_jsonc *doc;
    struct ow_answers *answers;
    struct ow_lua *lua;
    struct ow_clock clock; /* stands at 2026-01-02 03:04:05 UTC */
    struct ow_state state;
    struct ow_fields params, captures;
    struct ow_rand rand;
    struct ow_body body;
    struct ow_program program;
    struct ow_request request; /* GET, HTTP/1.1; change before dump */
    struct ow_arena arena;     /* of the request and the plan */
    struct ow_plan plan;       /* of the last dump */
    struct ow_err err;
    const char *file;
};

void answer_lab_init(struct answer_lab *lab);
void answer_lab_release(struct answer_lab *lab);
/* The same for cmocka: *state is a lab of its own. */
int answer_lab_set_up(void **state);
int answer_lab_tear_down(void **state);
/* Replaces what was loaded before; the sentence of a failure is in lab->err. */
int answer_lab_load(struct answer_lab *lab, const char *rule);
/* Makes the plan of the hit-th answer; lives until the next call. */
const char *answer_lab_dump(struct answer_lab *lab, uint64_t hit);
/* The same plan's fields: "content-type: text/css, vary: a". */
const char *answer_lab_fields(struct answer_lab *lab);
/* All body bytes of the same plan, RAW left out. */
struct ow_str answer_lab_body(struct answer_lab *lab);

#endif
