#!/bin/sh
# What goes wrong between a program and an API, as a program sees it: uploads
# that the other side does not take to their end, slow networks, luck.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

has curl || skip_all "curl is not installed"

rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"], "rules": [
  { "when": { "path": "/early" },
    "then": { "status": 413, "text": "too big", "fault": { "kind": "early-answer", "received": "64KB" } } },
  { "when": { "path": "/deaf" }, "then": { "fault": { "kind": "stop-reading", "received": "64KB" } } },
  { "when": { "path": "/reset" }, "then": { "fault": { "kind": "reset", "received": "64KB" } } },
  { "then": { "text": "whole" } } ] }
END
head -c 30000000 /dev/zero >"$work/upload"

# deaf SECONDS: to somebody who stops reading, by $scheme.
deaf()
{
    ow curl -sS -m "$1" -H Expect: -w '%{size_upload}\n' \
        --data-binary "@$work/upload" "$scheme://api.example.com/deaf"
}
for scheme in http https; do
    beside $scheme in_time '"fault":"stop-reading"' deaf
done

for scheme in http https; do
    said=$(ow curl -sS -m 50 -H Expect: -w '%{http_code}' \
        --data-binary "@$work/upload" $scheme://api.example.com/early 2>&1)
    was_there "curl, $scheme" '"fault":"early-answer"'
    like "an early answer is taken before the upload is whole ($scheme)" \
        "$said" 'too big*413*'
    not_ok "and the upload did not come whole ($scheme)" \
        grep -q '"request_bytes":30000000' "$kept/journal.jsonl"

    said=$(ow curl -sS -m 50 -H Expect: \
        --data-binary "@$work/upload" $scheme://api.example.com/reset 2>&1)
    was_there "curl, $scheme" '"fault":"reset"'
    like "a reset in the middle of an upload is an error ($scheme)" "$said" \
        'curl: ([59][256]) *'
done

for scheme in http https; do
    turn_to $scheme
    was_there "curl, $scheme" '"fault":"stop-reading"'
    is "an upload that is not read times out ($scheme)" "$status" 28
    ok "and did not leave the client ($scheme)" \
        test "$(echo "$said" | sed -n '$p')" -lt 30000000
done
kept=$work/kept

rules <<'END'
{ "offwire": 1, "hosts": ["fast.example.com", "slow.example.com"],
  "network": [ { "hosts": ["slow.example.com"], "latency": "150ms", "rate": "1MB/s" } ],
  "rules": [
  { "when": { "path": "/rule" }, "network": { "latency": "250ms" }, "then": { "text": "late" } },
  { "when": { "path": "/big" }, "then": { "stream": { "chunks": ["{{ string.rep('x', 300000) }}"] } } },
  { "when": { "path": "/long" }, "then": { "file": "long" } },
  { "then": { "text": "whole" } } ] }
END
head -c 1000000 /dev/zero >"$work/long"
for scheme in http https; do
    is "a long answer of a host beside a slow one comes whole ($scheme)" \
        "$(ow curl -sS -m 50 $scheme://fast.example.com/long | wc -c)" 1000000
done

# curl_time URL ARGUMENT...: the milliseconds that it takes.
curl_time()
{
    curl_url=$1
    shift
    ow curl -sS -m 50 -w '\n%{time_total}' "$@" "$curl_url" >"$kept.body" ||
        return
    sed -n '$p' "$kept.body" | awk '{ printf "%d", $1 * 1000 }'
}

# A network's name is given to all hosts.
curl_time_3g()
{
    timeout 60 "$offwire" run --network 3g --keep "$kept" --rules "$rules" \
        -- curl -sS -w ' %{time_total}' https://fast.example.com/ |
        awk '{ printf "%s %d", $1, $2 * 1000 }'
}

# took NAME WHAT URL MILLISECONDS: it takes at least so long. There is no upper
# bound: the machine may be busy.
took()
{
    turn_to "$1"
    was_there "curl" "\"url\":\"$3"
    ok "$2 takes its time" test "${said:-0}" -ge "$4"
}

head -c 300000 /dev/zero >"$work/upload"
slow=slow.example.com/
beside http curl_time http://$slow
beside tls curl_time https://$slow
beside tls12 curl_time https://$slow --tls-max 1.2
beside big curl_time http://${slow}big
beside upload curl_time http://$slow --data-binary "@$work/upload"
beside rule curl_time http://fast.example.com/rule
beside 3g curl_time_3g
took http "a connection and a request" http://$slow 300
took tls "a handshake of TLS" https://$slow 450
took tls12 "one of TLS 1.2" https://$slow 600
took big "a big body" http://${slow}big 590
is "and comes whole" "$(sed '$d' "$kept.body" | tr -d '\n' | wc -c)" 300000
took upload "an upload" http://$slow 590
ok "and comes whole" grep -q '"request_bytes":300000' "$kept/journal.jsonl"
took rule "a rule's own network" http://fast.example.com/rule 250
turn_to 3g
was_there "curl" '"url":"https://fast.example.com/"'
ok "--network slows all hosts" test "${said#whole }" -ge 900
kept=$work/kept
rm -rf "$kept"
said=$(OFFWIRE_NETWORK=3h ow curl -sS https://fast.example.com/ 2>&1)
like "an unknown network is refused" "$said" '*did you mean "3g"*'

# Luck: two runs with one seed are the same byte for byte, and with many
# connections at once each rule's share of it is.
rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"], "rules": [
  { "name": "sick", "chance": 0.3, "when": { "path": "/a" }, "then": { "status": 503, "text": "{{ id('err_', 12) }}" } },
  { "name": "broken", "chance": 0.2, "when": { "path": "/a" }, "then": { "text": "a longer text of some forty bytes or so", "fault": "corrupt" } },
  { "name": "garbled", "every": 7, "when": { "path": "/b" }, "then": { "fault": { "kind": "garbage", "size": 40 } } },
  { "name": "refused", "chance": 0.1, "then": { "fault": "refuse" } },
  { "name": "fine", "then": { "text": "{{ id('ok_', 12) }} {{ rand(1, 1000000) }}" } } ] }
END

# luck SEED OUTPUT: one after the other.
luck()
{
    rm -rf "$kept"
    timeout 60 "$offwire" run --seed "$1" --keep "$kept" --rules "$rules" -- \
        sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            curl -s --http0.9 http://api.example.com/a http://api.example.com/b
        done' >"$2"
    sed 's/"time":"[^"]*",*//; s/"pid":[0-9]*,*//; s/"[a-z]*_ms":[0-9.]*,*//g' \
        "$kept/journal.jsonl" >"$2.journal"
}

luck 11 "$work/one"
was_there "curl" '"rule":"sick"'
luck 11 "$work/two"
luck 12 "$work/three"
ok "the same seed gives the same answers" cmp "$work/one" "$work/two"
ok "and the same journal" cmp "$work/one.journal" "$work/two.journal"
not_ok "another seed gives others" cmp -s "$work/one" "$work/three"

# How many connections there are is curl's to say: without what they draw.
sed '/"refused"/d' "$rules" >"$work/at-once.json"
rules=$work/at-once.json

# at_once SEED: what each rule answered, whatever the order.
at_once()
{
    rm -rf "$kept"
    timeout 60 "$offwire" run --seed "$1" --keep "$kept" --rules "$rules" -- \
        curl -sS --http0.9 --parallel --parallel-immediate --parallel-max 20 \
        "http://api.example.com/[a-b]?[1-40]" >"$work/said" 2>&1
    grep -ao '\(err\|ok\)_[a-z0-9A-Z]\{12\}' "$work/said" | sort
}

one=$(at_once 11)
was_there "curl" '"rule":"sick"'
is "many at once have the same luck" "$one" "$(at_once 11)"

# Hosts that take two connections at once.
rules <<'END'
{ "offwire": 1, "hosts": ["wait.example.com", "refuse.example.com", "reset.example.com", "free.example.com"],
  "connections": [ { "hosts": ["wait.example.com"], "max": 2 },
                   { "hosts": ["refuse.example.com"], "max": 2, "then": "refuse" },
                   { "hosts": ["reset.example.com"], "max": 2, "then": "reset" } ],
  "rules": [ { "then": { "text": "ok" } } ] }
END
pool=$top/tests/clients/py_pool.py

if python=$(python_with http.client); then
    beside wait ow "$python" "$pool" wait.example.com then
    beside refuse ow "$python" "$pool" refuse.example.com
    beside reset ow "$python" "$pool" reset.example.com
    beside free ow "$python" "$pool" free.example.com
    turn_to wait
    was_there "a pool" '"url":"http://wait.example.com/"'
    is "a third connection waits until one has ended" "$said" "pool ok ok
third waits
and then HTTP/1.1 200
fourth ok"
    ok "and it is in the journal" \
        grep -q '"host":"wait.example.com".*"fault":"connections".*waits' \
        "$kept/journal.jsonl"
    turn_to refuse
    was_there "a pool" '"url":"http://refuse.example.com/"'
    is "or is refused" "$said" "pool ok ok
third ConnectionRefusedError
fourth ok"
    turn_to reset
    was_there "a pool" '"url":"http://reset.example.com/"'
    is "or is reset" "$said" "pool ok ok
third ConnectionResetError
fourth ok"
    turn_to free
    was_there "a pool" '"url":"http://free.example.com/"'
    is "other hosts of the file take as many as come" "$said" "pool ok ok
third HTTP/1.1 200
fourth ok"
else
    skip "a pool" "python3 is not installed"
fi

# explain tells of all that.
cat >"$work/terms.json" <<'END'
{ "offwire": 1, "hosts": ["api.example.com"], "network": "3g", "rules": [
  { "chance": 0.5, "nth": [2, "4..5"], "from": "2s", "limit": { "rate": "60/min", "burst": 5 },
    "then": { "text": "x" }, "after": { "request": { "url": "http://localhost/" } } } ] }
END
said=$("$offwire" explain --rules "$work/terms.json" GET https://api.example.com/)
like "explain says when, how often, how slowly and what follows" "$said" \
    '*not each time: its chance is 0.5, its "nth" is 2 or 4..5, it answers from 2s on*at most 60 in 60s, 5 at once*3g, latency 300ms*calls back: 1 request*'

done_testing
