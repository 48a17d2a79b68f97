#!/bin/sh
# Programs of root's sessions that become another user: served as before, by
# offwire run and by a bare preload; other users of the machine are not.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
others_can_run || skip_all "$others_cannot"
has curl su runuser || skip_all "curl, su or runuser is missing"
chmod 755 "$work"

rules <<'END2'
{ "offwire": 1, "hosts": ["api.test"],
  "rules": [
    { "when": { "path": "/next" },
      "then": [ { "text": "first" }, { "text": "second" },
                { "text": "third" } ] },
    { "then": { "text": "hello" } } ] }
END2
# One known name, with verification on, and one that no rule has, which needs no
# network: in a world with another /etc/hosts, as not every container lets us
# have.
answers=hello
echo "curl -sS https://api.test/" >"$work/ask"
world=
if unshare -m true 2>/dev/null; then
    echo "127.0.0.77 elsewhere.test" >"$work/hosts"
    cat >"$work/world" <<'END2'
mount --bind "$1" /etc/hosts && shift && exec "$@"
END2
    world="unshare -m sh $work/world $work/hosts"
    answers=hello127.0.0.77
    echo "getent ahostsv4 elsewhere.test | sed -n 's/ .*//p;q'" >>"$work/ask"
else
    skip "unknown names pass" "no mount namespace can be had here"
fi
as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"

# in_run SCRIPT and bare SCRIPT; $0 is the one that asks.
in_run()
{
    rm -rf "$kept"
    # shellcheck disable=SC2086 # words
    timeout 60 $world "$offwire" run --keep "$kept" --rules "$rules" -- \
        sh -c "$1" "$work/ask"
}
bare()
{
    # shellcheck disable=SC2086 # words
    timeout 60 $world env LD_PRELOAD="${ow_preload:+$ow_preload:}$shim" \
        OFFWIRE_RULES="$rules" sh -c "$1" "$work/ask"
}

# Whatever way the user is changed, and whatever is kept of the environment.
orphan='mkfifo fifo; setsid -f '$as_nobody' sh "$0" >fifo & cat fifo; rm fifo'
cat >"$work/change.py" <<'END2'
import os, sys
os.setuid(65534)
os.execv("/bin/sh", ["sh", sys.argv[1]])
END2
cat >"$work/ways" <<END2
setpriv|$as_nobody sh "\$0"
su|su -s /bin/sh nobody -c "sh \$0"
su with a new environment|su -s /bin/sh - nobody -c "sh \$0" 2>/dev/null
runuser|runuser -u nobody -- sh "\$0"
env -i|env -i $as_nobody sh "\$0"
a daemon|cd "\${0%/*}"; $orphan
END2
has python3 && echo "a program of its own|python3 \${0%/*}/change.py \$0" \
    >>"$work/ways"
has sudo && sudo -n true 2>/dev/null &&
    echo "sudo|sudo -n -u nobody sh \"\$0\"" >>"$work/ways"
while IFS='|' read -r way script; do
    is "$way stays in the session of a run, and unknown names pass" \
        "$(in_run "$script" 2>"$work/said")" "$answers"
    was_there "$way" '"url":"https://api.test/"'
    is "$way has one under a bare preload" \
        "$(bare "$script" 2>"$work/said")" "$answers"
done <"$work/ways"

in_turn="$as_nobody curl -sS http://api.test/next
curl -sS http://api.test/next
su -s /bin/sh nobody -c 'curl -sS http://api.test/next'"
is "a bare preload's is one for all users" "$(bare "$in_turn")" \
    "firstsecondthird"
chmod 600 "$rules"
is "whose rules root alone can read" "$(bare "$as_nobody sh \"\$0\"")" \
    "$answers"
mkdir -m 700 "$work/closed"
for way in in_run bare; do
    is "a TMPDIR that others cannot enter does not matter ($way)" \
        "$(TMPDIR=$work/closed $way "$as_nobody sh \"\$0\"")" "$answers"
