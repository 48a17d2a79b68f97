/*
 * shaper: a delay line. See shaper.h. Used by conns.c for the connections of
 * slow networks.
 *
 *   line:  | bytes of mark 0 | bytes of mark 1 | ...
 *   marks: {end, due}: the bytes before `end` (counted from the first byte of
 *          the connection) may go at `due`
 */
#include "config.h"

#include "host/shaper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* What a packet holds: Ethernet's 1500 without the headers of IPv4 and TCP with
 * timestamps. */
#define PACKET 1448
/* Marks a second, for each of which the host wakes up: smooth, and cheap. */
#define MARKS_PER_SECOND 250
/* Packets behind a lost one by which it is noticed (RFC 5681, 3.2). */
#define NOTICED_BY 3
/* Linux' TCP_RTO_MIN, and the first timeout of a connection (RFC 6298, 2.1). */
#define TIMEOUT_MIN   INT64_C(200000000)
#define TIMEOUT_FIRST INT64_C(1000000000)
/* How often one packet can be lost; Linux gives up after 15 times. */
#define LOST_MAX 6

struct mark {
    uint64_t end;
    int64_t due;
};

struct ow_shaper {
    struct ow_network own;     /* of the connection */
    struct ow_network network; /* of what is put in now */
    struct ow_rand rand;
    struct ow_buf line;
    uint64_t put;      /* bytes ever put in */
    uint64_t sent;     /* bytes ever consumed */
    int64_t last;      /* when the newest is due */
    bool is_ended;     /* no more comes: the end is the last thing due */
    int64_t read_free; /* when reading may go on */
    struct mark *marks;
    size_t first, n, cap; /* marks[first] to marks[first + n - 1] */
};

struct ow_shaper *ow_shaper_new(const struct ow_network *network,
                                const struct ow_rand *rand)
{
    struct ow_shaper *shaper = calloc(1, sizeof *shaper);

    if (!shaper)
        return NULL;
    if (network)
        shaper->own = shaper->network = *network;
    shaper->rand = *rand;
    ow_buf_init(&shaper->line, 0);
    return shaper;
}

struct ow_shaper *ow_shaper_free(struct ow_shaper *shaper)
{
    if (!shaper)
        return NULL;
    ow_buf_release(&shaper->line);
    free(shaper->marks);
    free(shaper);
    return NULL;
}

void ow_shaper_use(struct ow_shaper *shaper, const struct ow_network *network)
{
    shaper->network = network ? *network : shaper->own;
}

/* A round trip's time, as it is by chance. */
static int64_t trip(struct ow_shaper *shaper)
{
    const struct ow_network *network = &shaper->network;
    int64_t time = network->latency_ns;

    if (network->jitter_ns > 0)
        time += ow_rand_range(&shaper->rand, -network->jitter_ns,
                              network->jitter_ns);
    return time > 0 ? time : 0;
}

/* How often in a row a unit of so many packets is lost. */
static int lost(struct ow_shaper *shaper, size_t packets)
{
    double loss = shaper->network.loss, kept = 1;
    int times = 0;

    if (loss <= 0)
        return 0;
    for (size_t i = 0; i < packets; i++)
        kept *= 1 - loss;
    if (ow_rand_unit(&shaper->rand) < kept)
        return 0;
    do
        times++;
    while (times < LOST_MAX && ow_rand_unit(&shaper->rand) < loss);
    return times;
}

static int64_t timeouts(int64_t first, int times)
{
    return first * ((INT64_C(1) << times) - 1);
}

int64_t ow_shaper_open(struct ow_shaper *shaper)
{
    return trip(shaper) + timeouts(TIMEOUT_FIRST, lost(shaper, 1));
}

/* How long a loss holds up, with so many packets behind it. */
static int64_t stall(struct ow_shaper *shaper, size_t packets, size_t behind)
{
    const struct ow_network *network = &shaper->network;
    int times = lost(shaper, packets);
    int64_t timeout = network->latency_ns + 4 * network->jitter_ns;

    if (timeout < TIMEOUT_MIN)
        timeout = TIMEOUT_MIN;
    if (times == 0)
        return 0;
    if (behind < NOTICED_BY)
        return timeouts(timeout, times);
    /* What is sent again and lost again waits for the timer. */
    return network->latency_ns + timeouts(timeout, times - 1);
}

int64_t ow_shaper_trip(struct ow_shaper *shaper)
{
    return trip(shaper) + stall(shaper, 1, 0);
}

static int64_t duration(uint64_t bytes, uint64_t rate)
{
    return rate == 0 ? 0 : (int64_t)((double)bytes * 1e9 / (double)rate);
}

