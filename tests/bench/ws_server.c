/*
 * ws_server: the other side of the WebSocket row: the least that echoes
 * messages with wslay, one epoll loop, as one would write it by hand. It takes
 * every opening for a good one. Prints its port and serves until stdin ends.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

#include "server.h"

/* The answer to the key that ws_echo sends. */
static const char opening[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

struct peer {
    int fd;
    int is_open;
    wslay_event_context_ptr ws;
};

static ssize_t receive(wslay_event_context_ptr ws, uint8_t *buf, size_t len,
                       int flags, void *context)
{
    struct peer *peer = context;
    ssize_t n = recv(peer->fd, buf, len, MSG_DONTWAIT);

    (void)flags;
    if (n <= 0)
        wslay_event_set_error(ws, n < 0 && errno == EAGAIN
                                      ? WSLAY_ERR_WOULDBLOCK
                                      : WSLAY_ERR_CALLBACK_FAILURE);
    return n > 0 ? n : -1;
}

/* A frame goes out in one piece: its header waits for its payload. */
static ssize_t transmit(wslay_event_context_ptr ws, const uint8_t *data,
                        size_t len, int flags, void *context)
{
    struct peer *peer = context;
    int more = flags & WSLAY_MSG_MORE ? MSG_MORE : 0;
    ssize_t n = send(peer->fd, data, len, MSG_NOSIGNAL | more);

    if (n < 0)
        wslay_event_set_error(ws, WSLAY_ERR_CALLBACK_FAILURE);
    return n;
}

static void echo(wslay_event_context_ptr ws,
                 const struct wslay_event_on_msg_recv_arg *arg, void *context)
{
    struct wslay_event_msg message = {arg->opcode, arg->msg, arg->msg_length};

    (void)context;
    if (arg->opcode == WSLAY_TEXT_FRAME || arg->opcode == WSLAY_BINARY_FRAME)
        wslay_event_queue_msg(ws, &message);
}

static void add_peer(int epoll, int listener)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = receive,
        .send_callback = transmit,
        .on_msg_recv_callback = echo};
    struct peer *peer = calloc(1, sizeof *peer);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};

    if (!peer)
        exit(1);
    peer->fd = server_accept(listener);
    wslay_event_context_server_init(&peer->ws, &callbacks, peer);
    epoll_ctl(epoll, EPOLL_CTL_ADD, peer->fd, &event);
}

static int serve(struct peer *peer)
{
    char bytes[4096];

    if (!peer->is_open) {
        peer->is_open = 1;
        return recv(peer->fd, bytes, sizeof bytes, 0) > 0 &&
               send(peer->fd, opening, sizeof opening - 1, 0) > 0;
    }
    return wslay_event_recv(peer->ws) == 0 && wslay_event_send(peer->ws) == 0;
}

int main(void)
{
    int listener = server_listen(), epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN}, input = event;

    input.data.ptr = &input;
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input);
    while (epoll_wait(epoll, &event, 1, -1) == 1) {
        struct peer *peer = event.data.ptr;
        if (event.data.ptr == &input)
            return 0;
        if (!peer)
            add_peer(epoll, listener);
        else if (!serve(peer))
            epoll_ctl(epoll, EPOLL_CTL_DEL, peer->fd, NULL);
    }
    return 1;
}
