/*
 * offwire explain: which rule answers a request, and why others do not. Makes
 * the request from its arguments and asks the table as the host would; nothing
 * is sent.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "cli/locate.h"
#include "control/control.h"
#include "http/url.h"
#include "plan/plan.h"
#include "rule/explain.h"
#include "rule/files.h"

/* Near misses that are told. */
#define NEAREST 5

static const char options_help[] =
    "  --rules LIST  rule files and folders, with colons between them;\n"
    "                OFFWIRE_RULES if it is not given\n"
    "  --scenario NAME,...  sets of rules that are switched on;\n"
    "                OFFWIRE_SCENARIO if it is not given\n"
    "  -H FIELD      a header field of the request, \"Name: value\"\n"
    "  -d DATA       its body; @FILE reads it from a file, @- from stdin\n"
    "  --help        this text\n"
    "\n"
    "Ends with 0, or with 89 if no rule answers the request.\n";

static const struct ow_program nobody = {.name = "", .argv = "", .env = ""};

struct question {
    const char *rules;
    const char *scenarios;
    const char *data; /* NULL: no body */
    struct ow_arena arena;
    struct ow_body body;
    struct ow_request request;
    struct ow_states states; /* of a session that has just begun */
};

static int out_of_memory(void)
{
    return ow_cli_fail(OW_EXIT_INTERNAL, "out of memory");
}

static int add_header(struct question *q, const char *text)
{
    struct ow_str value = ow_str_from(text);
    struct ow_str name = ow_str_trim(ow_str_cut(&value, ':'));

    if (!value.ptr || name.len == 0)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "-H wants \"Name: value\", got \"%s\"", text);
    return ow_fields_add(&q->request.headers, &q->arena, name,
                         ow_str_trim(value)) < 0
               ? out_of_memory()
               : 0;
}

static int read_options(struct question *q, int argc, char **argv)
{
    static const struct option options[] = {
        {"rules", required_argument, NULL, 'r'},
        {"scenario", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    int option, status = 0;

    while (status == 0 &&
           (option = getopt_long(argc, argv, ":H:d:", options, NULL)) != -1) {
        if (option == 'r')
            status = ow_cli_take_list("rules", optarg, &q->rules);
        else if (option == 's')
            status = ow_cli_take_list("scenario", optarg, &q->scenarios);
        else if (option == 'd')
            q->data = optarg;
        else if (option == 'H')
            status = add_header(q, optarg);
        else
            status = ow_cli_bad_option("explain", argv, option, options);
    }
    if (status != 0)
        return status;
    if (!q->rules)
        q->rules = getenv(OW_ENV_RULES);
    if (!q->scenarios)
        q->scenarios = getenv(OW_ENV_SCENARIO);
    if (argc - optind != 2)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "explain wants a method and a URL; "
                           "offwire explain --help");
    if (!q->rules || !*q->rules)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "explain wants rules: --rules or OFFWIRE_RULES");
    return 0;
}

/* A WebSocket's request is one of HTTP that says so. */
static struct ow_str scheme_of(struct question *q, struct ow_str scheme)
{
    bool is_ws = ow_str_equal_case(scheme, OW_STR("ws"));

    if (!is_ws && !ow_str_equal_case(scheme, OW_STR("wss")))
        return scheme;
    q->request.upgrade = OW_STR("websocket");
    /* Without memory it is answered as one who asks in a wrong way. */
    (void)ow_fields_add(&q->request.headers, &q->arena,
                        OW_STR("Sec-WebSocket-Version"), OW_STR("13"));
    (void)ow_fields_add(&q->request.headers, &q->arena,
                        OW_STR("Sec-WebSocket-Key"),
                        OW_STR("AAAAAAAAAAAAAAAAAAAAAA=="));
    return is_ws ? OW_STR("http") : OW_STR("https");
}

/* What no client could send is a slip, not a request without a rule. */
static bool has_space(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7f)
            return true;
    return false;
}

