/* verdicts: what the host answers to each question of the shim. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../lib/quoted.h"
#include "host/verdicts.h"

static const char rules[] =
    "{'offwire': 1,"
    " 'hosts': ['api.test', 'port.test:8443', '93.184.216.34:443',"
    "           '[::1]:443', '127.0.0.1:8080'],"
    " 'rules': [{'then': {'text': 'x'}}]}";

struct lab {
    struct ow_session session;
    struct ow_verdicts verdicts;
    struct ow_blackhole hole;
    struct ow_joined *self;
    struct ow_control_answer answer;
};

static void accept_nothing(void *context, const struct ow_accepted *accepted)
{
    (void)context;
    close(accepted->fd);
}

/* Rules are written with ' for " here. */
static void begin(struct lab *lab, const char *text)
{
    struct ow_session *session = &lab->session;

    *lab = (struct lab){0};
    session->table = quoted_table(&session->states, "%s", text);
    session->base = event_base_new();
    session->odds = (struct ow_odds){.seed = 1};
    ow_clock_init(&session->clock, 1.0);
    assert_int_equal(ow_journal_open(NULL, &session->journal, NULL), 0);
    session->standins = ow_standins_new();
    session->programs = ow_programs_new(session->base, NULL, NULL);
    ow_blackhole_init(&lab->hole);
    lab->verdicts = (struct ow_verdicts){
        session, ow_listeners_new(session->base, accept_nothing, NULL, NULL),
        &lab->hole};
    assert_int_equal(ow_programs_join(session->programs, getpid(), &lab->self),
                     0);
}

static int set_up(void **state)
{
    static struct lab lab;

    begin(&lab, rules);
    *state = &lab;
    return 0;
}

static int tear_down(void **state)
{
    struct lab *lab = *state;
    struct event_base *base = lab->session.base;

    ow_listeners_free(lab->verdicts.listeners);
    ow_blackhole_release(&lab->hole);
    ow_session_release(&lab->session);
    event_base_free(base);
    return 0;
}

static void begin_again(struct lab *lab, const char *text)
{
    tear_down((void **)&lab);
    begin(lab, text);
}

static const struct ow_control_answer *ask(struct lab *lab,
                                           const struct ow_question *question)
{
    ow_verdicts_answer(&lab->verdicts, question, lab->self, &lab->answer);
    assert_int_equal(ow_control_answer_check(&lab->answer, sizeof lab->answer),
                     0);
    return &lab->answer;
}

static const struct ow_control_answer *ask_name(struct lab *lab,
                                                const char *name)
{
    struct ow_question question;

    ow_question_init(&question, OW_QUESTION_NAME);
    snprintf(question.name, sizeof question.name, "%s", name);
    return ask(lab, &question);
}

static const struct ow_control_answer *ask_address(struct lab *lab,
                                                   enum ow_question_kind kind,
                                                   const char *address,
                                                   uint16_t port)
{
    struct ow_question question;

    ow_question_init(&question, kind);
    question.family = strchr(address, ':') ? AF_INET6 : AF_INET;
    question.port = port;
    assert_int_equal(inet_pton((int)question.family, address, question.address),
                     1);
    return ask(lab, &question);
}

static const struct ow_control_answer *
ask_connect(struct lab *lab, const char *address, uint16_t port)
{
    return ask_address(lab, OW_QUESTION_CONNECT, address, port);
}

static bool journal_has(const struct lab *lab, const char *text)
{
    struct ow_str all = ow_journal_text(lab->session.journal);

    return memmem(all.ptr, all.len, text, strlen(text)) != NULL;
}

static void verdicts_take_a_name_that_rules_know(void **state)
{
    const struct ow_control_answer *answer = ask_name(*state, "API.test");

    assert_int_equal(answer->verdict, OW_VERDICT_TAKE);
    assert_memory_equal(answer->address, "\x7f\x53\x00\x01", 4);
}

static void verdicts_pass_other_names(void **state)
{
    assert_int_equal(ask_name(*state, "other.test")->verdict, OW_VERDICT_PASS);
    assert_int_equal(ask_name(*state, "")->verdict, OW_VERDICT_PASS);
}

static void verdicts_isolate_refuses_other_names_and_records_it(void **state)
{
    struct lab *lab = *state;

    lab->session.isolate = true;
    const struct ow_control_answer *answer = ask_name(lab, "other.test");
    assert_int_equal(answer->verdict, OW_VERDICT_FAIL);
    assert_int_equal(answer->error, EAI_NONAME);
    assert_int_equal(answer->flags & OW_SESSION_ISOLATE, OW_SESSION_ISOLATE);
    assert_true(journal_has(lab, "\"event\":\"refused\""));
    assert_true(journal_has(lab, "other.test"));
}

