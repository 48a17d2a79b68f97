#!/bin/sh
# What a reviewer would question in libcurl's transfers, from what the handles
# were set to: the journal's "transfer" records, calls --hygiene, --fail-on.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

has curl || skip_all "curl is not installed"

rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"],
  "rules": [
    { "when": { "path": "/moved" },
      "then": { "status": 302, "headers": { "location": "/" } } },
    { "when": { "path": "/busy" },
      "then": [ { "status": 503 }, { "status": 503 }, { "text": "hello" } ] },
    { "then": { "text": "hello" } } ] }
END
url=https://api.example.com/

# questions CURL-OPTION...: the names of what is questioned.
questions()
{
    ow curl -sS -o /dev/null "$@" || return
    "$offwire" calls --hygiene "$kept" |
        sed 's/^api.example.com:443 (curl): \([a-z-]*\): .*; .*/\1/' | xargs
}

# field NAME CURL-OPTION...: what the journal's record has by that name.
field()
{
    field=$1
    shift
    ow curl -sS -m 50 -o /dev/null "$@" || return
    sed -n "s/.*\"$field\":\([^,}]*\).*/\1/p" "$kept/journal.jsonl" | tail -n 1
}
# curl waits a second before it tries again, and then two.
beside retries field retries --retry 2 --retry-delay 0 "${url}busy"

said=$(questions "$url")
was_there "curl" '"event":"transfer"'
is "a transfer without a timeout" "$said" no-timeout
is "one with everything in order" "$(questions -m 50 "$url")" ""
is "its verification is in the journal" \
    "$(grep -c '"verify_peer":true,"verify_host":true,"timeout":true' \
        "$kept/journal.jsonl")" 1
is "a low speed limit is a timeout" "$(questions -Y 1 -y 9 "$url")" ""
is "no verification" "$(questions -m 50 -k "$url")" "verify-peer verify-host"
is "redirects without end" \
    "$(questions -m 50 -L --max-redirs -1 --proto-redir http,https "$url")" \
    redirects
is "redirects without end to one protocol" \
    "$(questions -m 50 -L --max-redirs -1 --proto-redir =https "$url")" ""
is "redirects with an end" "$(questions -m 50 -L "$url")" ""
is "verbose" "$(questions -m 50 -v "$url" 2>/dev/null)" verbose
is "a password in the URL" \
    "$(questions -m 50 https://me:secret@api.example.com/)" credentials-in-url
ok "which the journal does not repeat" \
    sh -c '! grep "\"transfer\"" "$1" | grep -q secret' sh \
    "$kept/journal.jsonl"
is "connections that are used again" \
    "$(questions -m 50 "$url" -o /dev/null "$url" >/dev/null &&
        grep -o '"reused_connection":[a-z]*' "$kept/journal.jsonl" | xargs)" \
    "reused_connection:false reused_connection:true"

is "the same transfer once more is told once" \
    "$(questions -m 50 "$url" -o /dev/null "$url" -o /dev/null "$url" \
        >/dev/null && grep -c '"event":"transfer"' "$kept/journal.jsonl")" 2

is "the HTTP version that was asked for" \
    "$(field http_version_asked --http1.0 "$url")" '"1.0"'
is "and the one that came" \
    "$(field http_version_got --http1.1 "$url")" '"1.1"'
is "the limit of redirects" "$(field redirect_limit -L --max-redirs 7 "$url")" 7
is "the protocols allowed" "$(field allows_http --proto =https "$url")" false
is "the protocols allowed to redirects" \
    "$(field redirects_to_http -L --proto-redir =https "$url")" false
is "the redirects that were followed" \
    "$(field redirects -L "${url}moved")" 1
is "the CURLcode" "$(field curl_code "$url")" 0
turn_to retries
is "retries" "$said" 2
kept=$work/kept
said=$(questions -k "$url" >/dev/null &&
    "$offwire" calls --hygiene --json "$kept")
like "as JSON" "$said" \
    '*{"host":"api.example.com","port":443,"program":"curl","questions":[[]{"question":"verify-peer","why":"*","mend":"*"},*"transfer":{"verify_peer":false,*'
if python=$(python_with json); then
    ok "which is JSON" sh -c 'echo "$1" | "$2" -m json.tool >/dev/null' sh \
        "$said" "$python"
    is "also without a question" "$(questions -m 50 "$url" >/dev/null &&
        "$offwire" calls --hygiene --json "$kept")" "[]"
fi
"$offwire" calls --summary --json "$kept" 2>"$work/said"
is "--summary goes with no other option" "$?" 2

timeout 60 "$offwire" run --rules "$rules" --fail-on hygiene -- \
    curl -sS -o /dev/null "$url" 2>"$work/said"
is "--fail-on hygiene ends with 89" "$?" 89
like "and says why" "$(cat "$work/said")" "*no-timeout:*question 1 kind of transfer*"
ok "and passes what is in order" timeout 60 "$offwire" run --rules "$rules" \
    --fail-on hygiene -- curl -sS -m 50 "$url"
timeout 60 "$offwire" run --rules "$rules" --fail-on taste -- true \
    2>"$work/said"
is "--fail-on takes no other word" "$?" 2
done_testing
