#!/bin/sh
# The shim keeps no descriptor and survives the loss of all.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
start_fake 0
run_client client_descriptors
