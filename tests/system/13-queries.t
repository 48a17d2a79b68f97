#!/bin/sh
# Every way to ask name servers without libc's look-ups, under the shim.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
. "$(dirname "$0")/../lib/world.sh"
world_enter "$0"
ip link set lo up
ip addr add 203.0.113.53/32 dev lo
ip -6 addr add fd00::53/128 dev lo nodad ||
    skip_all "no IPv6 here"
# The kernel has the way there a moment after the address: what is sent before
# is lost.
v6_is_local()
{
    ip -6 route get fd00::53 2>/dev/null | grep -q '^local'
}
await v6_is_local
# The kernel takes the address in a moment later, and drops what comes before.
is_taken_in()
{
    [ -z "$(ip -6 addr show dev lo tentative)" ] &&
        ip -6 route get fd00::53 | grep -q '^local'
}
await is_taken_in
start_fake 0
run_client client_queries
