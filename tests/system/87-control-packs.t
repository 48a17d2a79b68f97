#!/bin/sh
# The control API where packs have things of one name, and where clients have a
# state of their own: what is meant can be said, and what is not said is refused
# with what there is.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"
unset http_proxy https_proxy all_proxy no_proxy

mkdir -p "$work/one" "$work/two"
cat >"$work/one/10-a.json" <<'END'
{ "offwire": 1, "hosts": ["one.example.com"],
  "resources": {
    "message": { "at": "/messages", "id": "one-%d" },
    "note": { "at": "/notes", "id": "note-%d" } } }
END
cat >"$work/one/20-b.json" <<'END'
{ "offwire": 1, "hosts": ["one.example.com"],
  "resources": { "message": { "at": "/more", "id": "more-%d" } } }
END
cat >"$work/two/a.json" <<'END'
{ "offwire": 1, "hosts": ["two.example.com"],
  "resources": { "message": { "at": "/messages", "id": "two-%d" } } }
END
cat >"$work/mine.json" <<'END'
{ "offwire": 1, "hosts": ["mine.example.com"],
  "vars": { "n": 1 }, "scope": { "header": "X-Test-Id" },
  "rules": [ { "name": "vars", "when": { "path": "/n" }, "set": { "n": "{{ vars.n + 1 }}" },
               "then": { "text": "{{ vars.n }}\n" } } ],
  "resources": { "own": { "at": "/own", "id": "own-%d" } } }
END
cat >"$work/lib.sh" <<'END'
ask() { path=$1; shift; curl -gsS --max-time 20 "http://offwire.test$path" "$@"; }
post() { curl -sS --max-time 20 "https://$1" -d '{}' -o /dev/null; }
mine() { path=$1; shift; curl -sS --max-time 20 "https://mine.example.com$path" "$@"; }
messages() { post one.example.com/messages; post one.example.com/more
    post two.example.com/messages; }
END
run()
{
    rm -rf "$kept"
    (cd "$work/two" && timeout 60 "$offwire" run --no-fail --keep "$kept" \
        --rules "$work/one/:.:$work/mine.json" -- \
        sh -c ". '$work/lib.sh'; $1" 2>"$work/stderr") | tr -d '\n'
}

is "types of one name are listed with their packs" \
    "$(run 'messages; ask /resources')" \
    '{"resources":{"one/message":2,"note":0,"two/message":1,"own":0}}'
was_there "curl" '"url":"https://one.example.com/messages"'
is "a pack's type is asked for" "$(run 'messages; ask /resources/two/message')" \
    '{"type":"message","pack":"two","items":[{"id":"two-1"}],"count":1}'
is "the files of a pack are one" "$(run 'messages; ask /resources/one%2Fmessage')" \
    '{"type":"message","pack":"one","items":[{"id":"one-1"},{"id":"more-1"}],"count":2}'
is "one is asked for by its id" \
    "$(run 'messages; ask /resources/one/message/more-1; ask /resources/two%2fmessage/two-1')" \
    '{"id":"more-1"}{"id":"two-1"}'
is "a name that one pack has needs no pack" \
    "$(run 'post one.example.com/notes; ask /resources/note; ask /resources/note/note-1')" \
    '{"type":"note","pack":"one","items":[{"id":"note-1"}],"count":1}{"id":"note-1"}'
like "a name that two have is refused, with both" \
    "$(run 'messages; ask /resources/message -w "%{http_code}"')" \
    '*several packs have a resource \\"message\\": ask for one of \\"one/message\\", \\"two/message\\"*400'
like "its ids, too" "$(run 'messages; ask /resources/message/two-1')" \
    '*several packs have a resource*'
like "another name is offered with its pack" "$(run 'ask /resources/one/mesage')" \
    '*no resource \\"one/mesage\\"; did you mean \\"one/message\\"?*'
like "and for an id" "$(run 'ask /resources/one/mesage/1')" \
    '*no resource \\"one/mesage\\"; did you mean \\"one/message\\"?*'
like "rules have their packs" "$(run 'ask /rules')" \
    '*"rule":"message.create","pack":"two",*"rule":"vars","pack":"mine"*'

# Rules of one name.
is "calls are those of a pack's rule" "$(run 'messages; messages
    for q in message.create one/message.create two/message.create one/note.create; do
        ask "/calls?rule=$q" | grep -o "^{\"count\":[0-9]*"; done')" \
    '{"count":6{"count":4{"count":2{"count":0'
status='ask /verify -o /dev/null -w "%{http_code} " -d'
is "expectations are about them, too" "$(run "messages
    $status '[{\"rule\":\"one/message.*\",\"times\":2}]'
    $status '[{\"rule\":\"two/message.create\",\"times\":1},{\"rule\":\"message.create\",\"times\":3}]'
    $status '{\"order\":[\"one/message.create\",\"two/message.create\"]}'
    $status '[{\"rule\":\"two/message.create\",\"times\":2}]'")" '200 200 200 417 '
like "a rule of another pack is none" \
    "$(run 'ask /verify -d "{\"rule\":\"two/note.create\"}"')" \
    '*no rule is called*'
echo '[ { "rule": "two/message.create", "times": 1 }, { "rule": "one/note.*", "times": 0 } ]' \
    >"$work/expected.json"
run messages
is "a journal knows them" "$("$offwire" verify "$work/expected.json" "$kept" \
    >/dev/null 2>&1; echo $?)" 0
sed -i 's/two/mine/' "$work/expected.json"
like "and offers the names that it has" "$("$offwire" verify "$work/expected.json" \
    "$kept" 2>&1)" '*no rule is called "mine/message.create"*'

# Whose state it is.
is "variables are those of the client that is named" "$(run '
    mine /n -H "X-Test-Id: a" >/dev/null; mine /n -H "X-Test-Id: a" >/dev/null
    mine /n >/dev/null
    ask /vars?header=x-test-id:a; ask "/vars?header=X-Test-Id"; ask /vars')" \
    '{"vars":{"n":3}}{"vars":{"n":2}}{"vars":{"n":1}}'
is "they can be set before it asks" "$(run '
    ask "/vars?header=x-test-id:%20b" -d "{\"n\":7}"; mine /n -H "x-test-id: b"
    mine /n -H "x-test-id: c"')" '{"vars":{"n":7}}71'
is "resources are, too" "$(run '
    mine /own -H "x-test-id: a" -d "{}" >/dev/null
    ask /resources/own?header=x-test-id:a; ask /resources/own
    ask /resources/own/own-1?header=x-test-id:a')" \
    '{"type":"own","pack":"mine","items":[{"id":"own-1"}],"count":1}{"type":"own","pack":"mine","items":[],"count":0}{"id":"own-1"}'
like "a client that never asked is told" \
    "$(run 'ask /vars?header=x-test-id:z -w "%{http_code}"')" \
    '*no client with \\"x-test-id:z\\" has a state of its own*404'
like "and a process that did not" "$(run 'ask /resources?program=1 -w "%{http_code}"')" \
    '*no client program \\"1\\" has a state*404'
like "it has to be a number" "$(run 'ask /vars?program=curl')" \
    '*has to be a process*, not \\"curl\\"*'
like "one at a time" "$(run 'ask "/vars?program=1&header=a:b"')" '*two clients*'
like "a parameter is offered" "$(run 'ask /vars?headr=a:b')" \
    '*unknown parameter \\"headr\\"; did you mean \\"header\\"?*'
done_testing
