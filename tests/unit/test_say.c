/* say: lines for who reads them, and for who does not. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/say.h"

struct lab {
    struct ow_say say;
    int ends[2]; /* the reader's, ours */
};

static void begin(struct lab *lab)
{
    ow_say_init(&lab->say);
    fcntl(lab->ends[0], F_SETFL, O_NONBLOCK);
}

static int set_up_pipe(void **state)
{
    static struct lab lab;

    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(lab.ends), 0);
    begin(&lab);
    *state = &lab;
    return 0;
}

/* As node has it for what it starts. */
static int set_up_socket(void **state)
{
    static struct lab lab;

    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, lab.ends), 0);
    begin(&lab);
    *state = &lab;
    return 0;
}

static int tear_down(void **state)
{
    struct lab *lab = *state;

    close(lab->ends[0]);
    close(lab->ends[1]);
    return 0;
}

static int say(struct lab *lab, const char *line)
{
    return ow_say_line(&lab->say, lab->ends[1], line);
}

static void assert_read(struct lab *lab, const char *expected)
{
    char text[4096] = "";

    ssize_t n = read(lab->ends[0], text, sizeof text - 1);
    assert_int_equal(n, (ssize_t)strlen(expected));
    assert_string_equal(text, expected);
}

static void read_all(struct lab *lab)
{
    char bytes[65536];

    while (read(lab->ends[0], bytes, sizeof bytes) > 0)
        ;
}

static void say_line_writes_a_line(void **state)
{
    assert_int_equal(say(*state, "hello"), 0);
    assert_read(*state, "offwire: hello\n");
}

static void say_line_cuts_what_is_long(void **state)
{
    char line[4096], text[4096];

    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    assert_int_equal(say(*state, line), 0);
    ssize_t n = read(((struct lab *)*state)->ends[0], text, sizeof text);
    assert_int_equal(n, 2047);
    assert_int_equal(text[n - 1], '\n');
}

/* What is never read must not hold it up: it would hang here. */
static void say_line_leaves_out_what_nobody_reads(void **state)
{
    struct lab *lab = *state;
    int said = 0;

    while (say(lab, "one of very many lines that tell what no rule answers") ==
           0)
        said++;
    assert_true(said > 1);
    assert_int_equal(say(lab, "another"), -EAGAIN);
    read_all(lab);
    assert_int_equal(say(lab, "and on"), 0);
    assert_read(lab, "offwire: and on\n");
}

static void say_line_leaves_room_in_a_pipe(void **state)
{
    struct lab *lab = *state;
    char end[16384] = "";

    while (say(lab, "") == 0)
        ;
    fcntl(lab->ends[1], F_SETFL, O_NONBLOCK);
    assert_int_equal(write(lab->ends[1], end, sizeof end), sizeof end);
}

static void say_line_does_not_mind_a_reader_that_has_left(void **state)
{
    struct lab *lab = *state;

    close(lab->ends[0]);
    assert_int_equal(say(lab, "hello"), 0);
    lab->ends[0] = -1;
}

int main(void)
{
#define T(name, set_up) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(say_line_writes_a_line, set_up_pipe),
        T(say_line_cuts_what_is_long, set_up_pipe),
        T(say_line_leaves_out_what_nobody_reads, set_up_pipe),
        T(say_line_leaves_out_what_nobody_reads, set_up_socket),
        T(say_line_leaves_room_in_a_pipe, set_up_pipe),
        T(say_line_does_not_mind_a_reader_that_has_left, set_up_pipe),
        T(say_line_does_not_mind_a_reader_that_has_left, set_up_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
