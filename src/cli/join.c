/*
 * join: the variables that put a program into a session. See join.h.
 */
#include "config.h"

#include "cli/join.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/locate.h"
#include "cli/no_proxy.h"
#include "cli/preload.h"
#include "control/control.h"
#include "rule/network.h"
#include "tls/trust.h"

#define PRELOAD "LD_PRELOAD"
/* A sanitized program refuses to run when anything is loaded before its
 * runtime, unless it is told not to look. */
#define ASAN        "ASAN_OPTIONS"
#define ASAN_OPTION "verify_asan_link_order=0"

static int no_memory(struct ow_err *err)
{
    return ow_err_set(err, -ENOMEM, "out of memory");
}

/* The user's list without another copy of the shim (a run within a run). */
static int append_others(struct ow_buf *list, const char *old)
{
    struct ow_str rest = ow_str_from(old);
    int r = 0;

    while (rest.ptr && r == 0) {
        size_t len = strcspn(rest.ptr, ": ");
        struct ow_str item = {rest.ptr, len};
        rest.ptr = rest.ptr[len] ? rest.ptr + len + 1 : NULL;
        if (len == 0 || ow_str_ends(item, OW_STR("liboffwire.so")))
            continue;
        r = ow_buf_append(list, ":", 1);
        if (r == 0)
            r = ow_buf_append_str(list, item);
    }
    return r;
}

static int set_preload(struct ow_environ *env, const char *dir,
                       struct ow_err *err)
{
    struct ow_buf list;
    char *shim = ow_locate_shim(err);

    if (!shim)
        return -ENOENT;
    shim = ow_preload_path(shim, dir);
    if (!shim)
        return no_memory(err);
    ow_buf_init(&list, 0);
    int r = ow_buf_append(&list, shim, strlen(shim));
    free(shim);
    if (r == 0)
        r = append_others(&list, ow_environ_find(env, PRELOAD));
    if (r == 0)
        r = ow_buf_append(&list, "", 1);
    if (r == 0)
        r = ow_environ_set(env, PRELOAD, ow_buf_data(&list));
    ow_buf_release(&list);
    return r < 0 ? no_memory(err) : 0;
}

int ow_join_leave(struct ow_environ *env)
{
    const char *old = ow_environ_find(env, PRELOAD);
    struct ow_buf list;

    if (!old)
        return ow_environ_set(env, OW_ENV_MODE, "live");
    ow_buf_init(&list, 0);
    int r = append_others(&list, old);
    if (r == 0)
        r = ow_buf_append(&list, "", 1);
    /* Each of the others stands behind a colon. */
    if (r == 0 && list.len == 1)
        ow_environ_unset(env, PRELOAD);
    else if (r == 0 && strcmp(ow_buf_data(&list) + 1, old) != 0)
        r = ow_environ_set(env, PRELOAD, ow_buf_data(&list) + 1);
    ow_buf_release(&list);
    if (r == 0)
        r = ow_environ_set(env, OW_ENV_MODE, "live");
    return r;
}

static int set_rules(struct ow_environ *env, const char *rules,
                     struct ow_err *err)
{
    char *absolute = ow_locate_absolute(rules);
    int r = absolute ? ow_environ_set(env, OW_ENV_RULES, absolute) : -ENOMEM;

    free(absolute);
    return r < 0 ? no_memory(err) : 0;
}

static int set_asan(struct ow_environ *env)
{
    const char *old = ow_environ_find(env, ASAN);
    char *value;

    if (old && strstr(old, "verify_asan_link_order"))
        return 0;
    if (asprintf(&value, "%s%s" ASAN_OPTION, old ? old : "",
                 old && *old ? ":" : "") < 0)
        return -ENOMEM;
    int r = ow_environ_set(env, ASAN, value);
    free(value);
    return r;
}

/* Another session's is none of this one. */
static int set_ticket(struct ow_environ *env, const struct ow_host *host)
{
    char text[OW_TICKET_TEXT_SIZE];

    if (ow_host_ticket(host, text))
        return ow_environ_set(env, OW_ENV_TICKET, text);
    ow_environ_unset(env, OW_ENV_TICKET);
    return 0;
}

/* More hosts than a variable takes are no reason not to run. */
static int set_no_proxy(struct ow_environ *env, const char *live,
                        struct ow_host *host)
{
    const struct ow_table *table = ow_host_env(host)->table;
    int r = ow_no_proxy_set(env, table, live);
    struct ow_str left = ow_no_proxy_left_out(env, table);

    if (r == 0 && left.ptr)
        ow_cli_fail(0,
                    "the proxy that is set may be asked for %.*s, which "
                    "no_proxy cannot tell all clients; unset it",
                    OW_STR_ARGS(left));
    if (r != -E2BIG)
        return r;
    ow_cli_fail(0,
                "the rules have more hosts than no_proxy takes; the proxy "
                "that is set may be asked for them");
    return 0;
}

int ow_join_environ(struct ow_environ *env,
                    const struct ow_host_options *options, struct ow_host *host,
                    struct ow_err *err)
{
    const char *dir = ow_host_dir(host);
    int r = set_preload(env, dir, err);

    if (r < 0)
        return r;
    r = set_rules(env, options->rules, err);
    if (r < 0)
        return r;
    char *self = ow_locate_self(err);
    if (!self)
        return -ENOENT;
    r = ow_environ_set(env, OW_ENV_HOST, self);
    free(self);
    if (r == 0)
        r = ow_environ_set(env, OW_ENV_SESSION, dir);
    if (r == 0)
        r = set_ticket(env, host);
    if (r == 0)
        r = set_asan(env);
    if (r == 0)
        r = set_no_proxy(env, options->live, host);
    /* For what outlives this session and begins one of its own. */
    if (r == 0 && options->scenarios)
        r = ow_environ_set(env, OW_ENV_SCENARIO, options->scenarios);
    if (r == 0 && options->isolate)
        r = ow_environ_set(env, OW_ENV_ISOLATE, "1");
    if (r == 0 && options->live)
        r = ow_environ_set(env, OW_ENV_LIVE, options->live);
    if (r == 0 && options->unmatched_is_error)
        r = ow_environ_set(env, OW_ENV_UNMATCHED, OW_UNMATCHED_ERROR);
    if (r == 0 && options->network)
        r = ow_environ_set(env, OW_ENV_NETWORK, options->network->name);
    /* Whoever asks for a session does not want it skipped. */
    ow_environ_unset(env, OW_ENV_SKIP);
    return r < 0 ? no_memory(err) : 0;
}

static const char *look_up(void *context, const char *name)
{
    return ow_environ_find(context, name);
}

static int add(void *context, const char *name, const char *value)
{
    return ow_environ_set(context, name, value);
}

void ow_join_trust_or_say(struct ow_environ *env, struct ow_host *host)
{
    struct ow_err err;
    int r = ow_host_write_ca(host, &err);

    if (r == 0)
        r = ow_trust_prepare(ow_host_dir(host), look_up, add, env, &err);
    if (r < 0)
        ow_cli_fail(0,
                    "%s; programs with a TLS library of their own will not "
                    "trust this session",
                    err.text);
}
