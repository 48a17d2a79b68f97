/*
 * hosts: which names a table answers for. See hosts.h. Look-ups hash the name,
 * each of its suffixes ("*.example.com"), and "*". Parsing: host_parse.c.
 */
#include "config.h"

#include "rule/hosts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http/idn.h"
#include "rule/hash.h"
#include "rule/host_parse.h"

struct ow_host_entry {
    struct ow_host_pattern pattern; /* its name is the group's */
    uint32_t group;
    uint32_t next; /* of the same kind and name; number and one */
    uint32_t hash;
};

struct ow_host_group {
    struct ow_host_pattern *patterns; /* sorted, names owned */
    uint32_t n;
};

void ow_hosts_init(struct ow_hosts *hosts)
{
    *hosts = (struct ow_hosts){0};
}

void ow_hosts_release(struct ow_hosts *hosts)
{
    for (uint32_t i = 0; i < hosts->n_groups; i++)
        ow_host_patterns_free(hosts->groups[i].patterns, hosts->groups[i].n);
    free(hosts->groups);
    free(hosts->entries);
    free(hosts->slots);
    ow_hosts_init(hosts);
}

int ow_hosts_normal(struct ow_str host, char ret[OW_LIMIT_NAME])
{
    struct in6_addr v6;
    char text[INET6_ADDRSTRLEN];

    if (host.len == 0)
        return -EINVAL;
    if (!memchr(host.ptr, ':', host.len))
        return ow_idn_to_ascii(host, ret);
    if (host.len >= sizeof text)
        return -EINVAL;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    if (inet_pton(AF_INET6, text, &v6) != 1)
        return -EINVAL;
    if (IN6_IS_ADDR_V4MAPPED(&v6))
        inet_ntop(AF_INET, &v6.s6_addr[12], ret, OW_LIMIT_NAME);
    else
        inet_ntop(AF_INET6, &v6, ret, OW_LIMIT_NAME);
    return 0;
}

bool ow_hosts_is_literal(struct ow_str normal)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr v4;

    if (memchr(normal.ptr, ':', normal.len))
        return true;
    if (normal.len >= sizeof text)
        return false;
    memcpy(text, normal.ptr, normal.len);
    text[normal.len] = '\0';
    return inet_pton(AF_INET, text, &v4) == 1;
}

bool ow_hosts_is_local(struct ow_str normal)
{
    return !memchr(normal.ptr, '.', normal.len) ||
           ow_str_ends(normal, OW_STR(".local")) ||
           ow_str_ends(normal, OW_STR(".localhost")) ||
           ow_hosts_is_literal(normal);
}

static uint32_t hash_pattern(enum ow_host_kind kind, struct ow_str name)
{
    return ow_hash((uint32_t)kind, name);
}

static void put_slot(struct ow_hosts *hosts, uint32_t number)
{
    const struct ow_host_entry *e = &hosts->entries[number];
    uint32_t slot = e->hash & (hosts->n_slots - 1);

    while (hosts->slots[slot] != 0)
        slot = (slot + 1) & (hosts->n_slots - 1);
    hosts->slots[slot] = number + 1;
}

/* Number and one of the first entry of this kind and name; 0: none. */
static uint32_t find_entry(const struct ow_hosts *hosts, enum ow_host_kind kind,
                           struct ow_str name)
{
    uint32_t hash = hash_pattern(kind, name);

    if (hosts->n_slots == 0)
        return 0;
    uint32_t slot = hash & (hosts->n_slots - 1);
    for (; hosts->slots[slot] != 0; slot = (slot + 1) & (hosts->n_slots - 1)) {
        const struct ow_host_entry *e = &hosts->entries[hosts->slots[slot] - 1];
        if (e->hash == hash && e->pattern.kind == kind &&
            ow_str_equal(e->pattern.name, name))
            return hosts->slots[slot];
    }
    return 0;
}

