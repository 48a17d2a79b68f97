/*
 * peers: whose socket is at the other end. See peers.h. Called by conns.c
 * for each accepted connection.
 */
#include "config.h"

#include "host/peers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct ow_peers {
    int netlink; /* -1: the kernel has no sock_diag for us; /proc is read */
    unsigned lo; /* the device, by which bound sockets are found as well */
};

/* The client's end of a connection, as the kernel knows it. */
struct owner {
    uid_t uid;
    unsigned long inode; /* 0: no process holds it any more */
};

struct ow_peers *ow_peers_new(void)
{
    struct ow_peers *peers = calloc(1, sizeof *peers);

    if (!peers)
        return NULL;
    peers->netlink =
        socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    peers->lo = if_nametoindex("lo");
    return peers;
}

struct ow_peers *ow_peers_free(struct ow_peers *peers)
{
    if (!peers)
        return NULL;
    if (peers->netlink >= 0)
        close(peers->netlink);
    free(peers);
    return NULL;
}

static int send_query(const struct ow_peers *peers,
                      const struct ow_accepted *accepted)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 query;
    } message = {
        .head = {.nlmsg_len = sizeof message,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST},
        .query = {.sdiag_family = AF_INET,
                  .sdiag_protocol = IPPROTO_TCP,
                  .idiag_states = ~0u,
                  .id = {.idiag_sport = accepted->peer.sin_port,
                         .idiag_dport = accepted->local.sin_port,
                         .idiag_src = {accepted->peer.sin_addr.s_addr},
                         .idiag_dst = {accepted->local.sin_addr.s_addr},
                         .idiag_if = peers->lo,
                         .idiag_cookie = {INET_DIAG_NOCOOKIE,
                                          INET_DIAG_NOCOOKIE}}},
    };

    return send(peers->netlink, &message, sizeof message, 0) < 0 ? -errno : 0;
}

/* 0, -ENOENT (there is no such socket), or what keeps us from knowing. */
static int ask_kernel(const struct ow_peers *peers,
                      const struct ow_accepted *accepted, struct owner *ret)
{
    /* The kernel answers within send(): nothing is waited for here. */
    _Alignas(struct nlmsghdr) char bytes[1024];
    int r = send_query(peers, accepted);
    ssize_t n =
        r < 0 ? r : recv(peers->netlink, bytes, sizeof bytes, MSG_DONTWAIT);
    const struct nlmsghdr *head = (const struct nlmsghdr *)bytes;

    if (n < 0)
        return r < 0 ? r : -errno;
    if (!NLMSG_OK(head, (unsigned)n))
        return -EPROTO;
    if (head->nlmsg_type == NLMSG_ERROR)
        return ((const struct nlmsgerr *)NLMSG_DATA(head))->error;
    if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY)
        return -EPROTO;
    const struct inet_diag_msg *found = NLMSG_DATA(head);
    *ret = (struct owner){found->idiag_uid, found->idiag_inode};
    return 0;
}

/*
 * "sl local rem st queues tr retrnsmt uid timeout inode ..."; addresses are
 * in network order printed as one number. A v4-mapped socket stands in tcp6.
 */
static int parse_line(const char *line, const struct ow_accepted *accepted,
                      const char *mapped, struct owner *ret)
{
    char local[48], remote[48], wanted_local[48], wanted_remote[48];
    unsigned uid;
    unsigned long inode;

    if (sscanf(line, "%*s %47s %47s %*s %*s %*s %*s %u %*s %lu", local, remote,
               &uid, &inode) != 4)
        return -ENOENT;
    snprintf(wanted_local, sizeof wanted_local, "%s%08" PRIX32 ":%04X", mapped,
             accepted->peer.sin_addr.s_addr, ntohs(accepted->peer.sin_port));
    snprintf(wanted_remote, sizeof wanted_remote, "%s%08" PRIX32 ":%04X",
             mapped, accepted->local.sin_addr.s_addr,
             ntohs(accepted->local.sin_port));
    if (strcmp(local, wanted_local) != 0 || strcmp(remote, wanted_remote) != 0)
        return -ENOENT;
    *ret = (struct owner){uid, inode};
    return 0;
}

static int read_table(const char *path, const char *mapped,
                      const struct ow_accepted *accepted, struct owner *ret)
{
    FILE *file = fopen(path, "re");
    char line[512];
    int r = -ENOENT;

    if (!file)
        return -errno;
    while (r < 0 && fgets(line, sizeof line, file))
        r = parse_line(line, accepted, mapped, ret);
    fclose(file);
    return r;
}

static int find_owner(struct ow_peers *peers,
                      const struct ow_accepted *accepted, struct owner *ret)
{
    if (peers->netlink >= 0) {
        int r = ask_kernel(peers, accepted, ret);
        if (r == 0 || r == -ENOENT)
            return r;
        /* A kernel built without it, or a sandbox: not asked again. */
        close(peers->netlink);
        peers->netlink = -1;
    }
    if (read_table("/proc/net/tcp", "", accepted, ret) == 0)
        return 0;
    return read_table("/proc/net/tcp6", "0000000000000000FFFF0000", accepted,
                      ret);
}

/*
 * A program of a session of root's may have become another user; one of a
 * user's cannot have.
 */
static bool has_become(struct ow_joined *joined, uid_t uid)
{
    return geteuid() == 0 && joined && ow_programs_runs_as(joined, uid);
}

/* NULL: nobody of this session. */
static struct ow_joined *find_joined(const struct ow_programs *programs,
                                     const struct ow_accepted *accepted,
                                     const struct owner *owner, bool is_own)
{
    struct ow_joined *joined =
        ow_programs_find_source(programs, accepted->peer.sin_addr);

    if (joined || owner->inode == 0)
        return joined;
    /* A program that bound its socket itself kept its own address. */
    if (is_own)
        return ow_programs_find_socket(programs, owner->inode);
    /* Strangers do not make us search; and where we may not look into another
     * user's process, one of that user's stands for the others. */
    struct ow_joined *other = ow_programs_find_user(programs, owner->uid);
    if (other)
        joined = ow_programs_find_socket(programs, owner->inode);
    return joined ? joined : other;
}

int ow_peers_find(struct ow_peers *peers, const struct ow_programs *programs,
                  const struct ow_accepted *accepted,
                  struct ow_joined **ret_joined, struct ow_err *err)
{
    char address[INET_ADDRSTRLEN];
    struct owner owner = {0};

    inet_ntop(AF_INET, &accepted->peer.sin_addr, address, sizeof address);
    if (find_owner(peers, accepted, &owner) < 0)
        return ow_err_set(err, -ESRCH,
                          "a connection from %s was closed before it could be "
                          "told whose it was",
                          address);
    bool is_own = ow_programs_is_own_user(owner.uid);
    struct ow_joined *joined = find_joined(programs, accepted, &owner, is_own);
    if (!is_own && !has_become(joined, owner.uid))
        return ow_err_set(err, -EPERM,
                          "dropped a connection from %s: it belongs to "
                          "another user (%u)",
                          address, (unsigned)owner.uid);
    if (!joined)
        return ow_err_set(err, -ENOENT,
                          "dropped a connection from %s: no process of this "
                          "session made it",
                          address);
    if (!is_own)
        joined->info->program.is_other_user = true;
    *ret_joined = joined;
    return 0;
}
