#!/bin/sh
# The scenarios of 60-curl.t with the libcurl of Debian 13, which also speaks
# HTTP/3. See libcurl.t.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"
. "$(dirname "$0")/../lib/curl_ways.sh"
. "$(dirname "$0")/commands.sh"

root=$(sh "$top/tests/trixie/root") || skip_all "$root"
export TMPDIR="$work"
unset XDG_RUNTIME_DIR
trixie_commands
client=$work/client_curl
CC=$work/entercc curl_ways_build "$client" 2>"$work/said" || {
    note <"$work/said"
    skip_all "client_curl cannot be built there"
}
curl_ways_start
ways_runner=$work/enter
curl_ways_all "$client"
done_testing