static void verdicts_connect_goes_to_one_listener_for_a_port(void **state)
{
    struct lab *lab = *state;

    ask_name(lab, "api.test");
    assert_int_equal(ask_connect(lab, "127.83.0.1", 443)->verdict,
                     OW_VERDICT_TAKE);
    uint16_t port = lab->answer.port;
    assert_true(port != 0);
    assert_memory_equal(lab->answer.address, "\0\0\0\0", 4);
    assert_int_equal(ask_connect(lab, "127.83.0.1", 443)->port, port);
    assert_int_not_equal(ask_connect(lab, "127.83.0.1", 80)->port, port);
}

static void verdicts_connect_refuses_a_port_that_rules_leave_out(void **state)
{
    struct lab *lab = *state;

    ask_name(lab, "port.test");
    assert_int_equal(ask_connect(lab, "127.83.0.1", 8443)->verdict,
                     OW_VERDICT_TAKE);
    assert_int_equal(ask_connect(lab, "127.83.0.1", 443)->verdict,
                     OW_VERDICT_FAIL);
    assert_int_equal(lab->answer.error, ECONNREFUSED);
    assert_non_null(strstr(lab->answer.text, "443"));
}

static void verdicts_connect_refuses_port_0(void **state)
{
    struct lab *lab = *state;

    ask_name(lab, "api.test");
    assert_int_equal(ask_connect(lab, "127.83.0.1", 0)->verdict,
                     OW_VERDICT_FAIL);
    assert_int_equal(lab->answer.error, ECONNREFUSED);
}

static void verdicts_connect_refuses_protocols_that_are_not_http(void **state)
{
    struct lab *lab = *state;

    ask_name(lab, "api.test");
    assert_int_equal(ask_connect(lab, "127.83.0.1", 21)->verdict,
                     OW_VERDICT_FAIL);
    assert_int_equal(lab->answer.error, ECONNREFUSED);
    assert_non_null(strstr(lab->answer.text, "FTP"));
    assert_true(journal_has(lab, "\"event\":\"refused\""));
    begin_again(lab,
                "{'offwire': 1, 'hosts': ['api.test', 'ftp.test:21'],"
                " 'rules': [{'then': {}}]}");
    ask_name(lab, "api.test");
    assert_int_equal(ask_connect(lab, "127.83.0.1", 21)->verdict,
                     OW_VERDICT_TAKE);
}

static void verdicts_connect_refuses_what_no_session_gave(void **state)
{
    assert_int_equal(ask_connect(*state, "127.83.9.9", 443)->verdict,
                     OW_VERDICT_FAIL);
}

static void verdicts_connect_moves_literals_of_rules(void **state)
{
    struct lab *lab = *state;

    assert_int_equal(ask_connect(lab, "93.184.216.34", 443)->verdict,
                     OW_VERDICT_TAKE);
    assert_memory_equal(lab->answer.address, "\x7f\x53\x00\x01", 4);
    assert_int_equal(ask_connect(lab, "::1", 443)->verdict, OW_VERDICT_TAKE);
    assert_memory_equal(lab->answer.address, "\x7f\x53\x00\x02", 4);
    assert_int_equal(ask_connect(lab, "127.0.0.1", 8080)->verdict,
                     OW_VERDICT_TAKE);
    assert_memory_equal(lab->answer.address, "\0\0\0\0", 4);
}

static void verdicts_connect_passes_other_addresses(void **state)
{
    assert_int_equal(ask_connect(*state, "10.1.2.3", 443)->verdict,
                     OW_VERDICT_PASS);
    assert_int_equal(ask_connect(*state, "93.184.216.34", 80)->verdict,
                     OW_VERDICT_PASS);
}

static void verdicts_isolate_leaves_loopback_alone(void **state)
{
    struct lab *lab = *state;

    lab->session.isolate = true;
    assert_int_equal(ask_connect(lab, "127.0.0.1", 5432)->verdict,
                     OW_VERDICT_PASS);
    assert_int_equal(ask_connect(lab, "::1", 5432)->verdict, OW_VERDICT_PASS);
    assert_int_equal(ask_connect(lab, "10.1.2.3", 443)->verdict,
                     OW_VERDICT_FAIL);
    assert_int_equal(lab->answer.error, ECONNREFUSED);
    assert_int_equal(ask_connect(lab, "2001:db8::1", 443)->verdict,
                     OW_VERDICT_FAIL);
    assert_true(journal_has(lab, "2001:db8::1"));
}

