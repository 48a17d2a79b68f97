#!/bin/sh
# offwire check and offwire explain: what they say, where, and their statuses.
. "$(dirname "$0")/../lib/tap.sh"
offwire=$build/offwire

cd "$work" || exit 99
cat >good.json <<'END'
{ "offwire": 1, "hosts": ["api.example.com", "*.eu.example.com"], "rules": [
  { "name": "user", "when": { "method": "GET", "path": "/v1/users/{id}" }, "then": { "json": { "id": 7 } } },
  { "when": { "path": "/v1/users/7", "method": "GET" }, "then": {} },
  { "name": "chat", "when": { "method": "POST", "path": "/v1/chat", "json": { "q": "~capital of (?<country>\\w+)" } },
    "then": { "status": 201, "text": "Paris" } },
  { "name": "form", "when": { "path": "/form", "form": { "a": "1" } }, "then": {} },
  { "name": "gone", "when": { "host": "gone.eu.example.com" }, "then": { "fault": "nxdomain" } } ] }
END
echo '{ "offwire": 1, "hosts": ["a.test"], "rules": [ ] }' >empty.json
printf '{ "offwire": 1,\n  "hots": ["a.test"] }\n' >bad.json

# says STATUS COMMAND...: leaves what it says in $out and $err.
says()
{
    want=$1
    shift
    status=0
    "$@" >out 2>err </dev/null || status=$?
    out=$(cat out)
    err=$(cat err)
    is "status of ${*#"$build"/}" "$status" "$want"
}

says 0 "$offwire" check good.json
is "check counts rules and hosts" "$out" "good.json: 5 rules for 2 hosts"
is "check warns of a rule that never answers" "$err" \
    "offwire: good.json:3: warning: this rule never answers: the one at good.json:2 takes all of its requests"
says 0 "$offwire" check empty.json
is "check counts no rules" "$out" "empty.json: 0 rules for 1 host"
is "check warns of a file without rules" "$err" \
    "offwire: empty.json: warning: there are no rules in it"
says 2 "$offwire" check bad.json good.json
is "check names file, line, column, pointer and the word meant" \
    "$(head -n 1 err)" \
    'offwire: bad.json:2:3: /hots: unknown key "hots"; did you mean "hosts"?'
is "check goes on with the next file" "$out" "good.json: 5 rules for 2 hosts"
says 2 "$offwire" check god.json
is "check offers the file meant" "$err" \
    'offwire: no rules "god.json": there is no such file or folder; did you mean "good.json"?'
says 2 "$offwire" check good.json:empty.json
like "check tells that it takes no list with colons" "$err" \
    '*; several are words of their own here, without a colon between them'
says 2 "$offwire" check .
like "check refuses a folder with a bad file" "$(head -n 1 err)" \
    'offwire: ./bad.json:2:3: /hots: *'
mkdir whole
mv empty.json whole
cp good.json whole
says 0 "$offwire" check whole
is "check takes a folder" "$out" "whole: 5 rules for 3 hosts"
says 2 "$offwire" check

url=https://api.example.com
says 0 "$offwire" explain --rules good.json GET $url/v1/users/9
is "explain tells the rule, its answer and its parameters" "$out" \
    '"user" (good.json:2) answers:
  status 200, application/json, 8 bytes
  parameter id is "9"'
says 0 "$offwire" explain --rules good.json GET $url/v1/users/7
like "explain tells of a rule behind the one that answers" "$out" \
    '*rules that come near:
  good.json:3: it fits, but an earlier rule answers'
says 0 env OFFWIRE_RULES=good.json "$offwire" explain \
    -d '{"q":"What is the capital of France?"}' POST $url/v1/chat
is "explain takes OFFWIRE_RULES and a body, tells captures" "$out" \
    '"chat" (good.json:4) answers:
  status 201, text/plain; charset=utf-8, 5 bytes
  capture country is "France"'
says 89 "$offwire" explain --rules good.json POST $url/v1/chat -d '{"q":"Hi"}'
like "explain tells the nearest rule first" "$out" \
    'no rule answers POST https://api.example.com/v1/chat
rules that come near:
  "chat" (good.json:4): json q is "Hi", the rule wants it to match ~capital of *'
echo 'a=1' | tr -d '\n' >body
says 0 "$offwire" explain --rules good.json POST $url/form -d @body
like "explain reads a body from a file, as a form" "$out" '"form" (*'
says 89 "$offwire" explain --rules good.json -H 'Content-Type: text/plain' \
    POST $url/form -d @body
like "explain takes headers" "$out" '*"form" (*the body is no form*'
says 89 "$offwire" explain --rules good.json GET https://gone.eu.example.com/
like "explain tells of a fault before the request" "$out" \
    'before the request, at the look-up of the name: "gone" (good.json:7)
  fault nxdomain
*'
cat >over.json <<'END'
{ "offwire": 1, "hosts": ["api.example.com"], "rules": [
  { "name": "slow", "limit": { "rate": "60/min" }, "then": { "next": true, "delay": "1s", "fault": "truncate" } },
  { "name": "here", "when": { "path": "/here" }, "then": { "text": "here" } } ] }
END
says 0 "$offwire" explain --rules over.json GET $url/here
is "explain tells what is laid over an answer" "$out" '"here" (over.json:3) answers:
  status 200, text/plain; charset=utf-8, 2 bytes, fault truncate
laid over it: "slow" (over.json:2)
  at most 60 in 60s, 60 at once'
says 89 "$offwire" explain --rules over.json GET $url/there
cat >unknown.json <<'END'
{ "offwire": 1, "hosts": ["api.example.com"], "rules": [
  { "name": "here", "when": { "path": "/here" }, "then": { "text": "here" } },
  { "name": "unknown", "unmatched": true, "then": { "status": 404, "text": "no" } } ] }
END
says 89 "$offwire" explain --rules unknown.json GET $url/there
is "explain tells what takes the unmatched" "$out" \
    '"unknown" (unknown.json:3) answers, and the request counts as one that no rule fits:
  status 404, text/plain; charset=utf-8, 2 bytes
rules that come near:
  "here" (unknown.json:2): path is "/there", the rule wants "/here"'
says 89 "$offwire" explain --rules good.json GET https://other.example.com/
is "explain tells of a host that no rules have" "$out" \
    'no rule file has the host other.example.com, port 443: Offwire leaves the request alone'
says 2 "$offwire" explain --rules bad.json GET $url/
says 2 "$offwire" explain GET $url/
is "explain asks for rules" "$err" \
    'offwire: explain wants rules: --rules or OFFWIRE_RULES'
says 2 "$offwire" explain --rules good.json GET /v1
says 2 "$offwire" explain --rules good.json $url/
says 2 "$offwire" explain --rules good.json -H nonsense GET $url/
says 2 "$offwire" explain --rules good.json $url/ GET
is "explain tells which comes first" "$err" \
    "offwire: expected a method as GET, got \"$url/\"; offwire explain METHOD URL"
says 2 "$offwire" explain --rules good.json '' $url/
says 2 "$offwire" explain --rules good.json GET "$url/a b"
is "explain refuses what no client sends" "$err" \
    "offwire: a URL has no spaces (%20 is one), got \"$url/a b\""
done_testing
