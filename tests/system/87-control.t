#!/bin/sh
# The control API at http://offwire.test/, from curl and python, in a run and
# with a bare preload.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"
unset http_proxy https_proxy all_proxy no_proxy

rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"], "vars": { "n": 1 },
  "rules": [
    { "name": "models", "when": { "method": ["GET", "POST"], "path": "/v1/models" },
      "then": { "text": "mocked\n" } },
    { "name": "slow", "when": { "path": "/slow" },
      "then": { "delay": "10s", "text": "late\n" } },
    { "name": "drip", "when": { "path": "/drip" },
      "then": { "stream": { "chunks": ["a", "b", "c\n"], "every": "1h" } } },
    { "name": "twice", "when": { "path": "/twice" },
      "then": [ { "text": "first\n" }, { "text": "second\n" } ] },
    { "name": "broken", "scenario": "api_errors", "when": { "path": "/v1/**" },
      "then": { "status": 500, "text": "broken\n" } },
    { "when": { "path": "/secret", "vars": { "logged_in": true } },
      "then": { "text": "42\n" } }
  ],
  "resources": {
    "job": { "at": "/v1/jobs", "id": "job-%03d", "create": { "object": "job" },
             "timeline": [ { "at": "0s", "set": { "status": "queued" } },
                           { "at": "10s", "set": { "status": "done" } } ] } } }
END

# run SCRIPT: in a session, with ask and get at hand. began PATH: until the
# first call of that path has come.
cat >"$work/lib.sh" <<'END'
ask() { path=$1; shift; curl -sS --max-time 20 "http://offwire.test$path" "$@"; }
get() { path=$1; shift; curl -sS --max-time 20 "https://api.example.com$path" "$@"; }
began() { until ask "/calls?path=$1" | grep -q '^{"count":1,'; do sleep 0.05; done; }
status() { path=$1; shift; ask "$path" -o /dev/null -w '%{http_code}' "$@"; }
END
run()
{
    rm -rf "$kept"
    timeout 60 "$offwire" run --no-fail --keep "$kept" --rules "$rules" -- \
        sh -c ". '$work/lib.sh'; $1" 2>"$work/stderr"
}

is "requests reach the rules" "$(run 'get /v1/models')" mocked
was_there "curl" '"url":"https://api.example.com/v1/models"'
like "GET / tells what there is" "$(run 'ask /')" \
    '{"offwire":"*"path":"/verify","help":"*'
like "GET /health tells that it is there" "$(run 'ask /health')" '{"ok":true,*'
is "what is asked of it is not journaled" \
    "$(run 'ask /; ask /nope; ask /calls' >/dev/null; \
        grep -cE '"(url|host)":"(http://)?offwire.test' "$kept/journal.jsonl")" 0
is "and not unmatched" "$(ow curl -sS http://offwire.test/nope >/dev/null
    echo $?)" 0

# Calls.
like "GET /calls has the request and its answer" "$(run '
    get /v1/models -d "{\"model\":\"gpt\"}" -H "x-a: 1" >/dev/null; ask /calls')" \
    '{"count":1,"last":1,"dropped":0,"calls":\[{"call":1,"event":"request",*"rule":"models"*"status":200*"path":"/v1/models"*"x-a":"1"*"json":{"model":"gpt"}}}\]}'
count='get /v1/models; get /nope; get /v1/models?a=1 -X POST -H "x-b: 2"
    for q in "" rule=models "rule=models&method=POST" path=/nope \
        event=unmatched since=2 host=api.example.com program=curl program=no; do
        ask "/calls?$q" | sed "s/,.*//; s/.*://"; done'
is "and can be asked for some" "$(run "$count" | tail -n 9 | tr '\n' ' ')" \
    "3 2 1 1 1 1 3 3 0 "
is "and for the last ones" "$(run 'get /v1/models; get /v1/models; get /nope
    ask "/calls?limit=1"' | tail -n 1 | grep -o '"call":[0-9]*')" '"call":3'
like "a body that is no text is in base64" "$(run '
    printf "\377\000" | get /v1/models --data-binary @- >/dev/null; ask /calls/1')" \
    '*"body_base64":"/wA="*'
