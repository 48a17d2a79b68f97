#!/bin/sh
# docs/packs.md, which is made by a run of the official SDKs, has the routes and
# scenarios that the packs have.
. "$(dirname "$0")/../lib/tap.sh"

has perl || skip_all "perl is missing"
perl -MJSON::PP -e 1 2>/dev/null || skip_all "perl has no JSON::PP"
table=$top/scripts/packs-table
ok "the page has the packs' routes and scenarios" \
    perl "$table" --check "$build" "$top"

# One that is missing is seen, and one that has gone.
mkdir -p "$work/tree/docs" && grep -v '`models.list`' "$top/docs/packs.md" \
    >"$work/tree/docs/packs.md"
out=$(perl "$table" --check "$build" "$work/tree")
like "a route that is missing is named" "$? $out" \
    '1 *openai route models.list is missing*'
sed 's/`models.list`/`models.lost`/' "$top/docs/packs.md" \
    >"$work/tree/docs/packs.md"
like "so is one that has gone" "$(perl "$table" --check "$build" "$work/tree")" \
    '*openai route models.lost is not there any more*'
not_ok "half a run makes no table" perl "$table" "$work" "$top"
done_testing
