/*
 * member: joins the session and asks its host. See member.h. Called by
 * names.c, sockets.c, trust.c and process.c; calls ask.c and spawn.c.
 */
#include "config.h"

#include "shim/member.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "control/mode.h"
#include "control/ticket.h"
#include "shim/ask.h"
#include "shim/lineage.h"
#include "shim/quiet.h"
#include "shim/shim.h"
#include "shim/spawn.h"
#include "shim/vars.h"

/* Something that one thread makes and the others wait for. */
enum stage { STAGE_NONE, STAGE_MAKING, STAGE_READY, STAGE_FAILED };

/* The stage, and above it the pid of the maker: a fork can leave MAKING
 * behind in a child where nobody is making. */
typedef _Atomic(uint64_t) stage_word;
#define STAGE_BITS 2

static stage_word dir_stage;
static char session_dir[OW_LIMIT_SHIM_DIR];

static stage_word ticket_stage;
static char ticket[OW_TICKET_TEXT_SIZE];

static stage_word ca_stage;
static unsigned char ca[OW_CONTROL_CA_MAX];
static _Atomic(size_t) ca_len;

static _Atomic(int) joined_pid;
static _Atomic(uint32_t) joined_flags;
static _Atomic(uint32_t) joined_source;
static _Atomic(bool) diverted;
static _Atomic(bool) has_libcurl;
static _Atomic(bool) watches_forks;

/* glibc's own behind pthread_atfork, which would need start files. */
extern int __register_atfork(void (*prepare)(void), void (*parent)(void),
                             void (*child)(void), void *object)
    __attribute__((weak));

static int own_pid(void)
{
    return (int)syscall(SYS_getpid);
}

static enum stage stage_of(uint64_t word)
{
    return (enum stage)(word & ((1u << STAGE_BITS) - 1));
}

/* True: the caller makes the thing, and calls stage_end. False: see *ret. */
static bool stage_begin(stage_word *word, enum stage *ret)
{
    uint64_t mine = (uint64_t)own_pid() << STAGE_BITS | STAGE_MAKING;
    uint64_t now = atomic_load_explicit(word, memory_order_acquire);
    for (;;) {
        *ret = stage_of(now);
        if (*ret == STAGE_READY || *ret == STAGE_FAILED)
            return false;
        if (now != mine) {
            if (atomic_compare_exchange_weak(word, &now, mine))
                return true;
            continue;
        }
        ow_quiet_sleep_ms(1);
        now = atomic_load_explicit(word, memory_order_acquire);
    }
}

static void stage_end(stage_word *word, enum stage stage)
{
    atomic_store_explicit(word, stage, memory_order_release);
}

static bool is_ready(stage_word *word)
{
    return stage_of(atomic_load_explicit(word, memory_order_acquire)) ==
           STAGE_READY;
}

static void say_why(const char *dir, int error,
                    const struct ow_control_answer *answer)
{
    char text[OW_CONTROL_TEXT_MAX];
    if (error == -EPROTONOSUPPORT && answer->text[0])
        ow_shim_say(answer->text);
    else if (error == -EPROTONOSUPPORT || error == -EPROTO)
        ow_shim_say(
            "the host is of another version than liboffwire.so; "
            "both come from one build");
    else if (error == -ENOENT || error == -ECONNREFUSED || error == -ECONNRESET)
        snprintf(text, sizeof(text),
                 "the host of session \"%.200s\" is gone; names and "
                 "connections fail from now on",
                 dir);
    else if (error == -ETIMEDOUT)
        snprintf(text, sizeof(text),
                 "the host of session \"%.200s\" has not answered for %d "
                 "seconds",
                 dir, OW_LIMIT_ANSWER_MS / 1000);
    else if (error == -EACCES || error == -EPERM)
        snprintf(text, sizeof(text),
                 "the session \"%.200s\" is not open to this program's user; "
                 "names and connections fail here",
                 dir);
    else if (error == -EMFILE || error == -ENFILE)
        snprintf(text, sizeof(text),
                 "this program has no file descriptor left to ask the host of "
                 "session \"%.200s\" with; raise its limit (ulimit -n)",
                 dir);
    else
        snprintf(text, sizeof(text),
                 "cannot ask the host of session \"%.200s\": %s", dir,
                 strerror(-error));
    if (error != -EPROTONOSUPPORT && error != -EPROTO)
        ow_shim_say(text);
}

