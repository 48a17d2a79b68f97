/*
 * h1: the decoder of HTTP/1.x requests. See h1.h. Called by exchange/; the
 * parts of a message are taken apart by h1_head and h1_chunk.
 *
 *   START -> HEAD -+--------------------------> FINISHED -(next)-> START
 *                  +-> LENGTH -----------------^
 *                  +-> CHUNK_LINE <-> CHUNK_BYTES
 *                          +-> TRAILERS -------^
 *
 * Lines end in CR LF and nothing else. RFC 9112, 2.2 would allow LF alone, as
 * nginx does; Apache, Node and the clouds' front ends answer 400 to it, so a
 * client that sends it should fail in a test too. And a reader with one idea
 * of a line's end cannot be told two different stories by the same bytes.
 */
#include "config.h"

#include "wire/h1.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "wire/h1_chunk.h"
#include "wire/h1_head.h"

/* Memory that a connection holds on to between two requests. */
#define KEEP_BETWEEN (8 * 1024)
/* The fields of a head with up to 32 lines, as nearly all have. */
#define ARENA_BLOCK 2048

enum state {
    STATE_START,    /* empty lines may come */
    STATE_START_CR, /* half of one came */
    STATE_HEAD,
    STATE_LENGTH,
    STATE_CHUNK_LINE,
    STATE_CHUNK_BYTES,
    STATE_TRAILERS,
    STATE_FINISHED,
    STATE_FAILED,
};

/* The search for the blank line behind a head or trailers, across cuts. */
struct lines {
    unsigned n; /* whole lines so far */
    unsigned max;
    size_t begun; /* bytes of the line that is not whole */
    char last;    /* the last of them */
};

enum found {
    FOUND_MORE,
    FOUND_BLANK,
    FOUND_BARE_LF,
    FOUND_TOO_MANY,
};

struct ow_h1 {
    enum state state;
    struct lines lines;
    bool line_checked;  /* the request line was found good */
    struct ow_buf held; /* the head, as it came */
    struct ow_buf tail; /* the trailers, as they came */
    struct ow_arena arena;
    struct ow_h1_head head;
    struct ow_fields trailers;
    uint64_t left; /* bytes of a body with a length still to come */
    struct ow_h1_chunk chunk;
    struct ow_h1_problem problem;
};

struct ow_h1 *ow_h1_new(void)
{
    struct ow_h1 *h1 = calloc(1, sizeof *h1);

    if (!h1)
        return NULL;
    ow_buf_init(&h1->held, OW_LIMIT_HEAD);
    ow_buf_init(&h1->tail, OW_LIMIT_HEAD);
    ow_arena_init(&h1->arena);
    h1->arena.block = ARENA_BLOCK;
    ow_h1_next(h1);
    return h1;
}

struct ow_h1 *ow_h1_free(struct ow_h1 *h1)
{
    if (!h1)
        return NULL;
    ow_buf_release(&h1->held);
    ow_buf_release(&h1->tail);
    ow_arena_release(&h1->arena);
    free(h1);
    return NULL;
}

void ow_h1_next(struct ow_h1 *h1)
{
    h1->state = STATE_START;
    h1->lines = (struct lines){.max = OW_LIMIT_FIELDS + 1};
    h1->line_checked = false;
    h1->head = (struct ow_h1_head){0};
    h1->trailers = (struct ow_fields){0};
    h1->left = 0;
    ow_buf_clear(&h1->held, KEEP_BETWEEN);
    ow_buf_clear(&h1->tail, KEEP_BETWEEN);
    ow_arena_reset(&h1->arena);
}

/*
 * Empty lines before a request are skipped (RFC 9112, 2.2: some clients send
 * one behind a body). What cannot begin a method is refused at its first byte:
 * a TLS hello on a plain port would otherwise wait for a line that never ends.
 */
static ssize_t feed_start(struct ow_h1 *h1, const char *data, size_t len)
{
    size_t used = 0;

    while (used < len) {
        char c = data[used];
        if (h1->state == STATE_START && c == '\r') {
            h1->state = STATE_START_CR;
        } else if (h1->state == STATE_START_CR && c == '\n') {
            h1->state = STATE_START;
        } else if (h1->state == STATE_START && c > ' ' && c < 0x7f) {
            h1->state = STATE_HEAD;
            return (ssize_t)used;
        } else {
            return ow_h1_head_fail(&h1->problem, 400,
                                   "byte 0x%02x where a request should begin",
                                   (unsigned char)c);
        }
        used++;
    }
    return (ssize_t)used;
}

