#!/bin/sh
# Completion for bash, as bash calls it: COMP_WORDS are cut at ":" and "=".
. "$(dirname "$0")/../lib/tap.sh"
has bash || skip_all "bash is missing"

# complete WORD...: what the last word can become, on one line.
complete()
{
    bash -c '. "$1"
        shift
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        _offwire "$1" "${!#}"
        echo "${COMPREPLY[*]}"' bash "$top/completions/offwire" \
        "$build/offwire" "$@" 2>/dev/null
}
cat >"$work/my.json" <<'END'
{ "offwire": 1, "hosts": ["api.test"],
  "rules": [ { "scenario": "down", "then": { "status": 503 } },
             { "scenario": "slow", "then": { "delay": "1s" } } ] }
END
cd "$work" || exit 99

is "commands" "$(complete ex)" "explain"
like "options of a command" "$(complete run --s)" "--scenario --summary --speed --seed*"
is "packs" "$(complete run --rules tw)" "twilio"
is "packs behind a colon" "$(complete run --rules my.json : tw)" "twilio"
is "packs behind an equals sign" "$(complete run --rules = tw)" "twilio"
is "and behind both" "$(complete run --rules = my.json : x.json : tw)" "twilio"
is "all of them right behind a colon" "$(complete run --rules my.json :)" \
    "$(complete run --rules '')"
is "networks" "$(complete run --network sat)" "satellite"
is "networks behind an equals sign" "$(complete run --network = sat)" "satellite"
is "scenarios of the rules" "$(complete run --rules my.json --scenario '')" \
    "down slow"
like "of all of them" "$(complete run --rules = my.json : openai --scenario '')" \
    "down slow api_errors *"
is "of the environment's rules" \
    "$(OFFWIRE_RULES=my.json complete run --scenario d)" "down"
is "behind a comma" "$(complete run --rules my.json --scenario down,s)" "down,slow"
is "what --unmatched takes" "$(complete run --unmatched '')" "404 error"
is "what --fail-on takes" "$(complete run --fail-on '')" "hygiene"
is "the program" "$(complete run --rules my.json -- offwire-no-such)" ""
like "webhooks" "$(complete webhook twilio.)" "twilio.status"
like "a webhook's own options" "$(complete webhook twilio --pro)" "--profile-name"
done_testing