static void keep_ca(const struct ow_control_answer *answer)
{
    enum stage stage;
    struct ow_quiet quiet;
    if (answer->ca_len == 0 || is_ready(&ca_stage))
        return;
    ow_quiet_begin(&quiet);
    if (stage_begin(&ca_stage, &stage)) {
        memcpy(ca, answer->ca, answer->ca_len);
        atomic_store_explicit(&ca_len, answer->ca_len, memory_order_release);
        stage_end(&ca_stage, STAGE_READY);
    }
    ow_quiet_end(&quiet);
}

/* Signals are blocked by the caller. */
static void keep_ticket(const char *text)
{
    enum stage stage;
    uint8_t bytes[OW_TICKET_LEN];
    if (ow_ticket_parse(text, bytes) != 0 ||
        !stage_begin(&ticket_stage, &stage))
        return;
    memcpy(ticket, text, sizeof(ticket));
    stage_end(&ticket_stage, STAGE_READY);
}

static bool is_welcome(const struct ow_control_answer *answer)
{
    return answer->verdict == OW_VERDICT_TAKE ||
           answer->verdict == OW_VERDICT_PASS;
}

/* Our stderr goes along: a host that the shim started has none of its own. The
 * question that we join for goes along, too, if it asks whether a name is
 * known; else it is NULL. */
static int greet(const char *dir, const struct ow_question *known,
                 struct ow_control_answer *answer)
{
    struct ow_question question;
    ow_question_init(&question, OW_QUESTION_HELLO);
    question.pid = own_pid();
    if (is_ready(&ticket_stage))
        (void)ow_ticket_parse(ticket, question.address);
    if (known) {
        memcpy(question.name, known->name, sizeof(question.name));
        question.port = known->port;
    }
    if (atomic_load(&has_libcurl))
        question.flags = OW_ASKER_LIBCURL;
    int error = ow_ask(dir, &question,
                       ow_shim_has_stderr() ? STDERR_FILENO : -1, answer);
    if (error || !is_welcome(answer))
        return error;
    uint32_t source;
    memcpy(&source, answer->source, sizeof(source));
    keep_ca(answer);
    atomic_store(&joined_flags, answer->flags & ~OW_ANSWER_KNOWN);
    atomic_store(&joined_source, source);
    atomic_store(&joined_pid, question.pid);
    return 0;
}

static void greet_after_fork(void)
{
    struct ow_control_answer answer;
    int kept_errno = errno;
    if (is_ready(&dir_stage))
        greet(session_dir, NULL, &answer);
    errno = kept_errno;
}

/*
 * A host that a shim has started ends with the programs it knows. It must know
 * a daemon before the parent has gone, not when the daemon first asks.
 */
static void watch_forks(void)
{
    if (ow_member_flags() & OW_SESSION_LEND_STDERR && __register_atfork &&
        !atomic_load_explicit(&watches_forks, memory_order_relaxed) &&
        !atomic_exchange(&watches_forks, true))
        __register_atfork(NULL, NULL, greet_after_fork, NULL);
}

/* Nobody is at the other end, or left while we asked. */
static bool has_ended(int error)
{
    return error == -ENOENT || error == -ECONNREFUSED || error == -ECONNRESET;
}

/* Out of line, as enter is: neither's room lies on the stack during the other.
 * A thread's whole stack can be 16 KiB. */
__attribute__((noinline)) static bool start_host(int owner, const char *rules)
{
    char text[OW_CONTROL_TEXT_MAX];
    if (ow_spawn_host(session_dir, owner, rules, text, sizeof(text)) == 0)
        return true;
    ow_shim_say(text);
    return false;
}

