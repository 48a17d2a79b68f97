/*
 * fake_host: the host's side of the control socket, for tests of the shim
 * alone: fixed verdicts, and a listener that greets each connection with the
 * address it came from and then echoes.
 *
 *     fake_host --dir DIR [--flags N] [--ready-fd FD] [--for PID]...
 *
 * It also takes the command line of `offwire host`, so that OFFWIRE_HOST can
 * name it. --rules "refused" makes it fail as a bad rule file does, "mute" end
 * without a word. It ends when the processes PID and all that asked have gone,
 * or on a signal. Every question is one line in DIR/questions: KIND PID NAME
 * PORT.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/control.h"

struct options {
    const char *dir;
    const char *rules;
    uint32_t flags;
    int ready_fd;
    int for_pids[2];
};

struct host {
    struct options options;
    FILE *questions;
    int control;
    int listener;
    uint16_t port;
    int pids[256];              /* by the last byte of their source address */
    struct pollfd watched[257]; /* the control socket, and processes */
    nfds_t watched_count;
};

static const char *const kinds[] = {"?",       "HELLO",   "NAME",
                                    "ADDRESS", "CONNECT", "PEER",
                                    "CA",      "KNOWN",   "RESULT"};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* What is said of a name. */
static const struct name {
    const char *name;
    enum ow_verdict verdict;
    int error;
    uint32_t delay_ms;
    uint8_t stand_in[4];
    const char *text;
} names[] = {
    {"known.test", OW_VERDICT_TAKE, 0, 0, {127, 83, 0, 1}, ""},
    {"other.test", OW_VERDICT_TAKE, 0, 0, {127, 83, 2, 254}, ""},
    {"nx.test", OW_VERDICT_FAIL, EAI_NONAME, 0, {0}, ""},
    {"slow.test", OW_VERDICT_FAIL, EAI_AGAIN, 300, {0}, ""},
    {"broken.test", OW_VERDICT_BROKEN, 0, 0, {0}, "the host is out of order"},
    {"old.test", OW_VERDICT_VERSION, 0, 0, {0}, ""},
    {"10.9.8.7", OW_VERDICT_TAKE, 0, 0, {127, 83, 0, 9}, ""},
};
#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static const struct name *find_name(const char *name)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (strcmp(names[i].name, name) == 0)
            return &names[i];
    return NULL;
}

static const struct name *find_stand_in(const uint8_t *address)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (names[i].verdict == OW_VERDICT_TAKE &&
            memcmp(names[i].stand_in, address, 4) == 0)
            return &names[i];
    return NULL;
}

static void watch(struct host *host, int pid)
{
    struct pollfd process = {.events = POLLIN};
    process.fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (process.fd >= 0 && host->watched_count < 257)
        host->watched[host->watched_count++] = process;
}

static uint8_t number_of(struct host *host, int pid)
{
    for (int i = 1; i < 255; i++) {
        if (host->pids[i] == 0) {
            host->pids[i] = pid;
            watch(host, pid);
        }
        if (host->pids[i] == pid)
            return (uint8_t)i;
    }
    return 255;
}

static void answer_name(const struct ow_question *question,
                        struct ow_control_answer *answer)
{
    const struct name *name = find_name(question->name);
    if (!name)
        return;
    answer->verdict = name->verdict;
    answer->error = name->error;
    answer->delay_ms = name->delay_ms;
    memcpy(answer->address, name->stand_in, 4);
    snprintf(answer->text, sizeof(answer->text), "%s", name->text);
}

/* Port 80 is served; 81 is refused and 82 cannot be reached. */
static void answer_connect(struct host *host,
                           const struct ow_question *question,
                           struct ow_control_answer *answer)
{
    static const uint8_t literal[4] = {10, 9, 8, 7};
    bool is_literal = question->family == AF_INET &&
                      memcmp(question->address, literal, 4) == 0;
    if (is_literal)
        memcpy(answer->address, find_name("10.9.8.7")->stand_in, 4);
    else if (question->family != AF_INET || !find_stand_in(question->address)) {
        if (host->options.flags & OW_SESSION_ISOLATE)
            answer->verdict = OW_VERDICT_FAIL;
        answer->error = ENETUNREACH;
        return;
    }
    answer->verdict = OW_VERDICT_TAKE;
    answer->port = host->port;
    if (question->port == 80)
        return;
    answer->verdict = OW_VERDICT_FAIL;
    answer->error = question->port == 82 ? EHOSTUNREACH : ECONNREFUSED;
}

static void answer_by_kind(struct host *host, int pid,
                           const struct ow_question *question,
                           struct ow_control_answer *answer)
{
    const struct name *name = find_stand_in(question->address);
    ow_control_answer_init(answer, OW_VERDICT_PASS);
    answer->flags = host->options.flags;
    if (question->kind == OW_QUESTION_HELLO) {
        const uint8_t source[4] = {127, 84, 0, number_of(host, pid)};
        answer->verdict = OW_VERDICT_TAKE;
        memcpy(answer->source, source, 4);
    } else if (question->kind == OW_QUESTION_NAME) {
        answer_name(question, answer);
    } else if (question->kind == OW_QUESTION_CONNECT) {
        answer_connect(host, question, answer);
    } else if (name) {
        answer->verdict = OW_VERDICT_TAKE;
        answer->port = 80;
        snprintf(answer->name, sizeof(answer->name), "%s", name->name);
    }
}

