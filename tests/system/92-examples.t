#!/bin/sh
# The chat programs of examples/, as its page says, unmodified, on production URLs
# with verification on: one story for all of them.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"
has curl || skip_all "curl is missing"
export OPENAI_API_KEY=sk-test PYTHONDONTWRITEBYTECODE=1

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
    py) lacks python3 python_with ssl ;;
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
    py) ow "$(python_with ssl)" "$top/examples/chat.py" "$@" ;;
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
done_testing
