# shellcheck shell=sh disable=SC2154 # tap.sh and session.sh set the rest
# curl_ways: a real server on loopback, rules for api.example.com, and the
# scenarios of tests/clients/client_curl.c between the two. After tap.sh,
# session.sh and clients.sh:
#
#     curl_ways_start              # or skips all with a sentence
#     curl_ways_all PROGRAM        # each scenario is two tests
#
# $ways_runner, if it is set, runs PROGRAM.

ways_runner=

curl_ways_start()
{
    has openssl || skip_all "openssl is not installed"
    python=$(python_with ssl) || skip_all "python3 is not installed"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj /CN=real -addext subjectAltName=IP:127.0.0.1 \
        -keyout "$work/key.pem" -out "$work/real.pem" 2>/dev/null ||
        skip_all "openssl makes no certificate"
    "$python" "$top/tests/clients/real_server.py" "$work/real.pem" \
        "$work/key.pem" "$work/port" &
    server=$!
    trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
    await test -s "$work/port" || skip_all "the real server does not start"
    real=https://127.0.0.1:$(cat "$work/port")
    export OFFWIRE_TEST_CA="$work/real.pem"
    export OFFWIRE_TEST_DIR="$work"
    OFFWIRE_TEST_PIN=sha256//$(openssl x509 -in "$work/real.pem" -pubkey -noout |
        openssl pkey -pubin -outform der | openssl dgst -sha256 -binary |
        openssl base64)
    export OFFWIRE_TEST_PIN
    unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

    rules <<END
{ "offwire": 1,
  "hosts": ["api.example.com", "xn--bcher-kva.example", "*.below.example"],
  "rules": [
    { "when": { "path": "/ok" }, "then": { "text": "hello" } },
    { "when": { "path": "/away" },
      "then": { "status": 302, "headers": { "location": "$real/back" } } },
    { "when": { "path": "/here" },
      "then": { "status": 302, "headers": { "location": "/ok" } } },
    { "when": { "path": "/strict" },
      "then": { "text": "strict", "headers": {
          "strict-transport-security": "max-age=1000000; includeSubDomains",
          "alt-svc": "h2=\\"elsewhere.example:443\\"; ma=1000000" } } },
    { "when": { "path": "/socket" },
      "then": { "websocket": [ { "expect": { "text": "hello" },
                                 "send": "world" } ] } },
    { "when": { "path": "/slow" }, "then": { "delay": "60s", "text": "late" } },
    { "when": { "path": "/refused" },
      "then": { "curl": "CURLE_COULDNT_CONNECT" } },
    { "when": { "path": "/once" },
      "then": [ { "curl": "CURLE_OPERATION_TIMEDOUT" },
                { "text": "second" } ] },
    { "when": { "path": "/part" },
      "then": { "text": "hello",
                "curl": { "code": "CURLE_GOT_NOTHING", "after": 3 } } },
    { "when": { "path": "/empty" },
      "then": { "status": 204,
                "curl": { "code": "CURLE_RECV_ERROR", "after": 1 } } },
    { "when": { "path": "/whole" },
      "then": { "text": "hello",
                "curl": { "code": "CURLE_WRITE_ERROR", "after": "100%" } } },
    { "when": { "path": "/stream" },
      "then": { "stream": { "chunks": ["one\n", "two\n", "three\n"] },
                "curl": { "code": "CURLE_RECV_ERROR", "after": 2 } } },
    { "when": { "path": "/head" },
      "then": { "status": 503,
                "curl": { "code": "CURLE_SSL_CACERT_BADFILE",
                          "after": 0 } } } ] }
END
}

# scenario NAME WHAT: the status decides; without a failure of offwire's own
# (89) for requests that are meant to have no rule.
scenario()
{
    ok "$2" env "OFFWIRE_UNMATCHED=${3:-}" timeout 60 \
        "$offwire" run --no-fail --keep "$kept" --rules "$rules" -- \
        ${ways_runner:+"$ways_runner"} "$ways_client" "$1" "$real" \
        "$work/plugin.so"
    was_there "$1" '"program":"client_curl"'
}

curl_ways_all()
{
    ways_client=$1
    ok "without the shim the real server is reached and api.example.com is not" \
        sh -c '! "$1" codes "$2" && "$1" unmatched "$2" 2>&1 | grep -q "a 404"' \
        sh "$ways_client" "$real"
    scenario hostile-strings "options that lead elsewhere are cleared and put back"
    scenario hostile-numbers "numbers that lead elsewhere are cleared and put back"
    scenario hostile-lists "RESOLVE and CONNECT_TO keep their other entries"
    scenario trust "the program's own trust is kept and the session's CA added"
    scenario websocket "libcurl's WebSockets reach the known host"
    scenario environment "the environment's proxies are for other hosts"
    scenario forms-of-urls "a known host is known in every form of its URL"
    scenario reset-and-copies "reset and duphandle see what the program has set"
    scenario redirects "redirects lead out and back, verified, by their own proxy"
    scenario redirects-out "a real host behind a redirect has the program's options"
    scenario redirects-in "a known host behind a real one has its way cleared"
    scenario redirects-to-codes "a rule's CURLcode comes through redirects"
    scenario redirects-and-headers "the program's header callback gets its headers"
    scenario redirects-in-multi "redirects of many handles, each with its own pin"
    scenario set-meanwhile "what is set in a callback holds from the next transfer"
    scenario codes "curl_easy_perform gives the rule's CURLcode"
    scenario codes-without-a-body "a code behind a body that there is not"
    scenario unmatched-late "late readers get each its own near miss"
    scenario unmatched "the error buffer has the near miss"
    scenario unmatched-error "--unmatched error: CURLE_COULDNT_CONNECT" error
    scenario multi "curl_multi_info_read gives the rule's CURLcode"
    scenario half-way "a handle that leaves half-way is as it was"
    scenario thousand "a thousand handles in one multi"
    scenario traces "what rules say of HSTS and alt-svc is not written down"
}

# curl_ways_build PROGRAM: client_curl, built by ${CC}.
curl_ways_build()
{
    "${CC:-cc}" -std=gnu11 -I"$build" -g -O1 -o "$1" \
        "$top/tests/clients/client_curl.c" \
        "$top/tests/clients/client_curl_redirects.c" \
        "$top/tests/clients/curl_scenario.c" -lcurl
}
