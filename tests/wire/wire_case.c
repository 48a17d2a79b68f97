/*
 * wire_case: see wire_case.h.
 */
#include "config.h"

#include "wire_case.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int wire_case_read(const char *path, struct ow_buf *out)
{
    FILE *file = fopen(path, "rb");
    char block[4096];
    size_t n;
    int r = 0;

    if (!file)
        return -errno;
    while (r == 0 && (n = fread(block, 1, sizeof block, file)) > 0)
        r = ow_buf_append(out, block, n);
    fclose(file);
    return r;
}

static int hex(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

static int put_bytes(struct ow_str *s, struct ow_buf *out);

/* "text*n)" behind "\(". */
static int put_repeat(struct ow_str *s, struct ow_buf *out)
{
    const char *star = memchr(s->ptr, '*', s->len);
    const char *end =
        star ? memchr(star, ')', s->len - (size_t)(star - s->ptr)) : NULL;
    uint64_t times;
    int r = 0;

    if (!end)
        return -EINVAL;
    struct ow_str number = {star + 1, (size_t)(end - star - 1)};
    if (ow_str_parse_u64(number, &times) < 0)
        return -EINVAL;
    while (r == 0 && times-- > 0) {
        struct ow_str text = {s->ptr, (size_t)(star - s->ptr)};
        while (r == 0 && text.len > 0)
            r = put_bytes(&text, out);
    }
    s->len -= (size_t)(end + 1 - s->ptr);
    s->ptr = end + 1;
    return r;
}

/* The escape behind a backslash. */
static int put_escape(struct ow_str *s, struct ow_buf *out)
{
    static const char names[] = "rnt\\", bytes[] = "\r\n\t\\";

    if (s->len == 0)
        return -EINVAL;
    char c = *s->ptr++;
    s->len--;
    const char *known = strchr(names, c);
    if (c && known)
        return ow_buf_append(out, &bytes[known - names], 1);
    if (c == '(')
        return put_repeat(s, out);
    if (c != 'x' || s->len < 2 || hex(s->ptr[0]) < 0 || hex(s->ptr[1]) < 0)
        return -EINVAL;
    c = (char)(hex(s->ptr[0]) << 4 | hex(s->ptr[1]));
    *s = (struct ow_str){s->ptr + 2, s->len - 2};
    return ow_buf_append(out, &c, 1);
}

static int put_bytes(struct ow_str *s, struct ow_buf *out)
{
    char c = *s->ptr++;

    s->len--;
    if (c == '\n')
        return 0;
    return c == '\\' ? put_escape(s, out) : ow_buf_append(out, &c, 1);
}

int wire_case_parse(struct ow_str text, struct ow_buf *in, struct ow_buf *out)
{
    enum { COMMENT, IN, OUT } part = COMMENT;
    int r = 0;

    while (r == 0 && text.ptr && (text.len > 0 || part != OUT)) {
        struct ow_str line = ow_str_cut(&text, '\n');
        if (part == COMMENT && ow_str_equal(line, OW_STR("in:"))) {
            part = IN;
        } else if (part == IN && ow_str_equal(line, OW_STR("out:"))) {
            part = OUT;
        } else if (part == IN) {
            while (r == 0 && line.len > 0)
                r = put_bytes(&line, in);
        } else if (part == OUT) {
            r = ow_buf_append_str(out, line);
            r = r < 0 ? r : ow_buf_append(out, "\n", 1);
        }
    }
    return r < 0 ? r : part == OUT ? 0 : -EINVAL;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(const char *folder, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

char **wire_case_list(const char *folder, const char *suffix)
{
    DIR *dir = opendir(folder);
    char **list = calloc(1, sizeof *list), **more;
    const struct dirent *entry;
    size_t n = 0;

    while (dir && list && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.' ||
            !ow_str_ends(ow_str_from(entry->d_name), ow_str_from(suffix)))
            continue;
        more = realloc(list, (n + 2) * sizeof *list);
        if (!more)
            break;
        list = more;
        list[n] = join(folder, entry->d_name);
        n += list[n] != NULL;
        list[n] = NULL;
    }
    if (list)
        qsort(list, n, sizeof *list, compare);
    if (dir)
        closedir(dir);
    else
        wire_case_free_list(list);
    return dir ? list : NULL;
}

void wire_case_free_list(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

static bool run(const char *path, wire_case_try_fn try, bool shows)
{
    struct ow_buf text, in, want;
    bool ok = false;

    ow_buf_init(&text, 0);
    ow_buf_init(&in, 0);
    ow_buf_init(&want, 0);
    if (wire_case_read(path, &text) < 0 ||
        wire_case_parse(ow_buf_peek(&text), &in, &want) < 0)
        printf("# %s: cannot be read as a case\n", path);
    else
        ok = try(ow_buf_peek(&in), &want, shows);
    ow_buf_release(&text);
    ow_buf_release(&in);
    ow_buf_release(&want);
    return ok;
}

int wire_case_main(int argc, char **argv, const char *codec,
                   wire_case_try_fn try)
{
    const char *srcdir = getenv("srcdir");
    char folder[4096];
    int n = 0, bad = 0;

    for (int i = 1; i < argc; i++)
        bad += !run(argv[i], try, true);
    if (argc > 1)
        return bad > 0;
    snprintf(folder, sizeof folder, "%s/tests/wire/%s", srcdir ? srcdir : ".",
             codec);
    char **list = wire_case_list(folder, ".case");
    for (; list && list[n]; n++) {
        bool ok = run(list[n], try, false);
        printf("%sok %d - %s\n", ok ? "" : "not ", n + 1,
               strrchr(list[n], '/') + 1);
        bad += !ok;
    }
    wire_case_free_list(list);
    if (n == 0)
        printf("not ok 1 - no cases in %s\n", folder);
    printf("1..%d\n", n ? n : 1);
    return bad > 0 || n == 0;
}
