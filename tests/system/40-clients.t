#!/bin/sh
# Real clients over http and https: a canned answer, and a connection that is
# reset in the middle of the body, which each must report as a failure.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

line='1111111111111111111111111111111111111111	refs/heads/main'
rules <<'END'
{ "offwire": 1,
  "hosts": ["api.example.com"],
  "rules": [
    { "when": { "path": "/hello/info/refs" },
      "then": { "text": "1111111111111111111111111111111111111111\trefs/heads/main\n" } },
    // Git asks for it after the list.
    { "when": { "path": "/hello/HEAD" }, "then": { "status": 404 } },
    { "when": { "path": "/reset/info/refs" },
      "then": { "stream": { "chunks": ["a", "b", "c", "d"], "every": "20ms" },
                "cut": { "after": 2, "how": "reset" } } }
  ] }
END

for client in $clients; do
    why=$(client_lacks "$client")
    if [ -n "$why" ]; then
        skip "$client" "$why"
        continue
    fi
    for scheme in http https; do
        url=$scheme://api.example.com/hello/info/refs
        said=$(client "$client" get "$url" 2>"$work/stderr")
        status=$?
        was_there "$client over $scheme" "\"url\":\"$url"
        is "$client over $scheme gets the canned answer" "$status $said" \
            "0 $line" || note <"$work/stderr"
    done
    url=https://api.example.com/reset/info/refs
    client "$client" get "$url" >"$work/stdout" 2>"$work/stderr"
    status=$?
    was_there "$client for a reset" "\"url\":\"$url"
    like "$client fails when the connection is reset" "$status" "[1-9]*"
    # 124 is a run that had to be stopped, 8x Offwire's own.
    not_ok "$client ends by itself" test "$status" -eq 124
done
done_testing
