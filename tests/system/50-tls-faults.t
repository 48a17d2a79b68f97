#!/bin/sh
# TLS that is wrong on purpose: each client must reject it, with verification
# as it comes; and the same clients take the good certificate (40-clients.t).
# curl goes through all faults and says the right reason; the others take the
# two things that a verifier looks at, the chain and the name.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

faults='tls-expired tls-not-yet tls-wrong-host tls-self-signed tls-unknown-ca
    tls-version tls-alert'

# One file for each fault, and its host: "tls-expired.example.com".
rules=
for fault in $faults tls-stall; do
    cat >"$work/$fault.json" <<END
{ "offwire": 1,
  "hosts": ["$fault.example.com"],
  "rules": [ { "then": { "fault": "$fault" } } ] }
END
    rules=$rules${rules:+:}$work/$fault.json
done

# curl_says FAULT STATUS WORDS
curl_says()
{
    url=https://$1.example.com/
    said=$(ow curl -sS -m 20 "$url" 2>&1)
    status=$?
    was_there "curl for $1" "\"fault\":\"$1\""
    like "curl says why it rejects $1" "$status $said" "$2 *$3*"
}

if has curl; then
    curl_says tls-expired 60 "certificate has expired"
    curl_says tls-not-yet 60 "certificate is not yet valid"
    curl_says tls-wrong-host 60 "no alternative certificate subject name"
    curl_says tls-self-signed 60 "self-signed certificate"
    curl_says tls-unknown-ca 60 "unable to get local issuer certificate"
    curl_says tls-version 35 "alert protocol version"
    curl_says tls-alert 35 "handshake failure"

    said=$(ow curl -sS --connect-timeout 1 https://tls-stall.example.com/ 2>&1)
    status=$?
    was_there "curl for tls-stall" '"fault":"tls-stall"'
    is "curl waits in vain for a stalled handshake" "$status" 28
else
    skip "curl" "curl is not installed"
fi

for client in $clients; do
    why=$(client_lacks "$client")
    if [ -n "$why" ]; then
        skip "$client" "$why"
        continue
    fi
    for fault in tls-unknown-ca tls-wrong-host; do
        client "$client" get "https://$fault.example.com/info/refs" \
            >"$work/stdout" 2>"$work/stderr"
        status=$?
        was_there "$client for $fault" "\"fault\":\"$fault\""
        like "$client rejects $fault" "$status" "[1-9]*"
        is "$client gets no body with $fault" "$(cat "$work/stdout")" ""
    done
done
done_testing
