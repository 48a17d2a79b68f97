/* Nodes of JSON while the host serves: from the pieces, then from malloc. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/nodes.h"

static void nodes_are_taken_again(void **state)
{
    (void)state;
    cJSON *before = cJSON_CreateNull();
    ow_nodes_begin();
    cJSON *first = cJSON_CreateNull();
    cJSON_Delete(first);
    cJSON *again = cJSON_CreateNull();
    assert_ptr_equal(again, first);
    cJSON_Delete(again);
    /* It was malloc's. */
    cJSON_Delete(before);
}

static void nodes_in_use_are_kept_apart(void **state)
{
    (void)state;
    enum { MANY = 3 * OW_LIMIT_NODES };
    cJSON **nodes = calloc(MANY, sizeof *nodes);

    assert_non_null(nodes);
    ow_nodes_begin();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++)
            assert_non_null(nodes[i] = cJSON_CreateNumber(i));
        for (int i = 0; i < MANY; i++)
            assert_int_equal(nodes[i]->valueint, i);
        for (int i = round; i < MANY + round; i++)
            cJSON_Delete(nodes[i % MANY]);
    }
    free(nodes);
}

static void nodes_hold_texts_of_any_length(void **state)
{
    char text[3 * OW_NODES_SIZE] = "";

    (void)state;
    ow_nodes_begin();
    for (size_t len = 0; len + 1 < sizeof text; len++) {
        memset(text, 'x', len);
        cJSON *node = cJSON_CreateString(text),
              *next = cJSON_CreateString(text);
        assert_string_equal(node->valuestring, text);
        assert_string_equal(next->valuestring, text);
        cJSON_Delete(node);
        assert_string_equal(next->valuestring, text);
        cJSON_Delete(next);
    }
}

static void nodes_of_a_document_lie_in_its_arena(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_nodes_begin();
    cJSON *piece = cJSON_CreateNull();
    cJSON_Delete(piece);
    ow_arena_init(&arena);
    ow_nodes_begin_document(&arena);
    cJSON *tree = cJSON_Parse("{\"a\": [1, \"two\"], \"b\": null}");
    assert_null(cJSON_Parse("{\"a\": [1, 2"));
    ow_nodes_end_document();
    assert_string_equal(
        cJSON_GetArrayItem(cJSON_GetObjectItem(tree, "a"), 1)->valuestring,
        "two");
    /* The pieces are as they were. */
    cJSON *again = cJSON_CreateNull();
    assert_ptr_equal(again, piece);
    cJSON_Delete(again);
    ow_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_are_taken_again),
        cmocka_unit_test(nodes_in_use_are_kept_apart),
        cmocka_unit_test(nodes_hold_texts_of_any_length),
        cmocka_unit_test(nodes_of_a_document_lie_in_its_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
