#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "rule/files.h"
#include "rule/table.h"

static char folder[64];

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static char *rule_file(const char *name)
{
    static char text[256];

    snprintf(text, sizeof text,
             "{\"offwire\": 1, \"hosts\": [\"a.test\", \"%s.test\"], "
             "\"rules\": [{\"name\": \"%s\", \"then\": {}}]}",
             name, name);
    return text;
}

/* In a new folder: one.json two.json empty/ set/{b.json,a.jsonc,c.txt,.d.json}
 * packs/{openai/rules.json,stripe.json} and a file with a colon. */
static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/offwire-test-XXXXXX");
    if (!mkdtemp(folder) || chdir(folder) < 0)
        return -1;
    mkdir("empty", 0700);
    mkdir("set", 0700);
    mkdir("packs", 0700);
    mkdir("packs/openai", 0700);
    write_file("one.json", rule_file("one"));
    write_file("two.json", rule_file("two"));
    write_file("a:b.json", rule_file("colon"));
    write_file("set/b.json", rule_file("b"));
    write_file("set/a.jsonc", rule_file("a"));
    write_file("set/c.txt", "no");
    write_file("set/.d.json", "no");
    write_file("packs/openai/rules.json", rule_file("openai"));
    write_file("packs/stripe.json", rule_file("stripe"));
    return 0;
}

static int teardown(void **state)
{
    static const char *const names[] = {"one.json",
                                        "two.json",
                                        "a:b.json",
                                        "set/b.json",
                                        "set/c.txt",
                                        "set/a.jsonc",
                                        "set/.d.json",
                                        "set",
                                        "packs/openai/rules.json",
                                        "packs/openai",
                                        "packs/stripe.json",
                                        "packs",
                                        "empty",
                                        "secret.json"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove(names[i]);
    return chdir("/") < 0 || rmdir(folder) < 0;
}

/* The paths, with spaces between them; or the sentence. */
static const char *expand(const char *list, const char *pack_dir)
{
    static char text[1100];
    struct ow_files files;
    struct ow_err err;

    ow_files_init(&files);
    text[0] = '\0';
    if (ow_files_add_list(&files, list, pack_dir, &err) < 0)
        snprintf(text, sizeof text, "%s", err.text);
    else
        for (size_t i = 0; i < files.n; i++) {
            strncat(text, files.paths[i], sizeof text - strlen(text) - 2);
            strcat(text, i + 1 < files.n ? " " : "");
        }
    ow_files_release(&files);
    return text;
}

static void files_come_in_the_order_given(void **state)
{
    (void)state;
    assert_string_equal(expand("two.json:one.json", NULL), "two.json one.json");
    assert_string_equal(expand(":two.json::one.json:", NULL),
                        "two.json one.json");
}

static void files_of_a_folder_are_sorted(void **state)
{
    (void)state;
    assert_string_equal(expand("set:one.json", NULL),
                        "set/a.jsonc set/b.json one.json");
    assert_string_equal(expand("set/", NULL), "set/a.jsonc set/b.json");
}

static void files_of_packs_are_found_by_name(void **state)
{
    (void)state;
    assert_string_equal(expand("openai:stripe", "packs"),
                        "packs/openai/rules.json packs/stripe.json");
    /* What is here goes first. */
    assert_string_equal(expand("set", "packs"), "set/a.jsonc set/b.json");
}

/* What the packs of a list are called, with spaces between. */
static const char *names_of(const char *list)
{
    static char text[200];
    struct ow_files files;
    struct ow_err err;

    ow_files_init(&files);
    text[0] = '\0';
    assert_int_equal(ow_files_add_list(&files, list, "packs", &err), 0);
    for (size_t i = 0; i < files.n_packs; i++) {
        strncat(text, i > 0 ? " " : "", 2);
        strncat(text, files.names[i], sizeof text - strlen(text) - 2);
    }
    ow_files_release(&files);
    return text;
}

static void files_give_their_packs_names(void **state)
{
    (void)state;
    assert_string_equal(names_of("one.json:openai:set:stripe"),
                        "one openai set stripe");
    assert_string_equal(names_of("./set//:packs/stripe.json:set/a.jsonc"),
                        "set stripe a");
    assert_int_equal(chdir("set"), 0);
    assert_string_equal(names_of(".:../two.json"), "set two");
    assert_int_equal(chdir(".."), 0);
}

static void files_that_are_missing_are_said_with_what_was_meant(void **state)
{
    (void)state;
    assert_string_equal(expand("oen.json", NULL),
                        "no rules \"oen.json\": there is no such file or "
                        "folder; did you mean \"one.json\"?");
    assert_string_equal(expand("set/bb.json", "packs"),
                        "no rules \"set/bb.json\": there is no such file or "
                        "folder; did you mean \"set/b.json\"?");
    assert_string_equal(expand("opnai", "packs"),
                        "no rules \"opnai\": there is no such file or folder, "
                        "and no pack of that name in \"packs\"; did you mean "
                        "\"openai\"?");
    assert_string_equal(expand("strip", "packs"),
                        "no rules \"strip\": there is no such file or folder, "
                        "and no pack of that name in \"packs\"; did you mean "
                        "\"stripe\"?");
    assert_string_equal(expand("/nowhere/x.json", "packs"),
                        "no rules \"/nowhere/x.json\": there is no such file "
                        "or folder");
    assert_string_equal(expand("empty", NULL),
                        "the folder \"empty\" has no *.json and no *.jsonc");
    assert_string_equal(expand("a:b.json", NULL),
                        "no rules \"a:b.json\": a colon parts rule files, and "
                        "this path has one; name it from within its folder, or "
                        "by a link");
    assert_string_equal(expand("", NULL), "the list of rule files is empty");
    assert_string_equal(expand("::", NULL), "the list of rule files is empty");
}

static void files_that_cannot_be_read_say_why(void **state)
{
    struct ow_table *table = NULL;
    struct ow_err err;

    (void)state;
    if (geteuid() == 0) /* may read everything */
        return;
    write_file("secret.json", rule_file("secret"));
    chmod("secret.json", 0);
    assert_int_equal(ow_table_load("secret.json", NULL, &table, &err), -EACCES);
    assert_string_equal(err.text,
                        "cannot read \"secret.json\": Permission denied");
}

static void load_takes_all_files_in_order(void **state)
{
    struct ow_table *table = NULL;
    struct ow_err err = {""};

    (void)state;
    assert_int_equal(
        ow_table_load("two.json:set:openai", "packs", &table, &err), 0);
    assert_int_equal(ow_table_count(table), 4);
    assert_string_equal(ow_rule_name(ow_table_rule(table, 0)), "two");
    assert_string_equal(ow_rule_name(ow_table_rule(table, 1)), "a");
    assert_string_equal(ow_rule_place(ow_table_rule(table, 1)),
                        "set/a.jsonc:1");
    assert_string_equal(ow_rule_name(ow_table_rule(table, 3)), "openai");
    assert_true(ow_table_knows(table, "openai.test", 443));
    ow_table_free(table);
}

static void load_item_takes_a_name_with_colons(void **state)
{
    struct ow_table *table = NULL;
    struct ow_err err = {""};

    (void)state;
    assert_int_equal(ow_table_load_item("a:b.json", NULL, &table, &err), 0);
    assert_int_equal(ow_table_count(table), 1);
    assert_int_equal(ow_table_count_hosts(table), 2);
    ow_table_free(table);
}

static void load_refuses_everything_if_one_file_is_wrong(void **state)
{
    struct ow_table *table = NULL;
    struct ow_err err = {""};

    (void)state;
    assert_int_equal(ow_table_load("one.json:set/c.txt", NULL, &table, &err),
                     -EINVAL);
    assert_null(table);
    assert_string_equal(err.text,
                        "set/c.txt:1:1: expected a value, got no; "
                        "strings are written in double quotes");
}

/* Who has made a pipe and forgotten to fill it is told, and not held up. */
static void files_do_not_wait_for_a_pipe(void **state)
{
    struct ow_buf text;
    struct ow_err err;

    (void)state;
    ow_buf_init(&text, 1 << 20);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(ow_files_read("pipe", &text, &err), -EPIPE);
    assert_string_equal(err.text,
                        "cannot read \"pipe\": it is a pipe that "
                        "nobody writes to");
    unlink("pipe");
    /* One that a shell makes for <(...) has its writer. */
    int ends[2];
    char path[32];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "{}", 2), 2);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(ow_files_read(path, &text, &err), 0);
    assert_int_equal(text.len, 2);
    close(ends[0]);
    ow_buf_release(&text);
}

