/* programs: who is in the session, until it ends. Processes are real ones,
 * which wait to be killed; nothing is timed. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/programs.h"

struct lab {
    struct event_base *base;
    struct ow_programs *programs;
    int gone;
};

static void note_gone(void *context)
{
    ((struct lab *)context)->gone++;
}

static int set_up(void **state)
{
    static struct lab lab;

    lab = (struct lab){.base = event_base_new()};
    lab.programs = ow_programs_new(lab.base, note_gone, &lab);
    *state = &lab;
    return lab.programs ? 0 : -1;
}

static int tear_down(void **state)
{
    struct lab *lab = *state;

    ow_programs_free(lab->programs);
    event_base_free(lab->base);
    return 0;
}

/* A process that waits; with a path it becomes that program. */
static pid_t begin(const char *path)
{
    pid_t pid = fork();

    if (pid == 0) {
        if (path)
            execl(path, path, "1000", NULL);
        for (;;)
            pause();
    }
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static struct ow_joined *join(struct lab *lab, pid_t pid)
{
    struct ow_joined *joined = NULL;

    assert_int_equal(ow_programs_join(lab->programs, pid, &joined), 0);
    return joined;
}

static void programs_join_gives_one_source_to_each_process(void **state)
{
    struct lab *lab = *state;
    pid_t child = begin(NULL);
    struct ow_joined *self = join(lab, getpid());
    struct ow_joined *other = join(lab, child);

    assert_int_equal(ntohl(self->source.s_addr) >> 16, 0x7f54);
    assert_int_not_equal(self->source.s_addr, other->source.s_addr);
    assert_ptr_equal(join(lab, getpid()), self);
    assert_int_equal(ow_programs_count(lab->programs), 2);
    assert_ptr_equal(ow_programs_find_source(lab->programs, other->source),
                     other);
    assert_ptr_equal(ow_programs_find_pid(lab->programs, child), other);
    end(child);
}

static void programs_know_what_a_program_is(void **state)
{
    struct ow_joined *self = join(*state, getpid());
    const struct ow_program *program = &self->info->program;

    assert_non_null(strstr(program->name, "test_programs"));
    assert_int_equal(program->pid, getpid());
    assert_true(program->argv_len > 0);
    assert_int_equal(program->argv[program->argv_len - 1], '\0');
    assert_true(program->env_len > 0);
}

static void programs_refresh_sees_another_program_after_exec(void **state)
{
    struct lab *lab = *state;
    pid_t child = begin("/bin/sleep");
    struct ow_joined *joined = join(lab, child);
    struct ow_info *before = ow_info_ref(joined->info);

    /* Until its exec it is this test. */
    while (strcmp(joined->info->program.name, "sleep") != 0)
        ow_programs_refresh(joined);
    assert_int_equal(before->refs >= 1, 1);
    ow_info_unref(before);
    end(child);
}

static void programs_join_refuses_a_process_that_has_ended(void **state)
{
    struct lab *lab = *state;
    pid_t child = begin(NULL);
    struct ow_joined *joined = NULL;

    end(child);
    assert_int_equal(ow_programs_join(lab->programs, child, &joined), -ESRCH);
    assert_null(joined);
    assert_int_equal(ow_programs_count(lab->programs), 0);
}

static void note_leave(void *context, const struct ow_program *program)
{
    *(int *)context = program->pid;
}

/* What rules have kept for it must not be the next one's. */
static void programs_join_lets_the_last_one_of_that_number_leave(void **state)
{
    struct lab *lab = *state;
    int own = pidfd_open(getpid(), 0), left = 0;

    /* Without pidfds, as under valgrind, it is known by its number alone. */
    if (own < 0)
        skip();
    close(own);
    pid_t child = begin(NULL);
    ow_programs_on_leave(lab->programs, note_leave, &left);
    struct in_addr source = join(lab, child)->source;
    kill(child, SIGKILL);
    /* It has ended, and its number is still taken. */
    assert_int_equal(
        waitid(P_PID, (id_t)child, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
    assert_int_not_equal(join(lab, child)->source.s_addr, source.s_addr);
    assert_int_equal(left, child);
    end(child);
}

static void programs_has_one_until_it_ends(void **state)
{
    struct lab *lab = *state;
    pid_t child = begin(NULL);

    assert_false(ow_programs_has(lab->programs, child));
    join(lab, child);
    assert_true(ow_programs_has(lab->programs, child));
    end(child);
    /* The loop has not turned since: it is still in the list. */
    assert_false(ow_programs_has(lab->programs, child));
}

static void
programs_know_the_user_by_what_is_told_and_by_the_kernel(void **state)
{
    struct lab *lab = *state;
    struct ow_joined *self = join(lab, getpid());
    uid_t other = getuid() + 1;

    assert_null(ow_programs_find_user(lab->programs, getuid()));
    assert_true(ow_programs_runs_as(self, getuid()));
    assert_ptr_equal(ow_programs_find_user(lab->programs, getuid()), self);
    assert_false(ow_programs_runs_as(self, other));
    self->uid = other;
    assert_true(ow_programs_runs_as(self, other));
}

static void programs_say_when_the_last_has_gone(void **state)
{
    struct lab *lab = *state;
    pid_t first = begin(NULL), second = begin(NULL);
    struct in_addr source = join(lab, first)->source;

    join(lab, second);
    end(first);
    event_base_loop(lab->base, EVLOOP_ONCE);
    assert_int_equal(lab->gone, 0);
    assert_null(ow_programs_find_source(lab->programs, source));
    end(second);
    event_base_loop(lab->base, EVLOOP_ONCE);
    assert_int_equal(lab->gone, 1);
    assert_int_equal(ow_programs_count(lab->programs), 0);
}

static void programs_give_a_freed_source_last(void **state)
{
    struct lab *lab = *state;
    pid_t first = begin(NULL);
    struct in_addr source = join(lab, first)->source;

    end(first);
    event_base_loop(lab->base, EVLOOP_ONCE);
    assert_int_not_equal(join(lab, getpid())->source.s_addr, source.s_addr);
}

static void programs_info_outlives_the_process(void **state)
{
    struct lab *lab = *state;
    pid_t child = begin(NULL);
    struct ow_info *info = ow_info_ref(join(lab, child)->info);

    end(child);
    event_base_loop(lab->base, EVLOOP_ONCE);
    assert_int_equal(info->program.pid, child);
    assert_null(ow_info_unref(info));
}

static void programs_find_the_holder_of_a_socket(void **state)
{
    struct lab *lab = *state;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct ow_joined *self = join(lab, getpid());
    struct stat st;

    assert_int_equal(fstat(fd, &st), 0);
    assert_ptr_equal(ow_programs_find_socket(lab->programs, st.st_ino), self);
    close(fd);
    assert_null(ow_programs_find_socket(lab->programs, st.st_ino));
}

static void programs_lend_closes_the_one_lent_before(void **state)
{
    struct ow_joined *self = join(*state, getpid());
    int first = open("/dev/null", O_WRONLY), second = dup(first);

    ow_programs_lend(self, first);
    ow_programs_lend(self, second);
    assert_int_equal(fcntl(first, F_GETFD), -1);
    assert_int_not_equal(fcntl(second, F_GETFD), -1);
    assert_int_equal(self->stderr_fd, second);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(programs_join_gives_one_source_to_each_process),
        T(programs_know_what_a_program_is),
        T(programs_refresh_sees_another_program_after_exec),
        T(programs_join_refuses_a_process_that_has_ended),
        T(programs_join_lets_the_last_one_of_that_number_leave),
        T(programs_has_one_until_it_ends),
        T(programs_know_the_user_by_what_is_told_and_by_the_kernel),
        T(programs_say_when_the_last_has_gone),
        T(programs_give_a_freed_source_last),
        T(programs_info_outlives_the_process),
        T(programs_find_the_holder_of_a_socket),
        T(programs_lend_closes_the_one_lent_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
