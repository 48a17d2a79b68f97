/*
 * reader: reads a session's journal back. See reader.h. Called by cli/ and
 * report.c. Opening collects the "end" records by id; each pass after that
 * merges them into the records they end.
 */
#include "config.h"

#include "journal/reader.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uthash.h>

/* What an answer that took time came to. */
struct end {
    uint64_t id;
    cJSON *record;
    UT_hash_handle hh;
};

struct ow_reader {
    FILE *file;
    struct end *ends;
    char *line; /* of getline */
    size_t line_cap;
    uint64_t readable;
    uint64_t unreadable;
};

/* The event of a record, or -1. */
static int event_of(const cJSON *record)
{
    const char *name =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, "event"));

    for (int i = 0; name && ow_event_name(i); i++)
        if (strcmp(ow_event_name(i), name) == 0)
            return i;
    return -1;
}

static double number(const cJSON *record, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(record, key);

    return cJSON_IsNumber(item) ? item->valuedouble : -1;
}

static int whole_number(const cJSON *record, const char *key)
{
    double value = number(record, key);

    return value >= 0 && value <= INT_MAX ? (int)value : -1;
}

static struct ow_str string(const cJSON *record, const char *key)
{
    return ow_str_from(
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, key)));
}

static uint64_t id_of(const cJSON *record)
{
    double id = number(record, "id");

    return id > 0 && id < 9e15 ? (uint64_t)id : 0;
}

/* The next line as a record; NULL at the end. Others are counted. */
static cJSON *next_record(struct ow_reader *reader)
{
    ssize_t len;

    while ((len = getline(&reader->line, &reader->line_cap, reader->file)) >
           0) {
        cJSON *record = cJSON_ParseWithLength(reader->line, (size_t)len);
        if (record && event_of(record) >= 0) {
            reader->readable++;
            return record;
        }
        cJSON_Delete(record);
        if (len > 1)
            reader->unreadable++;
    }
    return NULL;
}

static int rewind_file(struct ow_reader *reader)
{
    reader->readable = reader->unreadable = 0;
    return fseek(reader->file, 0, SEEK_SET) == 0 ? 0 : -errno;
}

/* Takes the record. */
static int add_end(struct ow_reader *reader, cJSON *record)
{
    struct end *end = calloc(1, sizeof *end);

    if (!end) {
        cJSON_Delete(record);
        return -ENOMEM;
    }
    end->id = id_of(record);
    end->record = record;
    HASH_ADD(hh, reader->ends, id, sizeof end->id, end);
    return 0;
}

static int collect_ends(struct ow_reader *reader)
{
    cJSON *record;
    int r = rewind_file(reader);

    while (r == 0 && (record = next_record(reader))) {
        if (event_of(record) == OW_EVENT_END)
            r = add_end(reader, record);
        else
            cJSON_Delete(record);
    }
    return r < 0 ? r : ferror(reader->file) ? -EIO : 0;
}

/* The journal of a folder, or the file itself. */
static FILE *open_file(const char *dir, char *path, size_t size)
{
    struct stat info;
    bool is_file = stat(dir, &info) == 0 && S_ISREG(info.st_mode);

    if (snprintf(path, size, "%s%s%s", dir, is_file ? "" : "/",
                 is_file ? "" : OW_READER_FILE) < (int)size)
        return fopen(path, "re");
    errno = ENAMETOOLONG;
    return NULL;
}

int ow_reader_open(const char *dir, struct ow_reader **ret, struct ow_err *err)
{
    char path[PATH_MAX];
    struct ow_reader *reader = calloc(1, sizeof *reader);

    if (!reader)
        return ow_err_set(err, -ENOMEM, "no memory to read a journal");
    reader->file = open_file(dir, path, sizeof path);
    if (!reader->file) {
        int code = -errno;
        ow_reader_free(reader);
        if (code == -ENOENT || code == -ENOTDIR)
            return ow_err_set(err, code,
                              "\"%s\" is no session: there is no %s in it "
                              "(offwire run --keep DIR keeps one)",
                              dir, OW_READER_FILE);
        return ow_err_set(err, code, "cannot read \"%s\": %s", path,
                          strerror(-code));
    }
    int r = collect_ends(reader);
    if (r < 0) {
        ow_reader_free(reader);
        return ow_err_set(err, r, "cannot read \"%s\": %s", path, strerror(-r));
    }
    if (reader->readable == 0 && reader->unreadable > 0) {
        ow_reader_free(reader);
        return ow_err_set(err, -EBADMSG,
                          "\"%s\" is no journal: no line of it is a record "
                          "(offwire run --keep DIR keeps one)",
                          path);
    }
    *ret = reader;
    return 0;
}

