/*
 * control: the messages between shim and host. See control.h. Both ends use
 * it, so it calls libc's string functions and nothing else.
 */
#include "config.h"

#include "control/control.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* The answer's part that keeps its place in all versions. */
#define ANSWER_HEAD offsetof(struct ow_control_answer, flags)

static bool is_ended(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

void ow_question_init(struct ow_question *question, enum ow_question_kind kind)
{
    memset(question, 0, sizeof(*question));
    question->magic = OW_CONTROL_MAGIC;
    question->version = OW_CONTROL_VERSION;
    question->kind = kind;
}

void ow_control_answer_init(struct ow_control_answer *answer,
                            enum ow_verdict verdict)
{
    memset(answer, 0, sizeof(*answer));
    answer->magic = OW_CONTROL_MAGIC;
    answer->version = OW_CONTROL_VERSION;
    answer->verdict = verdict;
}

int ow_question_check(const struct ow_question *question, size_t len)
{
    if (len < offsetof(struct ow_question, kind) ||
        question->magic != OW_CONTROL_MAGIC)
        return -EPROTO;
    if (question->version != OW_CONTROL_VERSION)
        return -EPROTONOSUPPORT;
    if (len != sizeof(*question) ||
        !is_ended(question->name, sizeof(question->name)))
        return -EPROTO;
    return 0;
}

int ow_control_answer_check(const struct ow_control_answer *answer, size_t len)
{
    if (len < ANSWER_HEAD || answer->magic != OW_CONTROL_MAGIC ||
        !is_ended(answer->text, sizeof(answer->text)))
        return -EPROTO;
    if (answer->version != OW_CONTROL_VERSION)
        return -EPROTONOSUPPORT;
    if (len != sizeof(*answer) || answer->ca_len > sizeof(answer->ca) ||
        !is_ended(answer->name, sizeof(answer->name)))
        return -EPROTO;
    return 0;
}
