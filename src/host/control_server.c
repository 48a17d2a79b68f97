/*
 * control_server: one question, one answer. See control_server.h. What to
 * answer is decided in verdicts.c.
 */
#include "config.h"

#include "host/control_server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"
#include "host/arrival.h"
#include "host/dir.h"

/* Who connects and asks nothing is dropped after the time that a shim waits
 * for its answer. */
static const struct timeval patience = {OW_LIMIT_ANSWER_MS / 1000, 0};

/* Until the next try where descriptors have run out. */
#define PAUSE_MS 10

/* A connection whose question has not come yet. */
struct asker {
    LIST_ENTRY(asker) link;
    struct ow_control_server *server;
    struct event *event;
    int fd;
    bool is_stranger; /* another user's, whose ticket may come */
};

struct ow_control_server {
    struct ow_verdicts verdicts;
    struct event *event;
    struct event *resume; /* accepting, after a pause */
    int fd;
    LIST_HEAD(, asker) askers;
};

static void free_asker(struct asker *asker)
{
    LIST_REMOVE(asker, link);
    if (asker->event)
        event_free(asker->event);
    close(asker->fd);
    free(asker);
}

struct ow_control_server *
ow_control_server_free(struct ow_control_server *server)
{
    if (!server)
        return NULL;
    while (!LIST_EMPTY(&server->askers))
        free_asker(LIST_FIRST(&server->askers));
    if (server->event)
        event_free(server->event);
    if (server->resume)
        event_free(server->resume);
    if (server->fd >= 0)
        close(server->fd);
    free(server);
    return NULL;
}

/* The descriptor that came with a message, or -1. */
static int passed_fd(struct msghdr *message)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    int fd;

    if (!control || control->cmsg_level != SOL_SOCKET ||
        control->cmsg_type != SCM_RIGHTS ||
        control->cmsg_len != CMSG_LEN(sizeof fd))
        return -1;
    memcpy(&fd, CMSG_DATA(control), sizeof fd);
    return fd;
}

/*
 * Length of the question or a negative errno; *ret_fd is -1 without one. There
 * is room for one descriptor alone, and not for the padding behind it, in which
 * the kernel would put a second one.
 */
static ssize_t receive(int fd, struct ow_question *ret_question, int *ret_fd)
{
    _Alignas(struct cmsghdr) char control[CMSG_LEN(sizeof(int))];
    struct iovec part = {ret_question, sizeof *ret_question};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

    if (n < 0)
        return -errno;
    *ret_fd = passed_fd(&message);
    return n;
}

/* Whom the kernel saw connect; pid 0: none that can be seen from here. */
static struct ucred peer_of(int fd)
{
    struct ucred who;
    socklen_t len = sizeof who;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
        who = (struct ucred){0};
    return who;
}

/* Another user's process that has shown no ticket yet. */
static bool is_stranger(const struct ow_session *session,
                        const struct ucred *who)
{
    if (ow_programs_is_own_user(who->uid))
        return false;
    return !session->is_shared || !ow_programs_has(session->programs, who->pid);
}

/* Whether a stranger's hello has the ticket. */
static bool shows_ticket(const struct ow_session *session,
                         const struct ow_question *question)
{
    _Static_assert(sizeof question->address == OW_TICKET_LEN,
                   "a ticket has the room of an address");
    return session->is_shared && question->kind == OW_QUESTION_HELLO &&
           ow_ticket_equal(question->address, session->ticket);
}

/* The process at the other end, joined; BROKEN in the answer if it cannot. */
static struct ow_joined *join(struct ow_control_server *server, int fd,
                              const struct ow_question *question,
                              struct ow_control_answer *answer)
{
    struct ow_session *session = server->verdicts.session;
    struct ucred who = peer_of(fd);
    struct ow_joined *joined;
    const char *why = NULL;

    ow_control_answer_init(answer, OW_VERDICT_BROKEN);
    if (who.pid == 0)
        why =
            "the host cannot see this process: is it in another PID "
            "namespace?";
    else if (is_stranger(session, &who) && !shows_ticket(session, question))
        why = "the session belongs to another user";
    if (!why) {
        int r = ow_programs_join(session->programs, who.pid, &joined);
        if (r == 0) {
            joined->uid = who.uid;
            return joined;
        }
        why = r == -ENOSPC ? "this session has no source address left; it can "
                             "have 65,000 processes"
                           : "this process cannot join the session";
    }
    snprintf(answer->text, sizeof answer->text, "%s", why);
    return NULL;
}

