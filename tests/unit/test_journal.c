#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "journal/journal.h"

static struct ow_journal *open_in_memory(void)
{
    struct ow_journal *journal;

    assert_int_equal(ow_journal_open(NULL, &journal, NULL), 0);
    return journal;
}

static void check_text(const struct ow_journal *journal, const char *expected)
{
    struct ow_str text = ow_journal_text(journal);

    if (!ow_str_equal(text, ow_str_from(expected)))
        fail_msg("journal is %.*s", OW_STR_ARGS(text));
}

static void journal_leaves_out_what_is_not_known(void **state)
{
    struct ow_journal *journal = open_in_memory();
    struct ow_record record;

    (void)state;
    ow_record_init(&record, OW_EVENT_SESSION);
    ow_journal_add(journal, &record);
    check_text(journal, "{\"event\":\"session\"}\n");
    ow_journal_free(journal);
}

static void journal_writes_all_that_is_known(void **state)
{
    struct ow_journal *journal = open_in_memory();
    struct ow_program program = {.pid = 42, .name = "curl"};
    struct ow_record record;

    (void)state;
    ow_record_init(&record, OW_EVENT_REQUEST);
    record.id = 7;
    record.wall_ns = 1767323045000000000 + 123456789;
    record.program = &program;
    record.rule = OW_STR("models");
    record.place = OW_STR("my.json:12");
    record.method = OW_STR("GET");
    record.url = OW_STR("https://api.example.com/?q=\"\xff\"");
    record.host = OW_STR("api.example.com");
    record.port = 443;
    record.status = 200;
    record.request_bytes = 0;
    record.request_hash = "e3b0";
    record.response_bytes = 12;
    record.wait_ns = 300000000;
    record.total_ns = 1;
    record.fault = "truncate";
    record.ended = "cut";
    record.text = OW_STR("a\nb");
    ow_journal_add(journal, &record);
    check_text(
        journal,
        "{\"event\":\"request\",\"id\":7,"
        "\"time\":\"2026-01-02T03:04:05.123456Z\",\"pid\":42,"
        "\"program\":\"curl\",\"rule\":\"models\",\"place\":\"my.json:12\","
        "\"method\":\"GET\",\"url\":\"https://api.example.com/?q=\\\"\\ufffd"
        "\\\"\",\"host\":\"api.example.com\",\"port\":443,\"status\":200,"
        "\"request_bytes\":0,\"request_xxh128\":\"e3b0\","
        "\"response_bytes\":12,\"wait_ms\":300,\"total_ms\":0,"
        "\"fault\":\"truncate\",\"ended\":\"cut\",\"text\":\"a\\nb\"}\n");
    ow_journal_free(journal);
}

static char folder[] = "/tmp/ow-journal-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void path_of(char ret[64])
{
    snprintf(ret, 64, "%s/journal.jsonl", folder);
}

static void add_event(struct ow_journal *journal, uint64_t id)
{
    struct ow_record record;

    ow_record_init(&record, OW_EVENT_END);
    record.id = id;
    ow_journal_add(journal, &record);
}

static void check_file(const char *path, const char *expected)
{
    char text[512] = "";
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_int_equal(n, strlen(expected));
    assert_string_equal(text, expected);
}

static void journal_appends_to_a_private_file(void **state)
{
    struct ow_journal *journal;
    struct stat st;
    char path[64];

    (void)state;
    path_of(path);
    for (uint64_t id = 1; id <= 2; id++) {
        assert_int_equal(ow_journal_open(path, &journal, NULL), 0);
        add_event(journal, id);
        ow_journal_flush(journal);
        ow_journal_free(journal);
    }
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    check_file(path,
               "{\"event\":\"end\",\"id\":1}\n{\"event\":\"end\","
               "\"id\":2}\n");
    unlink(path);
}

static void journal_names_the_file_that_it_cannot_write(void **state)
{
    struct ow_journal *journal;
    struct ow_err err;

    (void)state;
    assert_int_equal(ow_journal_open("/nowhere/j", &journal, &err), -ENOENT);
    assert_string_equal(err.text,
                        "cannot write the journal \"/nowhere/j\": "
                        "No such file or directory");
}

static void journal_counts_what_a_full_disk_loses(void **state)
{
    struct ow_journal *journal;

    (void)state;
    if (ow_journal_open("/dev/full", &journal, NULL) < 0)
        return; /* cmocka's skip() is "not ok" in TAP */
    add_event(journal, 1);
    add_event(journal, 2);
    ow_journal_flush(journal);
    assert_int_equal(ow_journal_lost(journal), 2);
    add_event(journal, 3);
    ow_journal_flush(journal);
    assert_int_equal(ow_journal_lost(journal), 3);
    ow_journal_flush(journal);
    assert_int_equal(ow_journal_lost(journal), 3);
    ow_journal_free(journal);
}

/* A file that may not grow over a size is a disk that fills half-way. */
static void limit_file_size(rlim_t size)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void journal_starts_a_fresh_line_after_half_a_one(void **state)
{
    struct ow_journal *journal;
    char path[64];

    (void)state;
    path_of(path);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(ow_journal_open(path, &journal, NULL), 0);
    add_event(journal, 1); /* 23 bytes with its newline */
    add_event(journal, 2);
    add_event(journal, 3);
    limit_file_size(30);
    ow_journal_flush(journal);
    assert_int_equal(ow_journal_lost(journal), 2);
    add_event(journal, 4);
    ow_journal_flush(journal);
    assert_int_equal(ow_journal_lost(journal), 3);
    limit_file_size(RLIM_INFINITY);
    add_event(journal, 5);
    ow_journal_flush(journal);
    assert_int_equal(ow_journal_lost(journal), 3);
    check_file(path,
               "{\"event\":\"end\",\"id\":1}\n{\"event\n"
               "{\"event\":\"end\",\"id\":5}\n");
    ow_journal_free(journal);
    unlink(path);
}

static void journal_writes_by_itself_before_its_buffer_is_full(void **state)
{
    struct ow_journal *journal;
    struct ow_record record;
    struct stat st;
    static char url[OW_LIMIT_HEAD];
    char path[64];

    (void)state;
    path_of(path);
    memset(url, 1, sizeof url); /* six bytes each when escaped */
    ow_record_init(&record, OW_EVENT_REQUEST);
    record.url = (struct ow_str){url, sizeof url};
    assert_int_equal(ow_journal_open(path, &journal, NULL), 0);
    for (int i = 0; i < 20; i++)
        ow_journal_add(journal, &record);
    ow_journal_flush(journal);
    assert_int_equal(ow_journal_lost(journal), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > 20 * 6 * (off_t)sizeof url);
    ow_journal_free(journal);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal_leaves_out_what_is_not_known),
        cmocka_unit_test(journal_writes_all_that_is_known),
        cmocka_unit_test(journal_appends_to_a_private_file),
        cmocka_unit_test(journal_names_the_file_that_it_cannot_write),
        cmocka_unit_test(journal_counts_what_a_full_disk_loses),
        cmocka_unit_test(journal_starts_a_fresh_line_after_half_a_one),
        cmocka_unit_test(journal_writes_by_itself_before_its_buffer_is_full),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
