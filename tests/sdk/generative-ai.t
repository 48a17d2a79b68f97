#!/bin/sh
# Google's older SDK for Gemini from npm on the pack gemini. Run by `make check-sdk`.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/sdk.sh"

sdk_npm_run gemini generative-ai
done_testing