struct ow_reader *ow_reader_free(struct ow_reader *reader)
{
    struct end *end, *next;

    if (!reader)
        return NULL;
    HASH_ITER(hh, reader->ends, end, next)
    {
        HASH_DEL(reader->ends, end);
        cJSON_Delete(end->record);
        free(end);
    }
    if (reader->file)
        fclose(reader->file);
    free(reader->line);
    free(reader);
    return NULL;
}

/* Sets key of the record to what the end says, if it says it. */
static int merge_key(cJSON *record, const cJSON *end, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(end, key);
    cJSON *copy = item ? cJSON_Duplicate(item, true) : NULL;

    if (!item)
        return 0;
    if (!copy)
        return -ENOMEM;
    cJSON_DeleteItemFromObjectCaseSensitive(record, key);
    if (cJSON_AddItemToObject(record, key, copy))
        return 0;
    cJSON_Delete(copy);
    return -ENOMEM;
}

static int merge_end(struct ow_reader *reader, cJSON *record)
{
    static const char *const keys[] = {
        "response_bytes", "total_ms",     "ended",    "code",      "closed_by",
        "messages_in",    "messages_out", "bytes_in", "bytes_out", "text"};
    uint64_t id = id_of(record);
    struct end *end = NULL;
    int r = 0;

    if (id > 0)
        HASH_FIND(hh, reader->ends, &id, sizeof id, end);
    for (size_t i = 0; end && i < sizeof keys / sizeof *keys && r == 0; i++)
        r = merge_key(record, end->record, keys[i]);
    return r;
}

static struct ow_call view(const cJSON *record)
{
    struct ow_call call = {
        .event = (enum ow_event)event_of(record),
        .record = record,
        .time = string(record, "time"),
        .program = string(record, "program"),
        .rule = string(record, "rule"),
        .pack = string(record, "pack"),
        .place = string(record, "place"),
        .method = string(record, "method"),
        .url = string(record, "url"),
        .host = string(record, "host"),
        .fault = string(record, "fault"),
        .ended = string(record, "ended"),
        .text = string(record, "text"),
        .port = whole_number(record, "port"),
        .status = whole_number(record, "status"),
        .ms = number(record, "total_ms"),
    };

    if (call.ms < 0)
        call.ms = number(record, "wait_ms");
    return call;
}

int ow_reader_each(struct ow_reader *reader, ow_reader_fn fn, void *context)
{
    cJSON *record;
    int r = rewind_file(reader);

    while (r == 0 && (record = next_record(reader))) {
        int event = (int)event_of(record);
        if (event != OW_EVENT_END) {
            /* A call back has the id of the request that it belongs to, and
             * so has a message of a WebSocket. */
            if (event != OW_EVENT_CALLBACK && event != OW_EVENT_MESSAGE)
                r = merge_end(reader, record);
            struct ow_call call = view(record);
            if (r == 0)
                r = fn(context, &call);
        }
        cJSON_Delete(record);
    }
    return r != 0 ? r : ferror(reader->file) ? -EIO : 0;
}

uint64_t ow_reader_unreadable(const struct ow_reader *reader)
{
    return reader->unreadable;
}

bool ow_call_is_request(const struct ow_call *call)
{
    switch (call->event) {
    case OW_EVENT_REQUEST:
    case OW_EVENT_UNMATCHED:
    case OW_EVENT_BAD_REQUEST:
        return true;
    case OW_EVENT_ERROR:
        return call->url.ptr != NULL; /* a rule whose answer failed */
    case OW_EVENT_SESSION:
    case OW_EVENT_PROGRAM:
    case OW_EVENT_NAME:
    case OW_EVENT_CONNECT:
    case OW_EVENT_REFUSED:
    case OW_EVENT_TLS:
    case OW_EVENT_TRANSFER:
    case OW_EVENT_MESSAGE:
    case OW_EVENT_CALLBACK:
    case OW_EVENT_END:
        break;
    }
    return false;
}
