/*
 * files: the rule files that a list names. See files.h. Called by load.c and
 * by offwire check.
 */
#include "config.h"

#include "rule/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/suggest.h"
#include "rule/pack.h"

static const char *const endings[] = {"", ".json", ".jsonc"};

void ow_files_init(struct ow_files *files)
{
    *files = (struct ow_files){0};
}

void ow_files_release(struct ow_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        free(files->paths[i]);
    free(files->paths);
    free(files->packs);
    for (size_t i = 0; i < files->n_packs; i++)
        free(files->names[i]);
    free(files->names);
    ow_files_init(files);
}

/* The folder that "." or "../" is has a name, too. */
static char *name_of(const char *item)
{
    struct ow_str name = ow_pack_name(item);
    char *real = NULL;

    if (name.len == 0 || ow_str_equal(name, OW_STR(".")) ||
        ow_str_equal(name, OW_STR("..")))
        real = realpath(item, NULL);
    if (real)
        name = ow_pack_name(real);
    char *copy = strndup(name.ptr, name.len);
    free(real);
    return copy;
}

static int add_name(struct ow_files *files, const char *item)
{
    char **names =
        reallocarray(files->names, files->n_packs + 1, sizeof *names);

    if (!names)
        return -ENOMEM;
    files->names = names;
    names[files->n_packs] = name_of(item);
    if (!names[files->n_packs])
        return -ENOMEM;
    files->n_packs++;
    return 0;
}

static int add_path(struct ow_files *files, char *take_path)
{
    if (files->n == files->cap) {
        size_t cap = files->cap > 0 ? files->cap * 2 : 8;
        char **paths = reallocarray(files->paths, cap, sizeof *paths);
        files->paths = paths ? paths : files->paths;
        size_t *packs =
            paths ? reallocarray(files->packs, cap, sizeof *packs) : NULL;
        files->packs = packs ? packs : files->packs;
        if (!packs) {
            free(take_path);
            return -ENOMEM;
        }
        files->cap = cap;
    }
    files->packs[files->n] = files->n_packs;
    files->paths[files->n++] = take_path;
    return 0;
}

static bool is_rule_file(const char *name)
{
    struct ow_str s = ow_str_from(name);

    return name[0] != '.' && (ow_str_ends(s, OW_STR(".json")) ||
                              ow_str_ends(s, OW_STR(".jsonc")));
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_entries(struct ow_files *files, const char *folder, DIR *dir)
{
    const char *slash =
        ow_str_ends(ow_str_from(folder), OW_STR("/")) ? "" : "/";
    const struct dirent *entry;
    char *path;

    while ((entry = readdir(dir))) {
        if (!is_rule_file(entry->d_name))
            continue;
        if (asprintf(&path, "%s%s%s", folder, slash, entry->d_name) < 0 ||
            add_path(files, path) < 0)
            return -ENOMEM;
    }
    return 0;
}

static int add_folder(struct ow_files *files, const char *folder,
                      struct ow_err *err)
{
    size_t before = files->n;
    DIR *dir = opendir(folder);

    if (!dir)
        return ow_err_set(err, -errno, "cannot read the folder \"%s\": %s",
                          folder, strerror(errno));
    int r = add_entries(files, folder, dir);
    closedir(dir);
    if (r < 0)
        return ow_err_set(err, r, "out of memory");
    if (files->n == before)
        return ow_err_set(err, -ENOENT,
                          "the folder \"%s\" has no *.json and no *.jsonc",
                          folder);
    qsort(files->paths + before, files->n - before, sizeof *files->paths,
          compare);
    return 0;
}

/* 0: there is nothing at path, 1: its files were added. */
static int try_path(struct ow_files *files, const char *path,
                    struct ow_err *err)
{
    struct stat st;
    char *copy;

    if (stat(path, &st) < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return 0;
        return ow_err_set(err, -errno, "cannot read \"%s\": %s", path,
                          strerror(errno));
    }
    if (S_ISDIR(st.st_mode)) {
        int r = add_folder(files, path, err);
        return r < 0 ? r : 1;
    }
    copy = strdup(path);
    if (!copy || add_path(files, copy) < 0)
        return ow_err_set(err, -ENOMEM, "out of memory");
    return 1;
}

/* A pack is a folder or a file of pack_dir; its name has no slash. */
static int try_pack(struct ow_files *files, const char *pack_dir,
                    const char *name, struct ow_err *err)
{
    int r = 0;
    char *path;

    if (!pack_dir || strchr(name, '/'))
        return 0;
    for (size_t i = 0; r == 0 && i < sizeof endings / sizeof *endings; i++) {
        if (asprintf(&path, "%s/%s%s", pack_dir, name, endings[i]) < 0)
            return ow_err_set(err, -ENOMEM, "out of memory");
        r = try_path(files, path, err);
        free(path);
    }
    return r;
}

/* Names of a folder, for "did you mean"; NULL-terminated. */
struct words {
    char **at;
    size_t n;
};

static void add_word(struct words *words, const char *name)
{
    char **at = reallocarray(words->at, words->n + 2, sizeof *at);

    if (!at)
        return;
    words->at = at;
    at[words->n] = strdup(name);
    if (at[words->n])
        words->n++;
    at[words->n] = NULL;
}

/* Of packs the name alone, of other folders the rule files. */
static void add_words(struct words *words, const char *folder, bool packs)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        char name[256];
        if (entry->d_name[0] == '.' || (!packs && !is_rule_file(entry->d_name)))
            continue;
        snprintf(name, sizeof name, "%s", entry->d_name);
        char *ending = strrchr(name, '.');
        if (packs && ending && is_rule_file(name))
            *ending = '\0';
        add_word(words, name);
    }
    closedir(dir);
}

