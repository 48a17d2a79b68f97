/*
 * verdicts: the answers to the shim's questions. See verdicts.h. Called by
 * control_server.c.
 */
#include "config.h"

#include "host/verdicts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "host/ports.h"
#include "host/proxies.h"
#include "rule/crowd.h"

/* Where a handshake can be expected. */
#define HTTPS_PORT       443

#define NAME_SERVER_PORT 53

/* What a resolver waits for with the defaults of resolv.conf(5): five seconds,
 * two times. */
#define DNS_TIMEOUT_NS 10000000000

static void answer_text(struct ow_control_answer *answer, const char *text)
{
    snprintf(answer->text, sizeof answer->text, "%.*s",
             (int)sizeof answer->text - 1, text);
}

static void be_broken(struct ow_control_answer *answer, const char *text)
{
    answer->verdict = OW_VERDICT_BROKEN;
    answer_text(answer, text);
}

static void fail(struct ow_control_answer *answer, int error, const char *text)
{
    answer->verdict = OW_VERDICT_FAIL;
    answer->error = error;
    answer_text(answer, text);
}

/* The same for all answers, so that the shim learns it with its first. */
static uint32_t flags_of(const struct ow_session *session)
{
    uint32_t flags = 0;

    if (session->isolate)
        flags |= OW_SESSION_ISOLATE;
    if (ow_table_has_literals(session->table))
        flags |= OW_SESSION_LITERALS;
    if (ow_table_has_stage(session->table, OW_STAGE_CONNECT) ||
        ow_table_has_crowds(session->table))
        flags |= OW_SESSION_ASK_CONNECT;
    if (session->lend_stderr)
        flags |= OW_SESSION_LEND_STDERR;
    return flags;
}

/* The caller is told of a name without an address, or a refused connection,
 * and no more: we say why. */
static void tell_refused(struct ow_session *session,
                         const struct ow_joined *who, const char *host,
                         uint16_t port, const char *text)
{
    struct ow_record record;

    /* Who asks name servers by itself is answered about names all the same. */
    if (port != NAME_SERVER_PORT)
        ow_serve_say(&session->env, &who->info->program, ow_str_from(text));
    ow_session_record(session, &record, OW_EVENT_REFUSED, &who->info->program);
    record.host = ow_str_from(host);
    record.port = port ? port : -1;
    record.text = ow_str_from(text);
    ow_journal_add(session->journal, &record);
}

static void record_program(struct ow_session *session,
                           const struct ow_program *program)
{
    struct ow_record record;
    char text[512];
    size_t n =
        program->argv_len < sizeof text ? program->argv_len : sizeof text - 1;

    for (size_t i = 0; i < n; i++)
        text[i] = program->argv[i] ? program->argv[i] : ' ';
    while (n > 0 && text[n - 1] == ' ')
        n--;
    ow_session_record(session, &record, OW_EVENT_PROGRAM, program);
    record.text = (struct ow_str){text, n};
    ow_journal_add(session->journal, &record);
}

static void answer_ca(const struct ow_verdicts *verdicts,
                      const struct ow_question *question, struct ow_joined *who,
                      struct ow_control_answer *answer)
{
    struct ow_err err = {""};
    struct ow_ca *ca = ow_session_ca(verdicts->session, &err);
    int len = ca ? ow_ca_der(ca, answer->ca) : -EIO;

    (void)question;
    (void)who;
    if (len < 0) {
        be_broken(answer, err.text[0] ? err.text : "the CA cannot be told");
        return;
    }
    answer->verdict = OW_VERDICT_TAKE;
    answer->ca_len = (uint16_t)len;
}

static bool is_known(const struct ow_session *session,
                     const struct ow_question *question)
{
    struct in6_addr address;
    bool is_literal = inet_pton(AF_INET, question->name, &address) == 1 ||
                      inet_pton(AF_INET6, question->name, &address) == 1;
    uint16_t port = is_literal ? question->port : 0;

    return !ow_livehosts_has(session->live, question->name, port) &&
           ow_table_knows(session->table, question->name, port);
}

static void answer_hello(const struct ow_verdicts *verdicts,
                         const struct ow_question *question,
                         struct ow_joined *who,
                         struct ow_control_answer *answer)
{
    struct ow_session *session = verdicts->session;