static int read_method(struct question *q, const char *text)
{
    if (*text == '\0' || has_space(text) || strpbrk(text, "/:,;\"()<>@[]{}?="))
        return ow_cli_fail(OW_EXIT_USAGE,
                           "expected a method as GET, got \"%s\"; "
                           "offwire explain METHOD URL",
                           text);
    q->request.method = ow_str_from(text);
    return 0;
}

static int read_url(struct question *q, const char *text)
{
    struct ow_request *request = &q->request;
    struct ow_url url;

    if (has_space(text))
        return ow_cli_fail(OW_EXIT_USAGE,
                           "a URL has no spaces (%%20 is one), got \"%s\"",
                           text);
    if (ow_url_split(ow_str_from(text), &url) < 0 || !url.host.ptr ||
        url.form != OW_URL_ABSOLUTE || ow_url_default_port(url.scheme) == 0)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "expected a URL as https://api.example.com/v1, got "
                           "\"%s\"",
                           text);
    request->scheme = scheme_of(q, url.scheme);
    request->port = url.port ? url.port : ow_url_default_port(request->scheme);
    request->target = request->raw_path = url.path;
    request->path = ow_url_decode(&q->arena, url.path, false);
    request->query = url.query;
    int r = ow_url_normal_host(&q->arena, url.host, &request->host);
    if (r == -EINVAL)
        return ow_cli_fail(OW_EXIT_USAGE, "\"%.*s\" is no host",
                           OW_STR_ARGS(url.host));
    return r < 0 || !request->path.ptr ? out_of_memory() : 0;
}

static int read_body(struct question *q)
{
    struct ow_buf file;
    struct ow_str data = ow_str_from(q->data);
    struct ow_err err;
    int r = 0;

    ow_buf_init(&file, OW_LIMIT_RULE_FILE + OW_LIMIT_IO);
    if (ow_str_starts(data, OW_STR("@"))) {
        r = ow_files_read(strcmp(data.ptr, "@-") == 0 ? "/dev/stdin"
                                                      : data.ptr + 1,
                          &file, &err);
        data = ow_buf_peek(&file);
    }
    if (r < 0)
        r = ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    else if (ow_body_feed(&q->body, data.ptr, data.len) < 0)
        r = out_of_memory();
    ow_buf_release(&file);
    return r;
}

/* What a client such as curl would add by itself. */
static int add_usual_headers(struct question *q)
{
    static const struct ow_str host = {"Host", 4}, type = {"Content-Type", 12};
    struct ow_fields *headers = &q->request.headers;
    int r = 0;

    if (!ow_fields_find(headers, host))
        r = ow_fields_add(headers, &q->arena, host, q->request.host);
    if (r == 0 && q->data && !ow_fields_find(headers, type))
        r = ow_fields_add(headers, &q->arena, type,
                          OW_STR("application/x-www-form-urlencoded"));
    return r < 0 ? out_of_memory() : 0;
}

static const struct ow_field *content_type(const struct ow_step *head)
{
    if (!head || !head->head.fields)
        return NULL;
    return ow_fields_find(head->head.fields, OW_STR("content-type"));
}

/* The answer, and what is laid over it: the innermost first. */
static int plan_answer(struct question *q, const struct ow_table *table,
                       const struct ow_match *match, struct ow_plan *plan,
                       struct ow_err *err)
{
    struct ow_rand rand;
    struct ow_clock clock;
    struct ow_answer_context context = {.request = &q->request,
                                        .rand = &rand,
                                        .clock = &clock,
                                        .state = &q->states.shared,
                                        .states = &q->states};
    int r = 0;

    ow_rand_init(&rand, 1);
    ow_clock_init(&clock, 1.0);
    ow_table_set_replies(table, &context);
    for (; match && r == 0; match = match->over) {
        context.params = &match->params;
        context.captures = &match->captures;
        r = ow_answer_plan(match->answer, &context, plan, err);
    }
    return r;
}