/* Looks at whole lines in data up to the blank one; *ret_used is the number of
 * bytes that were looked at. */
static enum found find_blank(struct lines *lines, const char *data, size_t len,
                             size_t *ret_used)
{
    size_t at = 0;

    *ret_used = len;
    while (at < len) {
        const char *lf = memchr(data + at, '\n', len - at);
        if (!lf) {
            lines->begun += len - at;
            lines->last = data[len - 1];
            break;
        }
        size_t end = (size_t)(lf - data);
        size_t bytes = lines->begun + (end - at);
        char before = end > at ? lf[-1] : lines->last;
        at = end + 1;
        *ret_used = at;
        if (bytes == 0 || before != '\r')
            return FOUND_BARE_LF;
        lines->begun = 0;
        if (bytes == 1)
            return FOUND_BLANK;
        if (lines->n++ >= lines->max)
            return FOUND_TOO_MANY;
        *ret_used = len;
    }
    return FOUND_MORE;
}

/* Appends to buf what belongs to the head or the trailers, up to its blank
 * line or to the limit. */
static ssize_t gather(struct ow_h1 *h1, struct ow_buf *buf, const char *data,
                      size_t len, enum found *ret_found)
{
    size_t room = OW_LIMIT_HEAD - h1->held.len - h1->tail.len;
    size_t used = 0;

    *ret_found = find_blank(&h1->lines, data, len < room ? len : room, &used);
    int r = ow_buf_append(buf, data, used);
    return r < 0 ? r : (ssize_t)used;
}

/* What is wrong with lines that did not come to their blank one, if anything.
 * Their content is looked at later: all cuts of the same bytes fail alike. */
static int check_lines(struct ow_h1 *h1, enum found found)
{
    bool full = h1->held.len + h1->tail.len >= OW_LIMIT_HEAD;

    if (found == FOUND_BARE_LF)
        return ow_h1_head_fail(&h1->problem, 400,
                               "line ends in LF without CR (line %u)",
                               h1->lines.n + 1);
    if (found == FOUND_TOO_MANY)
        return ow_h1_head_fail(&h1->problem, 431, "more than %d fields",
                               OW_LIMIT_FIELDS);
    if (full && h1->state == STATE_HEAD && h1->lines.n == 0)
        return ow_h1_head_fail(&h1->problem, 414,
                               "request line over %d bytes (line 1)",
                               OW_LIMIT_HEAD);
    if (full)
        return ow_h1_head_fail(&h1->problem, 431,
                               "fields over %d bytes (line "
                               "%u)",
                               OW_LIMIT_HEAD, h1->lines.n + 1);
    return 0;
}

static void begin_body(struct ow_h1 *h1)
{
    h1->lines = (struct lines){.max = OW_LIMIT_FIELDS};
    h1->left = h1->head.length;
    ow_h1_chunk_init(&h1->chunk);
    if (h1->head.chunked)
        h1->state = STATE_CHUNK_LINE;
    else
        h1->state = h1->left > 0 ? STATE_LENGTH : STATE_FINISHED;
}

static ssize_t feed_head(struct ow_h1 *h1, const char *data, size_t len,
                         struct ow_h1_event *event)
{
    struct ow_h1_head first = {0};
    enum found found;
    int r = 0;

    ssize_t used = gather(h1, &h1->held, data, len, &found);
    if (used < 0)
        return used;
    if (found == FOUND_BLANK) {
        h1->head.raw = ow_buf_peek(&h1->held);
        r = ow_h1_head_parse(&h1->head, &h1->arena, &h1->problem);
        if (r < 0)
            return r;
        begin_body(h1);
        event->kind = OW_H1_HEAD;
        return used;
    }
    /* A wrong first line is told at once: the sender may wait for that. */
    if (h1->lines.n > 0 && !h1->line_checked)
        r = ow_h1_head_parse_line(ow_buf_peek(&h1->held), &first, &h1->problem);
    h1->line_checked = h1->lines.n > 0;
    if (r == 0)
        r = check_lines(h1, found);
    return r < 0 ? r : used;
}

