/* control: what either end accepts as a message. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "control/control.h"

static void question_check_takes_a_new_question(void **state)
{
    (void)state;
    struct ow_question question;
    ow_question_init(&question, OW_QUESTION_NAME);
    assert_int_equal(question.kind, OW_QUESTION_NAME);
    assert_int_equal(ow_question_check(&question, sizeof(question)), 0);
}

static void question_check_rejects_wrong_length(void **state)
{
    (void)state;
    struct ow_question question;
    ow_question_init(&question, OW_QUESTION_HELLO);
    for (size_t len = 0; len < sizeof(question); len++)
        assert_int_equal(ow_question_check(&question, len), -EPROTO);
}

static void question_check_rejects_foreign_bytes(void **state)
{
    (void)state;
    struct ow_question question;
    memset(&question, 'x', sizeof(question));
    assert_int_equal(ow_question_check(&question, sizeof(question)), -EPROTO);
}

static void question_check_rejects_an_unended_name(void **state)
{
    (void)state;
    struct ow_question question;
    ow_question_init(&question, OW_QUESTION_NAME);
    memset(question.name, 'a', sizeof(question.name));
    assert_int_equal(ow_question_check(&question, sizeof(question)), -EPROTO);
}

static void question_check_knows_another_version_of_any_length(void **state)
{
    (void)state;
    struct ow_question question;
    ow_question_init(&question, OW_QUESTION_NAME);
    question.version++;
    assert_int_equal(ow_question_check(&question, 8), -EPROTONOSUPPORT);
    assert_int_equal(ow_question_check(&question, sizeof(question)),
                     -EPROTONOSUPPORT);
}

static void answer_check_takes_a_new_answer(void **state)
{
    (void)state;
    struct ow_control_answer answer;
    ow_control_answer_init(&answer, OW_VERDICT_TAKE);
    assert_int_equal(answer.verdict, OW_VERDICT_TAKE);
    assert_int_equal(ow_control_answer_check(&answer, sizeof(answer)), 0);
}

static void answer_check_rejects_unended_texts(void **state)
{
    (void)state;
    struct ow_control_answer answer;
    ow_control_answer_init(&answer, OW_VERDICT_PASS);
    memset(answer.text, 'a', sizeof(answer.text));
    assert_int_equal(ow_control_answer_check(&answer, sizeof(answer)), -EPROTO);
    ow_control_answer_init(&answer, OW_VERDICT_PASS);
    memset(answer.name, 'a', sizeof(answer.name));
    assert_int_equal(ow_control_answer_check(&answer, sizeof(answer)), -EPROTO);
}

static void answer_check_rejects_a_ca_longer_than_its_room(void **state)
{
    (void)state;
    struct ow_control_answer answer;
    ow_control_answer_init(&answer, OW_VERDICT_TAKE);
    answer.ca_len = sizeof(answer.ca);
    assert_int_equal(ow_control_answer_check(&answer, sizeof(answer)), 0);
    answer.ca_len++;
    assert_int_equal(ow_control_answer_check(&answer, sizeof(answer)), -EPROTO);
}

static void answer_check_reads_the_sentence_of_another_version(void **state)
{
    (void)state;
    struct ow_control_answer answer;
    ow_control_answer_init(&answer, OW_VERDICT_VERSION);
    answer.version += 7;
    size_t head = offsetof(struct ow_control_answer, flags);
    assert_int_equal(ow_control_answer_check(&answer, head), -EPROTONOSUPPORT);
    assert_int_equal(ow_control_answer_check(&answer, head - 1), -EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(question_check_takes_a_new_question),
        cmocka_unit_test(question_check_rejects_wrong_length),
        cmocka_unit_test(question_check_rejects_foreign_bytes),
        cmocka_unit_test(question_check_rejects_an_unended_name),
        cmocka_unit_test(question_check_knows_another_version_of_any_length),
        cmocka_unit_test(answer_check_takes_a_new_answer),
        cmocka_unit_test(answer_check_rejects_unended_texts),
        cmocka_unit_test(answer_check_rejects_a_ca_longer_than_its_room),
        cmocka_unit_test(answer_check_reads_the_sentence_of_another_version),
    };
    return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