/* What the answer is, in a line. */
static void print_answer(struct question *q, const struct ow_table *table,
                         const struct ow_match *match)
{
    struct ow_plan plan;
    struct ow_err err;

    ow_plan_init(&plan, &q->arena);
    if (plan_answer(q, table, match, &plan, &err) < 0) {
        printf("  cannot answer: %s\n", err.text);
        ow_plan_release(&plan);
        return;
    }
    const struct ow_step *head = ow_plan_head(&plan);
    const struct ow_field *type = content_type(head);
    printf("  ");
    if (head && plan.script)
        printf("status %d, a WebSocket", head->head.status);
    else if (head)
        printf("status %d%s%.*s, %llu bytes", head->head.status,
               type ? ", " : "", type ? (int)type->value.len : 0,
               type ? type->value.ptr : "",
               (unsigned long long)ow_plan_body_size(&plan));
    if (plan.fault)
        printf("%sfault %s", head ? ", " : "", plan.fault);
    if (plan.reply)
        printf(", the reply at %s", plan.reply);
    printf("\n");
    ow_plan_release(&plan);
}

static void print_fields(const char *noun, const struct ow_fields *fields)
{
    for (size_t i = 0; i < fields->n; i++)
        printf("  %s %.*s is \"%.*s\"\n", noun,
               OW_STR_ARGS(fields->items[i].name),
               OW_STR_ARGS(fields->items[i].value));
}

static void print_rule(const struct ow_rule *rule)
{
    const char *name = ow_rule_name(rule), *place = ow_rule_place(rule);

    if (strcmp(name, place) == 0)
        printf("%s", place);
    else
        printf("\"%s\" (%s)", name, place);
}

/* Rules that act before there is a request. */
static void print_early(struct question *q, const struct ow_table *table)
{
    static const char *const words[] = {"the look-up of the name",
                                        "the connection", "the handshake"};
    bool tls = ow_str_equal_case(q->request.scheme, OW_STR("https"));
    struct ow_match match;

    for (int stage = 0; stage < (tls ? OW_STAGE_UPLOAD : OW_STAGE_TLS);
         stage++) {
        struct ow_asker asker = {q->request.host.ptr,
                                 stage == OW_STAGE_NAME ? 0 : q->request.port,
                                 &nobody};
        ow_table_find_early(table, (enum ow_stage)stage, &asker, &q->states,
                            NULL, &match);
        if (!match.rule)
            continue;
        printf("before the request, at %s: ", words[stage]);
        print_rule(match.rule);
        printf("\n  fault %s\n", ow_fault_name(ow_answer_fault(match.answer)));
    }
}

/* A rule that acts while the body comes. */
static int print_upload(struct question *q, const struct ow_table *table)
{
    struct ow_match match;

    if (q->body.size == 0)
        return 0;
    int r = ow_table_find_upload(table, &q->request, &q->states, NULL, &match);
    if (r < 0 || !match.rule)
        return r;
    printf("before the request is whole, behind %llu bytes of its body: ",
           (unsigned long long)ow_answer_received(match.answer));
    print_rule(match.rule);
    printf("\n  fault %s\n", ow_fault_name(ow_answer_fault(match.answer)));
    return 0;
}

/* What it has beside its answer. */
static void print_terms(struct question *q, const struct ow_table *table,
                        const struct ow_rule *rule)
{
    struct ow_buf text;

    ow_buf_init(&text, 0);
    ow_explain_terms(table, rule, &q->request, &text);
    if (text.len > 0)
        printf("%.*s", (int)text.len, ow_buf_data(&text));
    ow_buf_release(&text);
}

