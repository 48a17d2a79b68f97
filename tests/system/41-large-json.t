#!/bin/sh
# JSON of some MiB is looked at, and what is larger is told, as by the packs.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"

rules=$top/rules/anthropic:$top/rules/openai
# many NAME COUNT BEFORE AFTER: a file of words between two texts.
many()
{
    { printf '%s' "$3"; awk -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "word " }'
        printf '%s' "$4"; } >"$work/$1"
}
messages='{"model":"claude-opus-4-6","messages":[{"role":"user","content":"'
many tokens 600000 "$messages" '"}]}'
many inputs 600000 '{"model":"omni-moderation-latest","input":"' '"}'
many large 1800000 "$messages" '"}]}'
post()
{
    said=$(ow curl -sS -H 'content-type: application/json' \
        -H 'anthropic-version: 2023-06-01' -H 'x-api-key: k' \
        -H 'authorization: Bearer k' -w ' %{http_code}' -d "@$work/$2" \
        "https://$1" 2>"$work/stderr")
}

post api.anthropic.com/v1/messages/count_tokens tokens
was_there "curl" '"url":"https://api.anthropic.com/v1/messages/count_tokens"'
like "tokens of 3 MB are counted" "$said" '*600009 tokens >*400'
post api.openai.com/v1/moderations inputs
like "and 3 MB are looked at" "$said" '*"id":"modr-*200'
is "nothing is said of it" "$(cat "$work/stderr")" ""
post api.anthropic.com/v1/messages/count_tokens large
like "9 MB are too much for the API" "$said" '*request_too_large*413'
like "and it is told why" "$(cat "$work/stderr")" \
    '*count_tokens: of its 9000* bytes of JSON 8388608 are kept*--body-limit*'
done_testing
