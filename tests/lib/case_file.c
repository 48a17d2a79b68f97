/*
 * case_file: a file of tests/cases, cut into its sections. See case_file.h.
 */
#include "config.h"

#include "case_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct ow_str case_cut_line(struct ow_str *text)
{
    struct ow_str line = ow_str_cut(text, '\n');

    if (!text->ptr)
        *text = OW_STR("");
    return line;
}

static int read_all(const char *path, struct ow_buf *bytes)
{
    FILE *file = fopen(path, "re");
    size_t n = 1;

    if (!file)
        return -errno;
    while (n > 0) {
        char *room = ow_buf_reserve(bytes, OW_LIMIT_IO);
        n = room ? fread(room, 1, OW_LIMIT_IO, file) : 0;
        ow_buf_commit(bytes, n);
    }
    int r = ferror(file) ? -EIO : 0;
    fclose(file);
    return r;
}

static int add_section(struct case_file *file, struct ow_str title, int line)
{
    struct case_section *sections =
        realloc(file->sections, (file->n + 1) * sizeof *sections);

    if (!sections)
        return -ENOMEM;
    file->sections = sections;
    struct ow_str rest = ow_str_trim(title);
    sections[file->n++] = (struct case_section){
        .name = ow_str_cut(&rest, ' '),
        .argument = rest.ptr ? ow_str_trim(rest) : OW_STR(""),
        .text = {rest.ptr, 0},
        .line = line,
    };
    return 0;
}

/* The text ends before the next title, and before the empty lines there. */
static void end_section(struct case_file *file, const char *begin,
                        const char *end)
{
    while (end > begin && end[-1] == '\n')
        end--;
    if (file->n > 0)
        file->sections[file->n - 1].text =
            (struct ow_str){begin, (size_t)(end - begin)};
}

int case_file_read(const char *path, struct case_file *ret, struct ow_err *err)
{
    const char *slash = strrchr(path, '/');
    struct case_file file = {.path = path, .name = slash ? slash + 1 : path};
    int r = read_all(path, &file.bytes), line = 0;
    struct ow_str rest = ow_buf_peek(&file.bytes);
    const char *begin = rest.ptr;

    while (r == 0 && rest.len > 0) {
        struct ow_str text = case_cut_line(&rest);
        line++;
        if (!ow_str_starts(text, OW_STR("== ")))
            continue;
        end_section(&file, begin, text.ptr);
        begin = text.ptr + text.len + 1;
        r = add_section(&file, (struct ow_str){text.ptr + 3, text.len - 3},
                        line);
    }
    if (r < 0) {
        case_file_release(&file);
        return ow_err_set(err, r, "cannot read \"%s\": %s", path, strerror(-r));
    }
    struct ow_str all = ow_buf_peek(&file.bytes);
    end_section(&file, begin, all.ptr + all.len);
    *ret = file;
    return 0;
}

void case_file_release(struct case_file *file)
{
    free(file->sections);
    ow_buf_release(&file->bytes);
}

/* "(1000 bytes)" stands for so many x. Whether the line is one. */
static bool put_filler(struct ow_str line, struct ow_buf *out)
{
    uint64_t n;

    if (!ow_str_starts(line, OW_STR("(")) ||
        !ow_str_ends(line, OW_STR(" bytes)")))
        return false;
    struct ow_str digits = {line.ptr + 1, line.len - 8};
    if (ow_str_parse_u64(digits, &n) < 0 || n > 64u * 1024 * 1024)
        return false;
    char *room = ow_buf_reserve(out, n);
    if (!room)
        return false;
    memset(room, 'x', n);
    ow_buf_commit(out, n);
    return true;
}

static bool has_field(struct ow_str head, struct ow_str name)
{
    while (head.len > 0) {
        struct ow_str line = case_cut_line(&head);
        struct ow_str found = ow_str_cut(&line, ':');
        if (line.ptr && ow_str_equal_case(found, name))
            return true;
    }
    return false;
}

/* Cuts text at its first empty line. */
static struct ow_str cut_head(struct ow_str *text)
{
    struct ow_str rest = *text;

    while (rest.len > 0) {
        const char *begin = rest.ptr;
        if (case_cut_line(&rest).len == 0) {
            struct ow_str head = {text->ptr, (size_t)(begin - text->ptr)};
            *text = rest;
            return head;
        }
    }
    struct ow_str head = *text;
    *text = OW_STR("");
    return head;
}

int case_request_bytes(struct ow_str text, const char *host, struct ow_buf *ret,
                       struct ow_err *err)
{
    struct ow_buf body = {0};
    struct ow_str rest = text, head = cut_head(&rest), fields = head;
    struct ow_str line = case_cut_line(&fields);
    bool is_short = !ow_str_equal(
        line.len > 9 ? (struct ow_str){line.ptr + line.len - 9, 8} : OW_STR(""),
        OW_STR(" HTTP/1."));

    if (!put_filler(rest, &body))
        ow_buf_append_str(&body, rest);
    ow_buf_printf(ret, "%.*s%s\r\n", OW_STR_ARGS(line),
                  is_short ? " HTTP/1.1" : "");
    if (is_short && !has_field(fields, OW_STR("host")))
        ow_buf_printf(ret, "Host: %s\r\n", host);
    if (is_short && body.len > 0 &&
        !has_field(fields, OW_STR("content-length")))
        ow_buf_printf(ret, "Content-Length: %zu\r\n", body.len);
    while (fields.len > 0) {
        line = case_cut_line(&fields);
        ow_buf_printf(ret, "%.*s\r\n", OW_STR_ARGS(line));
    }
    ow_buf_append(ret, "\r\n", 2);
    int r = ow_buf_append_str(ret, ow_buf_peek(&body));
    ow_buf_release(&body);
    return r < 0 ? ow_err_set(err, r, "out of memory") : 0;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* Cuts one escape, the backslash is gone already. */
static int cut_escape(struct ow_str *line, char *ret)
{
    static const char names[] = "r\rn\nt\t\\\\0\0";
    char c = line->len > 0 ? *line->ptr : 'x';
    size_t used = 1;

    if (c == 'x' && line->len >= 3 && hex_digit(line->ptr[1]) >= 0 &&
        hex_digit(line->ptr[2]) >= 0) {
        *ret = (char)(hex_digit(line->ptr[1]) * 16 + hex_digit(line->ptr[2]));
        used = 3;
    } else {
        const char *at = memchr(names, c, sizeof names - 1);
        if (!at || (at - names) % 2 != 0)
            return -EINVAL;
        *ret = at[1];
    }
    *line = (struct ow_str){line->ptr + used, line->len - used};
    return 0;
}

static int put_escaped(struct ow_str line, struct ow_buf *out)
{
    while (line.len > 0) {
        char c = *line.ptr;
        line = (struct ow_str){line.ptr + 1, line.len - 1};
        if (c == '\\' && cut_escape(&line, &c) < 0)
            return -EINVAL;
        ow_buf_append(out, &c, 1);
    }
    return 0;
}

int case_send_bytes(struct ow_str text, struct ow_buf *ret, struct ow_err *err)
{
    while (text.len > 0) {
        struct ow_str line = case_cut_line(&text);
        if (!put_filler(line, ret) && put_escaped(line, ret) < 0)
            return ow_err_set(err, -EINVAL,
                              "no such escape in \"%.*s\": there are \\r \\n "
                              "\\t \\0 \\\\ and \\x00 to \\xff",
                              OW_STR_ARGS(line));
    }
    return 0;
}