static int grow(struct ow_hosts *hosts)
{
    if (hosts->n < hosts->cap)
        return 0;
    uint32_t cap = hosts->cap > 0 ? hosts->cap * 2 : 16;
    struct ow_host_entry *entries =
        reallocarray(hosts->entries, cap, sizeof *entries);
    if (!entries)
        return -ENOMEM;
    hosts->entries = entries;
    uint32_t *slots = calloc((size_t)cap * 2, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    free(hosts->slots);
    hosts->slots = slots;
    hosts->n_slots = cap * 2;
    hosts->cap = cap;
    /* Chained entries are found through the first of their chain. */
    for (uint32_t i = 0; i < hosts->n; i++)
        if (find_entry(hosts, entries[i].pattern.kind,
                       entries[i].pattern.name) == 0)
            put_slot(hosts, i);
    return 0;
}

static int add_entry(struct ow_hosts *hosts,
                     const struct ow_host_pattern *pattern, uint32_t group)
{
    if (grow(hosts) < 0)
        return -ENOMEM;
    uint32_t first = find_entry(hosts, pattern->kind, pattern->name);
    uint32_t number = hosts->n++;
    struct ow_host_entry *entry = &hosts->entries[number];
    *entry = (struct ow_host_entry){
        .pattern = *pattern,
        .group = group,
        .hash = hash_pattern(pattern->kind, pattern->name)};
    hosts->has_literals |=
        pattern->kind == OW_HOST_NAME && ow_hosts_is_literal(pattern->name);
    if (first == 0) {
        put_slot(hosts, number);
    } else {
        entry->next = hosts->entries[first - 1].next;
        hosts->entries[first - 1].next = number + 1;
    }
    return 0;
}

static bool find_group(const struct ow_hosts *hosts,
                       const struct ow_host_pattern *patterns, uint32_t n,
                       uint32_t *ret_group)
{
    for (uint32_t i = 0; i < hosts->n_groups; i++) {
        const struct ow_host_group *g = &hosts->groups[i];
        uint32_t same = 0;
        while (g->n == n && same < n &&
               ow_host_pattern_compare(&g->patterns[same], &patterns[same]) ==
                   0)
            same++;
        if (g->n == n && same == n) {
            *ret_group = i;
            return true;
        }
    }
    return false;
}

/* Takes the patterns when it succeeds. */
static int add_group(struct ow_hosts *hosts,
                     struct ow_host_pattern *take_patterns, uint32_t n)
{
    if (hosts->n_groups == hosts->cap_groups) {
        uint32_t cap = hosts->cap_groups > 0 ? hosts->cap_groups * 2 : 8;
        struct ow_host_group *groups =
            reallocarray(hosts->groups, cap, sizeof *groups);
        if (!groups)
            return -ENOMEM;
        hosts->groups = groups;
        hosts->cap_groups = cap;
    }
    hosts->groups[hosts->n_groups++] = (struct ow_host_group){take_patterns, n};
    return 0;
}

int ow_hosts_add(struct ow_hosts *hosts, const struct ow_jsonc *doc,
                 const cJSON *list, uint32_t *ret_group, struct ow_err *err)
{
    struct ow_host_pattern *patterns;
    uint32_t n;
    int r = ow_host_patterns_parse(doc, list, &patterns, &n, err);

    if (r < 0)
        return r;
    if (find_group(hosts, patterns, n, ret_group)) {
        ow_host_patterns_free(patterns, n);
        return 0;
    }
    r = add_group(hosts, patterns, n);
    if (r < 0) {
        ow_host_patterns_free(patterns, n);
        return r;
    }
    *ret_group = hosts->n_groups - 1;
    for (uint32_t i = 0; r == 0 && i < n; i++)
        r = add_entry(hosts, &patterns[i], *ret_group);
    return r;
}

/* Where matches of one look-up go; set NULL: whether there is one. */
struct search {
    const struct ow_hosts *hosts;
    uint16_t port;
    struct ow_arena *arena;
    struct ow_host_set *set;
    bool found;
};

static int add_to_set(struct search *search, uint32_t group)
{
    struct ow_host_set *set = search->set;
    const size_t few = sizeof set->few / sizeof *set->few;
    const uint32_t *items = ow_host_set_items(set);

    for (uint32_t i = 0; i < set->n; i++)
        if (items[i] == group)
            return 0;
    if (set->n == few && !set->more) {
        /* There are never more than all of them. */
        set->more = ow_arena_alloc(search->arena,
                                   search->hosts->n_groups * sizeof *set->more);
        if (!set->more)
            return -ENOMEM;
        memcpy(set->more, set->few, sizeof set->few);
    }
    (set->more ? set->more : set->few)[set->n++] = group;
    return 0;
}

static int collect(struct search *search, enum ow_host_kind kind,
                   struct ow_str name)
{
    const struct ow_hosts *hosts = search->hosts;
    uint32_t number = find_entry(hosts, kind, name);
    int r = 0;

    while (r == 0 && number != 0) {
        const struct ow_host_entry *e = &hosts->entries[number - 1];
        uint16_t port = e->pattern.port;
        if (port == 0 || search->port == 0 || port == search->port) {
            search->found = true;
            if (search->set)
                r = add_to_set(search, e->group);
        }
        number = e->next;
    }
    return r;
}

static int run_search(struct search *search, struct ow_str host)
{
    int r = collect(search, OW_HOST_NAME, host);

    for (size_t dot = ow_str_find_byte(host, '.', 0); r == 0 && dot < host.len;
         dot = ow_str_find_byte(host, '.', dot + 1))
        r = collect(search, OW_HOST_BELOW,
                    (struct ow_str){host.ptr + dot + 1, host.len - dot - 1});
    if (r == 0 && !ow_hosts_is_local(host))
        r = collect(search, OW_HOST_ALL, OW_STR(""));
    return r;
}

int ow_hosts_find(const struct ow_hosts *hosts, struct ow_str host,
                  uint16_t port, struct ow_arena *arena,
                  struct ow_host_set *ret_set)
{
    struct search search = {
        .hosts = hosts, .port = port, .arena = arena, .set = ret_set};

    ret_set->more = NULL;
    ret_set->n = 0;
    return run_search(&search, host);
}

bool ow_hosts_knows(const struct ow_hosts *hosts, struct ow_str host,
                    uint16_t port)
{
    struct search search = {.hosts = hosts, .port = port};

    run_search(&search, host);
    return search.found;
}

size_t ow_hosts_count(const struct ow_hosts *hosts)
{
    size_t n = 0;

    for (uint32_t i = 0; i < hosts->n_groups; i++)
        n += hosts->groups[i].n;
    return n;
}

const struct ow_host_pattern *ow_hosts_pattern(const struct ow_hosts *hosts,
                                               uint32_t group, uint32_t n)
{
    const struct ow_host_group *g = &hosts->groups[group];

    return n < g->n ? &g->patterns[n] : NULL;
}
