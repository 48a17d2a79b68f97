#!/bin/sh
# Forks, daemons, threads, signals, jumps and cancellation around the shim.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
start_fake 0
run_client client_fork
