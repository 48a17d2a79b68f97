/*
 * rule_lab: see rule_lab.h.
 */
#include "config.h"

#include "rule_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "http/url.h"
#include "quoted.h"

void rule_lab_init(struct rule_lab *lab)
{
    memset(lab, 0, sizeof *lab);
    lab->odds = (struct ow_odds){.seed = 1};
    ow_arena_init(&lab->arena);
    ow_body_init(&lab->body, OW_LIMIT_BODY_KEPT);
    lab->program = (struct ow_program){.pid = 42,
                                       .name = "curl",
                                       .argv = "curl\0-sS\0http://a.test/",
                                       .argv_len = 24,
                                       .env = "HOME=/root\0MODE=test\0",
                                       .env_len = 21};
}

static void clear_request(struct rule_lab *lab)
{
    ow_request_release(&lab->request);
    ow_body_reset(&lab->body);
    ow_arena_reset(&lab->arena);
    memset(&lab->request, 0, sizeof lab->request);
}

void rule_lab_release(struct rule_lab *lab)
{
    clear_request(lab);
    ow_body_release(&lab->body);
    ow_states_release(&lab->states);
    lab->table = ow_table_free(lab->table);
    ow_arena_release(&lab->arena);
}

int rule_lab_load(struct rule_lab *lab, const char *rules)
{
    struct ow_state_shape shape;
    struct ow_str text;

    clear_request(lab);
    text = ow_arena_copy(&lab->arena, ow_str_from(rules));
    assert_non_null(text.ptr);
    swap_quotes((char *)text.ptr, '\'', '"');
    lab->table = ow_table_free(lab->table);
    ow_states_release(&lab->states);
    lab->err.text[0] = '\0';
    int r = ow_table_load_text("my.json", text.ptr, text.len, &lab->table,
                               &lab->err);
    swap_quotes(lab->err.text, '"', '\'');
    if (r == 0) {
        ow_table_shape(lab->table, &shape);
        assert_int_equal(ow_states_init(&lab->states, &shape), 0);
    }
    return r;
}

int rule_lab_rules(struct rule_lab *lab, const char *rules)
{
    char text[8192];

    int n =
        snprintf(text, sizeof text,
                 "{'offwire': 1, 'hosts': ['a.test'], 'rules': [%s]}", rules);
    assert_true(n > 0 && (size_t)n < sizeof text);
    return rule_lab_load(lab, text);
}

static void add_headers(struct rule_lab *lab, struct ow_str *text)
{
    while (text->ptr) {
        struct ow_str line = ow_str_cut(text, '\n');
        if (line.len == 0)
            return;
        struct ow_str name = ow_str_cut(&line, ':');
        assert_int_equal(ow_fields_add(&lab->request.headers, &lab->arena, name,
                                       ow_str_trim(line)),
                         0);
    }
}

void rule_lab_request(struct rule_lab *lab, const char *text)
{
    struct ow_request *request = &lab->request;
    struct ow_url url;

    clear_request(lab);
    struct ow_str rest = ow_arena_copy(&lab->arena, ow_str_from(text));
    struct ow_str line = ow_str_cut(&rest, '\n');
    request->method = ow_str_cut(&line, ' ');
    assert_int_equal(ow_url_split(line, &url), 0);
    request->scheme = url.scheme;
    request->host = url.host;
    request->port = url.port ? url.port : ow_url_default_port(url.scheme);
    request->target = request->raw_path = url.path;
    request->path = ow_url_decode(&lab->arena, url.path, false);
    request->query = url.query;
    request->version = 11;
    request->body = &lab->body;
    request->program = &lab->program;
    request->arena = &lab->arena;
    add_headers(lab, &rest);
    if (rest.ptr)
        assert_int_equal(ow_body_feed(&lab->body, rest.ptr, rest.len), 0);
}

const char *rule_lab_find(struct rule_lab *lab, const char *request)
{
    rule_lab_request(lab, request);
    assert_int_equal(ow_table_find(lab->table, &lab->request, &lab->states,
                                   &lab->odds, &lab->match),
                     0);
    return lab->match.rule ? ow_rule_name(lab->match.rule) : "";
}

const char *rule_lab_explain(struct rule_lab *lab, const char *request)
{
    struct ow_near_miss miss;

    rule_lab_request(lab, request);
    int n = ow_explain(lab->table, &lab->request, &lab->states, &miss, 1);
    assert_true(n >= 0);
    if (n == 0)
        return "";
    struct ow_str text =
        ow_arena_printf(&lab->arena, "%s: %.*s", ow_rule_name(miss.rule),
                        OW_STR_ARGS(miss.reason));
    swap_quotes((char *)text.ptr, '"', '\'');
    return text.ptr;
}

static const char *value_of(struct rule_lab *lab,
                            const struct ow_fields *fields, const char *name)
{
    const struct ow_field *field = ow_fields_find(fields, ow_str_from(name));

    return field ? ow_arena_copy(&lab->arena, field->value).ptr : "";
}

const char *rule_lab_param(struct rule_lab *lab, const char *name)
{
    return value_of(lab, &lab->match.params, name);
}

const char *rule_lab_capture(struct rule_lab *lab, const char *name)
{
    return value_of(lab, &lab->match.captures, name);
}

int rule_lab_set_up(void **state)
{
    struct rule_lab *lab = malloc(sizeof *lab);

    if (!lab)
        return -1;
    rule_lab_init(lab);
    *state = lab;
    return 0;
}

int rule_lab_tear_down(void **state)
{
    rule_lab_release(*state);
    free(*state);
    return 0;
}
