#!/bin/sh
# offwire verify and run --verify: what a program called against a file of
# expectations, after its session, at its end, and from inside.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"
unset http_proxy https_proxy all_proxy no_proxy
cd "$work" || exit 99

rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"],
  "rules": [
    { "name": "files.create", "when": { "method": "POST", "path": "/v1/files" },
      "then": { "json": { "id": "file-1" } } },
    { "name": "jobs.create", "when": { "method": "POST", "path": "/v1/jobs" },
      "then": { "status": 201, "json": { "id": "job-1" } } },
    { "name": "jobs.retrieve", "when": { "method": "GET", "path": "/v1/jobs/{id}" },
      "then": [ { "status": 503, "text": "busy" }, { "json": { "status": "done" } } ] },
    { "name": "jobs.delete", "when": { "method": "DELETE" }, "then": { "status": 204 } } ] }
END

# A program of a user's: no word of Offwire in it.
cat >program <<'END'
api=https://api.example.com/v1
curl -sS "$api/files" -F purpose=fine-tune -F file=@"$0"
curl -sS "$api/jobs?dry=1" -H 'X-Team: blue' -d '{"model":"gpt-4o","file":"file-1"}'
curl -sS "$api/jobs/job-1"
curl -sS "$api/jobs/job-1"
END

cat >whole.json <<'END'
{ // what the program is there for
  "offwire": 1,
  "calls": [
    { "rule": "files.create", "form": { "purpose": "fine-tune" }, "times": 1 },
    { "rule": "jobs.create", "status": 201, "headers": { "x-team": "blue" },
      "query": { "dry": "1" }, "json": { "model": "~^gpt-4o" } },
    { "rule": "jobs.retrieve", "times": ">=2" },
    { "rule": "jobs.delete", "times": 0 },
  ],
  "order": [ "files.create", "jobs.create", { "rule": "jobs.retrieve", "times": 2 } ],
  "strict": true, "only": true }
END
cat >wrong.json <<'END'
{ "calls": [
    { "rule": "jobs.*", "times": 2 },
    { "rule": "jobs.create",
      "json": { "model": "o3" } } ],
  "order": [ "jobs.create", "files.create" ],
  "only": true }
END

ow sh program >said
is "the program runs" "$(cat said)" \
    '{"id":"file-1"}{"id":"job-1"}busy{"status":"done"}'
was_there "it" '"rule":"jobs.create"'
out=$("$offwire" verify whole.json "$kept")
is "verify finds all as expected" "$? $out" "0 6 expectations are met"
is "in the journal itself too" \
    "$("$offwire" verify whole.json "$kept/journal.jsonl")" \
    "6 expectations are met"
is "and from stdin" "$("$offwire" verify - "$kept" <whole.json)" \
    "6 expectations are met"
out=$("$offwire" verify wrong.json "$kept")
is "verify ends with 1 where they are not met" "$?" 1
like "it says how often it was" "$out" \
    'wrong.json:2:5: asked for 2 of {"rule":"jobs.\*","times":2}, seen 3*'
like "it says what came nearest, and how that differs" "$out" \
    '*wrong.json:3:5:*nearest is call 2, POST https://api.example.com/v1/jobs[?]dry=1 (jobs.create, 201): json model is "gpt-4o"*'
like "it says what the order lacks" "$out" \
    '*wrong.json:5:12: order: step 2, "files.create", did not come behind call 2,*it came before, as call 1*'
like "and counts" "$out" "*3 of 4 expectations are not met"
printf '[{"rule":"jobs.create"}]' >some.json
printf '{"calls":[{"rule":"jobs.*"}],"only":true}' >only.json
is "some of the calls may be asked for" \
    "$("$offwire" verify some.json "$kept")" "1 expectation is met"
like "others are named" "$("$offwire" verify only.json "$kept")" \
    '*only: 1 request that nothing here means: call 1, POST https://api.example.com/v1/files (files.create, 200)*'
