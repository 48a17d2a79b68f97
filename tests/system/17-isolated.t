#!/bin/sh
# A session that lets nothing out (flag ISOLATE), loopback aside.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
start_fake 1
run_client client_sockets isolated
