/* control_server: what comes in at the control socket, good or bad. Both ends
 * are in this process. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "../lib/quoted.h"
#include "host/control_server.h"
#include "host/dir.h"

#define FDS_MOST 3

struct lab {
    struct ow_session session;
    struct ow_control_server *server;
    struct ow_listeners *listeners;
    struct ow_blackhole hole;
    char dir[64];
};

static void accept_nothing(void *context, const struct ow_accepted *accepted)
{
    (void)context;
    close(accepted->fd);
}

static int set_up(void **state)
{
    static struct lab lab;
    struct ow_session *session = &lab.session;
    struct ow_err err;

    lab = (struct lab){.dir = "/tmp/offwire-test-XXXXXX"};
    assert_non_null(mkdtemp(lab.dir));
    session->dir = lab.dir;
    session->table = quoted_table(&session->states,
                                  "{'offwire': 1, 'hosts': ['api.test'],"
                                  " 'rules': [{'then': {'text': 'x'}}]}");
    session->base = event_base_new();
    ow_clock_init(&session->clock, 1.0);
    assert_int_equal(ow_journal_open(NULL, &session->journal, NULL), 0);
    session->standins = ow_standins_new();
    session->programs = ow_programs_new(session->base, NULL, NULL);
    lab.listeners = ow_listeners_new(session->base, accept_nothing, NULL, NULL);
    ow_blackhole_init(&lab.hole);
    struct ow_verdicts verdicts = {session, lab.listeners, &lab.hole};
    assert_int_equal(ow_control_server_new(&verdicts, &lab.server, &err), 0);
    *state = &lab;
    return 0;
}

static int tear_down(void **state)
{
    struct lab *lab = *state;
    struct event_base *base = lab->session.base;

    ow_control_server_free(lab->server);
    ow_listeners_free(lab->listeners);
    ow_blackhole_release(&lab->hole);
    /* A real one would look for what others have left beside it. */
    lab->session.dir = NULL;
    ow_session_release(&lab->session);
    ow_dir_remove(lab->dir);
    event_base_free(base);
    return 0;
}

static void turn(struct lab *lab)
{
    event_base_loop(lab->session.base, EVLOOP_NONBLOCK);
}

static int count_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int n = 0;

    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static int begin(struct lab *lab)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", lab->dir,
             OW_CONTROL_SOCKET);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address),
                     0);
    return fd;
}

/* One message, and so many descriptors with it. */
static void tell(int fd, const void *bytes, size_t len, size_t n_fds)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(FDS_MOST * sizeof(int))];
    struct iovec part = {(void *)(uintptr_t)bytes, len};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    int passed[FDS_MOST] = {fd, fd, fd};

    if (n_fds > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        memset(control, 0, sizeof control);
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(head), passed, n_fds * sizeof(int));
    }
    assert_int_equal(sendmsg(fd, &message, 0), (ssize_t)len);
}

/* The answer's verdict; 0: the host has closed without one. */
static unsigned end(int fd)
{
    struct ow_control_answer answer = {0};
    ssize_t n = recv(fd, &answer, sizeof answer, MSG_DONTWAIT);

    close(fd);
    if (n == 0)
        return 0;
    assert_int_equal(n, sizeof answer);
    return answer.verdict;
}

static unsigned ask(struct lab *lab, const void *bytes, size_t len,
                    size_t n_fds)
{
    int fd = begin(lab);

    tell(fd, bytes, len, n_fds);
    turn(lab);
    return end(fd);
}

static struct ow_question hello(void)
{
    struct ow_question question;

    ow_question_init(&question, OW_QUESTION_HELLO);
    return question;
}

static void control_server_answers_a_question(void **state)
{
    struct ow_question question = hello();

    assert_int_equal(ask(*state, &question, sizeof question, 0),
                     OW_VERDICT_TAKE);
    question.version++;
    assert_int_equal(ask(*state, &question, sizeof question, 0),
                     OW_VERDICT_VERSION);
}

static void control_server_answers_one_that_comes_late(void **state)
{
    struct lab *lab = *state;
    struct ow_question question = hello();
    int fd = begin(lab);

    turn(lab);
    tell(fd, &question, sizeof question, 0);
    turn(lab);
    assert_int_equal(end(fd), OW_VERDICT_TAKE);
}

static void control_server_does_not_answer_what_is_none(void **state)
{
    struct ow_question question = hello();

    assert_int_equal(ask(*state, "", 0, 0), 0);
    assert_int_equal(ask(*state, "x", 1, 0), 0);
    assert_int_equal(ask(*state, &question, sizeof question - 1, 0), 0);
    memset(question.name, 'a', sizeof question.name);
    assert_int_equal(ask(*state, &question, sizeof question, 0), 0);
}

/* Whoever asks could use up what descriptors the host has. */
static void control_server_keeps_no_descriptor_that_comes_along(void **state)
{
    struct lab *lab = *state;
    struct ow_question question = hello();
    const size_t lengths[] = {0, 1, offsetof(struct ow_question, address),
                              sizeof question};

    /* With this one the process has joined. */
    ask(lab, &question, sizeof question, 0);
    int before = count_fds();
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (size_t n_fds = 1; n_fds <= FDS_MOST; n_fds++)
            ask(lab, &question, lengths[i], n_fds);
    assert_int_equal(count_fds(), before);
    int fd = begin(lab);
    turn(lab);
    tell(fd, "", 0, FDS_MOST);
    turn(lab);
    end(fd);
    assert_int_equal(count_fds(), before);
}

static void control_server_keeps_the_stderr_that_is_lent(void **state)
{
    struct lab *lab = *state;
    struct ow_question question = hello();

    lab->session.lend_stderr = true;
    ask(lab, &question, sizeof question, 0);
    int before = count_fds();
    ask(lab, &question, sizeof question, 1);
    assert_int_equal(count_fds(), before + 1);
    ask(lab, &question, sizeof question, 1);
    assert_int_equal(count_fds(), before + 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(control_server_answers_a_question),
        T(control_server_answers_one_that_comes_late),
        T(control_server_does_not_answer_what_is_none),
        T(control_server_keeps_no_descriptor_that_comes_along),
        T(control_server_keeps_the_stderr_that_is_lent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