/* A problem's line is one of the trailers. */
static int fail_trailers(struct ow_h1_problem *problem)
{
    struct ow_h1_problem copy = *problem;

    return ow_h1_head_fail(problem, copy.status, "%s, in trailers", copy.text);
}

static ssize_t feed_trailers(struct ow_h1 *h1, const char *data, size_t len)
{
    enum found found;

    ssize_t used = gather(h1, &h1->tail, data, len, &found);
    if (used < 0)
        return used;
    int r =
        found == FOUND_BLANK
            ? ow_h1_head_parse_trailers(ow_buf_peek(&h1->tail), &h1->trailers,
                                        &h1->arena, &h1->problem)
            : check_lines(h1, found);
    if (r == -EBADMSG)
        return fail_trailers(&h1->problem);
    if (r < 0)
        return r;
    if (found == FOUND_BLANK)
        h1->state = STATE_FINISHED;
    return used;
}

/* Gives as much of the *left bytes as there is. */
static size_t give_bytes(const char *data, size_t len, uint64_t *left,
                         struct ow_h1_event *event)
{
    size_t n = len < *left ? len : (size_t)*left;

    *left -= n;
    event->kind = OW_H1_BODY;
    event->bytes = (struct ow_str){data, n};
    return n;
}

static ssize_t feed_chunk_line(struct ow_h1 *h1, const char *data, size_t len)
{
    ssize_t used = ow_h1_chunk_feed(&h1->chunk, data, len, &h1->problem);

    if (used >= 0 && h1->chunk.state == OW_H1_CHUNK_WHOLE)
        h1->state = h1->chunk.left > 0 ? STATE_CHUNK_BYTES : STATE_TRAILERS;
    return used;
}

static ssize_t feed_state(struct ow_h1 *h1, const char *data, size_t len,
                          struct ow_h1_event *event)
{
    size_t used;

    switch (h1->state) {
    case STATE_START:
    case STATE_START_CR:
        return feed_start(h1, data, len);
    case STATE_HEAD:
        return feed_head(h1, data, len, event);
    case STATE_LENGTH:
        used = give_bytes(data, len, &h1->left, event);
        if (h1->left == 0)
            h1->state = STATE_FINISHED;
        return (ssize_t)used;
    case STATE_CHUNK_LINE:
        return feed_chunk_line(h1, data, len);
    case STATE_CHUNK_BYTES:
        used = give_bytes(data, len, &h1->chunk.left, event);
        if (h1->chunk.left == 0) {
            ow_h1_chunk_end(&h1->chunk);
            h1->state = STATE_CHUNK_LINE;
        }
        return (ssize_t)used;
    case STATE_TRAILERS:
        return feed_trailers(h1, data, len);
    case STATE_FINISHED:
        event->kind = OW_H1_END;
        return 0;
    case STATE_FAILED:
        return -EBADMSG;
    }
    return -EBADMSG;
}

ssize_t ow_h1_feed(struct ow_h1 *h1, const char *data, size_t len,
                   struct ow_h1_event *ret_event)
{
    struct ow_h1_event event = {.kind = OW_H1_MORE};
    size_t used = 0;

    if (h1->state == STATE_FAILED)
        return -EBADMSG;
    while (event.kind == OW_H1_MORE &&
           (used < len || h1->state == STATE_FINISHED)) {
        ssize_t n = feed_state(h1, data + used, len - used, &event);
        if (n < 0) {
            h1->state = STATE_FAILED;
            return n;
        }
        used += (size_t)n;
    }
    *ret_event = event;
    return (ssize_t)used;
}

const struct ow_h1_head *ow_h1_head(const struct ow_h1 *h1)
{
    return &h1->head;
}

const struct ow_fields *ow_h1_trailers(const struct ow_h1 *h1)
{
    return &h1->trailers;
}

int ow_h1_problem_status(const struct ow_h1 *h1)
{
    return h1->problem.status;
}

const char *ow_h1_problem(const struct ow_h1 *h1)
{
    return h1->problem.text;
}

bool ow_h1_is_mid_message(const struct ow_h1 *h1)
{
    return h1->state != STATE_START && h1->state != STATE_START_CR &&
           h1->state != STATE_FINISHED;
}