done
cp "$offwire" "$build/.libs/liboffwire.so" "$work/closed"
is "nor does a checkout that they cannot enter" "$(
    "$work/closed/offwire" run --rules "$rules" -- sh -c '
    curl -sS https://api.test/; '"$as_nobody"' curl -sS https://api.test/' \
    2>&1)" "hellohello"
is "certificates can be read, whatever the umask" "$(umask 077
    in_run "$as_nobody"' head -c 5 "$NODE_EXTRA_CA_CERTS"')" "-----"
is "and are named in a new environment" "$(in_run '
    su -s /bin/sh - nobody -c "head -c 5 \$NODE_EXTRA_CA_CERTS"' \
    2>"$work/said")" "-----"
is "the journal cannot, nor what else there is" "$("$offwire" run \
    --rules "$rules" -- $as_nobody sh -c '
    cat "$OFFWIRE_SESSION/journal.jsonl" || ls "$OFFWIRE_SESSION"' \
    2>"$work/said")" ""
like "which is a matter of rights" "$(cat "$work/said")" \
    '*journal.jsonl: Permission denied*ls: *Permission denied*'
is "rules, which open files, are root's to change" "$(in_run '
    ask="curl -sS -o /dev/null -w %{http_code} http://offwire.test/rules -d @-"
    echo "{\"offwire\":1,\"hosts\":[\"x.test\"],\"rules\":[]}" >rules.add
    '"$as_nobody"' $ask <rules.add; echo; $ask <rules.add; rm rules.add')" "403
200"
# As containers have it: root may look at its own processes alone.
untraced="setpriv --bounding-set=-sys_ptrace,-perfmon,-sys_admin"
if $untraced true 2>/dev/null; then
    rm -rf "$kept"
    is "a container's root, who may not trace, serves them too" "$(
        $untraced "$offwire" run --keep "$kept" --rules "$rules" -- \
            $as_nobody curl -sS https://api.test/)" "hello"
    was_there "and knows what they are called: curl" '"program":"curl"'
    is "in one session" "$(world=$untraced bare "$in_turn")" \
        "firstsecondthird"
else
    skip "a container's root, who may not trace, serves them too" \
        "capabilities cannot be dropped here"
fi

# Others. A shim that is told to sleep tells nobody that a user changes.
stranger="OFFWIRE_SKIP=1 $as_nobody env -u OFFWIRE_SKIP OFFWIRE_TICKET="
for ticket in '' 00000000000000000000000000000000; do
    is "another user is not served (ticket: \"$ticket\")" "$(in_run \
        "$stranger$ticket curl -sS https://api.test/" 2>"$work/said"
        echo $?)" 6
    like "and told why" "$(cat "$work/said")" '*belongs to another user*'
done
# One that others can run: a user's own may lie where they cannot.
python=/usr/bin/python3
if $as_nobody $python -c '' 2>/dev/null; then
    cat >"$work/crowd.py" <<'END2'
import os, socket, subprocess, sys
held = []
for _ in range(300):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    client.connect(os.environ["OFFWIRE_SESSION"] + "/control")
    held.append(client)
os.environ.pop("OFFWIRE_SKIP")
subprocess.run(["sh", sys.argv[1]])
END2
    is "strangers who connect and say nothing keep nobody from it" \
        "$(in_run "OFFWIRE_SKIP=1 $as_nobody $python $work/crowd.py \$0")" \
        "$answers"
else
    skip "strangers who connect and say nothing keep nobody from it" \
        "needs Debian's python3"
fi
is "who cannot enter the folder reaches nobody" "$(in_run "
    chmod 700 \$OFFWIRE_SESSION; $as_nobody sh \"\$0\"" 2>"$work/said")" ""
like "which is said" "$(cat "$work/said")" \
    '*session*is not open to this program'"'"'s user*'
chmod 644 "$rules"
is "a user's own session is closed, and has no ticket" "$(OFFWIRE_TICKET=other \
    $as_nobody "$offwire" run --rules "$rules" -- sh -c '
    stat -c %a "$OFFWIRE_SESSION"; echo "${OFFWIRE_TICKET-none}"')" "700
none"
done_testing
