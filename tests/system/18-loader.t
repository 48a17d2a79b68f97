#!/bin/sh
# Plugins that are loaded out of sight of the hooks: deep bound, RTLD_LOCAL,
# with an OpenSSL that the program itself does not have.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
[ -z "$sanitized" ] || skip_all "the sanitizer's own dlopen hides who calls"
mkdir "$work/plugins" && cp "$clients/.libs/plugin_tls.so" "$work/plugins/" &&
    cp "$clients/.libs/neighbour.so" "$work/plugins/libneighbour.so" ||
    exit 99
run_client_in_session client_loader "$work/plugins/plugin_tls.so"
