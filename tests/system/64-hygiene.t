#!/bin/sh
# What a reviewer would question in libcurl's transfers, from what the handles
# were set to: the journal's "transfer" records, calls --hygiene, --fail-on.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"

has curl || skip_all "curl is not installed"

rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"],
  "rules": [ { "then": { "text": "hello" } } ] }
END
url=https://api.example.com/

# questions CURL-OPTION...: the names of what is questioned.
questions()
{
    ow curl -sS -o /dev/null "$@" || return
    "$offwire" calls --hygiene "$kept" |
        sed 's/^api.example.com:443 (curl): \([a-z-]*\): .*; .*/\1/' | xargs
}

said=$(questions "$url")
was_there "curl" '"event":"transfer"'
is "a transfer without a timeout" "$said" no-timeout
is "one with everything in order" "$(questions -m 9 "$url")" ""
is "its verification is in the journal" \
    "$(grep -c '"verify_peer":true,"verify_host":true,"timeout":true' \
        "$kept/journal.jsonl")" 1
is "a low speed limit is a timeout" "$(questions -Y 1 -y 9 "$url")" ""
is "no verification" "$(questions -m 9 -k "$url")" "verify-peer verify-host"
is "redirects without end" \
    "$(questions -m 9 -L --max-redirs -1 --proto-redir http,https "$url")" \
    redirects
is "redirects without end to one protocol" \
    "$(questions -m 9 -L --max-redirs -1 --proto-redir =https "$url")" ""
is "redirects with an end" "$(questions -m 9 -L "$url")" ""
is "verbose" "$(questions -m 9 -v "$url" 2>/dev/null)" verbose
is "a password in the URL" \
    "$(questions -m 9 https://me:secret@api.example.com/)" credentials-in-url
ok "which the journal does not repeat" \
    sh -c '! grep "\"transfer\"" "$1" | grep -q secret' sh \
    "$kept/journal.jsonl"
is "connections that are used again" \
    "$(questions -m 9 "$url" -o /dev/null "$url" >/dev/null &&
        grep -o '"reused_connection":[a-z]*' "$kept/journal.jsonl" | xargs)" \
    "reused_connection:false reused_connection:true"

is "the same transfer once more is told once" \
    "$(questions -m 9 "$url" -o /dev/null "$url" -o /dev/null "$url" \
        >/dev/null && grep -c '"event":"transfer"' "$kept/journal.jsonl")" 2

timeout 60 "$offwire" run --rules "$rules" --fail-on hygiene -- \
    curl -sS -o /dev/null "$url" 2>"$work/said"
is "--fail-on hygiene ends with 89" "$?" 89
like "and says why" "$(cat "$work/said")" "*no-timeout:*question 1 kind of transfer*"
ok "and passes what is in order" timeout 60 "$offwire" run --rules "$rules" \
    --fail-on hygiene -- curl -sS -m 9 "$url"
timeout 60 "$offwire" run --rules "$rules" --fail-on taste -- true \
    2>"$work/said"
is "--fail-on takes no other word" "$?" 2
done_testing
