#!/usr/bin/env bats
# Shell tests: each line that should meet the rules has offwire-run in front.

setup() {
    export OFFWIRE_RULES="$BATS_TEST_DIRNAME/../first.json"
}

@test "the list of models is what the rules say" {
    run offwire-run curl -sS https://api.openai.com/v1/models
    [ "$status" -eq 0 ]
    [[ "$output" == *gpt-offwire* ]]
}

@test "curl notices that a body breaks off" {
    run offwire-run curl -sS https://api.openai.com/v1/files
    [ "$status" -eq 92 ] # CURLE_HTTP2_STREAM; over HTTP/1.1 it is 56
}

@test "a host without rules is refused under --isolate" {
    run offwire-run --isolate curl -sS https://www.example.org/
    [ "$status" -eq 6 ]
}
