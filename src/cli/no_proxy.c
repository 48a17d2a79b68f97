/*
 * no_proxy: keeps a proxy of the environment away from the rules' hosts. See
 * no_proxy.h. Called by join.c.
 */
#include "config.h"

#include "cli/no_proxy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "control/control.h"
#include "host/livehosts.h"
#include "host/proxies.h"
#include "rule/host_parse.h"
#include "rule/hosts.h"

static bool has_proxy(const struct ow_environ *env)
{
    for (size_t i = 0; i < env->n; i++)
        if (ow_proxies_is_one(ow_str_from(env->items[i])))
            return true;
    return false;
}

static int append(struct ow_buf *list, const char *before, struct ow_str name)
{
    int r = list->len > 0 ? ow_buf_append(list, ",", 1) : 0;

    if (r == 0)
        r = ow_buf_append(list, before, strlen(before));
    return r < 0 ? r : ow_buf_append_str(list, name);
}

/*
 * Ports are left out: a name that is known at one port has its stand-in at all.
 * Addresses of IPv6 as well: Python's httpx (0.23) fails on any of them there.
 */
static int append_pattern(struct ow_buf *list,
                          const struct ow_host_pattern *pattern,
                          const struct ow_livehosts *live)
{
    if (memchr(pattern->name.ptr, ':', pattern->name.len))
        return 0;
    if (pattern->kind == OW_HOST_BELOW)
        return append(list, ".", pattern->name);
    if (ow_livehosts_has(live, pattern->name.ptr, pattern->port))
        return 0;
    return append(list, "", pattern->name);
}

static bool names_all(const struct ow_table *table)
{
    for (size_t i = 0; i < ow_table_count_hosts(table); i++)
        if (ow_table_host(table, i)->kind == OW_HOST_ALL)
            return true;
    return false;
}

/* "*" counts alone: beside other names most clients take it for one. */
static int make_list(const struct ow_table *table,
                     const struct ow_livehosts *live, struct ow_buf *list)
{
    bool is_all = names_all(table);
    int r = append(list, "", is_all ? OW_STR("*") : OW_STR(OW_CONTROL_API));

    for (size_t i = 0; r == 0 && !is_all && i < ow_table_count_hosts(table);
         i++)
        r = append_pattern(list, ow_table_host(table, i), live);
    return r < 0 ? r : ow_buf_append(list, "", 1);
}

/*
 * All hosts are the rules', so no proxy is of use; and wget, aria2, LWP and
 * others take "*" for a name.
 */
static void drop_proxies(struct ow_environ *env)
{
    static const char *const names[] = {
        "http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "WS_PROXY", "WSS_PROXY"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ow_environ_unset(env, names[i]);
}

/* Appends the list to what the user has there. */
static int set(struct ow_environ *env, const char *name, const char *value,
               const char *list)
{
    bool is_all = strcmp(list, "*") == 0;
    struct ow_buf all;
    int r = 0;

    if (value && (strcmp(value, "*") == 0 || (!is_all && strstr(value, list))))
        return ow_environ_set(env, name, value);
    ow_buf_init(&all, 0);
    if (value && *value && !is_all)
        r = append(&all, "", ow_str_from(value));
    if (r == 0)
        r = append(&all, "", ow_str_from(list));
    if (r == 0)
        r = ow_buf_append(&all, "", 1);
    if (r == 0)
        r = ow_environ_set(env, name, ow_buf_data(&all));
    ow_buf_release(&all);
    return r;
}

/* Clients that know both names read one alone, some this and some that one: so
 * a name that the user has not set takes what the other one says. */
static int set_both(struct ow_environ *env, const char *list)
{
    static const char *const names[] = {"no_proxy", "NO_PROXY"};
    char *values[2] = {NULL, NULL};
    int r = 0;

    for (int i = 0; i < 2 && r == 0; i++) {
        const char *value = ow_environ_find(env, names[i]);
        if (!value)
            value = ow_environ_find(env, names[!i]);
        values[i] = value ? strdup(value) : NULL;
        r = value && !values[i] ? -ENOMEM : 0;
    }
    for (int i = 0; i < 2 && r == 0; i++)
        r = set(env, names[i], values[i], list);
    free(values[0]);
    free(values[1]);
    return r;
}

int ow_no_proxy_set(struct ow_environ *env, const struct ow_table *table,
                    const char *live_list)
{
    struct ow_livehosts *live = NULL;
    struct ow_buf list;
    struct ow_err err;
    int r = 0;

    if (!has_proxy(env))
        return 0;
    if (live_list)
        r = ow_livehosts_new(live_list, &live, &err);
    ow_buf_init(&list, OW_LIMIT_NO_PROXY);
    if (r == 0)
        r = make_list(table, live, &list);
    if (r == 0)
        r = set_both(env, ow_buf_data(&list));
    if (r == 0 && names_all(table))
        drop_proxies(env);
    ow_buf_release(&list);
    ow_livehosts_free(live);
    return r == -ENOBUFS ? -E2BIG : r;
}

struct ow_str ow_no_proxy_left_out(const struct ow_environ *env,
                                   const struct ow_table *table)
{
    for (size_t i = 0; has_proxy(env) && i < ow_table_count_hosts(table); i++) {
        struct ow_str name = ow_table_host(table, i)->name;
        if (memchr(name.ptr, ':', name.len))
            return name;
    }
    return (struct ow_str){NULL, 0};
}
