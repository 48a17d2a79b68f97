#!/bin/sh
# libcurl's seam: what is cleared for a known host and put back, CURLcodes from
# rules, easy and multi, against a real server on loopback. The scenarios are
# tests/clients/client_curl.c.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"
. "$(dirname "$0")/../lib/curl_ways.sh"

client=$build/tests/clients/client_curl
[ -x "$client" ] || skip_all "client_curl is not built: no libcurl"
curl_ways_start
curl_ways_all "$client"

if ${CC:-cc} -shared -fPIC -o "$work/plugin.so" \
    "$top/tests/clients/curl_plugin.c" -l:libcurl-gnutls.so.4 2>/dev/null; then
    scenario two-flavours "two flavours in one process, one RTLD_LOCAL"
    scenario reloaded "a libcurl that is unloaded and comes back elsewhere"
else
    skip "two flavours in one process" "libcurl-gnutls cannot be linked"
    skip "a libcurl that is unloaded" "libcurl-gnutls cannot be linked"
fi
done_testing
