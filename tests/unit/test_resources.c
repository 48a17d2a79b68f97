#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "state/resources.h"

static const struct ow_str nothing = {NULL, 0};

static int setup(void **state)
{
    *state = ow_resources_new();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    ow_resources_free(*state);
    return 0;
}

static struct ow_collection *collection(struct ow_resources *store,
                                        const char *key, const char *scope,
                                        struct ow_resource *parent)
{
    struct ow_collection *c = NULL;

    assert_int_equal(ow_resources_collection(store, ow_str_from(key),
                                             ow_str_from(scope), parent, &c),
                     0);
    return c;
}

static struct ow_resource *add(struct ow_collection *c, const char *id)
{
    struct ow_resource_draft draft = {.id = ow_str_from(id),
                                      .json = OW_STR("{\"a\":1}")};
    struct ow_resource *r = NULL;

    assert_int_equal(ow_resources_add(c, &draft, &r), 0);
    return r;
}

static struct ow_resource *find(struct ow_collection *c, const char *id)
{
    return ow_collection_find(c, ow_str_from(id));
}

static void is_json(const struct ow_resource *r, const char *json)
{
    assert_int_equal(r->json.len, strlen(json));
    assert_string_equal(r->json.ptr, json);
}

static void add_keeps_a_copy_in_order_and_counts(void **state)
{
    struct ow_collection *c = collection(*state, "job", "", NULL);
    char id[] = "job-1";

    struct ow_resource *r = add(c, id);
    id[0] = 'x';
    add(c, "job-2");
    assert_ptr_equal(find(c, "job-1"), r);
    assert_string_equal(r->id.ptr, "job-1");
    assert_int_equal(r->n, 1);
    assert_int_equal(find(c, "job-2")->n, 2);
    assert_int_equal(ow_collection_count(c), 2);
    assert_ptr_equal(ow_collection_at(c, 0), r);
    assert_int_equal(ow_resources_count(*state), 2);
    assert_null(find(c, "job-3"));
    assert_int_equal(ow_resources_next(*state, OW_STR("job")), 3);
    assert_int_equal(ow_resources_next(*state, OW_STR("file")), 1);
}

static void add_refuses_an_id_that_is_there(void **state)
{
    struct ow_collection *c = collection(*state, "job", "", NULL);
    struct ow_resource_draft draft = {.id = OW_STR("a"), .json = OW_STR("{}")};
    struct ow_resource *r = add(c, "a");

    assert_int_equal(ow_resources_add(c, &draft, &r), -EEXIST);
    assert_int_equal(ow_collection_count(c), 1);
    ow_resource_delete(find(c, "a"));
    assert_int_equal(ow_resources_add(c, &draft, &r), 0);
    assert_int_equal(r->n, 2);
    assert_ptr_equal(find(c, "a"), r);
}

static void collections_of_one_kind_are_apart_but_found_together(void **state)
{
    struct ow_collection *a = collection(*state, "message", "t1", NULL);
    struct ow_collection *b = collection(*state, "message", "t2", NULL);

    add(a, "m1");
    add(b, "m2");
    assert_null(find(a, "m2"));
    assert_ptr_equal(ow_resources_find(*state, OW_STR("message"), OW_STR("m2")),
                     find(b, "m2"));
    assert_int_equal(find(b, "m2")->n, 2);
    assert_null(ow_resources_find(*state, OW_STR("mess"), OW_STR("m2")));
    assert_ptr_equal(
        ow_resources_find_collection(*state, OW_STR("message"), OW_STR("t1")),
        a);
    assert_null(
        ow_resources_find_collection(*state, OW_STR("message"), OW_STR("t3")));
}

static void set_replaces_in_place_and_appends(void **state)
{
    struct ow_collection *c = collection(*state, "job", "", NULL);
    struct ow_resource *r = add(c, "a");

    assert_int_equal(
        ow_resource_set(r, OW_STR("{\"b\":[1,{\"a\":\"}\"}],\"c\":\"x,\"}")),
        0);
    is_json(r, "{\"a\":1,\"b\":[1,{\"a\":\"}\"}],\"c\":\"x,\"}");
    assert_int_equal(ow_resource_set(r, OW_STR("{\"b\":null,\"a\":{}}")), 0);
    is_json(r, "{\"a\":{},\"b\":null,\"c\":\"x,\"}");
    assert_int_equal(ow_resource_set(r, OW_STR("[1]")), -EINVAL);
    assert_int_equal(ow_resource_set(r, OW_STR("{}")), 0);
    is_json(r, "{\"a\":{},\"b\":null,\"c\":\"x,\"}");
}

