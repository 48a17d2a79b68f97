#!/bin/sh
# Every way to look a name up, under the shim.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
start_fake 0
run_client client_names
