#!/bin/sh
# summarize.sh [-s] <TEXT: says in one sentence what a text says; with -s as it
# comes. There is nothing of Offwire in it.
#
# Ends with 0, or with
#
#     2  wrong usage
#     3  the model said nothing
#     4  the API refused, and would again
#     5  what came is no answer, or only a part of one
#     6  it failed too often: rate limits, an outage, no answer in time
set -u
url=https://api.openai.com/v1/chat/completions
attempts=${SUMMARIZE_ATTEMPTS:-3}
timeout=${SUMMARIZE_TIMEOUT:-30} # seconds, of one attempt
backoff=${SUMMARIZE_BACKOFF:-1}  # seconds, before the second one

complain()
{
    echo "summarize: $*" >&2
}

stream=false
[ "${1-}" = -s ] && stream=true
if [ -z "${OPENAI_API_KEY-}" ] || [ -t 0 ]; then
    complain "usage: OPENAI_API_KEY=... summarize.sh [-s] <TEXT"
    exit 2
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

jq -Rs --argjson stream $stream '{ model: "gpt-4o-mini", stream: $stream,
    messages: [ { role: "system", content: "Summarize in one sentence." },
                { role: "user", content: . } ] }' >"$work/request"

# One attempt: the body to stdout, the head to $work/head, curl's status.
ask()
{
    : >"$work/head"
    # HTTP/1.1: what came before an answer breaks off is not lost with the rest.
    curl -sSN --http1.1 -m "$timeout" -D "$work/head" -d @"$work/request" "$url" \
        -H "Authorization: Bearer $OPENAI_API_KEY" \
        -H "Content-Type: application/json" 2>"$work/curl"
}

status_of_head()
{
    awk 'NR == 1 { print $2 }' "$work/head"
}

# Seconds until the next attempt: as the API says, else twice as long each time.
delay()
{
    awk -v wait="$backoff" -v n="$1" '
        tolower($1) == "retry-after:" { said = $2 + 0; has = 1 }
        END { print has ? said : wait * 2 ^ (n - 1) }' "$work/head"
}

# The answer, or its problem.
show()
{
    jq -e . "$work/body" >"$work/parsed" 2>/dev/null || {
        complain "the answer is no JSON"
        return 5
    }
    text=$(jq -r '.choices[0].message.content // ""' "$work/parsed")
    [ -n "$text" ] || {
        complain "the model said nothing"
        return 3
    }
    printf '%s\n' "$text"
}

# The same of a stream, from stdin, which is shown as it comes.
show_stream()
{
    said=
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        "data: [DONE]"*)
            [ -n "$said" ] && echo && return 0
            complain "the model said nothing"
            return 3
            ;;
        data:*)
            piece=$(printf '%s' "${line#data:}" |
                jq -j '.choices[0].delta.content // "", "."' 2>/dev/null) || {
                complain "an event is no JSON"
                return 5
            }
            piece=${piece%.} # $() takes line ends away
            said=$said$piece
            printf '%s' "$piece"
            ;;
        "{"*) # an error, which is looked at when the attempt is over
            printf '%s\n' "$line" >"$work/body"
            return 0
            ;;
        esac
    done
    [ -z "$said" ] || echo
    complain "the answer breaks off"
    return 5
}

# Begins an attempt; its status, with curl's in $work/code.
attempt()
{
    if $stream; then
        { ask; echo $? >"$work/code"; } | show_stream
    else
        ask >"$work/body"
        echo $? >"$work/code"
    fi
}

n=0
while [ $((n += 1)) -le "$attempts" ]; do
    rm -f "$work/body"
    attempt
    shown=$?
    code=$(cat "$work/code")
    status=$(status_of_head)
    case $code,$status in
    0,200)
        $stream && exit $shown
        show
        exit
        ;;
    *,429 | *,5??)
        problem=$(jq -r '.error.message' "$work/body" 2>/dev/null) ||
            problem="status $status"
        ;;
    0,*)
        complain "$(jq -r '.error.message // "refused"' "$work/body" 2>/dev/null)"
        exit 4
        ;;
    *,200)
        $stream || complain "the answer breaks off"
        exit 5
        ;;
    *)
        problem=$(sed 's/^curl: ([0-9]*) //' "$work/curl")
        ;;
    esac
    [ "$n" -lt "$attempts" ] && sleep "$(delay $n)"
done
complain "after $attempts attempts: $problem"
exit 6
