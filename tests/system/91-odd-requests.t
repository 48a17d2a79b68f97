#!/bin/sh
# Bodies of requests that are not as they have to be: whatever stands in them,
# a pack answers as its API does, and no template of it fails.
. "$(dirname "$0")/../lib/tap.sh"

# The one in PATH may be a script that looks for it each time.
python=$(python3 -c 'import sys; print(sys.executable)') ||
    skip_all "python3 is missing"
cd "$work" || exit 99

for pack in "$top"/rules/*/cases; do
    name=$(basename "$(dirname "$pack")")
    # Those with a scenario or rules of their own are about something else.
    set --
    for case in "$pack"/*.case; do
        grep -q -E '^== (scenario|rule) |^== rules .*[^.]$|^== upgrade' "$case" ||
            set -- "$@" "$case"
    done
    out=$("$build/offwire" run --no-fail --speed 1000 --rules "$name" -- \
        "$python" "$top/tests/clients/py_odd.py" "$@" 2>"$work/said")
    is "$name answers whatever is in a body" "$?" 0
    printf '%s\n' "$out" | head -n 20 | note
    like "and was asked often" "$out" "*[0-9][0-9][0-9] requests, *"
done
done_testing