/* Bytes that share a mark: a packet, or more where marks would be too many. */
static size_t mark_size(uint64_t rate)
{
    uint64_t size = rate / MARKS_PER_SECOND;

    if (rate == 0 || size > OW_LIMIT_IO)
        return OW_LIMIT_IO;
    return size < PACKET ? PACKET : (size_t)size;
}

static int make_room(struct ow_shaper *shaper)
{
    if (shaper->first + shaper->n < shaper->cap)
        return 0;
    if (shaper->first > 0) {
        memmove(shaper->marks, shaper->marks + shaper->first,
                shaper->n * sizeof *shaper->marks);
        shaper->first = 0;
        return 0;
    }
    size_t cap = shaper->cap > 0 ? shaper->cap * 2 : 16;
    struct mark *marks = reallocarray(shaper->marks, cap, sizeof *marks);
    if (!marks)
        return -ENOMEM;
    shaper->marks = marks;
    shaper->cap = cap;
    return 0;
}

static int add_mark(struct ow_shaper *shaper)
{
    struct mark mark = {shaper->put, shaper->last};
    int r = make_room(shaper);

    if (r == 0)
        shaper->marks[shaper->first + shaper->n++] = mark;
    return r;
}

int ow_shaper_put(struct ow_shaper *shaper, const void *bytes, size_t len,
                  int64_t now)
{
    const struct ow_network *network = &shaper->network;
    size_t size = mark_size(network->rate);
    int64_t arrives = now + trip(shaper);
    int r = ow_buf_append(&shaper->line, bytes, len);

    if (shaper->last < arrives)
        shaper->last = arrives;
    for (size_t done = 0, n; r == 0 && done < len; done += n) {
        n = len - done < size ? len - done : size;
        size_t behind = (len - done - n + PACKET - 1) / PACKET;
        shaper->put += n;
        shaper->last += duration(n, network->rate) +
                        stall(shaper, (n + PACKET - 1) / PACKET, behind);
        r = add_mark(shaper);
    }
    return r;
}

/* As much as can be on its way in a round trip, and some: more would be the
 * exchange running ahead of the client. */
bool ow_shaper_is_full(const struct ow_shaper *shaper)
{
    const struct ow_network *network = &shaper->network;
    double on_the_way =
        (double)network->rate * (double)network->latency_ns / 1e9;

    if (on_the_way > OW_LIMIT_SHAPED)
        on_the_way = OW_LIMIT_SHAPED;
    return (double)shaper->line.len >= on_the_way + OW_LIMIT_OUT_HIGH;
}

size_t ow_shaper_due(const struct ow_shaper *shaper, int64_t now,
                     const char **ret_bytes)
{
    uint64_t end = shaper->sent;

    for (size_t i = 0; i < shaper->n; i++) {
        const struct mark *mark = &shaper->marks[shaper->first + i];
        if (mark->due > now)
            break;
        end = mark->end;
    }
    *ret_bytes = ow_buf_data(&shaper->line);
    return (size_t)(end - shaper->sent);
}

void ow_shaper_consume(struct ow_shaper *shaper, size_t len)
{
    ow_buf_consume(&shaper->line, len);
    shaper->sent += len;
    while (shaper->n > 0 && shaper->marks[shaper->first].end <= shaper->sent) {
        shaper->first++;
        shaper->n--;
    }
    if (shaper->n == 0)
        shaper->first = 0;
}

void ow_shaper_end(struct ow_shaper *shaper, int64_t now)
{
    int64_t arrives = now + trip(shaper);

    if (shaper->is_ended)
        return;
    shaper->is_ended = true;
    if (shaper->last < arrives)
        shaper->last = arrives;
}

bool ow_shaper_is_over(const struct ow_shaper *shaper, int64_t now)
{
    return shaper->is_ended && shaper->n == 0 && shaper->last <= now;
}

int64_t ow_shaper_next(const struct ow_shaper *shaper)
{
    if (shaper->n > 0)
        return shaper->marks[shaper->first].due;
    return shaper->is_ended ? shaper->last : INT64_MAX;
}

size_t ow_shaper_read_size(const struct ow_shaper *shaper)
{
    uint64_t rate = shaper->network.upload;

    return rate > 0 ? mark_size(rate) : 0;
}

int64_t ow_shaper_read(struct ow_shaper *shaper, size_t len, int64_t now)
{
    if (shaper->read_free < now)
        shaper->read_free = now;
    shaper->read_free += duration(len, shaper->network.upload);
    return shaper->read_free;
}