    ow_programs_refresh(who);
    who->info->program.is_other_user = !ow_programs_is_own_user(who->uid);
    who->info->program.has_libcurl = question->flags & OW_ASKER_LIBCURL;
    record_program(session, &who->info->program);
    ow_proxies_tell(session, &who->info->program);
    answer->verdict = OW_VERDICT_TAKE;
    if (question->name[0] != '\0' && is_known(session, question))
        answer->flags |= OW_ANSWER_KNOWN;
    /* One that is not made yet is not waited for: it is asked for later. */
    if (session->ca)
        answer_ca(verdicts, question, who, answer);
    memcpy(answer->source, &who->source.s_addr, sizeof answer->source);
    if (session->is_shared)
        ow_ticket_format(session->ticket, answer->name);
}

/* FAIL by the fault if there is one for this name. */
static bool answer_name_fault(struct ow_session *session, const char *name,
                              const struct ow_joined *who,
                              struct ow_control_answer *answer)
{
    int64_t delay = 0;
    int error = EAI_AGAIN;
    enum ow_fault_kind kind = ow_session_fault(session, OW_STAGE_NAME, name, 0,
                                               &who->info->program, &delay);

    if (kind == OW_FAULT_NONE)
        return false;
    if (kind == OW_FAULT_NXDOMAIN)
        error = EAI_NONAME;
    if (kind == OW_FAULT_DNS_TIMEOUT && delay == 0)
        delay = DNS_TIMEOUT_NS;
    fail(answer, error, "");
    answer->delay_ms = (uint32_t)((double)delay / 1e6 / session->clock.speed);
    return true;
}

/* Gives the stand-in of a name or a literal; false (and BROKEN) if it cannot.
 */
static bool take_standin(struct ow_session *session, const char *name,
                         struct ow_control_answer *answer)
{
    struct in_addr address;
    int r = ow_standins_take(session->standins, name, &address);

    if (r < 0) {
        be_broken(answer, r == -ENOSPC
                              ? "this session has no stand-in address left; "
                                "it can name 65,000 hosts"
                              : "no stand-in address can be given");
        return false;
    }
    memcpy(answer->address, &address.s_addr, sizeof answer->address);
    return true;
}

static void answer_name(const struct ow_verdicts *verdicts,
                        const struct ow_question *question,
                        struct ow_joined *who, struct ow_control_answer *answer)
{
    struct ow_session *session = verdicts->session;
    char text[OW_CONTROL_TEXT_MAX];

    if (ow_livehosts_has(session->live, question->name, 0)) {
        answer->verdict = OW_VERDICT_PASS;
        return;
    }
    if (ow_session_knows(session, question->name, 0)) {
        if (answer_name_fault(session, question->name, who, answer))
            return;
        if (take_standin(session, question->name, answer))
            answer->verdict = OW_VERDICT_TAKE;
        return;
    }
    if (!session->isolate) {
        answer->verdict = OW_VERDICT_PASS;
        return;
    }
    snprintf(text, sizeof text,
             "the name \"%s\" is in no rule, and --isolate refuses it",
             question->name);
    tell_refused(session, who, question->name, 0, text);
    fail(answer, EAI_NONAME, text);
}

static struct in_addr v4_of(const struct ow_question *question)
{
    struct in_addr address;

    memcpy(&address.s_addr, question->address, sizeof address.s_addr);
    return address;
}

static bool is_loopback(const struct ow_question *question)
{
    if (question->family == AF_INET)
        return question->address[0] == 127 ||
               v4_of(question).s_addr == htonl(INADDR_ANY);
    struct in6_addr address;
    memcpy(&address, question->address, sizeof address);
    return IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_UNSPECIFIED(&address);
}

/* FAIL by the fault if there is one; the blackhole for connect-timeout. */
static bool answer_connect_fault(const struct ow_verdicts *verdicts,
                                 const char *host, uint16_t port,
                                 const struct ow_joined *who,
                                 struct ow_control_answer *answer)
{
    struct ow_err err;
    enum ow_fault_kind kind =
        ow_session_fault(verdicts->session, OW_STAGE_CONNECT, host, port,
                         &who->info->program, NULL);

    if (kind == OW_FAULT_NONE)
        return false;
    if (kind != OW_FAULT_CONNECT_TIMEOUT) {
        fail(answer, kind == OW_FAULT_UNREACHABLE ? EHOSTUNREACH : ECONNREFUSED,
             "");
        return true;
    }
    answer->verdict = OW_VERDICT_TAKE;
    if (ow_blackhole_take(verdicts->blackhole, &answer->port, &err) < 0)
        be_broken(answer, err.text);
    return true;
}

