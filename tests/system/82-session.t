#!/bin/sh
# A session's life: its folder, its end, what it shares, what its host's death
# means, who may join.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"

rules <<'END'
{ "offwire": 1, "hosts": ["api.test"],
  "rules": [
    { "when": { "path": "/ok" }, "then": { "text": "hello" } },
    { "when": { "path": "/next" },
      "then": [ { "text": "first" }, { "text": "second" } ] } ] }
END
export TMPDIR="$work/tmp"
mkdir "$TMPDIR"

is_empty()
{
    [ -z "$(ls -A "$1")" ]
}

bare()
{
    LD_PRELOAD="${ow_preload:+$ow_preload:}$shim" OFFWIRE_RULES="$rules" "$@"
}

is "a run answers" "$(ow curl -sS http://api.test/ok)" "hello"
was_there "curl" '"url":"http://api.test/ok"'
ok "its folder is gone with it" is_empty "$TMPDIR"
ok "what is kept has the CA's certificate" grep -q BEGIN "$kept/ca.pem"
"$offwire" run --keep "$kept" --rules "$rules" -- curl -sS -o /dev/null \
    http://api.test/next
is "a kept folder has the last session alone" \
    "$(grep -c '"event":"session"' "$kept/journal.jsonl")" 1
is "all processes of a run share it" \
    "$(ow sh -c 'curl -sS http://api.test/next; (curl -sS http://api.test/next)')" \
    "firstsecond"
mkdir "$work/a b:c" && TMPDIR="$work/a b:c"
case $build in
*[\ :]*) skip "a folder's name may have spaces and colons" "the shim's has" ;;
*)
    is "a folder's name may have spaces and colons" \
        "$(ow curl -sS https://api.test/ok)" "hello"
    ;;
esac
TMPDIR="$work/tmp"

# Two at once, each with its own state.
cat >"$work/waits" <<'END'
curl -sS http://api.test/next
: >"$1/asked"
while [ ! -e "$1/other" ]; do sleep 0.02; done
curl -sS http://api.test/next
END
ow sh "$work/waits" "$work" >"$work/one" &
one=$!
await test -e "$work/asked"
is "sessions do not disturb each other" "$("$offwire" run --rules "$rules" -- \
    curl -sS http://api.test/next)" "first"
: >"$work/other"
wait $one
is "nor do they share" "$(cat "$work/one")" "firstsecond"

# Begun by the shim.
is "a bare preload answers" "$(bare curl -sS http://api.test/ok)" "hello"
ok "and leaves nothing when its process has gone" await is_empty "$TMPDIR"
is "processes that began it share it" \
    "$(bare sh -c 'exec curl -sS http://api.test/next http://api.test/next')" \
    "firstsecond"
ok "until the last has gone" await is_empty "$TMPDIR"

# The commands of a script, none of which knows of the others.
cat >"$work/commands" <<'END'
curl -sS http://api.test/next
mkdir "$1" && TMPDIR=$1 sh -c "curl -sS http://api.test/next; :"
OFFWIRE_ISOLATE=1 curl -sS http://api.test/next
OFFWIRE_RULES=$2 sh -c "curl -sS http://api.test/next; curl -sS http://api.test/next"
ls -d "$OFFWIRE_SHOW"/offwire-*-$$-* | wc -l | tr -d " "
END
cp "$rules" "$work/same.json"
is "the commands of a script share it; others have their own" \
    "$(OFFWIRE_SHOW=$TMPDIR bare sh "$work/commands" "$work/other-tmp" \
        "$work/same.json")" "firstsecondfirstfirstsecond1"
ok "until the script ends" await is_empty "$TMPDIR"
cat >"$work/at-once" <<'END'
for i in 1 2 3 4; do curl -sS http://api.test/next & done
wait
END
for _ in 1 2 3 4 5; do
    bare sh "$work/at-once"
    echo
done >"$work/said" 2>&1
is "commands that begin at once share one" \
    "$(grep -c '^\(second\)*first\(second\)*$' "$work/said")" 5
