#!/usr/bin/env bats
# Tests of summarize.sh, on the production URL; see README.md.

bats_require_minimum_version 1.5.0

# session METHOD PATH [JSON]: asks the session; see offwire-control(7).
session() {
    curl -fsS -X "$1" "http://offwire.test$2" ${3:+-d "$3"}
}

setup() {
    # The name is there under Offwire alone; the real API is never reached.
    session POST /reset 2>/dev/null || skip "not under offwire run: see README.md"
    export OPENAI_API_KEY=sk-test SUMMARIZE_BACKOFF=0.01
}

# with SCENARIO [-s] [TEXT]: the program under test, while something is wrong.
with() {
    session POST /scenario "{\"only\": [\"$1\"]}" >/dev/null
    shift
    summarize "$@"
}

summarize() {
    local options=()
    [ "${1-}" = -s ] && options=(-s) && shift
    printf '%s' "${1:-A long text.}" |
        sh "$BATS_TEST_DIRNAME/summarize.sh" "${options[@]}" 2>&1
}

# called TIMES: how often the API was asked; a number, or ">=2".
called() {
    session POST /verify \
        "{\"path\": \"/v1/chat/completions\", \"times\": \"$1\"}"
}

@test "an answer is printed" {
    run -0 summarize
    [ "$output" = "It is short." ]
    called 1
}

@test "a stream is printed" {
    run -0 summarize -s
    [ "$output" = "It is short." ]
    called 1
}

@test "an empty answer is told" {
    run -3 summarize "say nothing"
    [ "$output" = "summarize: the model said nothing" ]
    run -3 summarize -s "say nothing"
    [ "$output" = "summarize: the model said nothing" ]
}

@test "an error is told, and not tried again" {
    run -4 with error
    [ "$output" = "summarize: The text is too long for this model." ]
    called 1
}

@test "an error where a stream was asked for is told" {
    run -4 with error -s
    [ "$output" = "summarize: The text is too long for this model." ]
    called 1
}

@test "a wrong key is told" {
    OPENAI_API_KEY=sk-invalid run -4 summarize
    [[ $output == *"Incorrect API key"* ]]
}

@test "no answer in time is tried again" {
    # On a busy machine more than the first attempt may run out of time.
    SUMMARIZE_TIMEOUT=0.5 SUMMARIZE_ATTEMPTS=9 run -0 with "one timeout"
    [ "$output" = "It is short." ]
    called ">=2"
}

@test "it gives up when no answer comes in time" {
    SUMMARIZE_TIMEOUT=0.1 SUMMARIZE_ATTEMPTS=1 run -6 with timeout
    [[ $output == *"after 1 attempts: Operation timed out"* ]]
}

@test "a connection that breaks is tried again" {
    run -0 with hang-up
    called 2
}

@test "it gives up when nobody is there" {
    SUMMARIZE_ATTEMPTS=1 run -6 with unreachable
    [[ $output == *"Couldn't connect to server"* ]]
}

@test "a rate limit is waited for" {
    run -0 with rate_limited
    [ "$output" = "It is short." ]
    called 3
}

@test "a rate limit that stays ends it" {
    run -6 with no_quota
    [ "$output" = "summarize: after 3 attempts: You exceeded your current quota." ]
    called 3
}

@test "malformed JSON is told" {
    run -5 with malformed
    [ "$output" = "summarize: the answer is no JSON" ]
    run -5 with page
    [ "$output" = "summarize: the answer is no JSON" ]
}

@test "an answer that breaks off is told" {
    run -5 with cut
    [ "$output" = "summarize: the answer breaks off" ]
}

@test "a part of a stream is shown, and told to be one" {
    run -5 with partial -s
    [ "${lines[0]}" = "It is " ]
    [ "${lines[1]}" = "summarize: the answer breaks off" ]
    called 1
}

@test "a broken event of a stream is told" {
    run -5 with broken_event -s
    [[ $output == *"an event is no JSON" ]]
}
