/*
 * offwire calls: what happened in a session that was kept. For people a table,
 * for programs JSON. Reads the journal by journal/reader.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "journal/hygiene.h"
#include "journal/reader.h"
#include "journal/report.h"

enum column { TIME, PROGRAM, METHOD, URL, STATUS, RULE, MS, FAULT, COLUMNS };

/* A longer cell is printed whole and moves the rest of its line. */
#define WIDEST 72

struct table {
    int width[COLUMNS];
    bool is_measuring;
    int status; /* of stdout */
};

struct row {
    char cells[COLUMNS][OW_LIMIT_NAME + 32];
    struct ow_str url; /* of any length */
};

static const char *const titles[COLUMNS] = {
    "TIME", "PROGRAM", "METHOD", "URL", "STATUS", "RULE", "MS", "FAULT"};

static const char options_help[] =
    "  --json     one JSON array, a record on each line, as the journal has "
    "it\n"
    "  --hygiene  the transfers of libcurl that a reviewer would question; "
    "also\n"
    "             with --json\n"
    "  --summary  a few lines: how many requests, by which rules\n"
    "  --help     this text\n";

/* "2026-01-02T03:04:05.123456Z" as the time of day here: "04:05:06.123". */
static void put_time(char *cell, size_t size, struct ow_str text)
{
    char copy[32] = "";
    struct tm tm = {0};

    if (text.len < sizeof copy && text.len > 0)
        memcpy(copy, text.ptr, text.len);
    const char *rest = strptime(copy, "%Y-%m-%dT%H:%M:%S", &tm);
    time_t t = timegm(&tm);
    if (!rest || !localtime_r(&t, &tm)) {
        snprintf(cell, size, "-");
        return;
    }
    size_t n = strftime(cell, size, "%H:%M:%S", &tm);
    snprintf(cell + n, size - n, "%.4s", *rest == '.' ? rest : "");
}

static void put_text(char *cell, size_t size, struct ow_str text)
{
    snprintf(cell, size, "%.*s", text.len > 0 ? (int)text.len : 1,
             text.len > 0 ? text.ptr : "-");
}

static void put_rule(char *cell, size_t size, const struct ow_call *call)
{
    if (call->rule.ptr && !ow_str_equal(call->rule, call->place))
        snprintf(cell, size, "%.*s (%.*s)", OW_STR_ARGS(call->rule),
                 OW_STR_ARGS(call->place));
    else
        put_text(cell, size, call->rule);
}

static struct ow_str member(const struct ow_call *call, const char *key)
{
    return ow_str_from(cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(call->record, key)));
}

static int number_of(const struct ow_call *call, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(call->record, key);

    return cJSON_IsNumber(item) ? item->valueint : 0;
}

/* A message of a WebSocket: "text {...}", "binary, 3000 bytes", "close 1000".
 */
static void put_message(char *cell, size_t size, const struct ow_call *call)
{
    struct ow_str kind = member(call, "kind"), data = member(call, "data");
    int code = number_of(call, "code");
    int n = snprintf(cell, size, "%.*s", OW_STR_ARGS(kind));

    if (code > 0 && n < (int)size)
        n += snprintf(cell + n, size - (size_t)n, " %d", code);
    if (data.ptr && n < (int)size)
        snprintf(cell + n, size - (size_t)n, " %.*s", OW_STR_ARGS(data));
    else if (code == 0 && n < (int)size)
        snprintf(cell + n, size - (size_t)n, ", %d bytes",
                 number_of(call, "bytes"));
}

/* What went wrong, if something did: by a rule, or without one. */
static void put_fault(char *cell, size_t size, const struct ow_call *call)
{
    const char *event = ow_event_name((int)call->event);
    bool left = ow_str_equal(call->ended, OW_STR("left"));
    bool failed = ow_str_equal(call->ended, OW_STR("failed"));

    int code = number_of(call, "code");

    if (call->event == OW_EVENT_MESSAGE)
        put_text(cell, size, call->text);
    else if (call->fault.ptr)
        put_text(cell, size, call->fault);
    else if (call->event != OW_EVENT_REQUEST)
        put_text(cell, size, ow_str_from(event));
    else if (left)
        put_text(cell, size, OW_STR("client left"));
    else if (failed || ow_str_equal(call->ended, OW_STR("cut")))
        put_text(cell, size, call->ended);
    else if (code > 1000 && code != 1005)
        snprintf(cell, size, "closed %d", code);
    else
        put_text(cell, size, OW_STR("-"));
}

static void fill(struct row *row, const struct ow_call *call, char *address,
                 size_t size)
{
    size_t max = sizeof row->cells[0];

    put_time(row->cells[TIME], max, call->time);
    put_text(row->cells[PROGRAM], max, call->program);
    put_text(row->cells[METHOD], max, call->method);
    put_rule(row->cells[RULE], max, call);
    put_fault(row->cells[FAULT], max, call);
    snprintf(row->cells[STATUS], max, call->status > 0 ? "%d" : "-",
             call->status);
    snprintf(row->cells[MS], max, call->ms >= 0 ? "%.1f" : "-", call->ms);
    row->url = call->url;
    if (call->event == OW_EVENT_MESSAGE) {
        put_text(row->cells[METHOD], max, member(call, "direction"));
        put_text(row->cells[RULE], max, call->place);
        put_message(address, size, call);
        row->url = ow_str_from(address);
    } else if (!row->url.ptr && call->host.ptr) {
        snprintf(address, size, call->port > 0 ? "%.*s:%d" : "%.*s",
                 OW_STR_ARGS(call->host), call->port);
        row->url = ow_str_from(address);
    } else if (!row->url.ptr)
        row->url = OW_STR("-");
}

