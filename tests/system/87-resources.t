#!/bin/sh
# Resources: what one program creates another one finds; two that create at
# once lose nothing; time passes for a job; an upload comes back as it went.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"
python=$(command -v /usr/bin/python3 || command -v python3) ||
    skip_all "python3 is missing"
client=$top/tests/clients/py_resources.py

# Hundred minutes are more than any run may take, but for one with --speed.
rules <<'END'
{ "offwire": 1, "hosts": ["api.openai.com"],
  "rules": [
    { "when": { "method": "DELETE", "path": "/v1/files/{id}", "headers": { "x-flaky": "1" } },
      "then": { "status": 503 } } ],
  "resources": {
    "file": { "at": "/v1/files", "id": "file-mock%06d", "content": "file",
      "create": { "object": "file", "bytes": "{{ req.files.file.size }}",
                  "filename": "{{ req.files.file.filename }}", "purpose": "{{ req.form.purpose }}" } },
    "job": { "at": "/v1/fine_tuning/jobs", "id": "ftjob-mock%06d",
      "create": { "object": "fine_tuning.job", "model": "{{ req.json.model }}", "training_file": "{{ req.json.training_file }}" },
      "requires": { "training_file": { "type": "file", "optional": true } },
      "timeline": [ { "at": 0, "set": { "status": "validating_files" } }, { "at": "20m", "set": { "status": "queued" } },
                    { "at": "40m", "set": { "status": "running" } },
                    { "at": "100m", "set": { "status": "succeeded", "fine_tuned_model": "ft:{{ self.model }}:{{ self.n }}" } } ],
      "actions": { "POST /{id}/cancel": { "unless": { "status": ["succeeded", "failed", "cancelled"] },
                                          "set": { "status": "cancelled" }, "stop": true } } },
    "thread": { "at": "/v1/threads", "id": "{{ id('thread_', 24) }}", "create": { "object": "thread" } },
    "message": { "at": "/v1/threads/{thread}/messages", "id": "{{ id('msg_', 24) }}",
      "create": { "object": "thread.message", "role": "{{ req.json.role }}", "content": "{{ req.json.content }}" } } } }
END
api=https://api.openai.com/v1

# Two programs at once.
ow sh -c "'$python' '$client' make 200 2 >'$work/one' & '$python' '$client' make 200 2 >'$work/two' &
    wait; '$python' '$client' all >'$work/all'" >"$work/said" 2>&1
note <"$work/said"
was_there "Python" '"rule":"job.create"'
is "each has made 200" "$(wc -l <"$work/one") $(wc -l <"$work/two")" "200 200"
is "no id is there twice" "$(sort -u "$work/one" "$work/two" | wc -l)" 400
sort "$work/one" "$work/two" >"$work/made"
ok "the list has them all, in order" cmp -s "$work/made" "$work/all"
ok "they took turns" awk 'NR > 1 && ($1 > last) == 0 { exit 1 } { last = $1 }
    END { exit last <= "ftjob-mock000200" }' "$work/one"

# Time.
is "a job goes its way" "$(timeout 60 "$offwire" run --speed 10000 \
    --rules "$rules" -- sh -c "'$python' '$client' make 1 >'$work/id'
        '$python' '$client' wait ftjob-mock000001" | sed 's/.* //')" succeeded
is "curl cancels one that Python waits for" "$(ow sh -c "
    '$python' '$client' make 1 >'$work/id'
    '$python' '$client' wait ftjob-mock000001 &
    curl -sS -o /dev/null -X POST $api/fine_tuning/jobs/ftjob-mock000001/cancel
    wait" | sed 's/.* //')" cancelled
was_there "curl" '"rule":"job.cancel"'

# Below a parent.
is "a thread takes its messages with it" \
    "$(ow "$python" "$client" message Hello | tr '\n' ' ' |
        sed 's/thread_[A-Za-z0-9]*/ID/')" \
    "True Hello {'id': 'ID', 'deleted': True} 404 "