/* FAIL if the host takes no more connections, and refuses. */
static bool answer_crowd(struct ow_session *session, const char *host,
                         uint16_t port, const struct ow_joined *who,
                         struct ow_control_answer *answer)
{
    const struct ow_crowd *crowd =
        ow_table_has_crowds(session->table)
            ? ow_table_crowd(session->table, host, port)
            : NULL;

    if (!crowd || crowd->then != OW_CROWD_REFUSE ||
        ow_crowds_count(session->crowds, host) < crowd->max)
        return false;
    ow_session_record_crowd(session, &who->info->program, host, port,
                            "is refused");
    fail(answer, ECONNREFUSED, "");
    return true;
}

static void refuse_port(struct ow_session *session, const struct ow_joined *who,
                        const char *host, uint16_t port, const char *text,
                        struct ow_control_answer *answer)
{
    tell_refused(session, who, host, port, text);
    fail(answer, ECONNREFUSED, text);
}

/* A name or literal that rules know, at a port. */
static void answer_known(const struct ow_verdicts *verdicts, const char *host,
                         uint16_t port, const struct ow_joined *who,
                         struct ow_control_answer *answer)
{
    struct ow_err err;
    char text[OW_CONTROL_TEXT_MAX];

    if (ow_ports_refuse(verdicts->session, host, port, text, sizeof text)) {
        refuse_port(verdicts->session, who, host, port, text, answer);
        return;
    }
    if (answer_connect_fault(verdicts, host, port, who, answer) ||
        answer_crowd(verdicts->session, host, port, who, answer))
        return;
    answer->verdict = OW_VERDICT_TAKE;
    if (ow_listeners_take(verdicts->listeners, port, &answer->port, &err) < 0)
        be_broken(answer, err.text);
    if (port == HTTPS_PORT)
        ow_session_expect_tls(verdicts->session, host);
}

/* An address that is no stand-in: a literal of the rules, or not ours. */
static void answer_literal(const struct ow_verdicts *verdicts,
                           const struct ow_question *question,
                           struct ow_joined *who,
                           struct ow_control_answer *answer)
{
    struct ow_session *session = verdicts->session;
    char literal[INET6_ADDRSTRLEN] = "";
    char text[OW_CONTROL_TEXT_MAX];

    inet_ntop((int)question->family, question->address, literal,
              sizeof literal);
    if (ow_livehosts_has(session->live, literal, question->port) ||
        ow_livehosts_reaches(session->live, (int)question->family,
                             question->address)) {
        answer->verdict = OW_VERDICT_PASS;
        return;
    }
    if (ow_table_has_literals(session->table) &&
        ow_table_knows(session->table, literal, question->port)) {
        /* The listener takes any 127.x; all others need another address. */
        if ((question->family != AF_INET || question->address[0] != 127) &&
            !take_standin(session, literal, answer))
            return;
        answer_known(verdicts, literal, question->port, who, answer);
        return;
    }
    if (!session->isolate || is_loopback(question)) {
        answer->verdict = OW_VERDICT_PASS;
        return;
    }
    snprintf(text, sizeof text,
             "the address %s is in no rule, and --isolate refuses it", literal);
    tell_refused(session, who, literal, question->port, text);
    fail(answer, ECONNREFUSED, text);
}

static bool is_standin(const struct ow_question *question)
{
    return question->family == AF_INET && question->address[0] == 127 &&
           question->address[1] == 83;
}

static void answer_connect(const struct ow_verdicts *verdicts,
                           const struct ow_question *question,
                           struct ow_joined *who,
                           struct ow_control_answer *answer)
{
    const char *name =
        question->family == AF_INET
            ? ow_standins_find(verdicts->session->standins, v4_of(question))
            : NULL;

    if (name)
        answer_known(verdicts, name, question->port, who, answer);
    else if (is_standin(question))
        /* Another session's, or an old one's: nobody is behind it. */
        fail(answer, ECONNREFUSED,
             "the address is a stand-in that this session did not give");
    else
        answer_literal(verdicts, question, who, answer);
}

static void answer_address(const struct ow_verdicts *verdicts,
                           const struct ow_question *question,
                           struct ow_joined *who,
                           struct ow_control_answer *answer)
{
    const char *name =
        ow_standins_find(verdicts->session->standins, v4_of(question));

