/*
 * load: rule files -> table: finds the files, reads them, adds them in order.
 * The loading functions of table.h.
 */
#include "config.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>

#include "base/limits.h"
#include "rule/files.h"
#include "rule/table_build.h"

/*
 * Above so much text the memory of its JSON is given back: 10,000 rules leave
 * 16 MiB of holes, and the host lives long.
 */
#define TRIM_ABOVE (256 * 1024)

/* Takes the table: gives it out or frees it. */
static int finish(struct ow_table *take_table, int r,
                  struct ow_table **ret_table, struct ow_err *err)
{
    if (r == 0) {
        r = ow_resource_types_resolve(&take_table->types, err);
        if (r == 0)
            r = ow_table_finish(take_table, err);
        if (r == -ENOMEM)
            ow_err_set(err, r, "out of memory");
    }
    if (r < 0) {
        ow_table_free(take_table);
        return r;
    }
    *ret_table = take_table;
    return 0;
}

static int add_file(struct ow_pack *pack, const char *path, size_t *total,
                    struct ow_err *err)
{
    struct ow_buf text;

    ow_buf_init(&text, OW_LIMIT_RULE_FILE + OW_LIMIT_IO);
    int r = ow_files_read(path, &text, err);
    if (r == 0)
        r = ow_pack_add(pack, path, ow_buf_peek(&text), err);
    *total += text.len;
    ow_buf_release(&text);
    return r;
}

static bool is_below(const char *path, const char *folder)
{
    size_t len = folder ? strlen(folder) : 0;

    return len > 0 && strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* The files from *at on that are of one item; *at is then behind them. */
static int add_pack(struct ow_table *table, const struct ow_files *files,
                    const char *shipped, size_t *at, size_t *total,
                    struct ow_err *err)
{
    size_t number = files->packs[*at];
    struct ow_pack pack;
    int r = 0;

    ow_pack_init(&pack, ow_str_from(files->names[number - 1]));
    pack.is_shipped = is_below(files->paths[*at], shipped);
    for (; r == 0 && *at < files->n && files->packs[*at] == number; ++*at)
        r = add_file(&pack, files->paths[*at], total, err);
    if (r == 0)
        r = ow_table_add(table, &pack, err);
    ow_pack_release(&pack);
    return r;
}

static int add_text(struct ow_table *table, const struct ow_table_text *text,
                    struct ow_err *err)
{
    struct ow_pack pack;

    ow_pack_init(&pack, ow_pack_name(text->name));
    int r = ow_pack_add(&pack, text->name, text->text, err);
    if (r == 0)
        r = ow_table_add(table, &pack, err);
    ow_pack_release(&pack);
    return r;
}

/* Texts, then files. What lies in the folder shipped was checked when it was
 * shipped; NULL checks all. */
static int load(const struct ow_table_text *texts, size_t n,
                const struct ow_files *files, const char *shipped,
                struct ow_table **ret_table, struct ow_err *err)
{
    struct ow_table *table = ow_table_new();
    size_t total = 0;
    int r = 0;

    if (!table)
        return ow_err_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; r == 0 && i < n; i++)
        r = add_text(table, &texts[i], err);
    for (size_t i = 0; r == 0 && i < files->n;)
        r = add_pack(table, files, shipped, &i, &total, err);
    r = finish(table, r, ret_table, err);
    if (total > TRIM_ABOVE)
        malloc_trim(0);
    return r;
}

int ow_table_load_with(const struct ow_table_text *texts, size_t n,
                       const char *list, const char *pack_dir,
                       struct ow_table **ret_table, struct ow_err *err)
{
    struct ow_files files;
    int r = 0;

    ow_files_init(&files);
    if (list)
        r = ow_files_add_list(&files, list, pack_dir, err);
    if (r == 0)
        r = load(texts, n, &files, pack_dir, ret_table, err);
    ow_files_release(&files);
    return r;
}

int ow_table_load(const char *list, const char *pack_dir,
                  struct ow_table **ret_table, struct ow_err *err)
{
    return ow_table_load_with(NULL, 0, list, pack_dir, ret_table, err);
}

int ow_table_load_item(const char *item, const char *pack_dir,
                       struct ow_table **ret_table, struct ow_err *err)
{
    struct ow_files files;

    ow_files_init(&files);
    int r = ow_files_add_item(&files, item, pack_dir, err);
    if (r == 0)
        r = load(NULL, 0, &files, NULL, ret_table, err);
    ow_files_release(&files);
    return r;
}

int ow_table_load_text(const char *name, const char *text, size_t len,
                       struct ow_table **ret_table, struct ow_err *err)
{
    const struct ow_table_text only = {name, {text, len}};
    struct ow_table *table = ow_table_new();

    if (!table)
        return ow_err_set(err, -ENOMEM, "out of memory");
    return finish(table, add_text(table, &only, err), ret_table, err);
}