static void verdicts_address_and_peer_go_back(void **state)
{
    struct lab *lab = *state;

    ask_name(lab, "api.test");
    uint16_t port = ask_connect(lab, "127.83.0.1", 443)->port;
    assert_string_equal(
        ask_address(lab, OW_QUESTION_ADDRESS, "127.83.0.1", 0)->name,
        "api.test");
    assert_int_equal(
        ask_address(lab, OW_QUESTION_PEER, "127.83.0.1", port)->port, 443);
    assert_int_equal(
        ask_address(lab, OW_QUESTION_PEER, "127.83.0.1", 1)->verdict,
        OW_VERDICT_PASS);
    assert_int_equal(
        ask_address(lab, OW_QUESTION_ADDRESS, "127.83.0.2", 0)->verdict,
        OW_VERDICT_PASS);
}

static void verdicts_hello_tells_source_and_flags(void **state)
{
    struct lab *lab = *state;
    struct ow_question question;

    ow_question_init(&question, OW_QUESTION_HELLO);
    assert_int_equal(ask(lab, &question)->verdict, OW_VERDICT_TAKE);
    assert_memory_equal(lab->answer.source, &lab->self->source.s_addr, 4);
    assert_int_equal(lab->answer.flags, OW_SESSION_LITERALS);
    assert_true(journal_has(lab, "\"event\":\"program\""));
}

static void verdicts_hello_has_the_ticket_of_a_shared_session(void **state)
{
    struct lab *lab = *state;
    struct ow_question question;

    ow_question_init(&question, OW_QUESTION_HELLO);
    assert_string_equal(ask(lab, &question)->name, "");
    lab->session.is_shared = true;
    memset(lab->session.ticket, 0x5a, sizeof lab->session.ticket);
    assert_string_equal(ask(lab, &question)->name,
                        "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a");
}

static void verdicts_hello_notes_who_runs_as_another_user(void **state)
{
    struct lab *lab = *state;
    struct ow_question question;

    ow_question_init(&question, OW_QUESTION_HELLO);
    lab->self->uid = geteuid();
    ask(lab, &question);
    assert_false(lab->self->info->program.is_other_user);
    lab->self->uid = geteuid() + 1;
    ask(lab, &question);
    assert_true(lab->self->info->program.is_other_user);
    lab->self->uid = 0;
    ask(lab, &question);
    assert_false(lab->self->info->program.is_other_user);
}

static void verdicts_hello_does_not_wait_for_the_ca(void **state)
{
    struct lab *lab = *state;
    struct ow_question question;

    ow_question_init(&question, OW_QUESTION_HELLO);
    assert_int_equal(ask(lab, &question)->ca_len, 0);
    ow_question_init(&question, OW_QUESTION_CA);
    assert_int_equal(ask(lab, &question)->verdict, OW_VERDICT_TAKE);
    uint16_t len = lab->answer.ca_len;
    assert_true(len > 0);
    ow_question_init(&question, OW_QUESTION_HELLO);
    assert_int_equal(ask(lab, &question)->ca_len, len);
}

static void verdicts_connect_to_https_has_the_ca_made(void **state)
{
    struct lab *lab = *state;

    ask_name(lab, "api.test");
    ask_connect(lab, "127.83.0.1", 80);
    event_base_loop(lab->session.base, EVLOOP_NONBLOCK);
    assert_null(lab->session.tls);
    ask_connect(lab, "127.83.0.1", 443);
    assert_null(lab->session.tls);
    event_base_loop(lab->session.base, EVLOOP_NONBLOCK);
    assert_non_null(lab->session.tls);
}

static bool is_known(struct lab *lab, const char *name, uint16_t port)
{
    struct ow_question question;

    ow_question_init(&question, OW_QUESTION_KNOWN);
    snprintf(question.name, sizeof question.name, "%s", name);
    question.port = port;
    return ask(lab, &question)->verdict == OW_VERDICT_TAKE;
}

static void verdicts_known_tells_whose_a_url_is(void **state)
{
    struct lab *lab = *state;

    assert_true(is_known(lab, "PORT.test", 8443));
    assert_true(is_known(lab, "port.test", 443));
    assert_false(is_known(lab, "other.test", 443));
    assert_true(is_known(lab, "93.184.216.34", 443));
    assert_false(is_known(lab, "93.184.216.34", 80));
}