ok "and leave nothing" await is_empty "$TMPDIR"

# The script ends; what it leaves behind asks while the host does.
cat >"$work/leaves" <<'END'
curl -sS http://api.test/ok >/dev/null
(sleep "0.$1"; curl -sS http://api.test/ok) &
END
is "who asks while the host ends gets an answer" "$(
    for hundredths in 17 18 19 20 21 22 23; do
        bare sh "$work/leaves" $hundredths
    done 2>&1)" "hellohellohellohellohellohellohello"

cat >"$work/rewrites" <<'END'
curl -sS http://api.test/ok
sed s/hello/changed/ "$OFFWIRE_RULES" >"$1" && cat "$1" >"$OFFWIRE_RULES"
curl -sS http://api.test/ok
END
cp "$rules" "$work/live.json"
is "rules that a script changes hold from its next command on" \
    "$(rules=$work/live.json bare sh "$work/rewrites" "$work/new.json")" \
    "hellochanged"

is "a bare preload does not need its TMPDIR" \
    "$(TMPDIR=/nonexistent bare curl -sS http://api.test/ok)" "hello"
long=$work/$(printf '%0100d' 0)
mkdir "$long"
is "nor one of a short name" \
    "$(TMPDIR=$long bare curl -sS http://api.test/ok)" "hello"
rmdir "$long"

# Its host is killed: what it knew is lost, which nobody may overlook.
cat >"$work/kill-host" <<'END'
curl -sS http://api.test/next
for process in /proc/[0-9]*; do
    case $(readlink "$process"/fd/* 2>/dev/null) in
    *"$TMPDIR"/offwire-*-$$-*/journal.jsonl*) kill -s KILL "${process#/proc/}" ;;
    esac
done
curl -sS http://api.test/next
echo " status $?"
[ "$1" = keep ] || rm -r "$TMPDIR"/offwire-*-$$-*
curl -sS http://api.test/next
echo " status $?"
END
is "when a bare session's host is killed, its programs fail" \
    "$(bare sh "$work/kill-host" keep 2>"$work/said")" "first status 6
 status 6"
like "which says why, and what to do" "$(cat "$work/said")" \
    '*host of session*was killed*remove the folder*'
is "without its folder the session begins anew" \
    "$(bare sh "$work/kill-host" remove 2>/dev/null)" "first status 6
first status 0"
bare curl -sS http://api.test/ok >/dev/null
ok "the next host sweeps the folder of a killed one" await is_empty "$TMPDIR"

# offwire env.
cat >"$work/shell" <<'END'
eval "$("$1" env --rules "$2" --for $$)"
curl -sS http://api.test/next
curl -sS http://api.test/next
[ -d "$OFFWIRE_SESSION" ] && echo " in $OFFWIRE_SESSION"
END
said=$(sh "$work/shell" "$offwire" "$rules")
like "offwire env puts a shell into a session" "$said" "firstsecond in $TMPDIR/*"
ok "which ends with the shell" await is_empty "$TMPDIR"
quoted=$(VAR="it's" ASAN_OPTIONS="a='b'" sh -c '
    eval "$("$1" env --rules "$2" --for $$)"; echo "$ASAN_OPTIONS"' sh \
    "$offwire" "$rules")
like "its values are quoted" "$quoted" "a='b':*"
ok "that one ends too" await is_empty "$TMPDIR"
# A pipe whose reader has left.
mkfifo "$work/left"
exec 5<>"$work/left" 6>"$work/left" 5>&-
is "offwire env whose lines nobody reads leaves nothing behind" "$(
    "$offwire" env --rules "$rules" 2>"$work/said" >&6
    echo "$?$(ls -A "$TMPDIR")")" 125
like "and says so" "$(cat "$work/said")" '*cannot print: Broken pipe*'
exec 6>&-
is "offwire env tells of bad rules" "$("$offwire" env --rules /nonexistent \
    --for $$ 2>/dev/null; echo $?)" 2