/* Says why not, but for what another host mends. */
__attribute__((noinline)) static int enter(void)
{
    struct ow_control_answer answer;
    ow_control_answer_init(&answer, OW_VERDICT_BROKEN);
    int error = greet(session_dir, NULL, &answer);
    if (!error)
        keep_ticket(answer.name);
    else if (!has_ended(error))
        say_why(session_dir, error, &answer);
    return error;
}

/*
 * Joins the session of this process's line, and begins it if need be. Who
 * begins it at the same time waits in its host for ours (host/claim.h); a host
 * that is about to end closes its socket on us, and the next one takes us.
 */
static bool find_session(const char *rules)
{
    int owner;
    bool exists;
    int error = -ENOENT;
    if (!ow_lineage_find(session_dir, &owner, &exists)) {
        ow_shim_say("cannot find a session: /proc cannot be read");
        return false;
    }
    /* One that the environment has is that of another session. */
    stage_end(&ticket_stage, STAGE_NONE);
    for (int i = 0; has_ended(error) && i < OW_LIMIT_SHIM_JOINS; i++) {
        if ((i > 0 || !exists) && !start_host(owner, rules))
            return false;
        error = enter();
    }
    if (has_ended(error))
        say_why(session_dir, error, NULL);
    return !error;
}

/*
 * A session that a shim had started, and whose host has ended with the program
 * that it was named after. `offwire run` does not end before its program, so
 * that its session is never given up.
 */
static bool is_given_up(const char *dir)
{
    struct ow_control_answer answer;
    return ow_lineage_is_name(dir) && has_ended(greet(dir, NULL, &answer));
}

/* What is not understood must not reach the real API, nor be mocked. */
static bool check_mode(char *const *env)
{
    char text[OW_CONTROL_TEXT_MAX];
    const char *value = ow_vars_find(env, OW_ENV_MODE);
    if (ow_mode_parse(value) != OW_MODE_UNKNOWN)
        return true;
    ow_mode_complain(value, text, sizeof(text));
    ow_shim_say(text);
    return false;
}

static bool make_dir(void)
{
    char *const *env = ow_vars_ours();
    if (!check_mode(env))
        return false;
    const char *named = ow_vars_find(env, OW_ENV_SESSION);
    const char *rules = ow_vars_find(env, OW_ENV_RULES);
    bool has_rules = rules && *rules;
    keep_ticket(ow_vars_find(env, OW_ENV_TICKET));
    if (named && *named && !(has_rules && is_given_up(named))) {
        if (strlen(named) >= sizeof(session_dir)) {
            ow_shim_say("the path in " OW_ENV_SESSION " is too long");
            return false;
        }
        memcpy(session_dir, named, strlen(named) + 1);
        return true;
    }
    if (!has_rules) {
        ow_shim_say("neither " OW_ENV_SESSION " nor " OW_ENV_RULES
                    " is set any more");
        return false;
    }
    return find_session(rules);
}

/* Finds or starts the session; waits if another thread is at it. */
static const char *get_dir(void)
{
    enum stage stage;
    struct ow_quiet quiet;
    if (is_ready(&dir_stage))
        return session_dir;
    ow_quiet_begin(&quiet);
    if (stage_begin(&dir_stage, &stage)) {
        stage = make_dir() ? STAGE_READY : STAGE_FAILED;
        stage_end(&dir_stage, stage);
    }
    ow_quiet_end(&quiet);
    return stage == STAGE_READY ? session_dir : NULL;
}