static void serve_question(struct host *host, int fd)
{
    struct ow_question question;
    struct ow_control_answer answer;
    struct ucred peer;
    socklen_t len = sizeof(peer);
    ssize_t got = recv(fd, &question, sizeof(question), 0);
    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
    if (got <= 0)
        return;
    if (ow_question_check(&question, (size_t)got) != 0) {
        ow_control_answer_init(&answer, OW_VERDICT_VERSION);
    } else {
        fprintf(host->questions, "%s %d %s %u\n",
                question.kind < KIND_COUNT ? kinds[question.kind] : "?",
                peer.pid, *question.name ? question.name : "-", question.port);
        fflush(host->questions);
        answer_by_kind(host, peer.pid, &question, &answer);
    }
    send(fd, &answer, sizeof(answer), MSG_NOSIGNAL);
}

static void *serve_connection(void *arg)
{
    int fd = (int)(intptr_t)arg;
    struct sockaddr_in from;
    socklen_t len = sizeof(from);
    char line[512];
    getpeername(fd, (struct sockaddr *)&from, &len);
    int got = snprintf(line, sizeof(line), "%s\n", inet_ntoa(from.sin_addr));
    while (got > 0 && send(fd, line, (size_t)got, MSG_NOSIGNAL) == got)
        got = (int)recv(fd, line, sizeof(line), 0);
    close(fd);
    return NULL;
}

static void *serve_connections(void *arg)
{
    struct host *host = arg;
    for (;;) {
        pthread_t thread;
        int fd = accept4(host->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0 && pthread_create(&thread, NULL, serve_connection,
                                      (void *)(intptr_t)fd) == 0)
            pthread_detach(thread);
    }
    return NULL;
}

static void listen_on_lo(struct host *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof(address);
    host->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (setsockopt(host->listener, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) ||
        bind(host->listener, (struct sockaddr *)&address, len) ||
        listen(host->listener, 1024) ||
        getsockname(host->listener, (struct sockaddr *)&address, &len))
        die("listen on lo");
    host->port = ntohs(address.sin_port);
}

static void open_dir(struct host *host)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "not-yet"};

    if (mkdir(host->options.dir, 0700) != 0 || chdir(host->options.dir) != 0)
        die(host->options.dir);
    host->questions = fopen("questions", "ae");
    host->control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (!host->questions ||
        bind(host->control, (struct sockaddr *)&address, sizeof(address)) ||
        listen(host->control, 1024) ||
        /* Tests wait for that name: who sees it is not refused. */
        rename(address.sun_path, OW_CONTROL_SOCKET))
        die("control socket");
}

static void parse(int argc, char **argv, struct options *ret)
{
    *ret = (struct options){.ready_fd = -1, .rules = ""};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "host") == 0)
            continue;
        if (strcmp(argv[i], "--lend-stderr") == 0) {
            ret->flags |= OW_SESSION_LEND_STDERR;
            continue;
        }
        if (strcmp(argv[i], "--dir") == 0)
            ret->dir = value;
        else if (strcmp(argv[i], "--rules") == 0)
            ret->rules = value;
        else if (strcmp(argv[i], "--flags") == 0)
            ret->flags = (uint32_t)strtoul(value, NULL, 0);
        else if (strcmp(argv[i], "--ready-fd") == 0)
            ret->ready_fd = (int)strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--for") == 0)
            ret->for_pids[ret->for_pids[0] != 0] = (int)strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--isolate") == 0) {
            ret->flags |= OW_SESSION_ISOLATE;
            continue;
        } else {
            fprintf(stderr, "fake_host: what is %s?\n", argv[i]);
            exit(2);
        }
        i++;
    }
}

static void tell_ready(const struct options *options)
{
    static const char refused[] = "error: the rules are refused\n";
    if (strcmp(options->rules, "mute") == 0)
        exit(1);
    if (strcmp(options->rules, "refused") == 0) {
        (void)!write(options->ready_fd, refused, sizeof(refused) - 1);
        exit(1);
    }
    if (options->ready_fd < 0)
        return;
    (void)!write(options->ready_fd, "ok\n", 3);
    close(options->ready_fd);
}

/* Until the processes have gone, if it is for one, and a moment longer. */
static void serve(struct host *host)
{
    while (
        poll(host->watched, host->watched_count,
             host->options.for_pids[0] && host->watched_count == 1 ? 200 : -1) >
        0) {
        for (nfds_t i = host->watched_count - 1; i > 0; i--) {
            if (!host->watched[i].revents)
                continue;
            close(host->watched[i].fd);
            host->watched[i] = host->watched[--host->watched_count];
        }
        if (!host->watched[0].revents)
            continue;
        int fd = accept4(host->control, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            serve_question(host, fd);
        close(fd);
    }
}

int main(int argc, char **argv)
{
    static struct host host;
    pthread_t thread;
    parse(argc, argv, &host.options);
    if (strcmp(host.options.rules, "refused") != 0 &&
        strcmp(host.options.rules, "mute") != 0)
        open_dir(&host);
    listen_on_lo(&host);
    pthread_create(&thread, NULL, serve_connections, &host);
    tell_ready(&host.options);
    host.watched[0] = (struct pollfd){.fd = host.control, .events = POLLIN};
    host.watched_count = 1;
    for (int i = 0; i < 2; i++)
        if (host.options.for_pids[i])
            watch(&host, host.options.for_pids[i]);
    serve(&host);
    unlink(OW_CONTROL_SOCKET);
    unlink("questions");
    rmdir(host.options.dir);
    return 0;
}
