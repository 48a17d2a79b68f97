#!/bin/sh
# OpenRouter's SDK from npm on the pack openrouter. Run by `make check-sdk`.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/sdk.sh"

sdk_npm_run openrouter openrouter
done_testing