/* *ret_is_told: known is answered already, with what joined. */
static bool join(const struct ow_question *known,
                 struct ow_control_answer *answer, bool *ret_is_told)
{
    const char *dir = get_dir();
    *ret_is_told = false;
    if (!dir)
        return false;
    if (atomic_load(&joined_pid) == own_pid()) {
        watch_forks();
        return true;
    }
    ow_control_answer_init(answer, OW_VERDICT_BROKEN);
    int error = greet(dir, known, answer);
    watch_forks();
    if (error)
        say_why(dir, error, answer);
    else if (!is_welcome(answer))
        ow_shim_say(answer->text);
    *ret_is_told = known && !error;
    return !error && is_welcome(answer);
}

bool ow_member_join(void)
{
    struct ow_control_answer answer;
    bool is_told;
    return join(NULL, &answer, &is_told);
}

static enum ow_verdict ask_joined(const struct ow_question *question,
                                  struct ow_control_answer *answer)
{
    ow_control_answer_init(answer, OW_VERDICT_BROKEN);
    int error = ow_ask(session_dir, question, -1, answer);
    if (error)
        say_why(session_dir, error, answer);
    else if (answer->verdict == OW_VERDICT_PASS ||
             answer->verdict == OW_VERDICT_TAKE ||
             answer->verdict == OW_VERDICT_FAIL)
        return answer->verdict;
    else if (answer->verdict == OW_VERDICT_VERSION)
        say_why(session_dir, -EPROTONOSUPPORT, answer);
    else
        ow_shim_say(answer->text);
    return OW_VERDICT_BROKEN;
}

enum ow_verdict ow_member_ask(const struct ow_question *question,
                              struct ow_control_answer *answer)
{
    int kept = errno;
    enum ow_verdict verdict;
    bool is_told;
    if (!join(question->kind == OW_QUESTION_KNOWN ? question : NULL, answer,
              &is_told))
        verdict = OW_VERDICT_BROKEN;
    else if (!is_told)
        verdict = ask_joined(question, answer);
    else if (answer->flags & OW_ANSWER_KNOWN)
        verdict = OW_VERDICT_TAKE;
    else
        verdict = OW_VERDICT_PASS;
    errno = kept;
    return verdict;
}

uint32_t ow_member_flags(void)
{
    return atomic_load_explicit(&joined_flags, memory_order_relaxed);
}

uint32_t ow_member_source(void)
{
    return atomic_load_explicit(&joined_source, memory_order_relaxed);
}

/* A host that has just begun makes its CA while the program goes on. */
static void ask_for_ca(void)
{
    struct ow_question question;
    struct ow_control_answer answer;
    ow_question_init(&question, OW_QUESTION_CA);
    if (ow_member_ask(&question, &answer) == OW_VERDICT_TAKE)
        keep_ca(&answer);
}

const unsigned char *ow_member_ca(size_t *ret_len)
{
    if (!is_ready(&ca_stage) && is_ready(&dir_stage))
        ask_for_ca();
    if (!is_ready(&ca_stage))
        return NULL;
    *ret_len = atomic_load_explicit(&ca_len, memory_order_acquire);
    return ca;
}

/* A session that was named by hand, without its ticket. */
static void ask_for_ticket(void)
{
    struct ow_control_answer answer;
    struct ow_quiet quiet;
    ow_quiet_begin(&quiet);
    if (greet(session_dir, NULL, &answer) == 0 && is_welcome(&answer))
        keep_ticket(answer.name);
    ow_quiet_end(&quiet);
}

void ow_member_prepare(void)
{
    int kept = errno;
    ow_vars_keep();
    if (get_dir() && !is_ready(&ticket_stage))
        ask_for_ticket();
    errno = kept;
}

const char *ow_member_ticket(void)
{
    return is_ready(&ticket_stage) ? ticket : NULL;
}

const char *ow_member_dir(void)
{
    return is_ready(&dir_stage) ? session_dir : NULL;
}

void ow_member_set_libcurl(void)
{
    atomic_store(&has_libcurl, true);
}

void ow_member_set_diverted(void)
{
    atomic_store_explicit(&diverted, true, memory_order_release);
}

bool ow_member_is_diverted(void)
{
    return atomic_load_explicit(&diverted, memory_order_acquire);
}