    (void)who;
    if (question->family != AF_INET || !name)
        return;
    answer->verdict = OW_VERDICT_TAKE;
    snprintf(answer->name, sizeof answer->name, "%s", name);
}

static void answer_peer(const struct ow_verdicts *verdicts,
                        const struct ow_question *question,
                        struct ow_joined *who, struct ow_control_answer *answer)
{
    uint16_t original = ow_listeners_find(verdicts->listeners, question->port);
    const char *name =
        ow_standins_find(verdicts->session->standins, v4_of(question));

    (void)who;
    if (original == 0)
        return;
    answer->verdict = OW_VERDICT_TAKE;
    answer->port = original;
    if (question->family == AF_INET && name)
        snprintf(answer->name, sizeof answer->name, "%s", name);
}

/* The shim asks before libcurl looks anything up: nothing is counted, no
 * stand-in is given. A literal is known at the ports that rules name, a name
 * at all: at another port it must fail here, not reach a proxy. */
static void answer_is_known(const struct ow_verdicts *verdicts,
                            const struct ow_question *question,
                            struct ow_joined *who,
                            struct ow_control_answer *answer)
{
    who->info->program.has_libcurl = true;
    if (is_known(verdicts->session, question))
        answer->verdict = OW_VERDICT_TAKE;
}

static void answer_result(const struct ow_verdicts *verdicts,
                          const struct ow_question *question,
                          struct ow_joined *who,
                          struct ow_control_answer *answer)
{
    struct ow_str text;
    int code;

    (void)who;
    if (question->family != AF_INET ||
        !ow_results_find(verdicts->session->results, v4_of(question),
                         question->port, ow_str_from(question->name), &code,
                         &text))
        return;
    answer->verdict = OW_VERDICT_TAKE;
    answer->error = code;
    snprintf(answer->text, sizeof answer->text, "%.*s", OW_STR_ARGS(text));
}

/* Told, not asked. */
static void answer_transfer(const struct ow_verdicts *verdicts,
                            const struct ow_question *question,
                            struct ow_joined *who,
                            struct ow_control_answer *answer)
{
    struct ow_transfer transfer;
    struct ow_record record;

    (void)answer;
    /* What a test asks of its session is not what is tested. */
    if (strcmp(question->name, OW_SERVE_CONTROL_HOST) == 0)
        return;
    memcpy(&transfer, question->address, sizeof transfer);
    ow_session_record(verdicts->session, &record, OW_EVENT_TRANSFER,
                      &who->info->program);
    record.host = ow_str_from(question->name);
    record.port = question->port;
    record.transfer = &transfer;
    ow_journal_add(verdicts->session->journal, &record);
}

/* Told, not asked: where a live host is, so that --isolate lets it be. */
static void answer_learn(const struct ow_verdicts *verdicts,
                         const struct ow_question *question,
                         struct ow_joined *who,
                         struct ow_control_answer *answer)
{
    struct ow_livehosts *live = verdicts->session->live;

    (void)who;
    (void)answer;
    if (ow_livehosts_has(live, question->name, 0))
        ow_livehosts_learn(live, (int)question->family, question->address);
}

typedef void (*answer_fn)(const struct ow_verdicts *verdicts,
                          const struct ow_question *question,
                          struct ow_joined *who,
                          struct ow_control_answer *answer);

void ow_verdicts_answer(const struct ow_verdicts *verdicts,
                        const struct ow_question *question,
                        struct ow_joined *who,
                        struct ow_control_answer *ret_answer)
{
    static const answer_fn by_kind[] = {
        [OW_QUESTION_HELLO] = answer_hello,
        [OW_QUESTION_NAME] = answer_name,
        [OW_QUESTION_ADDRESS] = answer_address,
        [OW_QUESTION_CONNECT] = answer_connect,
        [OW_QUESTION_PEER] = answer_peer,
        [OW_QUESTION_CA] = answer_ca,
        [OW_QUESTION_KNOWN] = answer_is_known,
        [OW_QUESTION_RESULT] = answer_result,
        [OW_QUESTION_TRANSFER] = answer_transfer,
        [OW_QUESTION_LEARN] = answer_learn,
    };

    ow_control_answer_init(ret_answer, OW_VERDICT_PASS);
    ret_answer->flags = flags_of(verdicts->session);
    if (question->kind < sizeof by_kind / sizeof *by_kind &&
        by_kind[question->kind])
        by_kind[question->kind](verdicts, question, who, ret_answer);
    else
        ret_answer->verdict = OW_VERDICT_VERSION;
}
