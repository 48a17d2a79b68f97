#!/bin/sh
# The programs and test suites of examples/, as their pages say, unmodified, on
# production URLs with verification on.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"
has curl || skip_all "curl is missing"
export OPENAI_API_KEY=sk-test PYTHONDONTWRITEBYTECODE=1
# As Debian has node's modules, for a node of another origin, too.
export NODE_PATH=/usr/share/nodejs
python3=$(python_with requests)

# The chat programs: one story for all of them.

rules=$top/examples/chat.json:openai

build_chat()
{
    # shellcheck disable=SC2046,SC2086 # words are what is wanted
    ${CC:-cc} -std=gnu11 -Wall -Wextra -Wshadow -Werror -o "$work/chat" \
        "$top/examples/chat.c" $(pkg-config --cflags --libs libcurl libcjson)
}

chat_lacks()
{
    case $1 in
    c) lacks "a compiler with libcurl and cJSON" build_chat ;;
    sh) lacks jq has jq ;;
    py) lacks python3 has python3 ;;
    mjs) lacks "Node with fetch" node -e fetch ;;
    php) lacks php-curl php -r 'curl_init();' ;;
    esac
}

# chat WHICH [-s] PROMPT
chat()
{
    chat_which=$1
    shift
    case $chat_which in
    c) ow "$work/chat" "$@" ;;
    sh) ow sh "$top/examples/chat.sh" "$@" ;;
    py) ow python3 "$top/examples/chat.py" "$@" ;;
    mjs) LD_PRELOAD=$sanitizer ow node "$top/examples/chat.mjs" "$@" ;;
    php) ow php "$top/examples/chat.php" "$@" ;;
    esac
}

paris="The capital of France is Paris."
for which in c sh py mjs php; do
    why=$(chat_lacks $which)
    if [ -n "$why" ]; then
        skip "chat.$which" "$why"
        continue
    fi
    said=$(chat $which "What is the capital of France?" 2>"$work/stderr")
    was_there "chat.$which" '"url":"https://api.openai.com/v1/chat/completions"'
    is "chat.$which prints an answer" "$said" "$paris" || note <"$work/stderr"
    is "chat.$which prints a stream" \
        "$(chat $which -s "What is the capital of France?" 2>&1)" "$paris"
    is "chat.$which streams any character" "$(chat $which -s characters 2>&1)" \
        "$(chat $which characters 2>&1)"
    like "chat.$which shows what came before a stream broke off" \
        "$(chat $which -s "break off" 2>&1; echo " status $?")" \
        "One two *The server had an error.* status 1"
    like "chat.$which tells of an error" \
        "$(chat $which -s "too much" 2>&1; echo " status $?")" \
        "*Rate limit reached. Please try again in 2s.* status 1"
done

# The suites: suite NAME RULES EXPECTED-TEXT OPTION... -- COMMAND...
suite()
{
    suite_name=$1
    rules=$2
    expected=$3
    shift 3
    rm -rf "$kept"
    ok "the suite $suite_name passes" in_example "$suite_name" \
        timeout 100 "$offwire" run --keep "$kept" --rules "$rules" "$@"
    cp "$work/.said" "$work/$suite_name.said"
    was_there "$suite_name" "$expected"
}

in_example()
(
    cd "$top/examples/$1" && shift && "$@"
)

# Without a session a suite must be skipped, and ask nobody; the name of the
# session is not to be looked for long.
is_skipped()
{
    RES_OPTIONS="timeout:1 attempts:1" in_example "$@" >"$work/alone" 2>&1
    like "$1 is skipped without a session" "$(cat "$work/alone")" "*[sS][kK][iI][pP]*"
}

if [ -n "$python3" ]; then
    suite fine-tuning rules.json:openai '"rule":"fine_tuning.jobs.create"' \
        --speed 100 -- "$python3" -m unittest -v
    is_skipped fine-tuning "$python3" -m unittest -v
else
    skip "fine-tuning" "python3-requests is not installed"
fi

if python3=$(python_with twilio,requests); then
    PATH=$build:$PATH suite whatsapp-bot rules.json:openai:twilio \
        '"rule":"threads.runs.submit_tool_outputs"' \
        --speed 100 -- "$python3" -m unittest -v
    was_there "its message" '"url":"https://api.twilio.com/'
    is_skipped whatsapp-bot "$python3" -m unittest -v
else
    skip "whatsapp-bot" "python3-twilio or python3-requests is not installed"
fi

if has bats jq; then
    suite edge-cases rules.json:openai '"rule":"rate limited"' \
        -- bats edge-cases.bats
    is_skipped edge-cases bats -f "an answer is printed" edge-cases.bats
else
    skip "edge-cases" "bats or jq is not installed"
fi

if php -r 'curl_init();' 2>/dev/null; then
    suite multi-provider rules.json:openai:anthropic:openrouter '"rule":"messages.create"' \
        -- php tests.php
    is_skipped multi-provider php tests.php
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
    LD_PRELOAD=$sanitizer suite transcription rules.json:soniox \
        '"url":"https://stt-rt.soniox.com/transcribe-websocket"' \
        --speed 100 -- node --test
    is_skipped transcription node --test
else
    skip "transcription" "node 18 or node-ws is not installed"
fi
done_testing
