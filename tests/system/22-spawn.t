#!/bin/sh
# Starting a host must not show in the program.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
TMPDIR=$work
OFFWIRE_HOST=$clients/fake_host
OFFWIRE_RULES=rules.json
export TMPDIR OFFWIRE_HOST OFFWIRE_RULES
run_client client_spawn
