#!/bin/sh
# Twilio's SDK for Python, as Debian has it, on the pack twilio. Run by `make
# check-sdk`.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"
. "$(dirname "$0")/../lib/sdk.sh"

python=$(python_with twilio) || skip_all "python3-twilio is missing"
export PYTHONDONTWRITEBYTECODE=1
sdk_run twilio python-twilio "$python" "$sdk_tables/run.py" python_twilio
done_testing
