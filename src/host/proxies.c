/*
 * proxies: finds who would go round us. See proxies.h. Called by verdicts.c
 * when a program joins, and by cli/no_proxy.c.
 */
#include "config.h"

#include "host/proxies.h"

#include <stdio.h>
#include <string.h>

#include "rule/host_parse.h"

/* What precedes "=" in an item, or all of it. */
static struct ow_str name_of(struct ow_str item)
{
    return ow_str_cut(&item, '=');
}

static bool is_no_proxy(struct ow_str name)
{
    return ow_str_equal_case(name, OW_STR("no_proxy"));
}

bool ow_proxies_is_one(struct ow_str item)
{
    static const struct ow_str end = {"_proxy", 6};
    struct ow_str name = ow_str_cut(&item, '=');

    if (name.len <= end.len || item.len == 0 || is_no_proxy(name))
        return false;
    name = (struct ow_str){name.ptr + name.len - end.len, end.len};
    return ow_str_equal_case(name, end);
}

/* Whether an entry of no_proxy is for a host: its name, a name above it, with
 * or without a dot or "*." before it, or "*". */
static bool covers(struct ow_str entry, struct ow_str host)
{
    if (entry.len > 1 && entry.ptr[0] == '*')
        entry = (struct ow_str){entry.ptr + 1, entry.len - 1};
    if (entry.len == 1 && entry.ptr[0] == '*')
        return true;
    if (entry.len > 1 && entry.ptr[0] == '.')
        entry = (struct ow_str){entry.ptr + 1, entry.len - 1};
    if (entry.len == 0 || host.len < entry.len)
        return false;
    size_t before = host.len - entry.len;
    struct ow_str end = {host.ptr + before, entry.len};
    return ow_str_equal_case(end, entry) &&
           (before == 0 || host.ptr[before - 1] == '.');
}

static bool is_in_list(struct ow_str list, struct ow_str host)
{
    while (list.len > 0) {
        struct ow_str entry = ow_str_trim(ow_str_cut(&list, ','));

        if (covers(entry, host))
            return true;
    }
    return false;
}

/* Clients read one of the two names or the other: an own one is enough. */
static bool is_kept_away(const struct ow_program *program, struct ow_str host)
{
    struct ow_str rest = {program->env, program->env_len};

    while (rest.len > 0) {
        struct ow_str item = ow_str_cut(&rest, '\0');
        struct ow_str name = ow_str_cut(&item, '=');

        if (is_no_proxy(name) && is_in_list(item, host))
            return true;
    }
    return false;
}

static struct ow_str find_proxy(const struct ow_program *program)
{
    struct ow_str rest = {program->env, program->env_len};

    while (rest.len > 0) {
        struct ow_str item = ow_str_cut(&rest, '\0');

        if (ow_proxies_is_one(item))
            return name_of(item);
    }
    return (struct ow_str){NULL, 0};
}

/* The first host of the rules for which the proxy is asked; an absent name if
 * there is none. A host of all has no name that no_proxy could have. */
static struct ow_str find_host(const struct ow_session *session,
                               const struct ow_program *program)
{
    for (size_t i = 0; i < ow_table_count_hosts(session->table); i++) {
        const struct ow_host_pattern *host = ow_table_host(session->table, i);

        if (host->name.len > 0 &&
            !ow_livehosts_has(session->live, host->name.ptr, host->port) &&
            !is_kept_away(program, host->name))
            return host->name;
    }
    return (struct ow_str){NULL, 0};
}

void ow_proxies_tell(struct ow_session *session,
                     const struct ow_program *program)
{
    struct ow_str proxy = find_proxy(program);
    struct ow_str host = {NULL, 0};
    char text[512];

    if (!session->lend_stderr || program->has_libcurl || proxy.len == 0)
        return;
    host = find_host(session, program);
    if (host.len == 0)
        return;
    snprintf(text, sizeof text,
             "%.*s is set: who heeds it asks that proxy for %.*s, and reaches "
             "the real host; set no_proxy to the hosts of the rules, or start "
             "the program by \"offwire run\", which does",
             (int)(proxy.len < 32 ? proxy.len : 32), proxy.ptr,
             (int)(host.len < 128 ? host.len : 128), host.ptr);
    ow_serve_say(&session->env, program, ow_str_from(text));
}
