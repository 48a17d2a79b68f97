#!/bin/sh
# A session inside a session.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"

cat >"$work/inner.json" <<'END'
{ "offwire": 1, "hosts": ["both.test", "inner.test"],
  "rules": [ { "when": { "path": "/" }, "then": { "text": "inner" } } ] }
END
rules <<'END'
{ "offwire": 1, "hosts": ["both.test", "outer.test"],
  "rules": [ { "when": { "path": "/" },
               "then": [ { "text": "first" }, { "text": "second" } ] } ] }
END
inner=$work/inner.json

# nested SCRIPT: in a run with the outer rules; $0 is offwire, $1 inner rules.
nested()
{
    ow sh -c "$1" "$offwire" "$inner"
}

# Verification is on in both, by the library and by a variable.
is "a run in a run answers from its own rules" "$(nested '
    curl -sS https://both.test/
    "$0" run --rules "$1" -- curl -sS https://both.test/ https://inner.test/
    curl -sS https://both.test/')" "firstinnerinnersecond"
was_there "curl in the outer run" '"url":"https://both.test/"'
is "whose requests are in its journal alone" \
    "$(grep -c '"event":"request"' "$kept/journal.jsonl")" 2
is "and that has an exit status of its own" "$(nested '
    "$0" run --rules "$1" -- curl -sS -o /dev/null https://inner.test/nothing
    echo $?' 2>/dev/null)" 89
is "what the outer rules know is an unknown host to it" "$(nested '
    "$0" run --isolate --rules "$1" -- curl -sS https://outer.test/; echo $?' \
    2>/dev/null)" 6
is "isolation goes into it" "$(rm -rf "$kept"; "$offwire" run --isolate \
    --rules "$rules" -- "$offwire" run --rules "$inner" -- \
    curl -sS https://outer.test/ 2>/dev/null; echo $?)" 6
is "without rules of its own it has those of the outer run, from the start" \
    "$(nested 'curl -sS https://outer.test/
        "$0" run -- curl -sS https://outer.test/')" "firstfirst"
is "a run under a bare preload is one in a run" "$(
    LD_PRELOAD="${ow_preload:+$ow_preload:}$shim" OFFWIRE_RULES=$rules sh -c '
        curl -sS https://both.test/
        "$0" run --rules "$1" -- curl -sS https://both.test/
        curl -sS https://both.test/' "$offwire" "$inner")" "firstinnersecond"
is "a bare preload with other rules is a session of its own in a run" "$(nested '
    curl -sS https://both.test/
    OFFWIRE_SESSION= OFFWIRE_RULES=$1 curl -sS https://both.test/')" "firstinner"

# The loader drops the preload where sudo gives privileges; root has them.
if [ "$(id -u)" = 0 ] && has sudo && sudo -n true 2>/dev/null; then
    is "root's sudo stays in the session" \
        "$(ow sudo -n curl -sS https://outer.test/)" first
else
    skip "root's sudo stays in the session" "needs root and sudo"
fi
done_testing
