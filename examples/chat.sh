#!/bin/sh
# chat.sh [-s] PROMPT: asks a model with curl and jq; with -s the answer is
# streamed and printed as it comes. There is nothing of Offwire in it.
#
#     offwire run --rules chat.json:openai -- sh chat.sh -s "Who are you?"
set -u
url=https://api.openai.com/v1/chat/completions

streams=false
if [ "${1-}" = -s ]; then
    streams=true
    shift
fi
if [ $# != 1 ] || [ -z "${OPENAI_API_KEY-}" ]; then
    echo "usage: OPENAI_API_KEY=... chat.sh [-s] PROMPT" >&2
    exit 2
fi

request()
{
    jq -n --arg prompt "$1" --argjson stream $streams '{ model: "gpt-4o-mini",
        stream: $stream, messages: [ { role: "user", content: $prompt } ] }' |
        curl -sSN --connect-timeout 10 "$url" \
            -H "Authorization: Bearer $OPENAI_API_KEY" \
            -H "Content-Type: application/json" --data-binary @-
}

# What an answer says; an error is a sentence and a status, as is no answer.
answer()
{
    jq -erj 'if .error then "chat.sh: the API says: \(.error.message)\n" | halt_error(1)
             else .choices[0].message.content end'
}

# The lines of a stream: its events as they come; whole when [DONE] has come.
events()
{
    while read -r line || [ -n "$line" ]; do
        case $line in
        "data: [DONE]"*)
            return 0
            ;;
        data:*)
            printf '%s' "${line#data:}" |
                jq -rj 'if .error then "\nchat.sh: the API says: \(.error.message)\n" | halt_error(1)
                        else .choices[0].delta.content // "" end' || return 1
            ;;
        "{"*) # no stream: an error, on one line or more
            { printf '%s\n' "$line" && cat; } | answer
            return 1
            ;;
        esac
    done
    printf '\nchat.sh: the stream ended early\n' >&2
    return 1
}

if $streams; then
    request "$1" | events
else
    request "$1" | answer
fi
status=$?
echo
exit $status
