#!/bin/sh
# TLS that is wrong on purpose: each client must reject it, with verification
# as it comes; and the same clients take the good certificate (40-clients.t).
# curl and four others go through all faults and say the right reason; the rest
# take the two things that a verifier looks at, the chain and the name.
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

# All of them in one process of four clients more, and what each says of them.
# A client is a column; GnuTLS tells an unknown issuer alike, and a wrong host
# is a "Hostname mismatch" or "doesn't match" by the age of requests.
cat >"$work/words" <<'END'
tls-expired:certificate has expired:CERT_HAS_EXPIRED:certificate has expired:has expired
tls-not-yet:not yet valid:CERT_NOT_YET_VALID:not yet valid:not yet activated
tls-wrong-host:match:ALTNAME_INVALID:no alternative certificate subject:does not match hostname
tls-self-signed:self-signed certificate:SELF_SIGNED_CERT:self-signed certificate:known issuer
tls-unknown-ca:local issuer certificate:UNABLE_TO_VERIFY:local issuer certificate:known issuer
tls-version:alert protocol version:PROTOCOL_VERSION:alert protocol version:Error in protocol version
tls-alert:handshake failure:HANDSHAKE_FAILURE:handshake failure:Handshake failed
tls-stall:timed out:timeout:connection timeout:Unable to establish
END
urls=$(cut -d: -f1 "$work/words" | sed 's|.*|https://&.example.com/|')

# In the background from here on, since each waits for the stalled.
# shellcheck disable=SC2086 # words
{
    [ -n "$(client_lacks requests)" ] || beside requests \
        ow "$(python_with requests)" "$client_dir/py_tls.py" $urls
    [ -n "$(client_lacks node_fetch)" ] ||
        LD_PRELOAD=$sanitizer beside node_fetch \
            ow node "$client_dir/node_tls.mjs" $urls
    [ -n "$(client_lacks php_curl)" ] ||
        beside php_curl ow php "$client_dir/php_tls.php" $urls
    [ -n "$(client_lacks wget)" ] ||
        beside wget ow sh "$client_dir/wget_tls" $urls
}

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

    # stalled SECONDS
    stalled()
    {
        ow curl -sS --connect-timeout "$1" https://tls-stall.example.com/
    }
    in_time '"fault":"tls-stall"' stalled >"$work/said" 2>&1
    status=$?
    was_there "curl for tls-stall" '"fault":"tls-stall"'
    is "curl waits in vain for a stalled handshake" "$status" 28
else
    skip "curl" "curl is not installed"
fi

# The others, of which some share a TLS library with these: the chain, and
# where the client looks at names itself, the name.
for client in $clients; do
    why=$(client_lacks "$client")
    if [ -n "$why" ]; then
        skip "$client" "$why"
        continue
    fi
    some=tls-unknown-ca
    case $client in
    curl | requests | node_fetch | php_curl | wget) continue ;;
    git | aria2 | pycurl | php_stream | ruby | lwp | http_tiny | java_url)
        some="$some tls-wrong-host"
        ;;
    esac
    for fault in $some; do
        beside $fault client "$client" get "https://$fault.example.com/info/refs"
    done
    for fault in $some; do
        turn_to $fault
        was_there "$client for $fault" "\"fault\":\"$fault\""
        like "$client rejects $fault" "$status" "[1-9]*"
        is "$client gets no body with $fault" "$said" ""
    done
done

# judge CLIENT COLUMN
judge()
{
    [ -e "$work/$1.said" ] || {
        skip "$1 goes through all faults" "$(client_lacks "$1")"
        return
    }
    turn_to "$1"
    while IFS= read -r row; do
        fault=${row%%:*}
        words=$(printf '%s' "$row" | cut -d: -f"$2")
        was_there "$1 for $fault" "\"fault\":\"$fault\""
        like "$1 says why it rejects $fault" \
            "$(grep "^https://$fault.example.com/" "$work/$1.said")" \
            "* refused *$words*"
    done <"$work/words"
}

judge requests 2
judge node_fetch 3
judge php_curl 4
judge wget 5
done_testing