static void tree_is_of_the_json_as_it_is_now(void **state)
{
    struct ow_collection *c = collection(*state, "job", "", NULL);
    struct ow_resource *r = add(c, "a");
    const cJSON *tree = ow_resource_tree(r);

    assert_non_null(tree);
    assert_ptr_equal(ow_resource_tree(r), tree);
    assert_int_equal(ow_resource_set(r, OW_STR("{\"a\":7}")), 0);
    tree = cJSON_GetObjectItemCaseSensitive(ow_resource_tree(r), "a");
    assert_int_equal(tree->valueint, 7);
    add(c, "b");
    assert_non_null(ow_resource_tree(find(c, "b")));
    ow_resource_delete(r);
    ow_resources_tidy(*state);
}

static void delete_takes_what_is_below_with_it(void **state)
{
    struct ow_collection *threads = collection(*state, "thread", "", NULL);
    struct ow_resource *thread = add(threads, "t1");
    struct ow_collection *runs = collection(*state, "run", "t1", thread);
    struct ow_resource *run = add(runs, "r1");

    add(collection(*state, "step", "t1 r1", run), "s1");
    add(collection(*state, "message", "t1", thread), "m1");
    assert_int_equal(ow_resources_count(*state), 4);
    ow_resource_delete(thread);
    assert_int_equal(ow_resources_count(*state), 0);
    assert_null(
        ow_resources_find_collection(*state, OW_STR("step"), OW_STR("t1 r1")));
    assert_null(ow_resources_find(*state, OW_STR("run"), OW_STR("r1")));
    assert_int_equal(ow_resources_next(*state, OW_STR("run")), 2);
}

static void place_is_known_of_what_was_deleted(void **state)
{
    struct ow_collection *c = collection(*state, "job", "", NULL);
    size_t place, next;

    for (int i = 0; i < 5; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        add(c, id);
    }
    assert_int_equal(ow_collection_place(c, OW_STR("3"), &place, &next), 0);
    assert_int_equal(place, 3);
    assert_int_equal(next, 4);
    ow_resource_delete(find(c, "1"));
    ow_resource_delete(find(c, "3"));
    assert_int_equal(ow_collection_place(c, OW_STR("3"), &place, &next), 0);
    assert_int_equal(place, 2);
    assert_int_equal(next, 2);
    assert_string_equal(ow_collection_at(c, 2)->id.ptr, "4");
    assert_int_equal(ow_collection_place(c, OW_STR("9"), &place, &next),
                     -ENOENT);
}

static void what_is_gone_is_forgotten_in_the_end(void **state)
{
    struct ow_collection *c = collection(*state, "job", "", NULL);
    size_t place, next;
    char id[16];

    for (int i = 0; i < OW_LIMIT_RESOURCES_GONE + 2; i++) {
        snprintf(id, sizeof id, "%d", i);
        ow_resource_delete(add(c, id));
    }
    assert_int_equal(ow_collection_place(c, OW_STR("1"), &place, &next),
                     -ENOENT);
    assert_int_equal(ow_collection_place(c, OW_STR("2"), &place, &next), 0);
    assert_int_equal(ow_resources_count(*state), 0);
}

static void contents_are_kept_and_counted(void **state)
{
    struct ow_collection *c = collection(*state, "file", "", NULL);
    size_t before = ow_resources_bytes(*state);
    const struct ow_resource_draft draft = {
        .id = OW_STR("a"),
        .json = OW_STR("{}"),
        .content = OW_STR("content"),
        .type = OW_STR("text/plain"),
        .content_size = 9,
    };
    struct ow_resource *r;

    assert_int_equal(ow_resources_add(c, &draft, &r), 0);
    assert_string_equal(r->content.ptr, "content");
    assert_string_equal(r->type.ptr, "text/plain");
    assert_int_equal(r->content_size, 9);
    assert_true(ow_resources_bytes(*state) > before + 7);
    ow_resource_delete(r);
    ow_resources_reset(*state);
    assert_int_equal(ow_resources_bytes(*state), 0);
}

static void reset_begins_anew(void **state)
{
    struct ow_collection *c = collection(*state, "job", "", NULL);

    ow_resource_delete(add(c, "a"));
    add(c, "b");
    ow_resources_reset(*state);
    assert_int_equal(ow_resources_count(*state), 0);
    c = collection(*state, "job", "", NULL);
    assert_int_equal(ow_collection_count(c), 0);
    assert_int_equal(add(c, "b")->n, 1);
}

