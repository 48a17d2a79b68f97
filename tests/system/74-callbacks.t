#!/bin/sh
# Calling back: an API calls the program, which listens at a port of its own.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"

python=/usr/bin/python3
clients=$top/tests/clients

rules <<'END'
{ "offwire": 1, "hosts": ["api.twilio.com"], "rules": [
  { "when": { "method": "POST", "path": "/2010-04-01/Accounts/{sid}/Messages.json" },
    "then": { "status": 201, "json": { "sid": "{{ id('SM', 32) }}", "account_sid": "{{ p.sid }}", "status": "queued" } },
    "after": [ { "delay": "50ms", "unless": { "absent": "{{ req.form.StatusCallback }}" },
                 "request": { "method": "POST", "url": "{{ req.form.StatusCallback }}",
                              "form": { "MessageSid": "{{ answer.json.sid }}", "MessageStatus": "delivered", "Text": "a b&c=+ü" },
                 "sign": "twilio" } } ] } ] }
END

if $python -c 'import twilio' 2>/dev/null; then
    said=$(ow $python "$clients/py_twilio.py" a-token 2>&1)
    status=$?
    was_there "Twilio's SDK" '"url":"https://api.twilio.com/'
    is "the signed call back comes and is valid" "$status $said" \
        "0 sent queued
came True
same True
status delivered a b&c=+ü
valid True forged False"
    ok "and is in the journal" \
        grep -q '"event":"callback".*"status":204.*"ended":"delivered"' \
        "$kept/journal.jsonl"
else
    skip "Twilio's SDK" "python3-twilio is not installed"
fi

# A port where nobody listens, for now.
port=$($python -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

rules <<END
{ "offwire": 1, "hosts": ["api.example.com"], "rules": [
  { "name": "hook", "when": { "path": "/hooks" }, "then": { "status": 202 },
    "after": { "request": { "url": "http://localhost:$port/hook?a=1", "json": { "id": "{{ hit }}" },
               "sign": { "scheme": "github", "token": "s3cret" } }, "retries": 8, "backoff": "20ms" } },
  { "name": "nobody", "when": { "path": "/nobody" }, "then": { "text": "ok" },
    "after": { "request": { "url": "http://localhost:$port/" }, "retries": 2, "backoff": "5ms" } },
  { "name": "late", "when": { "path": "/late" }, "then": { "text": "ok" },
    "after": { "delay": "1h", "request": { "url": "http://localhost:$port/" } } },
  { "name": "ending", "when": { "path": "/ending" }, "then": { "text": "ok" },
    "after": { "delay": "1s", "request": { "url": "http://localhost:$port/" } } },
  { "name": "ours", "when": { "path": "/ours" }, "then": { "text": "ok" },
    "after": { "request": { "url": "https://api.example.com/x" }, "retries": 5 } },
  { "name": "away", "when": { "path": "/away" }, "then": { "text": "ok" },
    "after": { "request": { "url": "http://192.0.2.1/x" } } },
  { "then": { "text": "ok" } } ] }
END

if has node && node -e 'fetch' 2>/dev/null; then
    said=$(LD_PRELOAD=$sanitizer ow node "$clients/js_hook.mjs" "$port" \
        "$kept/journal.jsonl" 2>&1)
    status=$?
    was_there "node" '"rule":"hook"'
    is "a port that refuses first is called again" "$status $said" \
        "0 202
POST /hook?a=1 {\"id\":0}
valid true"
    ok "each attempt is in the journal" \
        grep -q '"attempt":1,"ended":"tried again","text":".*connect' \
        "$kept/journal.jsonl"
    is "and one delivered it" \
        "$(grep -c '"ended":"delivered"' "$kept/journal.jsonl")" 1
else
    skip "node" "node with fetch is not installed"
fi

if ! has curl; then
    skip "curl" "curl is not installed"
    done_testing
    exit
fi

# called PATH: curl, and then until what is sent behind it was given up.
called()
{
    said=$(ow sh -c "curl -sS http://api.example.com$1
        until grep -q 'given up' '$kept/journal.jsonl'; do sleep 0.05; done" \
        2>&1)
    status=$?
    was_there "curl" "\"url\":\"http://api.example.com$1\""
}

called /nobody
is "what is not delivered is told by the status" "$status" 89
like "and by a sentence" "$said" \
    '*call back GET http://localhost:*"nobody"*was not delivered:*connect*(3 attempts)*'
like "and at the end" "$said" '*1 call back was not delivered*89*'
is "after all attempts" \
    "$(grep -c '"event":"callback"' "$kept/journal.jsonl")" 3

said=$(ow curl -sS http://api.example.com/late 2>&1)
status=$?
was_there "curl" '"url":"http://api.example.com/late"'
is "what is not due yet does not keep a run" "$status" 0
like "but is told" "$said" \
    '*1 call back was not sent: the program had ended; it is GET http*"late"*which was due 3[56][0-9][0-9].[0-9] s later*'
ok "and in the journal" grep -q '"ended":"cancelled"' "$kept/journal.jsonl"

# Who has listened and is about to end does not take it any more.
cat >"$work/ending.py" <<END
import socket, time, urllib.request
listener = socket.create_server(("127.0.0.1", $port))
def control(path, text):
    urllib.request.urlopen("http://offwire.test" + path, text.encode()).read()
control("/clock", '{"freeze": true}')
print(urllib.request.urlopen("http://api.example.com/ending").read().decode())
listener.close()
control("/clock", '{"advance": "1s"}')
time.sleep(0.1)
END
said=$(ow "$python" "$work/ending.py" 2>&1)
status=$?
was_there "Python" '"url":"http://api.example.com/ending"'
ok "what it did not take is in the journal" grep -q \
    '"rule":"ending".*"ended":"cancelled","text":".*the programs had ended"' \
    "$kept/journal.jsonl"
is "a program that is just ending does not fail its run" "$status" 0
like "it is told" "$said" \
    'ok*1 call back was not sent: the program had ended; it is GET *"ending"*'

called /ours
is "a host of the rules is not called" "$status" 89
like "and it is told why" "$said" '*the rules name api.example.com*(1 attempt)*'

called /away
is "an address of the world is not called" "$status" 89
like "and it is told how that can be" "$said" '*192.0.2.1 is neither*anywhere*'

done_testing
