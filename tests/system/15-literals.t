#!/bin/sh
# Rules that name addresses (flag LITERALS): each connect() is asked about.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
start_fake 2
run_client client_sockets literals