static void free_words(struct words *words)
{
    for (char **word = words->at; word && *word; word++)
        free(*word);
    free(words->at);
}

static int fail_missing(const char *item, const char *pack_dir,
                        struct ow_err *err)
{
    const char *slash = strrchr(item, '/');
    const char *base = slash ? slash + 1 : item;
    struct words words = {0};
    char folder[1024], packs[256] = "", near[320] = "";

    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - item) : 1,
             slash ? item : ".");
    add_words(&words, slash == item ? "/" : folder, false);
    if (!slash && pack_dir && !is_rule_file(item)) {
        add_words(&words, pack_dir, true);
        snprintf(packs, sizeof packs,
                 ", and no pack of that name in \"%.200s\"", pack_dir);
    }
    const char *word =
        words.at ? ow_suggest(ow_str_from(base), (const char *const *)words.at)
                 : NULL;
    if (word)
        snprintf(near, sizeof near, "; did you mean \"%.*s%.200s\"?",
                 slash && slash - item < 80 ? (int)(slash - item) + 1 : 0, item,
                 word);
    free_words(&words);
    /* Of a list it would be two items. */
    if (!word && strchr(item, ':'))
        snprintf(near, sizeof near,
                 "; several are words of their own here, "
                 "without a colon between them");
    return ow_err_set(
        err, -ENOENT,
        "no rules \"%.300s\": there is no such file or folder%s%s", item, packs,
        near);
}

int ow_files_add_item(struct ow_files *files, const char *item,
                      const char *pack_dir, struct ow_err *err)
{
    if (add_name(files, item) < 0)
        return ow_err_set(err, -ENOMEM, "out of memory");
    int r = try_path(files, item, err);
    if (r == 0)
        r = try_pack(files, pack_dir, item, err);
    if (r == 0)
        return fail_missing(item, pack_dir, err);
    return r < 0 ? r : 0;
}

/* The list that parts one path. */
static int fail_parted(const char *list, struct ow_err *err)
{
    return ow_err_set(err, -ENOENT,
                      "no rules \"%.300s\": a colon parts rule files, and this "
                      "path has one; name it from within its folder, or by a "
                      "link",
                      list);
}