static void files_stamp_changes_with_the_files(void **state)
{
    (void)state;
    uint64_t first = ow_files_stamp("one.json:set", NULL);

    assert_true(first == ow_files_stamp("one.json:set", NULL));
    assert_true(first != ow_files_stamp("set:one.json", NULL));
    write_file("set/e.json", rule_file("e"));
    uint64_t second = ow_files_stamp("one.json:set", NULL);
    assert_true(first != second);
    write_file("one.json", "longer than nothing");
    assert_true(second != ow_files_stamp("one.json:set", NULL));
    unlink("set/e.json");
    write_file("one.json", rule_file("one"));
    assert_true(ow_files_stamp("none.json", NULL) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_do_not_wait_for_a_pipe),
        cmocka_unit_test(files_stamp_changes_with_the_files),
        cmocka_unit_test(files_come_in_the_order_given),
        cmocka_unit_test(files_of_a_folder_are_sorted),
        cmocka_unit_test(files_of_packs_are_found_by_name),
        cmocka_unit_test(files_give_their_packs_names),
        cmocka_unit_test(files_that_are_missing_are_said_with_what_was_meant),
        cmocka_unit_test(files_that_cannot_be_read_say_why),
        cmocka_unit_test(load_takes_all_files_in_order),
        cmocka_unit_test(load_item_takes_a_name_with_colons),
        cmocka_unit_test(load_refuses_everything_if_one_file_is_wrong),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