like "an answer that took time has its end" "$(run 'ask /clock -d "{\"speed\":1000}"
    get /slow; ask /calls/1')" '*"end":{"event":"end"*"ended":"sent"*'
like "a call that is not there is told" "$(run 'ask /calls/7')" \
    '*there is no call 7*'
like "a parameter is offered" "$(run 'ask "/calls?rul=x"')" \
    '*did you mean \\"rule\\"?*'
like "faults of connections are calls, too" \
    "$(rules_here=$work/fault.json; cat >"$rules_here" <<'END'
{ "offwire": 1, "hosts": ["api.example.com"], "rules": [ { "then": { "fault": "refuse" } } ] }
END
    "$offwire" run --rules "$rules_here" -- sh -c ". '$work/lib.sh'
        get / 2>/dev/null; ask /calls")" '*"event":"connect"*"fault":"refuse"*'

# Verify.
is "what was called is verified" "$(run 'get /v1/models; get /v1/models -d "{\"a\":1}"
    status /verify -d "[{\"rule\":\"models\",\"times\":2},
        {\"path\":\"/v1/models\",\"json\":{\"a\":1},\"times\":1},
        {\"method\":\"DELETE\",\"times\":0},{\"status\":200}]"' | tail -n 1)" 200
like "what was not is told, with the nearest call" "$(run '
    get /v1/models -d "{\"a\":1}"; ask /verify -d "{\"json\":{\"a\":2}}"')" \
    '*"ok":false,*asked for >=1 of*seen 0; nearest is call 1, POST *: json a is 1, *'
is "and is no 200" "$(run 'status /verify -d "{\"path\":\"/x\"}"')" 417
is "curl -f sees it" "$(run 'ask /verify -f -d "{\"path\":\"/x\"}" 2>&1; echo $?' |
    tail -n 1)" 22
like "a rule that is not there is a mistake" \
    "$(run 'ask /verify -d "{\"rule\":\"modles\"}"')" '*no rule is called*'
like "a key is offered" "$(run 'ask /verify -d "[{\"pth\":\"/\"}]"')" \
    '*body:1:3: /0/pth: unknown key*did you mean \\"path\\"?*'
like "what was then cannot be asked" \
    "$(run 'ask /verify -d "[{\"vars\":{}}]"')" '*which has gone*'

# Reset, scenarios, variables.
is "reset forgets" "$(run 'get /twice; get /twice; ask /reset -X POST >/dev/null
    get /twice; ask /calls' | cut -c 1-10 | tr '\n' ' ')" \
    'first second first {"count":1 '
is "scenarios are switched" "$(run 'get /v1/models
    ask /scenario -d "{\"on\":\"api_errors\"}"; get /v1/models
    ask /scenario -d "{\"off\":[\"api_errors\"]}" >/dev/null; get /v1/models' |
    tr '\n' ' ')" \
    'mocked {"scenarios":{"api_errors":true}} broken mocked '
like "a scenario is offered" "$(run 'ask /scenario -d "{\"only\":\"api_error\"}"')" \
    '*did you mean \\"api_errors\\"?*'
is "and then nothing is switched" "$(run 'ask /scenario >/dev/null -d \
    "{\"on\":\"api_errors\",\"off\":\"nope\"}"; ask /scenario')" \
    '{"scenarios":{"api_errors":false}}'
is "variables are set" "$(run 'ask /vars -d "{\"logged_in\":true,\"n\":null}"
    get /secret; ask /reset -X POST >/dev/null; ask /vars')" \
    '{"vars":{"logged_in":true}}
42
{"vars":{"n":1}}'

# Rules.
more='{"offwire":1,"hosts":["api.example.com","new.example.com"],"rules":[{"name":"new","then":{"text":"new\n"}}]}'
printf '%s' "$more" >"$work/more.json"
is "rules are put in front" "$(run "get /v1/models; ask /rules -d @$work/more.json \
    >/dev/null; get /v1/models; curl -sS https://new.example.com/
    ask /rules | grep -o '\"rule\":\"[a-z]*\"' | head -n 2" | tr '\n' ' ')" \
    'mocked new new "rule":"new" "rule":"models" '
is "counts of the others stay" "$(run "get /twice; ask /rules -d @$work/more.json \
    >/dev/null; ask /rules -X DELETE >/dev/null; get /twice" | tr '\n' ' ')" \
    'first second '
is "rules can replace all" "$(run "ask /rules -X PUT -d @$work/more.json |
    grep -o '\"rule\":' | wc -l; ask /rules -X DELETE | grep -o '\"rule\":' | wc -l" |
    tr '\n' ' ')" "1 $(($(run 'ask /rules' | grep -o '"rule":' | wc -l))) "
like "a mistake is placed, and nothing has changed" "$(run "ask /rules \
    -d '{\"offwire\":1,\"rulse\":[]}'; get /v1/models")" \
    '*rules-1:1:14: /rulse: unknown key*did you mean \\"rules\\"?*mocked'
is "an exchange under way keeps its rules" "$(run "get /drip -N >$work/drip & began /drip
    ask /rules -X PUT -d @$work/more.json >/dev/null
    ask /clock -d '{\"advance\":\"3h\"}' >/dev/null; wait; cat $work/drip")" abc

# The clock.
like "the clock is frozen, and what is due waits" "$(run '
    ask /clock -d "{\"freeze\":true}" >/dev/null; a=$(ask /clock); b=$(ask /clock)
    [ "$a" = "$b" ] && echo same; curl -sS --max-time 1 https://api.example.com/slow')" \
    same
is "it is advanced, and what fell due comes" "$(run '
    ask /clock -d "{\"freeze\":true}" >/dev/null; get /slow & began /slow
    ask /clock -d "{\"advance\":\"10s\"}" >/dev/null; wait')" late
is "timelines go by it" "$(run 'get /v1/jobs -d "{}" >/dev/null
    ask /resources; ask /resources/job | grep -o "\"status\":\"[a-z]*\""
    ask /clock -d "{\"advance\":\"10s\"}" >/dev/null
    ask /resources/job/job-001' | tr '\n' ' ')" \
    '{"resources":{"job":1}} "status":"queued" {"id":"job-001","object":"job","status":"done"} '
is "it goes faster, and resumes" "$(run 'ask /clock -d "{\"speed\":1000}" >/dev/null
    get /slow; ask /clock -d "{\"freeze\":true,\"speed\":1}" |
        grep -o "\"speed\":[0-9]*"; ask /clock -d "{\"resume\":true}" |
        grep -o "\"speed\":[0-9]*"' | tr '\n' ' ')" 'late "speed":0 "speed":1 '
like "a resource type is offered" "$(run 'ask /resources/jop')" \
    '*did you mean \\"job\\"?*'

# How it is asked.
like "a path is offered" "$(run 'ask /call')" '*there is no /call here; did you mean /calls?*'
like "a method is told" "$(run 'ask /reset')" '*/reset takes POST, not GET*'
like "what is no JSON is told" "$(run 'ask /verify -d "{"')" '*body:1:*'
is "HEAD has no body" "$(run 'ask /health -I -o /dev/null -w "%{http_code} %{size_download}"')" \
    "200 0"
is "there is no TLS, and the journal says so" "$(run \
    'curl -sS https://offwire.test/ 2>/dev/null; :'; grep -c \
    'offwire.test answers at port 80 alone' "$kept/journal.jsonl")" 1
is "a bare preload has it" "$(LD_PRELOAD=$shim OFFWIRE_RULES=$rules \
    OFFWIRE_HOST=$offwire sh -c ". '$work/lib.sh'; get /twice; ask /calls" |
    cut -c 1-10 | tr '\n' ' ')" 'first {"count":1 '
cat >"$work/all.json" <<'END'
{ "offwire": 1, "hosts": ["*"], "rules": [ { "then": { "fault": "nxdomain" } } ],
  "network": { "latency": "1h" }, "connections": { "max": 1, "then": "refuse" } }
END
like "rules for all hosts are not for it" "$("$offwire" run --no-fail \
    --rules "$work/all.json" -- curl -sS --max-time 10 http://offwire.test/health \
    http://offwire.test/health)" '{"ok":true,*{"ok":true,*'
if has python3; then
    is "python has it" "$(timeout 60 "$offwire" run --rules "$rules" -- \
        python3 -c '
import json, urllib.request
urllib.request.urlopen("http://api.example.com/v1/models").read()
with urllib.request.urlopen("http://offwire.test/calls") as answer:
    print(json.load(answer)["calls"][0]["rule"])')" models
fi
done_testing
