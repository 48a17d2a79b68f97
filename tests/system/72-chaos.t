#!/bin/sh
# What goes wrong between a program and an API, as a program sees it: uploads
# that the other side does not take to their end.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"

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

for scheme in http https; do
    said=$(ow curl -sS -m 20 -H Expect: -w '%{http_code}' \
        --data-binary "@$work/upload" $scheme://api.example.com/early 2>&1)
    was_there "curl, $scheme" '"fault":"early-answer"'
    like "an early answer is taken before the upload is whole ($scheme)" \
        "$said" 'too big*413*'
    not_ok "and the upload did not come whole ($scheme)" \
        grep -q '"request_bytes":30000000' "$kept/journal.jsonl"

    said=$(ow curl -sS -m 20 -H Expect: \
        --data-binary "@$work/upload" $scheme://api.example.com/reset 2>&1)
    was_there "curl, $scheme" '"fault":"reset"'
    like "a reset in the middle of an upload is an error ($scheme)" "$said" \
        'curl: (5[56]) *'

    ow curl -sS -m 2 -H Expect: -w '%{size_upload}\n' \
        --data-binary "@$work/upload" $scheme://api.example.com/deaf \
        >"$work/said" 2>&1
    status=$?
    was_there "curl, $scheme" '"fault":"stop-reading"'
    is "an upload that is not read times out ($scheme)" "$status" 28
    ok "and did not leave the client ($scheme)" \
        test "$(sed -n '$p' "$work/said")" -lt 30000000
done

done_testing
