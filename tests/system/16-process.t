#!/bin/sh
# Programs that are started with an environment that has lost the session.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
start_fake 0
BUNDLE=$session/ca.pem OFFWIRE_TESTED=1
export BUNDLE OFFWIRE_TESTED
run_client client_process
