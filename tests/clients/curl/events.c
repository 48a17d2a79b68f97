/*
 * Cases of curl_multi_socket_action(), on epoll and on libevent. Of the socket
 * callback it is told whether each socket was let go that was watched: what is
 * watched when depends on how quick the other side is.
 */
#include "config.h"

#include "batch.h"

#include <event2/event.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FD = 4096 };

struct loop {
    struct batch batch;
    int running;
    size_t watched; /* sockets, now */
    size_t ever;
    bool wrong; /* let go what was not watched */
    int epoll;
    long long deadline; /* of the timer, in ms; -1: none */
    struct event_base *base;
    struct event *timer;
    struct event *events[MAX_FD]; /* NULL: not watched */
    bool on_epoll[MAX_FD];
};

static void act(struct loop *loop, curl_socket_t fd, int bits)
{
    curl_multi_socket_action(loop->batch.multi, fd, bits, &loop->running);
    batch_take_messages(&loop->batch);
}

static void print_loop(struct loop *loop)
{
    fprintf(loop->batch.lab->out, "sockets: %s, %s\n",
            loop->ever ? "some were watched" : "none was watched",
            loop->watched || loop->wrong ? "not all were let go"
                                         : "all were let go");
}

static long long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static int epoll_socket(CURL *easy, curl_socket_t fd, int what, void *user,
                        void *socket_user)
{
    struct loop *loop = user;
    struct epoll_event event = {.data.fd = fd};

    (void)easy;
    (void)socket_user;
    if (what == CURL_POLL_REMOVE) {
        loop->wrong |= !loop->on_epoll[fd];
        loop->on_epoll[fd] = false;
        loop->watched--;
        epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    if (what & CURL_POLL_IN)
        event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT)
        event.events |= EPOLLOUT;
    epoll_ctl(loop->epoll, loop->on_epoll[fd] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
              fd, &event);
    if (!loop->on_epoll[fd]) {
        loop->watched++;
        loop->ever++;
    }
    loop->on_epoll[fd] = true;
    return 0;
}

static int epoll_timer(CURLM *multi, long timeout, void *user)
{
    struct loop *loop = user;

    (void)multi;
    loop->deadline = timeout < 0 ? -1 : now_ms() + timeout;
    return 0;
}

static void wait_on_epoll(struct loop *loop)
{
    struct epoll_event events[64];
    long long wait = 1000;

    if (loop->deadline >= 0)
        wait = loop->deadline - now_ms();
    int count = epoll_wait(loop->epoll, events, 64, wait > 0 ? (int)wait : 0);
    for (int i = 0; i < count; i++) {
        int bits = 0;
        if (events[i].events & EPOLLIN)
            bits |= CURL_CSELECT_IN;
        if (events[i].events & EPOLLOUT)
            bits |= CURL_CSELECT_OUT;
        if (events[i].events & (EPOLLERR | EPOLLHUP))
            bits |= CURL_CSELECT_ERR;
        act(loop, events[i].data.fd, bits);
    }
    if (loop->deadline >= 0 && now_ms() >= loop->deadline) {
        loop->deadline = -1;
        act(loop, CURL_SOCKET_TIMEOUT, 0);
    }
}

static void events_epoll(const struct lab *lab)
{
    static struct loop loop;

    loop = (struct loop){.deadline = -1, .running = 1};
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    batch_begin(&loop.batch, lab, 20);
    CURLM *multi = loop.batch.multi;
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, epoll_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, &loop);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, epoll_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, &loop);
    batch_add_all(&loop.batch);
    act(&loop, CURL_SOCKET_TIMEOUT, 0);
    while (loop.running)
        wait_on_epoll(&loop);
    /* Its kept connections are let go with it. */
    batch_end(&loop.batch);
    print_loop(&loop);
    close(loop.epoll);
}

static void on_event(evutil_socket_t fd, short what, void *user)
{
    int bits = 0;

    if (what & EV_READ)
        bits |= CURL_CSELECT_IN;
    if (what & EV_WRITE)
        bits |= CURL_CSELECT_OUT;
    act(user, fd, bits);
}

static void on_timer(evutil_socket_t fd, short what, void *user)
{
    (void)fd;
    (void)what;
    act(user, CURL_SOCKET_TIMEOUT, 0);
}

static int libevent_socket(CURL *easy, curl_socket_t fd, int what, void *user,
                           void *socket_user)
{
    struct loop *loop = user;
    short bits = EV_PERSIST;

    (void)easy;
    (void)socket_user;
    bool was = loop->events[fd] != NULL;
    if (was)
        event_free(loop->events[fd]);
    else if (what == CURL_POLL_REMOVE)
        loop->wrong = true;
    if (!was && what != CURL_POLL_REMOVE) {
        loop->watched++;
        loop->ever++;
    }
    loop->events[fd] = NULL;
    if (what == CURL_POLL_REMOVE) {
        loop->watched--;
        return 0;
    }
    if (what & CURL_POLL_IN)
        bits |= EV_READ;
    if (what & CURL_POLL_OUT)
        bits |= EV_WRITE;
    loop->events[fd] = event_new(loop->base, fd, bits, on_event, loop);
    event_add(loop->events[fd], NULL);
    return 0;
}

static int libevent_timer(CURLM *multi, long timeout, void *user)
{
    struct loop *loop = user;
    struct timeval wait = {timeout / 1000, timeout % 1000 * 1000};

    (void)multi;
    if (timeout < 0)
        event_del(loop->timer);
    else
        event_add(loop->timer, &wait);
    return 0;
}

static void events_libevent(const struct lab *lab)
{
    static struct loop loop;

    loop = (struct loop){.running = 1};
    loop.base = event_base_new();
    loop.timer = event_new(loop.base, -1, 0, on_timer, &loop);
    batch_begin(&loop.batch, lab, 20);
    CURLM *multi = loop.batch.multi;
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, libevent_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, &loop);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, libevent_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, &loop);
    batch_add_all(&loop.batch);
    act(&loop, CURL_SOCKET_TIMEOUT, 0);
    while (loop.running)
        event_base_loop(loop.base, EVLOOP_ONCE);
    batch_end(&loop.batch);
    print_loop(&loop);
    event_free(loop.timer);
    event_base_free(loop.base);
}

const struct lab_case lab_event_cases[] = {
    {"events-epoll", events_epoll},
    {"events-libevent", events_libevent},
    {NULL, NULL},
};
