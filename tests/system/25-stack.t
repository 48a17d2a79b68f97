#!/bin/sh
# Threads with the least stack there is, which begin the session, too. The
# library is there by a relative path, and TMPDIR is looked at: each is longer
# work than the usual.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
[ -z "$sanitized" ] || skip_all "a sanitizer needs more stack than that"
TMPDIR=$work
OFFWIRE_HOST=$clients/fake_host
export TMPDIR OFFWIRE_HOST
cp "$shim" "$work/liboffwire.so" && cd "$work" || exit 99
shim=./liboffwire.so
# What the loader needs to bind a function late differs between machines.
OFFWIRE_RULES=rules.json LD_BIND_NOW=1
export OFFWIRE_RULES LD_BIND_NOW
run_client client_stack
