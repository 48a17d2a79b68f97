#!/bin/sh
# Real WebSocket clients on production URLs: the realtime APIs' flows, messages
# in fragments and big ones, and what each makes of a server that misbehaves.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

rules <<'END'
{ "offwire": 1,
  "hosts": ["stt-rt.soniox.com", "api.openai.com"],
  "rules": [
    { "when": { "path": "/transcribe-websocket", "upgrade": "websocket" },
      "then": { "websocket": [
        { "expect": { "json": { "api_key": "present", "model": "~stt" } },
          "else": { "send": { "json": { "error_code": 401, "error_message": "Invalid API key." } }, "close": 1000 } },
        { "on": "binary", "each": "50KB", "send": { "json": { "tokens": [ { "text": "Hel", "is_final": false } ] } } },
        { "on": { "text": "" },
          "send": [ { "json": { "tokens": [ { "text": "Hello", "is_final": true } ] } }, { "json": { "finished": true } } ],
          "close": 1000 } ] } },
    { "when": { "path": "/v1/realtime", "upgrade": "websocket", "query": { "model": "gpt-realtime" } },
      "then": { "websocket": [
        { "send": { "json": { "type": "session.created", "event_id": "{{ id('event_', 8) }}", "session": { "model": "{{ req.query.model }}" } } } },
        { "on": { "json": { "type": "response.create" } }, "every": "10ms",
          "send": [ { "json": { "type": "response.created" } },
                    { "json": { "type": "response.output_text.delta", "delta": "Hel" } },
                    { "json": { "type": "response.output_text.delta", "delta": "lo" } },
                    { "json": { "type": "response.done" } } ],
          "close": { "code": 1000, "reason": "done" } },
        { "on": "json", "send": { "json": { "type": "error", "error": { "message": "what is {{ msg.json.type }}?" } } } } ] } },
    { "when": { "path": "/v1/denied" }, "then": { "status": 401, "json": { "error": { "message": "Incorrect API key" } } } },
    { "when": { "path": "/v1/big" }, "then": { "websocket": [
        { "expect": "binary", "send": [ { "echo": true }, { "text": "in three fragments", "split": { "bytes": 6 }, "every": "5ms" } ],
          "close": 4321 } ] } },
    { "when": { "path": "/v1/ping" }, "then": { "websocket": [
        { "ping": "still there", "within": "10s", "send": "you answer" }, { "expect": "text", "close": 1001 } ] } },
    { "when": { "path": "/v1/drop" }, "then": { "websocket": [ { "send": "first" } ], "fault": { "kind": "ws-drop", "after": 1 } } },
    { "when": { "path": "/v1/bad/{frame}", "query": { "frame": "utf8" } },
      "then": { "websocket": [ { "expect": "text", "bad-frame": "invalid-utf8" } ] } },
    { "when": { "path": "/v1/bad/{frame}" },
      "then": { "websocket": [ { "expect": "text", "bad-frame": "reserved-bit" } ] } } ] }
END

ws_clients='websockets websocket aiohttp node_ws node'

ws_client_lacks()
{
    case $1 in
    websocket) lacks "python3-websocket" python_with websocket ;;
    websockets | aiohttp) lacks "python3-$1" python_with "$1" ;;
    node_ws) NODE_PATH=/usr/share/nodejs lacks "node-ws" node -e 'require("ws")' ;;
    node) lacks "Node with WebSocket" \
        node --experimental-websocket -e 'new WebSocket("ws://[::1]:9")' ;;
    esac
}

# ws_client NAME URL WORD...
ws_client()
{
    ws_name=$1
    shift
    case $ws_name in
    websocket) python_client py_ws_websocket.py websocket "$@" ;;
    websockets | aiohttp) python_client "py_ws_$ws_name.py" "$ws_name" "$@" ;;
    node_ws) LD_PRELOAD=$sanitizer NODE_PATH=/usr/share/nodejs \
        ow node "$client_dir/node_ws.cjs" "$@" ;;
    node) LD_PRELOAD=$sanitizer ow node --experimental-websocket \
        --no-warnings "$client_dir/node_websocket.mjs" "$@" ;;
    esac
}

# dialogue NUMBER: what was said in it.
dialogue()
{
    awk -v n="$1" '/^--$/ { at++; next } at == n - 1' "$work/stdout"
}

# says TEXT PATTERN
says()
{
    echo "$1" | grep -qE "$2"
}

for client in $ws_clients; do
    why=$(ws_client_lacks "$client" 2>/dev/null)
    if [ -n "$why" ]; then
        skip "$client" "$why"
        continue
    fi
    # One start of the program for all its dialogues.
    soniox=wss://stt-rt.soniox.com/transcribe-websocket
    openai=wss://api.openai.com/v1
    ws_client "$client" $soniox 'text:{"api_key":"k","model":"stt-rt-v4"}' \
        binary:60000 binary:60000 text: \
        -- $soniox 'text:{"model":"stt-rt-v4"}' \
        -- "$openai/realtime?model=gpt-realtime" protocol:realtime \
        protocol:openai-insecure-api-key.k 'text:{"type":"what"}' \
        'text:{"type":"response.create"}' \
        -- $openai/big binary:1000000 \
        -- $openai/ping ping text:x \
        -- $openai/denied \
        -- $openai/drop \
        -- $openai/bad/frame text:x \
        -- "$openai/bad/frame?frame=utf8" text:x \
        >"$work/stdout" 2>"$work/stderr"
    status=$?
    was_there "$client" "\"url\":\"https://stt-rt.soniox.com/transcribe-websocket\",\"status\":101"
    is "$client streams audio and gets tokens" "$(dialogue 1)" \
        '{"tokens":[{"text":"Hel","is_final":false}]}
{"tokens":[{"text":"Hel","is_final":false}]}
{"tokens":[{"text":"Hello","is_final":true}]}
{"finished":true}
closed 1000' || note <"$work/stderr"
    is "$client without a key is told so" "$(dialogue 2)" \
        '{"error_code":401,"error_message":"Invalid API key."}
closed 1000'
    like "$client talks to the realtime API" "$(dialogue 3)" \
        'protocol realtime
{"type":"session.created","event_id":"event_????????","session":{"model":"gpt-realtime"}}
{"type":"error","error":{"message":"what is what?"}}
{"type":"response.created"}
{"type":"response.output_text.delta","delta":"Hel"}
{"type":"response.output_text.delta","delta":"lo"}
{"type":"response.done"}
closed 1000 done' || note <"$work/stderr"
    is "$client gets a big message and fragments" "$(dialogue 4)" \
        '(1000000 bytes)
in three fragments
closed 4321'
    is "$client and the server answer pings" "$(dialogue 5 | sort)" 'closed 1001
pong
you answer'
    was_there "$client that is denied" '"status":401'
    ok "$client says so" says "$(dialogue 6)" '^(failed .*401|failed$)'
    ok "$client sees a connection that is gone" \
        says "$(dialogue 7)" '^(failed|closed 1006)'
    ok "$client refuses a reserved bit" \
        says "$(dialogue 8)" '^(failed|closed 100[26])'
    not_ok "$client ends by itself" test $status -eq 124
    ok "$client refuses a text that is no UTF-8" \
        says "$(dialogue 9)" '^(failed|closed 100[67])'
done
done_testing