"$offwire" verify --tap wrong.json "$kept" >tap
is "TAP has a line for each, with its status" "$?" 1
is "and they are numbered" "$(grep -c '^not ok [123] \|^ok 4 \|^1\.\.4$' tap)" 5
like "JSON has them as values" "$("$offwire" verify --json wrong.json "$kept")" \
    '{"ok":false,"error":{"message":*"results":\[{"ok":false,"seen":3,*"order":{"ok":false,*"only":{"ok":true,"count":0,*}'

# What is wrong with the file itself.
refuses()
{
    printf '%s' "$2" >bad.json
    out=$("$offwire" verify bad.json "$kept" 2>&1)
    like "$1" "$? $out" "2 offwire: $3"
}
refuses "a key that is not known is placed, and another offered" \
    '[{"headrs":{}}]' 'bad.json:1:3: /0/headrs: unknown key*did you mean "headers"?'
refuses "so is a rule" '{"order":["jobs.creat"]}' \
    'bad.json:1:11: /order/0: no rule is called "jobs.creat"; did you mean "jobs.create"?'
refuses "what is no JSON is told" '[{]' 'bad.json:1:*'
like "a folder without a session is told" \
    "$("$offwire" verify some.json "$work" 2>&1)" '*is no session*'
is "a report is of one kind" \
    "$("$offwire" verify --json --tap some.json "$work" 2>&1)" \
    "offwire: the report is one of --json and --tap"
like "no session at all, too" "$("$offwire" verify some.json 2>&1)" \
    '*verify wants a folder, kept by offwire run --keep DIR*'

# As the end of a run.
"$offwire" run --rules "$rules" --verify whole.json -- sh program >said 2>err
is "a run is verified" "$? $(cat err)" "0 "
"$offwire" run --rules "$rules" --verify wrong.json -- sh program >said 2>err
is "one that is not as expected fails" "$?" 89
like "and says why" "$(cat err)" \
    'wrong.json:2:5: asked for 2 of *nearest is call 2*3 of 4 expectations*ends with 89*'
"$offwire" run --rules "$rules" --verify wrong.json -- \
    sh -c 'sh program; exit 3' >/dev/null 2>&1
is "the program's own failure comes first" "$?" 3
out=$("$offwire" run --rules "$rules" --verify bad.json -- touch ran 2>&1)
is "with a mistake in the file no program is run" "$? $(test -e ran; echo $?)" "2 1"
is "a reset from inside does not forget what the run was" \
    "$("$offwire" run --rules "$rules" --verify whole.json -- sh -c '
        sh program; curl -sS -X POST http://offwire.test/reset' >/dev/null 2>&1
    echo $?)" 0

# From inside.
inside()
{
    "$offwire" run --rules "$rules" --no-fail -- sh -c "$1" 2>&1
}
like "the session that goes on is asked from inside" \
    "$(inside "sh program; '$offwire' verify whole.json; echo; echo \$?")" \
    '*6 expectations are met*0'
like "with the file's places" \
    "$(inside "sh program; '$offwire' verify --tap wrong.json; echo \$?")" \
    '*# wrong.json:3:5: this is not met*1'
like "and its mistakes" \
    "$(inside "printf '{\"rule\":\"jobs.retreive\"}' >bad.json
        '$offwire' verify bad.json; echo \$?")" \
    '*bad.json:1:9: /rule: no rule is called*did you mean "jobs.retrieve"?*2'
like "the control API has the same formats" "$(inside '
    sh program >/dev/null; curl -sS "http://offwire.test/verify?format=tap" \
        -d "{\"order\":[\"files.create\",\"jobs.*\"]}"')" \
    'ok 1 - order: 2 steps*1..1'
like "and offers them" "$(inside 'curl -sS "http://offwire.test/verify?format=xml" -d "{}"')" \
    '*format* is text, tap or json*'

# What is not to be kept is not there.
"$offwire" run --rules "$rules" --keep "$kept" -- \
    curl -sS https://api.example.com/v1/jobs/1 >/dev/null
is "a session without expectations keeps requests for later" \
    "$(grep -c '"request":{"host":"api.example.com"' "$kept/journal.jsonl")" 1
is "for its owner alone" "$(stat -c %a "$kept/journal.jsonl")" 600
done_testing
