#!/bin/sh
# OpenAI's SDK from npm on the pack openai. Run by `make check-sdk`.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/sdk.sh"

sdk_npm_run openai openai
done_testing
