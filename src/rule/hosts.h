/*
 * hosts: which names a table answers for. Every "hosts" list is a group; files
 * with the same list share one. A look-up gives the groups that take a host.
 *
 * Normal form of a host, for patterns and look-ups alike: lower-case, A-labels,
 * no dot at the end; IP literals without brackets, IPv6 in its shortest form,
 * v4-mapped as IPv4.
 */
#ifndef OW_RULE_HOSTS_H
#define OW_RULE_HOSTS_H

#include "base/arena.h"
#include "base/jsonc.h"
#include "base/limits.h"

struct ow_hosts {
    struct ow_host_entry *entries;
    uint32_t n;
    uint32_t cap;
    uint32_t *slots; /* hash table of numbers of entries, and one */
    uint32_t n_slots;
    struct ow_host_group *groups;
    uint32_t n_groups;
    uint32_t cap_groups;
    bool has_literals;
};

/* The groups that take a host; few, so that they fit without allocation. */
struct ow_host_set {
    uint32_t few[16];
    uint32_t *more; /* in the arena */
    uint32_t n;
};

void ow_hosts_init(struct ow_hosts *hosts);
void ow_hosts_release(struct ow_hosts *hosts);
/*
 * Adds the list of a file. 0, -EINVAL with a placed sentence, -ENOMEM.
 */
int ow_hosts_add(struct ow_hosts *hosts, const struct ow_jsonc *doc,
                 const cJSON *list, uint32_t *ret_group, struct ow_err *err);

/* The normal form, with a NUL. 0 or -EINVAL. */
int ow_hosts_normal(struct ow_str host, char ret[OW_LIMIT_NAME]);
bool ow_hosts_is_literal(struct ow_str normal);
/* Whether "*" leaves it out: localhost, *.local, names without a dot, ... */
bool ow_hosts_is_local(struct ow_str normal);

/* host in normal form; port 0: any. 0 or -ENOMEM. */
int ow_hosts_find(const struct ow_hosts *hosts, struct ow_str host,
                  uint16_t port, struct ow_arena *arena,
                  struct ow_host_set *ret_set);
bool ow_hosts_knows(const struct ow_hosts *hosts, struct ow_str host,
                    uint16_t port);
static inline const uint32_t *ow_host_set_items(const struct ow_host_set *set)
{
    return set->more ? set->more : set->few;
}

/* How many hosts all groups name. */
size_t ow_hosts_count(const struct ow_hosts *hosts);
/* For reasons: the n-th pattern of a group; NULL behind the last. */
const struct ow_host_pattern *ow_hosts_pattern(const struct ow_hosts *hosts,
                                               uint32_t group, uint32_t n);

#endif
