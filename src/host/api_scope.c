/*
 * api_scope: whose state a request to http://offwire.test/ is about: the
 * session's, or that of a client ("scope"): "program=PID", "header=NAME:
 * VALUE".
 */
#include "config.h"

#include <errno.h>
#include <limits.h>

#include "host/api_call.h"

#define HINT                                                                   \
    "a client is program=PID or header=NAME:VALUE, as the rules' \"scope\" "   \
    "tells clients apart"

static int read_program(struct ow_api_call *call, struct ow_str value,
                        struct ow_program *ret)
{
    uint64_t pid;

    if (ow_str_parse_u64(value, &pid) < 0 || pid == 0 || pid > INT_MAX) {
        ow_api_fail(call, 400, HINT,
                    "\"program\" has to be a process's number, not \"%.*s\"",
                    value.len > 40 ? 40 : (int)value.len, value.ptr);
        return 1;
    }
    *ret = (struct ow_program){.pid = (int)pid, .name = ""};
    return 0;
}

/* Without a value they are those that do not send it. */
static int read_header(struct ow_api_call *call, struct ow_str value,
                       struct ow_scope *scope, struct ow_fields *ret)
{
    scope->header = ow_str_trim(ow_str_cut(&value, ':'));
    if (scope->header.len == 0) {
        ow_api_fail(call, 400, HINT, "\"header\" has no name");
        return 1;
    }
    return value.ptr ? ow_fields_add(ret, call->arena, scope->header,
                                     ow_str_trim(value))
                     : 0;
}

static int fail_unknown(struct ow_api_call *call, struct ow_str program,
                        struct ow_str header)
{
    struct ow_str value = program.ptr ? program : header;

    ow_api_fail(call, 404, HINT,
                "no client %s \"%.*s\" has a state of its own: no rule with "
                "such a \"scope\" has answered one",
                program.ptr ? "program" : "with",
                value.len > 100 ? 100 : (int)value.len, value.ptr);
    return 1;
}

int ow_api_scope(struct ow_api_call *call, bool opens, struct ow_state **ret)
{
    static const char *const known[] = {"program", "header", NULL};
    struct ow_states *states = &call->session->states;
    struct ow_str program = ow_api_param(call, "program");
    struct ow_str header = ow_api_param(call, "header");
    struct ow_scope scope = {.kind = OW_SCOPE_SESSION};
    struct ow_program process = {.name = ""};
    struct ow_fields headers = {0};
    const struct ow_client client = {&process, &headers};
    struct ow_err err = {""};
    int r = ow_api_check_params(call, known);

    if (r == 0 && program.ptr && header.ptr) {
        ow_api_fail(call, 400, HINT,
                    "\"program\" and \"header\" are two "
                    "clients: ask for one at a time");
        r = 1;
    }
    if (r == 0 && program.ptr) {
        scope.kind = OW_SCOPE_PROGRAM;
        r = read_program(call, program, &process);
    } else if (r == 0 && header.ptr) {
        scope.kind = OW_SCOPE_HEADER;
        r = read_header(call, header, &scope, &headers);
    }
    if (r != 0)
        return r;
    if (!opens && ow_states_find(states, &scope, &client) == &states->fresh)
        return fail_unknown(call, program, header);
    r = ow_states_open(states, &scope, &client, ret, &err);
    if (r < 0 && r != -ENOMEM) {
        ow_api_fail(call, 400, HINT, "%s", err.text);
        return 1;
    }
    return r;
}