# A host that dies: its programs reach nobody, least of all the real host.
cat >"$work/killed" <<'END'
eval "$("$1" env --rules "$2" --for $$)"
curl -sS http://api.test/ok
for process in /proc/[0-9]*; do
    case $(readlink "$process"/fd/* 2>/dev/null) in
    *"$OFFWIRE_SESSION/journal.jsonl"*) kill -s "$3" "${process#/proc/}" ;;
    esac
done
while [ -d "$OFFWIRE_SESSION" ] && [ "$3" = TERM ]; do sleep 0.05; done
curl -sS http://api.test/ok
echo " status $?"
rm -rf "$OFFWIRE_SESSION"
END
said=$(timeout 60 sh "$work/killed" "$offwire" "$rules" KILL 2>"$work/said")
like "without its host a known name fails" "$said" "hello status 6"
like "and why is said" "$(cat "$work/said")" '*host of session*is gone*'
like "SIGTERM makes the host take its folder along" \
    "$(timeout 60 sh "$work/killed" "$offwire" "$rules" TERM 2>/dev/null)" \
    "hello status 6"

# A path that says nothing any more once the program has gone elsewhere.
ln -s "$build/.libs/liboffwire.so" "$work/liboffwire.so"
case $build in
*[\ :]*) skip "a relative preload holds after a change of folder" "the shim's" ;;
*)
    is "a relative preload holds after a change of folder" "$(
        cd "$build" && LD_PRELOAD="${ow_preload:+$ow_preload:}./liboffwire.so" \
            OFFWIRE_RULES=$rules timeout 60 sh -c 'cd /
            curl -sS http://api.test/ok; cd /usr; curl -sS http://api.test/ok' \
            2>&1)" "hellohello"
    ;;
esac

# What is wrong with a variable is told by the program that the host is for.
says_bare()
{
    env OFFWIRE_RULES="$rules" "$@" LD_PRELOAD="${ow_preload:+$ow_preload:}$shim" \
        curl -sS http://api.test/ok 2>&1 | head -n 1
}
is "where a relative path counts from is told" "$(cd / && says_bare \
    OFFWIRE_RULES=no/such.json)" "offwire: no rules \"no/such.json\": there is \
no such file or folder (relative paths count from \"/\" here)"
like "a network that is none is told" "$(says_bare OFFWIRE_NETWORK=3h)" \
    'offwire: no network is called "3h"*'
is "live hosts that are none, too" "$(says_bare OFFWIRE_LIVE="a.test,b c")" \
    'offwire: live hosts "a.test,b c": this is no host'
is "and a speed" "$(says_bare OFFWIRE_SPEED=fast)" \
    'offwire: OFFWIRE_SPEED is "fast"; it wants a number from 0.001 to 1000000'
like "which a host of the shim's obeys, else" \
    "$(OFFWIRE_SPEED=1000 bare curl -sS http://offwire.test/clock)" '*"speed":1000,*'
like "and a run, where it says nothing else" \
    "$(OFFWIRE_SPEED=1000 "$offwire" run --rules "$rules" -- sh -c '
        curl -sS http://offwire.test/clock
        "$0" run --speed 2 --rules "$1" -- curl -sS http://offwire.test/clock
        ' "$offwire" "$rules")" '*"speed":1000,*"speed":2,*'
is "and what cannot become of what no rule answers" \
    "$(says_bare OFFWIRE_UNMATCHED=eror)" \
    'offwire: OFFWIRE_UNMATCHED is "eror"; it can be "404" or "error"'
is "which a run tells, too, but not behind its option" \
    "$(OFFWIRE_UNMATCHED=eror "$offwire" run --rules "$rules" true 2>&1
        OFFWIRE_UNMATCHED=error "$offwire" run --no-fail --rules "$rules" \
            --unmatched 404 -- curl -sS -o /dev/null -w '%{http_code}' \
            http://api.test/none 2>/dev/null)" \
    'offwire: OFFWIRE_UNMATCHED is "eror"; it can be "404" or "error"
404'

# A refused name looks like one that is not there, a refused address like a port
# where nobody listens.
says_isolated()
{
    OFFWIRE_ISOLATE=1 bare curl -sS --noproxy "*" "$1" 2>&1 | head -n 1
}
is "what is refused, because all is isolated, is told: a name" \
    "$(says_isolated http://other.test/)" \
    'offwire: the name "other.test" is in no rule, and --isolate refuses it'
is "an address" "$(says_isolated http://203.0.113.1/)" \
    'offwire: the address 203.0.113.1 is in no rule, and --isolate refuses it'

# A proxy of the environment, which a bare preload cannot keep away.
says_of_proxy()
{
    env HTTPS_PROXY=http://proxy.invalid:3128 OFFWIRE_RULES="$rules" "$@" \
        LD_PRELOAD="${ow_preload:+$ow_preload:}$shim" \
        getent ahosts api.test 2>&1 >/dev/null
}
like "a proxy that goes round the rules is told" "$(says_of_proxy)" \
    'offwire: HTTPS_PROXY is set: *asks that proxy for api.test*no_proxy*'
is "not one that no_proxy keeps away from their hosts" \
    "$(says_of_proxy no_proxy="localhost, .test"; says_of_proxy NO_PROXY="*"
        says_of_proxy HTTPS_PROXY=)" ""
is "nor in an environment that Offwire has made" "$(
    HTTPS_PROXY=http://proxy.invalid:3128 OFFWIRE_HOST=$offwire \
        "$top/scripts/offwire-run" --rules "$rules" -- getent ahosts api.test 2>&1 >/dev/null)" ""

# A socket that its program has bound to the device is looked for there.
cat >"$work/bound.py" <<'END'
import socket
client = socket.socket()
try:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
except PermissionError:
    pass  # before Linux 5.7 root's alone
client.connect(("api.test", 80))
client.sendall(b"GET /ok HTTP/1.0\r\n\r\n")
print(client.makefile().read()[-5:])
END
if has python3; then
    is "a socket bound to \"lo\" is the program's" \
        "$(ow python3 "$work/bound.py" 2>&1)" hello
else
    skip "a socket bound to \"lo\" is the program's" "python3 is missing"
fi

# The first process of a container is given the orphans of all others.
cat >"$work/orphans" <<'END'
for i in 1 2 3; do
    (sleep 0 &)
done
zombies=3
for _ in $(seq 1200); do
    zombies=$(ps -e -o stat= | grep -c Z)
    [ "$zombies" = 0 ] && [ "$(ps -e -o comm= | grep -c sleep)" = 0 ] && break
    sleep 0.05
done
echo "$zombies left"
exit 7
END
own_pids="unshare -p -f --mount-proc"
[ "$(id -u)" = 0 ] || own_pids="unshare -r -p -f --mount-proc"
# shellcheck disable=SC2086 # words
if has ps unshare && $own_pids true 2>/dev/null; then
    is "orphans do not stay as zombies" "$($own_pids "$offwire" run \
        --rules "$rules" -- sh "$work/orphans" 2>&1; echo $?)" "0 left
7"
else
    skip "orphans do not stay as zombies" "no namespace of processes"
fi

# Others of the machine.
mode=700
[ "$(id -u)" != 0 ] || mode=711
is "the session's folder is closed to others, who may pass root's" \
    "$(ow sh -c 'stat -c %a "$OFFWIRE_SESSION"')" "$mode"
if [ "$(id -u)" = 0 ] && has python3; then
    is "a connection of another user is dropped" "$(ow sh -c \
        'curl -sS -o /dev/null http://api.test/ok; OFFWIRE_SKIP=1 \
            exec python3 "$0" $PPID' "$top/tests/clients/stranger.py")" "dropped"
    ok "and that is in the journal" \
        grep -q 'belongs to another user' "$kept/journal.jsonl"
else
    skip "a connection of another user is dropped" "needs root and python3"
fi

done_testing
