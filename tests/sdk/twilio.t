#!/bin/sh
# The SDK from npm on the pack twilio. Run by `make check-sdk`.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/sdk.sh"

sdk_npm_run twilio twilio
done_testing