/* All that come near, or, beside a rule that answers, those that might have. */
static int print_misses(struct question *q, const struct ow_table *table,
                        bool is_answered)
{
    struct ow_near_miss misses[NEAREST];
    int n = ow_explain(table, &q->request, &q->states, misses, NEAREST);

    if (n < 0)
        return out_of_memory();
    if (n > 0 && (!is_answered || misses[0].is_close))
        printf("rules that come near:\n");
    for (int i = 0; i < n; i++) {
        if (is_answered && !misses[i].is_close)
            break;
        printf("  ");
        print_rule(misses[i].rule);
        printf(": %.*s\n", OW_STR_ARGS(misses[i].reason));
    }
    return is_answered ? 0 : OW_EXIT_UNMET;
}

/* The rules that are laid over the answer, the innermost first. */
static void print_over(struct question *q, const struct ow_table *table,
                       const struct ow_match *match)
{
    for (; match; match = match->over) {
        printf("laid over it: ");
        print_rule(match->rule);
        printf("\n");
        print_terms(q, table, match->rule);
        print_fields("parameter", &match->params);
        print_fields("capture", &match->captures);
    }
}

static int answer(struct question *q, const struct ow_table *table)
{
    struct ow_match match;

    if (!ow_table_knows(table, q->request.host.ptr, q->request.port)) {
        printf(
            "no rule file has the host %s, port %u: Offwire leaves the "
            "request alone\n",
            q->request.host.ptr, q->request.port);
        return OW_EXIT_UNMET;
    }
    if (ow_table_find(table, &q->request, &q->states, NULL, &match) < 0)
        return out_of_memory();
    bool is_matched = match.rule && !ow_rule_takes_unmatched(match.rule);
    print_early(q, table);
    if (print_upload(q, table) < 0)
        return out_of_memory();
    if (match.rule) {
        print_rule(match.rule);
        printf(is_matched ? " answers:\n"
                          : " answers, and the request counts as one that no "
                            "rule fits:\n");
        if (ow_rule_resource(match.rule))
            printf("  resource %s; in a session that has none yet:\n",
                   ow_rule_resource(match.rule));
        print_answer(q, table, &match);
        print_terms(q, table, match.rule);
        print_fields("parameter", &match.params);
        print_fields("capture", &match.captures);
        print_over(q, table, match.over);
    } else {
        printf("no rule answers %.*s %s\n", OW_STR_ARGS(q->request.method),
               ow_request_url(&q->request).ptr);
    }
    return print_misses(q, table, is_matched);
}

static int run(struct question *q, char **argv)
{
    const struct ow_locate_folder packs = ow_locate_packs();
    struct ow_state_shape shape;
    struct ow_table *table;
    struct ow_err err;
    int status = read_method(q, argv[0]);

    if (status == 0)
        status = read_url(q, argv[1]);
    if (status == 0 && q->data)
        status = read_body(q);
    if (status == 0)
        status = add_usual_headers(q);
    if (status != 0)
        return status;
    if (ow_table_load(q->rules, packs.path, &table, &err) < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    ow_table_shape(table, &shape);
    int r = ow_states_init(&q->states, &shape);
    if (r == 0)
        r = ow_states_begin(&q->states, q->scenarios, &err);
    if (r == 0)
        status = answer(q, table);
    else
        status = r == -ENOENT ? ow_cli_fail(OW_EXIT_USAGE, "%s", err.text)
                              : out_of_memory();
    ow_states_release(&q->states);
    ow_table_free(table);
    return fflush(stdout) == 0 ? status : OW_EXIT_INTERNAL;
}

int ow_cmd_explain(int argc, char **argv)
{
    struct question q = {.rules = NULL};
    int status;

    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0)
            return ow_cli_help("explain", options_help);
    ow_arena_init(&q.arena);
    ow_body_init(&q.body, OW_LIMIT_BODY_KEPT);
    q.request.version = 11;
    q.request.arena = &q.arena;
    q.request.body = &q.body;
    q.request.program = &nobody;
    status = read_options(&q, argc, argv);
    if (status == 0)
        status = run(&q, argv + optind);
    ow_request_release(&q.request);
    ow_body_release(&q.body);
    ow_arena_release(&q.arena);
    return status;
}
