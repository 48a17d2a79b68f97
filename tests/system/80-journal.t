#!/bin/sh
# The journal of a session: written before the answer is sent, kept, listed for
# people and for programs, and not spoilt by a full disk.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"

has curl || skip_all "curl is missing"
export TZ=UTC

rules <<'END'
{ "offwire": 1,
  "hosts": ["api.example.com"],
  "rules": [
    { "name": "users", "when": { "path": "/v1/users" }, "then": { "json": [] } },
    { "name": "broken off", "when": { "path": "/cut" },
      "then": { "text": "0123456789", "fault": { "kind": "reset", "after": 4 } } },
    { "name": "slow", "when": { "path": "/slow" },
      "then": { "stream": { "chunks": ["a", "b"], "every": "30s" } } } ] }
END

url=https://api.example.com

# What the journal has at the moment that curl has its answer.
kept=$work/live
said=$(ow sh -c "curl -sS $url/v1/users && grep -c '\"rule\":\"users\"' $kept/journal.jsonl")
was_there "curl" "\"url\":\"$url/v1/users\""
is "the record is there before the answer" "$said" "[]1"

kept=$work/kept
ow sh -c "curl -sS $url/v1/users; curl -sS $url/cut; curl -sSN $url/slow >$work/piece &
    while [ ! -s $work/piece ]; do sleep 0.02; done; kill \$!; wait
    curl -sS $url/nothing; printf 'hello\r\n\r\n' | curl -sS telnet://api.example.com:80
    true" >/dev/null 2>&1
is "the file is the user's alone" "$(stat -c %a "$kept/journal.jsonl")" 600

table=$("$offwire" calls "$kept")
note <<END
$table
END
like "the table has a title" "$table" "TIME * PROGRAM * METHOD * URL * STATUS * RULE * MS * FAULT*"
like "it has a call" "$table" "*curl * GET * $url/v1/users * 200 * users (*rules.json:4) * -*"
like "it has a fault" "$table" "*$url/cut * 200 * broken off (*) * reset*"
like "it has a client that left" "$table" "*$url/slow * 200 * slow (*) * client left*"
like "it has a request that no rule answered" "$table" "*$url/nothing * 404 * - * unmatched*"
like "it has bytes that are no HTTP" "$table" "*api.example.com:80 * 400 * - * bad-request*"

"$offwire" calls --json "$kept" >"$work/calls.json"
if has python3; then
    is "the JSON is one array" "$(python3 -c '
import json, sys
print(*(call.get("ended", "at once") for call in json.load(sys.stdin)
        if call["event"] == "request"))' <"$work/calls.json")" \
        "at once cut left"
else
    skip "the JSON is one array" "python3 is missing"
fi
like "the summary counts" "$("$offwire" calls --summary "$kept")" \
    "5 requests of 1 program: 3 answered, 1 matched no rule, 1 no HTTP, 1 cut short by a rule, 1 left by the program*"

not_ok "a folder without a journal is no session" "$offwire" calls "$work"
like "it says so" "$("$offwire" calls "$work" 2>&1)" "offwire: \"$work\" is no session: *"
is "a file that is no journal is refused" \
    "$("$offwire" calls "$rules" 2>&1; echo $?)" \
    "offwire: \"$rules\" is no journal: no line of it is a record (offwire run \
--keep DIR keeps one)
2"
not_ok "calls wants a folder" "$offwire" calls

# A disk that fills: files may not grow over a million bytes (half of that where
# the shell's blocks are small). The answers go on, the run says what was lost,
# and what was written can be read.
said=$(ulimit -f 1000 && ow curl -sS "$url/v1/users?[1-5000]" 2>"$work/stderr" |
    tr -d '\n')
is "answers go on when the disk is full" "${#said}" 10000
like "the run says what was lost" "$(cat "$work/stderr")" "*records of the journal could not be written*"
ok "the rest can be read" "$offwire" calls "$kept"
# A file that shrinks while it is sent: more than pipes and sockets hold is
# still to come when the client has its first bytes.
truncate -s 64M "$work/shrinking"
kept=$work/shrunk
rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"],
  "rules": [ { "name": "big", "then": { "file": "shrinking" } } ] }
END
said=$(ow sh -c "curl -sS $url/ | { head -c 1000 >/dev/null
    : >$work/shrinking; cat >/dev/null; }" 2>&1)
like "a file that shrinks under way is told on stderr" "$said" \
    "*the answer to GET $url/ broke off: its file has become shorter meanwhile*"
ok "and in the journal" grep -q \
    '"ended":"failed","text":"the answer to GET .* become shorter' \
    "$kept/journal.jsonl"
like "calls shows it as failed" "$("$offwire" calls "$kept")" "*failed*"

done_testing
