/*
 * throughput: many kept-alive connections, each with one request under way.
 *
 *     throughput [--to ADDRESS:PORT] [--ca FILE] [-c CONNECTIONS]
 *                [-s SECONDS | -n REQUESTS] URL
 *
 * Prints the requests a second, counted after a fifth of the time has passed,
 * so that connections and handshakes are not in it; with -n it ends when so
 * many were answered, and prints how many. Called by bench.py.
 */
#include "config.h"

#include "response.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

struct slot {
    struct client_conn conn;
    size_t sent;   /* of the request; all of it: an answer is awaited */
    size_t have;   /* bytes of the answer's head */
    uint64_t body; /* bytes of the body still to come */
    bool in_body;
    char head[4096];
};

struct load {
    struct client_target target;
    char request[2048];
    size_t request_len;
    int epoll;
    uint64_t done;
    uint64_t wanted; /* ends the load; 0: its time does */
};

/* false: would wait. */
static bool send_request(struct load *load, struct slot *slot)
{
    while (slot->sent < load->request_len) {
        ssize_t n = client_write(&slot->conn, load->request + slot->sent,
                                 load->request_len - slot->sent);
        if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
            return false;
        if (n <= 0)
            client_die(true, "write");
        slot->sent += (size_t)n;
    }
    return true;
}

static void take(struct load *load, struct slot *slot, size_t n)
{
    if (!slot->in_body) {
        slot->have += n;
        slot->head[slot->have] = '\0';
        size_t head = response_head(slot->head, slot->have, &slot->body);
        if (head == 0)
            return;
        slot->in_body = true;
        n = slot->have - head;
    }
    slot->body -= n;
    if (slot->body > 0)
        return;
    load->done++;
    slot->sent = 0;
    slot->have = 0;
    slot->in_body = false;
}

/* One answer or what there is of it. false: would wait. */
static bool read_answer(struct load *load, struct slot *slot)
{
    size_t room = sizeof slot->head - 1 - (slot->in_body ? 0 : slot->have);
    char *at = slot->head + (slot->in_body ? 0 : slot->have);
    ssize_t n = client_read(&slot->conn, at, room);

    if (n < 0 && errno == EAGAIN)
        return false;
    if (n <= 0)
        client_die(n < 0, "the server ended a connection");
    take(load, slot, (size_t)n);
    return true;
}

static void turn(struct load *load, struct slot *slot)
{
    /* After an answer the next request goes out at once; then it is the
     * server's turn, and a read would only say EAGAIN. */
    bool more = true;

    while (more && send_request(load, slot)) {
        more = read_answer(load, slot);
        if (more && slot->sent == 0) {
            send_request(load, slot);
            if (!slot->conn.ssl || SSL_pending(slot->conn.ssl) == 0)
                return;
        }
    }
}

static void open_all(struct load *load, struct slot *slots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct epoll_event event = {.data.ptr = &slots[i],
                                    .events = EPOLLIN | EPOLLOUT | EPOLLET};
        client_begin(&load->target, &slots[i].conn);
        if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, slots[i].conn.fd, &event) !=
            0)
            client_die(true, "epoll_ctl");
    }
}

static void turn_until(struct load *load, int64_t end)
{
    struct epoll_event events[64];

    while (client_now() < end &&
           (load->wanted == 0 || load->done < load->wanted)) {
        int n = epoll_wait(load->epoll, events, 64, 100);
        for (int i = 0; i < n; i++)
            turn(load, events[i].data.ptr);
    }
}

static void run(struct load *load, size_t connections, double seconds)
{
    struct slot *slots = calloc(connections, sizeof *slots);
    int64_t whole = load->wanted > 0 ? INT64_MAX / 2 : (int64_t)(seconds * 1e9);
    int64_t begin = client_now();

    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!slots || load->epoll < 0)
        client_die(true, "no memory or no epoll");
    open_all(load, slots, connections);
    turn_until(load, begin + whole / 5);
    uint64_t before = load->done;
    int64_t from = client_now();
    turn_until(load, begin + whole);
    double took = (double)(client_now() - from) / 1e9;
    if (load->wanted > 0)
        printf("%llu\n", (unsigned long long)load->done);
    else
        printf("%.1f\n", (double)(load->done - before) / took);
    for (size_t i = 0; i < connections; i++)
        client_close(&slots[i].conn);
    free(slots);
}

int main(int argc, char **argv)
{
    enum { TO = 1, CA };
    static const struct option options[] = {
        {"to", required_argument, NULL, TO},
        {"ca", required_argument, NULL, CA},
        {NULL, 0, NULL, 0},
    };
    struct load load = {.done = 0};
    size_t connections = 64;
    double seconds = 2;
    int option;

    while ((option = getopt_long(argc, argv, "c:n:s:", options, NULL)) != -1) {
        switch (option) {
        case TO:
            load.target.to = optarg;
            break;
        case CA:
            load.target.ca = optarg;
            break;
        case 'c':
            connections = client_number(optarg);
            break;
        case 'n':
            load.wanted = client_number(optarg);
            break;
        case 's':
            seconds = strtod(optarg, NULL);
            break;
        default:
            return 2;
        }
    }
    if (optind != argc - 1)
        client_die(false, "one URL, please");
    client_target_init(&load.target, argv[optind]);
    load.request_len =
        (size_t)snprintf(load.request, sizeof load.request,
                         "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\n"
                         "Accept: */*\r\n\r\n",
                         load.target.path, load.target.host);
    run(&load, connections, seconds);
    SSL_CTX_free(load.target.context);
    return 0;
}
