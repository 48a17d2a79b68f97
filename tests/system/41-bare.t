#!/bin/sh
# Real clients with a bare LD_PRELOAD, verification on and no variable set that
# names roots: each way in which TLS comes into a program. Who cannot be made
# to trust is told what to do.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

rules <<'END'
{ "offwire": 1, "hosts": ["api.test", "expired.test"],
  "rules": [
    { "when": { "host": "expired.test" }, "then": { "fault": "tls-expired" } },
    { "when": { "path": "/repo/info/refs" },
      "then": { "text": "1111111111111111111111111111111111111111\trefs/heads/main\n" } } ] }
END
url=https://api.test/repo/info/refs
export TMPDIR="$work/tmp"
mkdir "$TMPDIR"

# In place of session.sh's: what clients.sh runs its clients by.
ow()
{
    LD_PRELOAD=${LD_PRELOAD:+$LD_PRELOAD:}$shim OFFWIRE_RULES=$rules \
        timeout 60 "$@"
}

is_empty()
{
    [ -z "$(ls -A "$1")" ]
}

# OpenSSL that was loaded, and inside of the program; GnuTLS.
for client in wget requests php_curl node_fetch; do
    why=$(client_lacks $client)
    if [ -n "$why" ]; then
        skip "$client trusts the session's certificate" "$why"
    else
        like "$client trusts the session's certificate" \
            "$(client $client get $url 2>&1)" '*refs/heads/main*'
    fi
done
if has node; then
    client node_fetch get https://expired.test/ >"$work/said" 2>&1
    like "Node refuses a wrong one" "$(cat "$work/said")" '*has expired*'
    is "which is a matter between it and the rules" \
        "$(grep offwire: "$work/said")" ""
else
    skip "Node refuses a wrong one" "node is not installed"
    skip "which is a matter between it and the rules" "node is not installed"
fi

# With roots that the program names itself.
if has node; then
    is "Node trusts beside roots of its own" "$(LD_PRELOAD=$sanitizer ow node -e '
        const ca = require("fs").readFileSync(process.argv[1]);
        require("https").get(process.argv[2], { ca }, (answer) => {
            console.log(answer.statusCode);
            answer.resume();
        });' "$top/tests/lib/other-ca.pem" $url 2>&1)" 200
else
    skip "Node trusts beside roots of its own" "node is not installed"
fi

# Java's TLS is Java: told by a variable or not at all.
for client in java_url java_http; do
    why=$(client_lacks $client)
    if [ -n "$why" ]; then
        skip "$client is told" "$why"
        continue
    fi
    like "$client is told what a bare preload cannot do, and what can" \
        "$(client $client get $url 2>&1 | grep offwire:)" \
        '*offwire: java *api.test*bare LD_PRELOAD*its TLS, *start it by "offwire run"*'
done

# Who says that it does not trust, whatever it was told.
if python=$(python_with ssl); then
    like "who says that it does not trust is told the same" \
        "$(ow "$python" "$client_dir/tls_distrust.py" api.test 2>&1)" \
        "offwire: python* does not take this session's certificate of api.test: \
a bare LD_PRELOAD does not reach its TLS, *"
    like "or, in a run, that its roots are its own" \
        "$("$offwire" run --rules "$rules" -- "$python" \
            "$client_dir/tls_distrust.py" api.test 2>&1)" \
        "offwire: python* does not take this session's certificate of api.test: \
it has roots of its own *"
else
    skip "who says that it does not trust is told the same" "python3 is missing"
    skip "or, in a run, that its roots are its own" "python3 is missing"
fi
ok "nothing is left" await is_empty "$TMPDIR"

done_testing