/* What a client sent must not steer the terminal. */
static void print_cell(struct ow_str cell, int width, bool to_the_right)
{
    int room = width > (int)cell.len ? width - (int)cell.len : 0;

    if (to_the_right)
        printf("%*s", room, "");
    for (size_t i = 0; i < cell.len; i++)
        putchar((unsigned char)cell.ptr[i] < 0x20 || cell.ptr[i] == 0x7f
                    ? '?'
                    : cell.ptr[i]);
    if (!to_the_right)
        printf("%*s", room, "");
}

static struct ow_str cell_of(const struct row *row, int column)
{
    return column == URL ? row->url : ow_str_from(row->cells[column]);
}

static void print_row(struct table *table, const struct row *row)
{
    for (int i = 0; i < COLUMNS; i++) {
        struct ow_str cell = cell_of(row, i);
        if (table->is_measuring) {
            int width = cell.len < WIDEST ? (int)cell.len : WIDEST;
            if (width > table->width[i])
                table->width[i] = width;
            continue;
        }
        /* Nothing behind the last column. */
        print_cell(cell, i == FAULT ? 0 : table->width[i],
                   i == MS || i == STATUS);
        fputs(i == FAULT ? "\n" : "  ", stdout);
    }
}

static int print_call(void *context, const struct ow_call *call)
{
    struct row row;
    char address[2 * OW_LIMIT_NAME];

    if (call->event == OW_EVENT_SESSION || call->event == OW_EVENT_PROGRAM ||
        call->event == OW_EVENT_TRANSFER)
        return 0;
    fill(&row, call, address, sizeof address);
    print_row(context, &row);
    return 0;
}

static int print_table(struct ow_reader *reader)
{
    struct table table = {.is_measuring = true};
    struct row head;

    for (int i = 0; i < COLUMNS; i++)
        put_text(head.cells[i], sizeof head.cells[i], ow_str_from(titles[i]));
    head.url = ow_str_from(titles[URL]);
    print_row(&table, &head);
    int r = ow_reader_each(reader, print_call, &table);
    if (r < 0)
        return r;
    table.is_measuring = false;
    print_row(&table, &head);
    return ow_reader_each(reader, print_call, &table);
}

static int print_json_call(void *context, const struct ow_call *call)
{
    const char **separator = context;
    char *text = cJSON_PrintUnformatted(call->record);

    if (!text)
        return -ENOMEM;
    printf("%s%s", *separator, text);
    cJSON_free(text);
    *separator = ",\n";
    return 0;
}

static int print_json(struct ow_reader *reader)
{
    const char *separator = "[\n";
    int r = ow_reader_each(reader, print_json_call, &separator);

    puts(separator[0] == '[' ? "[]" : "\n]");
    return r;
}

static int print_summary(struct ow_reader *reader)
{
    struct ow_buf text = {0};
    int r = ow_report(reader, &text);

    if (r == 0)
        printf("%.*s", OW_STR_ARGS(ow_buf_peek(&text)));
    ow_buf_release(&text);
    return r;
}

static int print_hygiene(struct ow_reader *reader)
{
    struct ow_buf text = {0};
    uint64_t questioned;
    int r = ow_hygiene_list(reader, &text, &questioned);

    if (r == 0)
        printf("%.*s", OW_STR_ARGS(ow_buf_peek(&text)));
    ow_buf_release(&text);
    return r;
}

static int print_hygiene_json(struct ow_reader *reader)
{
    struct ow_buf text = {0};
    int r = ow_hygiene_json(reader, &text);

    if (r == 0)
        printf("%.*s\n", OW_STR_ARGS(ow_buf_peek(&text)));
    ow_buf_release(&text);
    return r;
}

/* What to print, by the options that are given. */
static int (*choose(bool json, bool hygiene, bool summary))(struct ow_reader *)
{
    if (hygiene)
        return json ? print_hygiene_json : print_hygiene;
    if (summary)
        return print_summary;
    return json ? print_json : print_table;
}

static int print_session(const char *dir, int (*print)(struct ow_reader *))
{
    struct ow_reader *reader;
    struct ow_err err;
    int r = ow_reader_open(dir, &reader, &err);

    if (r < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    r = print(reader);
    uint64_t unreadable = ow_reader_unreadable(reader);
    ow_reader_free(reader);
    if (r < 0)
        return ow_cli_fail(OW_EXIT_INTERNAL, "cannot read the journal: %s",
                           strerror(-r));
    if (unreadable > 0)
        ow_cli_fail(0,
                    "%llu line%s of the journal cannot be read (was the disk "
                    "full?)",
                    (unsigned long long)unreadable, unreadable == 1 ? "" : "s");
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : OW_EXIT_INTERNAL;
}

int ow_cmd_calls(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"hygiene", no_argument, NULL, 'y'},
        {"summary", no_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    bool json = false, hygiene = false, summary = false;
    int c;

    while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
        if (c == 'h')
            return ow_cli_help("calls", options_help);
        if (c == '?' || c == ':')
            return ow_cli_bad_option("calls", argv, c, options);
        json = json || c == 'j';
        hygiene = hygiene || c == 'y';
        summary = summary || c == 's';
    }
    if (summary && (json || hygiene))
        return ow_cli_fail(OW_EXIT_USAGE,
                           "--summary goes with no other option");
    if (argc - optind != 1)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "calls wants one folder, kept by offwire run "
                           "--keep DIR");
    return print_session(argv[optind], choose(json, hygiene, summary));
}