/* What is no question, an end (len 0) as well, gets none. */
static void reply(struct ow_control_server *server, int fd,
                  const struct ow_question *question, size_t len, int take_fd)
{
    struct ow_session *session = server->verdicts.session;
    struct ow_control_answer answer;
    struct ow_joined *who = NULL;
    int r = ow_question_check(question, len);

    if (r == -EPROTONOSUPPORT) {
        ow_control_answer_init(&answer, OW_VERDICT_VERSION);
        snprintf(answer.text, sizeof answer.text,
                 "the shim speaks version %u and the host (offwire %s) "
                 "version %u; use the two of one release",
                 question->version, PACKAGE_VERSION, OW_CONTROL_VERSION);
    } else if (r == 0) {
        who = join(server, fd, question, &answer);
    }
    /* First: the answer may have something to say there. */
    if (who && take_fd >= 0 && session->lend_stderr)
        ow_programs_lend(who, take_fd);
    else if (take_fd >= 0)
        close(take_fd);
    /* The shim takes a close for the end of this host, and asks the next. */
    if (who && question->kind == OW_QUESTION_HELLO &&
        ow_session_gives_way(session, who))
        r = -EPROTO;
    else if (who)
        ow_verdicts_answer(&server->verdicts, question, who, &answer);
    if (r == -EPROTO)
        return;
    /* What the answer tells is written first, as with a request's (D10). */
    ow_journal_flush(session->journal);
    (void)send(fd, &answer, sizeof answer, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void on_question(evutil_socket_t fd, short what, void *context)
{
    struct asker *asker = context;
    struct ow_question question;
    int passed = -1;

    if (what & EV_READ) {
        ssize_t n = receive(fd, &question, &passed);
        if (n == -EAGAIN)
            return;
        if (n >= 0)
            reply(asker->server, fd, &question, (size_t)n, passed);
    }
    free_asker(asker);
}

/* Strangers who ask nothing must not use up our descriptors: who has waited
 * longest goes. */
static void make_way(struct ow_control_server *server)
{
    struct asker *asker, *oldest = NULL;
    int strangers = 0;

    LIST_FOREACH(asker, &server->askers, link)
    {
        if (!asker->is_stranger)
            continue;
        strangers++;
        oldest = asker;
    }
    if (strangers >= OW_LIMIT_STRANGERS)
        free_asker(oldest);
}

static void add_asker(struct ow_control_server *server, int take_fd)
{
    struct ow_session *session = server->verdicts.session;
    struct asker *asker = calloc(1, sizeof *asker);

    if (!asker) {
        close(take_fd);
        return;
    }
    asker->server = server;
    asker->fd = take_fd;
    if (session->is_shared) {
        struct ucred who = peer_of(take_fd);
        asker->is_stranger = is_stranger(session, &who);
    }
    if (asker->is_stranger)
        make_way(server);
    LIST_INSERT_HEAD(&server->askers, asker, link);
    asker->event = event_new(session->base, take_fd, EV_READ | EV_PERSIST,
                             on_question, asker);
    if (!asker->event || event_add(asker->event, &patience) < 0)
        free_asker(asker);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
    struct ow_control_server *server = context;

    (void)fd;
    (void)what;
    event_add(server->event, NULL);
}

/* Who asks waits in the backlog, and the loop must not spin on it. */
static void pause_accepting(struct ow_control_server *server)
{
    static const struct timeval pause = {0, PAUSE_MS * 1000};

    ow_arrival_tell_shortage(server->verdicts.session);
    event_del(server->event);
    if (!server->resume || event_add(server->resume, &pause) < 0)
        event_add(server->event, NULL);
}

static void on_connected(evutil_socket_t fd, short what, void *context)
{
    struct ow_control_server *server = context;
    struct ow_question question;
    int passed = -1;
    int asker = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    (void)what;
    if (asker < 0) {
        if (errno == EMFILE || errno == ENFILE)
            pause_accepting(server);
        return;
    }
    /* The question is mostly there already: no event is made for it. */
    ssize_t n = receive(asker, &question, &passed);
    if (n == -EAGAIN) {
        add_asker(server, asker);
        return;
    }
    if (n >= 0)
        reply(server, asker, &question, (size_t)n, passed);
    close(asker);
}

static int listen_in(const char *dir, mode_t mode, struct ow_err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return ow_err_set(err, -errno, "cannot make a control socket: %s",
                          strerror(errno));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", dir,
             OW_CONTROL_SOCKET);
    /* The mode is the folder's matter; a umask must not close it to us. */
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        chmod(address.sun_path, mode) < 0 || listen(fd, OW_LIMIT_BACKLOG) < 0) {
        int saved = errno;
        close(fd);
        return ow_err_set(err, -saved,
                          "cannot listen for the shim at \"%s\": %s",
                          address.sun_path, strerror(saved));
    }
    return fd;
}

int ow_control_server_new(const struct ow_verdicts *verdicts,
                          struct ow_control_server **ret, struct ow_err *err)
{
    struct ow_control_server *server = calloc(1, sizeof *server);

    if (!server)
        return ow_err_set(err, -ENOMEM, "out of memory");
    server->verdicts = *verdicts;
    LIST_INIT(&server->askers);
    server->fd = listen_in(verdicts->session->dir,
                           verdicts->session->is_shared ? 0666 : 0600, err);
    if (server->fd < 0) {
        int r = server->fd;
        ow_control_server_free(server);
        return r;
    }
    server->event = event_new(verdicts->session->base, server->fd,
                              EV_READ | EV_PERSIST, on_connected, server);
    server->resume = evtimer_new(verdicts->session->base, on_resume, server);
    if (!server->event || event_add(server->event, NULL) < 0) {
        ow_control_server_free(server);
        return ow_err_set(err, -ENOMEM, "out of memory");
    }
    *ret = server;
    return 0;
}
