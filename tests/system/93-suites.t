#!/bin/sh
# The test suites of examples/, as their pages say, unmodified, on production URLs
# with verification on.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"
has curl || skip_all "curl is missing"
export OPENAI_API_KEY=sk-test PYTHONDONTWRITEBYTECODE=1
# As Debian has node's modules, for a node of another origin, too.
export NODE_PATH=/usr/share/nodejs
python3=$(python_with requests)

in_example()
(
    cd "$top/examples/$1" && shift && "$@"
)

# begin NAME RULES OPTION... -- COMMAND...: a suite, in the background.
begin()
{
    begin_name=$1
    shift
    beside "$begin_name" with_rules "$begin_name" "$@"
}

with_rules()
{
    with_name=$1
    with_file=$2
    shift 2
    in_example "$with_name" timeout 100 "$offwire" run --keep "$kept" \
        --rules "$with_file" "$@"
}

# Without a session a suite must be skipped, and ask nobody; the name of the
# session is not to be looked for long.
begin_alone()
{
    RES_OPTIONS="timeout:1 attempts:1" beside "alone-$1" in_example "$@"
}

# passes NAME EXPECTED-TEXT: the suite has begun with a session, and alone.
passes()
{
    ok "the suite $1 passes" went "$1"
    was_there "$1" "$2"
}

went()
{
    went_status=0
    turn_to "$1" || went_status=$?
    cat "$work/$1.said" "$work/$1.stderr"
    return $went_status
}

is_skipped()
{
    turn_to "alone-$1"
    like "$1 is skipped without a session" \
        "$said$(cat "$work/alone-$1.stderr")" "*[sS][kK][iI][pP]*"
}

# This one takes as long as the others together, and waits.
if has bats jq; then
    bats=yes
    begin edge-cases rules.json:openai -- bats edge-cases.bats
fi

if [ -n "$python3" ]; then
    begin fine-tuning rules.json:openai --speed 100 -- "$python3" -m unittest -v
    passes fine-tuning '"rule":"fine_tuning.jobs.create"'
    begin_alone fine-tuning "$python3" -m unittest -v
    is_skipped fine-tuning
else
    skip "fine-tuning" "python3-requests is not installed"
fi

if python3=$(python_with twilio,requests); then
    begin_alone whatsapp-bot "$python3" -m unittest -v
    PATH=$build:$PATH begin whatsapp-bot rules.json:openai:twilio \
        --speed 100 -- "$python3" -m unittest -v
    passes whatsapp-bot '"rule":"threads.runs.submit_tool_outputs"'
    was_there "its message" '"url":"https://api.twilio.com/'
    is_skipped whatsapp-bot
else
    skip "whatsapp-bot" "python3-twilio or python3-requests is not installed"
fi

if php -r 'curl_init();' 2>/dev/null; then
    begin multi-provider rules.json:openai:anthropic:openrouter -- php tests.php
    passes multi-provider '"rule":"messages.create"'
    begin_alone multi-provider php tests.php
    is_skipped multi-provider
    said=$(in_example multi-provider env -u OPENAI_API_KEY -u ANTHROPIC_API_KEY \
        "$offwire" run --live --rules rules.json:openai:anthropic:openrouter \
        -- php tests.php 2>&1)
    like "multi-provider says that it is live" "$said" \
        "*offwire: live: nothing is mocked*"
    like "and what it would need" "$said" \
        "*SKIP live, and OPENAI_API_KEY is not set*SKIP live*"
else
    skip "multi-provider" "php-curl is not installed"
fi

if node -e 'require("ws"); require("node:test")' 2>/dev/null; then
    LD_PRELOAD=$sanitizer begin transcription rules.json:soniox \
        --speed 100 -- node --test
    passes transcription '"url":"https://stt-rt.soniox.com/transcribe-websocket"'
    begin_alone transcription node --test
    is_skipped transcription
else
    skip "transcription" "node 18 or node-ws is not installed"
fi

if [ "${bats-}" ]; then
    passes edge-cases '"rule":"rate limited"'
    begin_alone edge-cases bats -f "an answer is printed" edge-cases.bats
    is_skipped edge-cases
else
    skip "edge-cases" "bats or jq is not installed"
fi
done_testing