static void verdicts_hello_tells_whose_a_url_is(void **state)
{
    struct lab *lab = *state;
    struct ow_question question;

    ow_question_init(&question, OW_QUESTION_HELLO);
    snprintf(question.name, sizeof question.name, "port.test");
    assert_int_equal(ask(lab, &question)->verdict, OW_VERDICT_TAKE);
    assert_true(lab->answer.flags & OW_ANSWER_KNOWN);
    snprintf(question.name, sizeof question.name, "other.test");
    assert_int_equal(ask(lab, &question)->verdict, OW_VERDICT_TAKE);
    assert_false(lab->answer.flags & OW_ANSWER_KNOWN);
}

static void verdicts_faults_of_a_name(void **state)
{
    struct lab *lab = *state;

    begin_again(lab,
                "{'offwire': 1, 'hosts': ['api.test'], 'rules': ["
                "{'then': [{'fault': 'nxdomain'}, {'fault': 'servfail'},"
                "{'fault': 'dns-timeout'}, {'text': 'x'}]}]}");
    assert_int_equal(ask_name(lab, "api.test")->error, EAI_NONAME);
    assert_true(journal_has(lab, "\"fault\":\"nxdomain\""));
    assert_int_equal(ask_name(lab, "api.test")->error, EAI_AGAIN);
    assert_int_equal(lab->answer.delay_ms, 0);
    lab->session.clock.speed = 100;
    assert_int_equal(ask_name(lab, "api.test")->error, EAI_AGAIN);
    assert_int_equal(lab->answer.delay_ms, 100);
    assert_int_equal(ask_name(lab, "api.test")->verdict, OW_VERDICT_TAKE);
}

static void verdicts_faults_of_a_connect(void **state)
{
    struct lab *lab = *state;

    begin_again(lab,
                "{'offwire': 1, 'hosts': ['api.test'], 'rules': ["
                "{'then': [{'fault': 'refuse'}, {'fault': 'unreachable'},"
                "{'fault': 'connect-timeout'}, {'text': 'x'}]}]}");
    assert_int_equal(ask_name(lab, "api.test")->flags, OW_SESSION_ASK_CONNECT);
    assert_int_equal(ask_connect(lab, "127.83.0.1", 443)->error, ECONNREFUSED);
    assert_int_equal(ask_connect(lab, "127.83.0.1", 443)->error, EHOSTUNREACH);
    assert_int_equal(ask_connect(lab, "127.83.0.1", 443)->verdict,
                     OW_VERDICT_TAKE);
    assert_true(lab->answer.port != 0);
    assert_int_equal(lab->answer.port, lab->hole.port);
    assert_int_not_equal(ask_connect(lab, "127.83.0.1", 443)->port,
                         lab->hole.port);
}

static void verdicts_do_not_answer_what_they_do_not_know(void **state)
{
    struct ow_question question;

    ow_question_init(&question, (enum ow_question_kind)77);
    assert_int_equal(ask(*state, &question)->verdict, OW_VERDICT_VERSION);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(verdicts_take_a_name_that_rules_know),
        T(verdicts_pass_other_names),
        T(verdicts_isolate_refuses_other_names_and_records_it),
        T(verdicts_connect_goes_to_one_listener_for_a_port),
        T(verdicts_connect_refuses_a_port_that_rules_leave_out),
        T(verdicts_connect_refuses_port_0),
        T(verdicts_connect_refuses_protocols_that_are_not_http),
        T(verdicts_connect_refuses_what_no_session_gave),
        T(verdicts_connect_moves_literals_of_rules),
        T(verdicts_connect_passes_other_addresses),
        T(verdicts_isolate_leaves_loopback_alone),
        T(verdicts_address_and_peer_go_back),
        T(verdicts_hello_tells_source_and_flags),
        T(verdicts_hello_notes_who_runs_as_another_user),
        T(verdicts_hello_has_the_ticket_of_a_shared_session),
        T(verdicts_hello_does_not_wait_for_the_ca),
        T(verdicts_connect_to_https_has_the_ca_made),
        T(verdicts_known_tells_whose_a_url_is),
        T(verdicts_hello_tells_whose_a_url_is),
        T(verdicts_faults_of_a_name),
        T(verdicts_faults_of_a_connect),
        T(verdicts_do_not_answer_what_they_do_not_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