# Uploads: one that is larger than what is kept of other bodies, and one that is
# larger than what is kept at all.
head -c 3000000 /dev/urandom >"$work/a.bin"
head -c 9000000 /dev/zero >"$work/b.bin"
said=$(ow sh -c "
    curl -sS -F purpose=fine-tune -F 'file=@$work/a.bin;type=audio/mpeg' $api/files
    curl -sS -o '$work/back' -w '%{content_type}' $api/files/file-mock000001/content
    curl -sS -F file=@$work/b.bin -o '$work/json' $api/files
    curl -sS -o /dev/null -w ' %{http_code} %header{offwire-error}' $api/files/file-mock000002/content" 2>"$work/stderr")
like "an upload is described, a too long one not handed out" "$said" \
    '{"id":"file-mock000001","object":"file","bytes":3000000,"filename":"a.bin","purpose":"fine-tune"}audio/mpeg 500 cannot answer by rule '"$rules"':*: of the 9000??? bytes that were uploaded as "file-mock000002" only 83????? were kept'
ok "it comes back as it was" cmp -s "$work/a.bin" "$work/back"
is "a rule before the routes wins" "$(ow sh -c "
    curl -sS -o /dev/null -F file=@$rules $api/files
    curl -sS -o /dev/null -w '%{http_code}' -X DELETE -H x-flaky:1 $api/files/file-mock000001
    curl -sS -X DELETE $api/files/file-mock000001")" \
    '503{"id":"file-mock000001","deleted":true}'

is "check counts them" "$("$offwire" check "$rules")" \
    "$rules: 1 rule and 4 resources for 1 host"
said=$("$offwire" explain --rules "$rules" POST $api/fine_tuning/jobs/x/cancel)
like "explain knows the routes" "$said" "\"job.cancel\" (*) answers:
  resource \"job\": cancel; *"

# Two files with a resource of one name are two packs.
sed 's/api.openai.com/api.other.com/; s/file-mock/other-/' "$rules" >"$work/other.json"
is "the control API lists those of both" "$(timeout 60 "$offwire" run \
    --rules "$rules:$work/other.json" -- sh -c "
    curl -sS -o /dev/null -F file=@$rules $api/files
    curl -sS -o /dev/null -F file=@$rules https://api.other.com/v1/files
    curl -sS http://offwire.test/resources/other/file/other-000001 >'$work/shown'
    curl -sS http://offwire.test/resources" | grep -o '"[a-z]*/file":[0-9]*' |
    tr '\n' ' ')" '"rules/file":1 "other/file":1 '
like "and finds one" "$(cat "$work/shown")" '{"id":"other-000001",*'

# Two packs with a resource of one name: each means its own.
for pack in a b; do
    mkdir -p "$work/$pack"
    cat >"$work/$pack/1.json" <<END
{ "offwire": 1, "hosts": ["$pack.example.com"],
  "resources": { "file": { "at": "/files", "start": [ { "id": "1", "of": "$pack" } ] } } }
END
    cat >"$work/$pack/2.json" <<END
{ "offwire": 1, "hosts": ["$pack.example.com"],
  "functions": { "whose": "function() return find('file', '1').of end" },
  "rules": [ { "when": { "path": "/whose" }, "then": { "text": "{{ find('file', '1').of }} {{ whose() }} " } } ] }
END
done
is "templates find the resources of their pack first" "$(timeout 60 "$offwire" run \
    --rules "$work/a:$work/b" -- curl -sS http://a.example.com/whose \
    http://b.example.com/whose)" "a a b b "

# Before anybody has asked, and after a reset.
cat >"$work/start.json" <<'END'
{ "offwire": 1, "hosts": ["api.example.com"],
  "resources": { "account": { "at": "/accounts", "hidden": ["token"],
    "start": [ { "id": "AC1", "token": "s3cret", "name": "Main" } ] } } }
END
is "the control API shows what is there from the beginning, without what is hidden" \
    "$(timeout 60 "$offwire" run --rules "$work/start.json" -- sh -c '
    curl -sS http://offwire.test/resources
    curl -sS -o /dev/null -X DELETE http://api.example.com/accounts/AC1
    curl -sS -o /dev/null -d "" http://offwire.test/reset
    curl -sS http://offwire.test/resources/account/AC1')" \
    '{"resources":{"account":1}}
{"id":"AC1","name":"Main"}'

# A program's own state.
sed 's/"hosts"/"scope": "program", "hosts"/' "$rules" >"$work/own.json"
is "programs may each have their own" "$(timeout 60 "$offwire" run --rules "$work/own.json" -- sh -c "
    curl -sS -o /dev/null -d '{}' $api/threads
    curl -sS $api/threads")" \
    '{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false}'

done_testing
