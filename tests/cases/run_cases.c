/*
 * run_cases: plays the cases of a folder (or the files it is given) and prints
 * a TAP line for each. A case is played twice: the client's bytes in one
 * piece, then one at a time; both must come out the same.
 *
 *     build/tests/cases/run_cases                      all, those of packs too
 *     build/tests/cases/run_cases tests/cases/streams  a folder
 *     build/tests/cases/run_cases FILE.case...
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/case_player.h"

static int number, failed;

static void print_report(const struct ow_buf *report)
{
    struct ow_str text = ow_buf_peek(report);

    while (text.len > 0) {
        struct ow_str line = case_cut_line(&text);
        printf("# %.*s\n", OW_STR_ARGS(line));
    }
}

/* "canned/json" of "../tests/cases/canned/json.case", and
 * "rules/twilio/cases/send" of "../rules/twilio/cases/send.case". */
static void print_title(bool is_good, const char *path)
{
    static const char folder[] = "tests/cases/";
    const char *at = strstr(path, folder);
    const char *title = at ? at + sizeof folder - 1 : strstr(path, "rules/");
    if (!title)
        title = path;
    const char *dot = strrchr(title, '.');

    printf("%sok %d - %.*s\n", is_good ? "" : "not ", ++number,
           (int)(dot ? dot - title : 0), title);
    failed += !is_good;
}

/* Twice, in the case's folder: rules name files next to it. */
static int play(const struct case_file *file, struct ow_buf *report)
{
    char folder[4096];
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;

    snprintf(folder, sizeof folder, "%.*s.", (int)(file->name - file->path),
             file->path);
    if (here < 0 || chdir(folder) < 0)
        r = -errno;
    for (int by_byte = 0; by_byte < 2 && r == 0; by_byte++) {
        r = case_play(file, by_byte, report);
        if (r < 0 && by_byte)
            ow_buf_printf(report, "(when bytes come one at a time)\n");
    }
    if (here >= 0 && fchdir(here) < 0)
        r = -errno;
    if (here >= 0)
        close(here);
    return r;
}

static void run_case(const char *path)
{
    struct case_file file;
    struct ow_buf report = {0};
    struct ow_err err;
    int r = case_file_read(path, &file, &err);

    if (r < 0)
        ow_buf_printf(&report, "%s\n", err.text);
    else {
        r = play(&file, &report);
        if (r < 0 && r != -EINVAL)
            ow_buf_printf(&report, "%s\n", strerror(-r));
        case_file_release(&file);
    }
    print_title(r == 0, path);
    print_report(&report);
    ow_buf_release(&report);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int run_all(char **paths)
{
    FTS *tree = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    FTSENT *entry;

    if (!tree)
        return -errno;
    while ((entry = fts_read(tree))) {
        const char *dot = strrchr(entry->fts_name, '.');
        if (entry->fts_info == FTS_F && dot && strcmp(dot, ".case") == 0)
            run_case(entry->fts_path);
        else if (entry->fts_info == FTS_NS || entry->fts_info == FTS_ERR)
            printf("Bail out! %s: %s\n", entry->fts_path,
                   strerror(entry->fts_errno));
    }
    fts_close(tree);
    return 0;
}

int main(int argc, char **argv)
{
    const char *srcdir = getenv("srcdir");
    char folder[4096], packs[4096];
    char *all[] = {folder, packs, NULL};

    snprintf(folder, sizeof folder, "%s/tests/cases", srcdir ? srcdir : ".");
    snprintf(packs, sizeof packs, "%s/rules", srcdir ? srcdir : ".");
    int r = run_all(argc > 1 ? argv + 1 : all);
    if (r < 0)
        printf("Bail out! %s\n", strerror(-r));
    printf("1..%d\n", number);
    return r < 0 || failed > 0 || number == 0;
}
