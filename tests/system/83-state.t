#!/bin/sh
# State: what one program's request leaves behind is seen by the next one's;
# scenarios; scopes; expectations.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"

rules <<'END'
{ "offwire": 1, "hosts": ["api.github.com"],
  "rules": [
    { "name": "login", "when": { "path": "/login" }, "then": { "json": {} },
      "set": { "user": "{{ req.form.name }}" } },
    { "when": { "path": "/me", "vars": { "user": "present" } },
      "then": { "text": "{{ vars.user }}" } },
    { "when": { "path": "/me" }, "then": { "status": 401 } },
    { "scope": "program", "when": { "path": "/mine" }, "then": { "text": "{{ hit }}" } },
    { "scope": { "header": "x-test-id" }, "when": { "path": "/step" },
      "then": [ { "text": "one" }, { "text": "two" } ] },
    { "scenario": "down", "then": { "status": 503 } },
    { "name": "logout", "when": { "path": "/logout" }, "then": { "text": "bye" },
      "after_rule": "login", "order": "expect" } ] }
END
api=https://api.github.com

# bare PROGRAM ARGUMENT...: with the preload alone.
bare()
{
    LD_PRELOAD="${ow_preload:+$ow_preload:}$shim" OFFWIRE_RULES="$rules" "$@"
}

# status URL: of the answer that curl gets.
status='curl -sS -o /dev/null -w %{http_code}'

is "what one program sets another sees" "$(ow sh -c "
    $status $api/me; curl -sS -o /dev/null -d name=Ada $api/login
    curl -sS $api/me")" "401Ada"
was_there "curl" '"url":"https://api.github.com/login"'
is "a program has its own state" \
    "$(ow sh -c "curl -sS $api/mine $api/mine; curl -sS $api/mine")" "010"
is "a header's values have their own state" "$(ow sh -c "
    for id in a a b; do curl -sS -H X-Test-Id:\ \$id $api/step; done")" \
    "onetwoone"

is "a scenario is switched on by an option" \
    "$(timeout 60 "$offwire" run --scenario down --rules "$rules" -- \
        $status $api/me)" 503
is "by a variable" "$(OFFWIRE_SCENARIO=down ow $status $api/me)" 503
is "and of a bare preload" "$(OFFWIRE_SCENARIO=down bare $status $api/me)" 503
is "the option counts more" \
    "$(OFFWIRE_SCENARIO=up timeout 60 "$offwire" run --scenario down \
        --rules "$rules" -- $status $api/me)" 503
said=$(timeout 60 "$offwire" run --scenario dwon --rules "$rules" -- true 2>&1)
is "an unknown one is a usage error" "$? $said" \
    "2 offwire: no scenario \"dwon\"; did you mean \"down\"?"
is "check lists them" "$("$offwire" check "$rules")" \
    "$rules: 7 rules for 1 host; scenarios: down"
is "explain knows them" \
    "$("$offwire" explain --scenario down --rules "$rules" GET $api/me |
        head -1)" "$rules:11 answers:"

said=$(ow curl -sS -o /dev/null $api/logout 2>&1)
is "an answer against the order fails the run" "$? $said" \
    "89 offwire: the rule \"logout\" ($rules:12) was not met: answered 1 time before \"login\" had
offwire: the program ended with 0; this run ends with 89 because of that"
ow curl -sS -o /dev/null -d name=a $api/login --next $api/logout >/dev/null
is "the order that is expected does not" $? 0
done_testing
