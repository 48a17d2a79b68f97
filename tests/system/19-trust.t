#!/bin/sh
# OpenSSL in every style, verification on, no variable set.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
OFFWIRE_TEST_OTHER=$top/tests/lib/other-ca.pem
export OFFWIRE_TEST_OTHER
run_client_in_session client_tls
