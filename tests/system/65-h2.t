#!/bin/sh
# HTTP/2 with real clients: by ALPN, with prior knowledge, by upgrade; many
# streams at once, each with its own answer and its own fault.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

has curl || skip_all "curl is not installed"
curl -V | grep -q HTTP2 || skip_all "this curl has no HTTP/2"

head -c 3000000 /dev/urandom >"$work/big"
rules <<END
{ "offwire": 1,
  "hosts": ["api.example.com"],
  "rules": [
    { "when": { "method": "POST" },
      "then": { "text": "{{ #req.body }} {{ req.headers.host }}" } },
    { "when": { "path": "/big" }, "then": { "file": "$work/big" } },
    { "when": { "path": "/sse" },
      "then": { "stream": { "sse": ["a", "b", "c"], "every": "20ms" } } },
    { "when": { "path": "/trailers" },
      "then": { "text": "x", "trailers": { "X-Sum": "1" } } },
    { "when": { "path": "/goaway" },
      "then": { "fault": { "kind": "goaway", "error": "ENHANCE_YOUR_CALM",
                           "processed": true } } },
    { "when": { "path": "/rst" },
      "then": { "stream": { "chunks": ["0123", "4567"], "every": "50ms" },
                "fault": { "kind": "rst-stream", "after": "6B" } } },
    { "when": { "path": "/stall" }, "then": { "fault": "flow-stall" } },
    { "then": { "text": "hello" } }
  ] }
END
url=https://api.example.com
plain=http://api.example.com

# curl_gets WHAT WANTED OPTION...: the answer and the version that brought it.
curl_gets()
{
    what=$1
    wanted=$2
    shift 2
    said=$(ow curl -sS -w ' %{http_version}' "$@" 2>&1)
    was_there "curl for $what" '"protocol":"h'
    is "$what" "$said" "$wanted"
}

curl_gets "h2 by ALPN" "hello 2" $url/
was_there "h2" '"protocol":"h2"'
curl_gets "http/1.1 for who wants it" "hello 1.1" --http1.1 $url/
curl_gets "prior knowledge without TLS" "hello 2" --http2-prior-knowledge $plain/
curl_gets "an upgrade from HTTP/1.1" "hello 2" --http2 $plain/
curl_gets "an upgrade with a body" "3 api.example.com 2" --http2 -d abc $plain/
curl_gets "a request with 100 Continue" "3 api.example.com 2" \
    -H 'Expect: 100-continue' -d abc $url/
# Without the body's bytes, which are over what rules see.
curl_gets "an upload" "1048576 api.example.com 2" --data-binary "@$work/big" \
    $url/
was_there "the upload" '"request_bytes":3000000'

ow curl -sS -o "$work/got" $url/big
was_there "curl for a file" '"protocol":"h2"'
ok "a file comes whole" cmp "$work/big" "$work/got"
said=$(ow curl -sS -D - -o /dev/null $url/trailers | tr -d '\r')
was_there "curl for trailers" '"protocol":"h2"'
like "trailers come" "$said" "*x-sum: 1*"

said=$(ow curl -sS --parallel --parallel-max 30 -o /dev/null \
    -w '%{http_version} %{size_download} %{num_connects}\n' \
    "$url/sse?[1-30]" 2>/dev/null | sort | uniq -c | tr -s ' ')
was_there "curl for thirty streams" '"protocol":"h2"'
is "thirty streams share a connection" \
    "$(echo "$said" | sed -n 's/ \(.*\) 2 27 [01]$/\1/p' |
        awk '{ n += $1 } END { print n }')" 30
is "and one made it" "$(grep -c '"url":"https://api.example.com/sse' \
    "$kept/journal.jsonl") $(echo "$said" | grep -c ' 1 2 27 1')" "30 1"

ow curl -sS $url/rst >"$work/got" 2>"$work/stderr"
status=$?
was_there "curl for rst-stream" '"fault":"rst-stream"'
like "rst-stream: curl has part of the body and an error" \
    "$status $(cat "$work/got")" "92 0123*"
like "rst-stream: curl tells the code" "$(cat "$work/stderr")" \
    "*INTERNAL_ERROR*"
ow curl -sS $url/goaway >/dev/null 2>&1
status=$?
was_there "curl for goaway" '"fault":"goaway"'
not_ok "goaway: curl fails" test "$status" -eq 0