static int stop_at_two(void *context, struct ow_resource *resource)
{
    int *seen = context;

    assert_string_equal(resource->json.ptr, "{\"a\":1}");
    return ++*seen == 2 ? 7 : 0;
}

static void visit_goes_through_a_kind(void **state)
{
    int seen = 0;

    add(collection(*state, "job", "a", NULL), "1");
    add(collection(*state, "job", "b", NULL), "2");
    add(collection(*state, "job", "c", NULL), "3");
    add(collection(*state, "file", "", NULL), "4");
    assert_int_equal(
        ow_resources_visit(*state, OW_STR("job"), stop_at_two, &seen), 7);
    assert_int_equal(seen, 2);
    assert_int_equal(
        ow_resources_visit(*state, OW_STR("none"), stop_at_two, &seen), 0);
}

static void free_takes_nothing_and_everything(void **state)
{
    (void)state;
    assert_null(ow_resources_free(NULL));
    assert_int_equal(ow_collection_count(NULL), 0);
    assert_null(ow_collection_find(NULL, OW_STR("a")));
    assert_null(ow_collection_find(NULL, nothing));
}

static void delete_ends_lives_and_dooms_once(void **state)
{
    struct ow_resources *store = *state;
    struct ow_collection *c = collection(store, "a", "", NULL);
    struct ow_resource *parent = add(c, "p");
    struct ow_resource *child = add(collection(store, "b", "p", parent), "c");
    struct ow_resource *other = add(c, "o");
    uint64_t life = 0;
    int64_t at = 0;

    parent->life = 3;
    child->life = 4;
    assert_int_equal(ow_resource_wake(child, 7), 0);
    assert_int_equal(ow_resource_wake(other, 9), 0);
    assert_ptr_equal(ow_resources_first(store, &at), child);
    /* The parent takes the child along, which is doomed by itself, too. */
    ow_resource_doom(parent);
    ow_resource_doom(child);
    ow_resource_doom(child);
    ow_resources_reap(store);
    assert_int_equal(ow_resources_count(store), 1);
    assert_ptr_equal(ow_resources_first(store, &at), other);
    assert_int_equal(at, 9);
    assert_true(ow_resources_take_ended(store, &life));
    assert_int_equal(life, 4);
    assert_true(ow_resources_take_ended(store, &life));
    assert_int_equal(life, 3);
    assert_false(ow_resources_take_ended(store, &life));
    ow_resource_doom(other);
    ow_resources_spare(store);
    ow_resources_reap(store);
    assert_int_equal(ow_resources_count(store), 1);
}

static void restore_puts_both_texts_back(void **state)
{
    struct ow_resource *r = add(collection(*state, "a", "", NULL), "x");
    size_t bytes = ow_resources_bytes(*state);

    assert_int_equal(ow_resource_set(r, OW_STR("{\"a\":123456}")), 0);
    assert_int_equal(ow_resource_hide(r, OW_STR("{\"h\":1}")), 0);
    const cJSON *tree = ow_resource_tree(r);
    assert_non_null(cJSON_GetObjectItem(tree, "h"));
    assert_non_null(cJSON_GetObjectItem(tree, "a"));
    is_json(r, "{\"a\":123456}");
    assert_int_equal(ow_resource_restore(r, OW_STR("{\"a\":1}"), nothing), 0);
    is_json(r, "{\"a\":1}");
    assert_null(cJSON_GetObjectItem(ow_resource_tree(r), "h"));
    assert_int_equal(ow_resources_bytes(*state), bytes);
}

int main(void)
{
#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(add_keeps_a_copy_in_order_and_counts),
        TEST(add_refuses_an_id_that_is_there),
        TEST(collections_of_one_kind_are_apart_but_found_together),
        TEST(set_replaces_in_place_and_appends),
        TEST(tree_is_of_the_json_as_it_is_now),
        TEST(delete_takes_what_is_below_with_it),
        TEST(place_is_known_of_what_was_deleted),
        TEST(what_is_gone_is_forgotten_in_the_end),
        TEST(contents_are_kept_and_counted),
        TEST(reset_begins_anew),
        TEST(visit_goes_through_a_kind),
        TEST(free_takes_nothing_and_everything),
        cmocka_unit_test_setup_teardown(delete_ends_lives_and_dooms_once, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(restore_puts_both_texts_back, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
