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

hello=api.example.com/hello/info/refs
reset=api.example.com/reset/info/refs

# get URL...
get()
{
    said=$(client "$client" get "$@" 2>"$work/stderr")
    status=$?
}

# judge SCHEME BODY
judge()
{
    was_there "$client over $1" "\"url\":\"$1://$hello"
    is "$client over $1 gets the canned answer" "$2" "$line" ||
        note <"$work/stderr"
}

for client in $clients; do
    why=$(client_lacks "$client")
    if [ -n "$why" ]; then
        skip "$client" "$why"
        continue
    fi
    if is_command "$client"; then
        beside reset client "$client" get "https://$reset"
        for scheme in http https; do
            get $scheme://$hello
            judge $scheme "$said"
            is "and is well" $status 0
        done
        turn_to reset
    else
        # One start for all: it comes to the last if the others were well.
        get http://$hello https://$hello https://$reset
        judge http "$(echo "$said" | sed -n 1p)"
        judge https "$(echo "$said" | sed -n 2p)"
    fi
    was_there "$client for a reset" "\"url\":\"https://$reset"
    like "$client fails when the connection is reset" "$status" "[1-9]*"
    # 124 is a run that had to be stopped, 8x Offwire's own.
    not_ok "$client ends by itself" test "$status" -eq 124
    kept=$work/kept
done
done_testing
