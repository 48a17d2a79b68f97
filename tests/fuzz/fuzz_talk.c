/*
 * fuzz_talk: any bytes as a conversation. It is refused with a sentence of one
 * line, or answers are compared with each of its turns.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "lib/must.h"
#include "rule/talk.h"

static void check_turn(const struct ow_talk *talk,
                       const struct ow_talk_turn *turn)
{
    static const char said[] = "[\"one\", {\"text\": \"two\"}]";
    struct ow_talk_difference difference;
    struct ow_arena arena;
    cJSON *messages = cJSON_Parse(said);
    const struct ow_talk_answer answer = {200, OW_STR("{\"a\": [1]}"),
                                          messages};

    ow_arena_init(&arena);
    for (int ask = 0; ask < OW_TALK_ASKS; ask++) {
        int r = ow_talk_check(talk, turn, (enum ow_talk_ask)ask, &answer,
                              &arena, &difference);
        must(r == 0 || r == 1, "no answer");
        must(r == 1 || (difference.reason.len > 0 && difference.want.ptr &&
                        difference.got.ptr),
             "a difference that is not told");
    }
    ow_arena_release(&arena);
    cJSON_Delete(messages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ow_str text = {(const char *)data, size};
    struct ow_talk *talk;
    struct ow_err err = {""};
    int r = ow_talk_parse("t", text, &talk, &err);

    if (r < 0) {
        must(r == -ENOMSG || (*err.text && !strchr(err.text, '\n')),
             "no sentence, or two lines");
        return 0;
    }
    for (size_t i = 0; i < ow_talk_count(talk); i++)
        check_turn(talk, ow_talk_turn(talk, i));
    ow_talk_free(talk);
    return 0;
}
