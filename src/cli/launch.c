/*
 * launch: the program of `offwire run`. See launch.h.
 */
#include "config.h"

#include "cli/launch.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Taken from a descriptor instead of by handlers: who sent a signal decides. */
static const int watched[] = {SIGCHLD,  SIGINT,  SIGTERM, SIGHUP,
                              SIGQUIT,  SIGUSR1, SIGUSR2, SIGCONT,
                              SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU};

struct ow_launch {
    pid_t pid;
    int signals; /* signalfd */
    struct event *event;
    bool has_ended; /* its pid may be another's by now */
    sigset_t early; /* came before the program did: nobody has told it */
    ow_launch_ended_fn ended;
    void *context;
};

static void watched_set(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        sigaddset(set, watched[i]);
}

void ow_launch_hold_signals(struct ow_launch_signals *ret_before)
{
    sigset_t set;

    watched_set(&set);
    /* A parent that ignores SIGCHLD would take the status from us. */
    ret_before->on_child = signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_BLOCK, &set, &ret_before->mask);
}

/* By the program's own signal, so that the shell tells the same about us. */
static void stop_too(int signal_number)
{
    sigset_t one;

    sigemptyset(&one);
    sigaddset(&one, signal_number);
    raise(signal_number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    /* Here it stops, and from here it goes on. SIGSTOP is never blocked. */
    if (signal_number != SIGSTOP)
        sigprocmask(SIG_BLOCK, &one, NULL);
}

static void look_at_program(struct ow_launch *launch)
{
    int status;
    pid_t pid = waitpid(launch->pid, &status, WNOHANG | WUNTRACED);

    if (pid == launch->pid && WIFSTOPPED(status))
        stop_too(WSTOPSIG(status));
    else if (pid == launch->pid) {
        launch->has_ended = true;
        launch->ended(launch->context, status);
    }
}

/*
 * What the kernel sends, it sends to the whole group: the program has it. Only
 * of a terminal that hangs up the leader of the session is told alone; we are
 * that where nobody's shell started us, as by ssh -t or in a container.
 */
static bool was_for_us_alone(const struct signalfd_siginfo *info)
{
    if (info->ssi_signo == SIGHUP && getsid(0) == getpid())
        return true;
    return info->ssi_code == SI_USER || info->ssi_code == SI_QUEUE ||
           info->ssi_code == SI_TKILL;
}

/* As the first process of a container we are given all orphans, too. */
static void look_at_children(struct ow_launch *launch)
{
    siginfo_t child = {.si_pid = 0};

    look_at_program(launch);
    while (!launch->has_ended &&
           waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           child.si_pid != 0) {
        if (child.si_pid == launch->pid)
            look_at_program(launch);
        else
            waitpid(child.si_pid, NULL, 0);
        child.si_pid = 0;
    }
}

static void on_signal(evutil_socket_t fd, short what, void *context)
{
    struct ow_launch *launch = context;
    struct signalfd_siginfo info;

    (void)what;
    if (read(fd, &info, sizeof info) != sizeof info)
        return;
    if (launch->has_ended)
        return;
    if (info.ssi_signo == SIGCHLD)
        look_at_children(launch);
    else if (sigismember(&launch->early, (int)info.ssi_signo) == 1 ||
             (was_for_us_alone(&info) && (pid_t)info.ssi_pid != launch->pid))
        kill(launch->pid, (int)info.ssi_signo);
    sigdelset(&launch->early, (int)info.ssi_signo);
}

/* argv for a script without "#!", which the shell runs: sh PATH ARG... */
static char **shell_argv(const char *path, char **argv)
{
    size_t n = 0;

    while (argv[n])
        n++;
    char **longer = calloc(n + 2, sizeof *longer);
    if (!longer)
        return NULL;
    longer[0] = (char *)(uintptr_t) "sh";
    longer[1] = (char *)(uintptr_t)path;
    for (size_t i = 1; i < n; i++)
        longer[i + 1] = argv[i];
    return longer;
}

/* What the child needs between vfork and exec. */
struct start {
    struct ow_launch_program program;
    char **by_shell;
    volatile int error; /* of exec; written by the child */
};

/*
 * vfork: the program's start does not wait for a copy of our page tables, and
 * exec's errno comes back through the shared memory. Not posix_spawn, which
 * leaves the signals of glibc's threads ignored in what it starts. System
 * calls and exec are all that the child does.
 */
static pid_t fork_and_exec(struct start *start)
{
    /* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
    pid_t pid = vfork();

    if (pid != 0)
        return pid;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Vfork) */
    signal(SIGXFSZ, start->program.limits.on_full);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Vfork) */
    signal(SIGCHLD, start->program.signals.on_child);
    setrlimit(RLIMIT_NOFILE, &start->program.limits.files);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Vfork) */
    sigprocmask(SIG_SETMASK, &start->program.signals.mask, NULL);
    execve(start->program.path, start->program.argv, start->program.env);
    if (errno == ENOEXEC)
        execve("/bin/sh", start->by_shell, start->program.env);
    start->error = errno;
    _exit(127);
}

static int spawn(struct ow_launch *launch,
                 const struct ow_launch_program *program)
{
    struct start start = {.program = *program};

    start.by_shell = shell_argv(program->path, program->argv);
    if (!start.by_shell)
        return ENOMEM;
    launch->pid = fork_and_exec(&start);
    if (launch->pid < 0)
        start.error = errno;
    else if (start.error != 0)
        waitpid(launch->pid, NULL, 0);
    free(start.by_shell);
    return start.error;
}

static int watch_signals(struct ow_launch *launch, struct event_base *base)
{
    sigset_t set;

    watched_set(&set);
    launch->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (launch->signals < 0)
        return -errno;
    launch->event = event_new(base, launch->signals, EV_READ | EV_PERSIST,
                              on_signal, launch);
    return launch->event && event_add(launch->event, NULL) == 0 ? 0 : -ENOMEM;
}

int ow_launch_new(struct event_base *base,
                  const struct ow_launch_program *program,
                  ow_launch_ended_fn ended, void *context,
                  struct ow_launch **ret, struct ow_err *err)
{
    struct ow_launch *launch = calloc(1, sizeof *launch);

    if (!launch)
        return ow_err_set(err, -ENOMEM, "out of memory");
    launch->signals = -1;
    launch->ended = ended;
    launch->context = context;
    int r = watch_signals(launch, base);
    if (r < 0) {
        ow_launch_free(launch);
        return ow_err_set(err, r, "cannot watch signals: %s", strerror(-r));
    }
    sigpending(&launch->early);
    r = -spawn(launch, program);
    if (r < 0) {
        ow_launch_free(launch);
        return ow_err_set(err, r, "cannot run \"%s\": %s", program->argv[0],
                          strerror(-r));
    }
    *ret = launch;
    return 0;
}

struct ow_launch *ow_launch_free(struct ow_launch *launch)
{
    if (!launch)
        return NULL;
    if (launch->event)
        event_free(launch->event);
    if (launch->signals >= 0)
        close(launch->signals);
    free(launch);
    return NULL;
}

int ow_launch_pid(const struct ow_launch *launch)
{
    return launch->pid;
}