int ow_files_add_list(struct ow_files *files, const char *list,
                      const char *pack_dir, struct ow_err *err)
{
    struct ow_str rest = ow_str_from(list);
    size_t before = files->n;
    int r = 0;

    while (r == 0 && rest.ptr) {
        struct ow_str part = ow_str_cut(&rest, ':');
        if (part.len == 0)
            continue;
        char *item = strndup(part.ptr, part.len);
        if (!item)
            return ow_err_set(err, -ENOMEM, "out of memory");
        r = ow_files_add_item(files, item, pack_dir, err);
        free(item);
    }
    if (r == -ENOENT && strchr(list, ':') && access(list, F_OK) == 0)
        r = fail_parted(list, err);
    if (r == 0 && files->n == before)
        r = ow_err_set(err, -ENOENT, "the list of rule files is empty");
    return r;
}

static uint64_t mix(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * 0x100000001b3u; /* FNV-1a, eight bytes at once */
}

static uint64_t stamp_file(uint64_t sum, const char *path)
{
    struct stat st = {0};

    for (const char *c = path; *c; c++)
        sum = mix(sum, (unsigned char)*c);
    if (stat(path, &st) < 0)
        return mix(sum, 1);
    sum = mix(mix(sum, st.st_dev), st.st_ino);
    sum = mix(mix(sum, (uint64_t)st.st_size), (uint64_t)st.st_mtim.tv_sec);
    return mix(sum, (uint64_t)st.st_mtim.tv_nsec);
}

uint64_t ow_files_stamp(const char *list, const char *pack_dir)
{
    struct ow_files files;
    uint64_t sum = 0xcbf29ce484222325u;

    ow_files_init(&files);
    int r = ow_files_add_list(&files, list, pack_dir, NULL);
    for (size_t i = 0; i < files.n; i++)
        sum = stamp_file(sum, files.paths[i]);
    ow_files_release(&files);
    return r < 0 ? 0 : sum;
}

static int fail_read(const char *path, int r, struct ow_err *err)
{
    const char *why = r == -EPIPE   ? "it is a pipe that nobody writes to"
                      : r == -ENXIO ? "it is neither a file nor a pipe"
                      : r == -EFBIG ? "it is larger than 64 MiB"
                                    : strerror(-r);

    return ow_err_set(err, r, "cannot read \"%s\": %s", path, why);
}

/* How much to read at once: a file as a whole, and its end with it. */
static size_t size_of_read(const struct stat *st)
{
    bool is_whole = S_ISREG(st->st_mode) && st->st_size < OW_LIMIT_RULE_FILE;

    return is_whole ? (size_t)st->st_size + 1 : OW_LIMIT_IO;
}

/* Reads to the end. Whatever is slow is waited for once it has been opened. */
static int read_all(int fd, struct ow_buf *text)
{
    size_t before = text->len;
    struct stat st;

    if (fstat(fd, &st) < 0)
        return -errno;
    for (size_t left = size_of_read(&st);;) {
        char *room = ow_buf_reserve(text, left);
        if (!room)
            return text->len + left > OW_LIMIT_RULE_FILE ? -EFBIG : -ENOMEM;
        ssize_t n = read(fd, room, left);
        if (n > 0) {
            ow_buf_commit(text, (size_t)n);
            left = (size_t)n < left ? left - (size_t)n : OW_LIMIT_IO;
        } else if (n == 0)
            return text->len == before && S_ISFIFO(st.st_mode) ? -EPIPE : 0;
        else if (errno == EAGAIN)
            fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
        else if (errno != EINTR)
            return -errno;
    }
}

int ow_files_read(const char *path, struct ow_buf *text, struct ow_err *err)
{
    /* A pipe that nobody has open for writing would hold up the open itself,
     * for ever; <(...) of a shell has its writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int r = fd < 0 ? -errno : read_all(fd, text);

    if (fd >= 0)
        close(fd);
    return r < 0 ? fail_read(path, r, err) : 0;
}