# stalled SECONDS
stalled()
{
    ow curl -sS -m "$1" --data-binary "@$work/big" -X PUT $url/stall \
        >/dev/null 2>&1
}
in_time '"fault":"flow-stall"' stalled
status=$?
was_there "curl for flow-stall" '"fault":"flow-stall"'
is "flow-stall: curl waits until it gives up" "$status" 28

# Where a rule sets libcurl's code, its transfers come one after the other.
rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"],
  "rules": [ { "when": { "path": "/code" }, "then": { "curl": "CURLE_TOO_MANY_REDIRECTS" } },
             { "then": { "text": "hello" } } ] }
END
curl_gets "http/1.1 where a rule sets the CURLcode" "hello 1.1" $url/
ow curl -sS $url/ $url/code >/dev/null 2>&1
status=$?
was_there "curl for a code" '"protocol":"http/1.1"'
is "the CURLcode is the rule's" "$status" 47

rules <<'END'
{ "offwire": 1,
  "hosts": ["api.example.com"],
  "rules": [
    { "when": { "path": "/sse" },
      "then": { "stream": { "sse": ["a", "b"], "every": "20ms" } } },
    { "when": { "path": "/rst" },
      "then": { "text": "0123456789",
                "fault": { "kind": "rst-stream", "after": "4B" } } },
    { "when": { "path": "/trailers" },
      "then": { "text": "x", "trailers": { "X-Sum": "1" } } },
    { "when": { "path": "/ws" },
      "then": { "websocket": [ { "on": "text", "send": { "text": "you said {{ msg.text }}" } } ] } },
    { "then": { "text": "hello" } }
  ] }
END

if has nghttp h2load; then
    ow nghttp -nv $url/ >"$work/said" 2>&1
    said=$(cat "$work/said")
    was_there "nghttp" '"protocol":"h2"'
    like "nghttp gets the answer" "$said" "*:status: 200*"
    not_ok "nghttp finds nothing wrong" grep -E 'INVALID|\[ERROR' "$work/said"
    said=$(ow h2load -n 2000 -c 2 -m 50 $url/ 2>&1)
    was_there "h2load" '"protocol":"h2"'
    like "h2load gets 2000 answers over 100 streams" "$said" \
        "*2000 succeeded, 0 failed, 0 errored*"
    said=$(ow h2load -n 200 -c 1 -m 100 $plain/sse 2>&1)
    was_there "h2load for streams" '"protocol":"h2"'
    like "h2load gets 200 paced streams" "$said" \
        "*200 succeeded, 0 failed, 0 errored*"
else
    skip "nghttp and h2load" "nghttp2-client is not installed"
fi

wanted="HTTP/2 200 hello
RemoteProtocolError
HTTP/2 200 data: a|data: b"
if python=$(python_with h2) && "$python" -c 'import httpx'; then
    said=$(ow "$python" "$client_dir/py_h2.py" $url/ $url/rst $url/sse |
        sed 's/$/|/' | tr -d '\n' | sed 's/|HTTP/\nHTTP/g; s/|Remote/\nRemote/g; s/||/|/g; s/|*$//')
    was_there "httpx" '"protocol":"h2"'
    is "httpx: one stream breaks, the others do not" "$said" "$wanted"
else
    skip "httpx" "python3-h2 is not installed"
fi

if has node; then
    said=$(LD_PRELOAD=$sanitizer ow node "$client_dir/node_http2.mjs" $url/ $url/rst $url/trailers)
    was_there "Node's http2" '"protocol":"h2"'
    like "node: one stream breaks, the others do not" "$said" \
        "200 hello*200 x {\"x-sum\":\"1\"}"
    ok "node sees that the other is broken" test "$(echo "$said" | wc -l)" -eq 3
    said=$(LD_PRELOAD=$sanitizer ow node "$client_dir/node_h2_ws.mjs" $url/ws hi)
    was_there "Node's WebSocket" '"protocol":"h2"'
    is "node: a WebSocket on a stream" "$said" "200
you said hi"
else
    skip "Node's http2" "node is not installed"
fi

if php -r 'curl_init();' 2>/dev/null; then
    said=$(ow php "$client_dir/php_h2.php" $url/ $url/ $url/)
    was_there "php-curl" '"protocol":"h2"'
    is "php-curl's multi speaks HTTP/2" "$said" "3 200 hello
3 200 hello
3 200 hello"
else
    skip "php-curl" "php-curl is not installed"
fi
done_testing
