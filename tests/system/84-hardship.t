#!/bin/sh
# Machines in a bad state, and many connections at once.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"

rules <<'END'
{ "offwire": 1, "hosts": ["api.test"],
  "rules": [ { "when": { "path": "/ok" }, "then": { "text": "hello" } } ] }
END
is "a run answers" "$(ow curl -sS http://api.test/ok)" "hello"
was_there "curl" '"url":"http://api.test/ok"'

status_of()
{
    got=0
    "$@" >"$work/said" 2>&1 || got=$?
    echo "$got"
}

# Rules that cannot be had.
is "a rule file that is not there is a usage error" \
    "$(status_of "$offwire" run --rules "$work/nope.json" true)" 2
like "which names it" "$(cat "$work/said")" '*nope.json*'
printf '{ "offwire": 1,\n  "hosts": [' >"$work/broken.json"
is "so is a broken one" \
    "$(status_of "$offwire" run --rules "$work/broken.json" true)" 2
like "which names the place" "$(cat "$work/said")" '*broken.json:2:*'
as_nobody=
[ "$(id -u)" != 0 ] || as_nobody="setpriv --reuid=65534 --clear-groups"
if [ -z "$as_nobody" ] || others_can_run; then
    cp "$rules" "$work/closed.json"
    chmod 755 "$work"
    chmod 000 "$work/closed.json"
    # shellcheck disable=SC2086 # words
    is "so is one that cannot be read" "$(status_of $as_nobody "$offwire" run \
        --rules "$work/closed.json" true)" 2
    like "which says why" "$(cat "$work/said")" '*closed.json*Permission denied*'
else
    skip "so is one that cannot be read" "$others_cannot"
fi

# In a mount namespace of its own: root, or a user who may have one.
own_mounts="unshare -m"
[ "$(id -u)" = 0 ] || own_mounts="unshare -rm"
# shellcheck disable=SC2086 # words
if $own_mounts true 2>/dev/null; then
    mkdir "$work/full"
    cat >"$work/on-full-disk" <<'END'
mount -t tmpfs -o size=16k none "$1/full" || exit 1
cat /dev/zero >"$1/full/filler" 2>/dev/null
TMPDIR=$1/full exec "$2" run --rules "$3" -- curl -sS http://api.test/ok
END
    # shellcheck disable=SC2086
    is "a full disk does not keep answers back" "$($own_mounts \
        sh "$work/on-full-disk" "$work" "$offwire" "$rules" 2>"$work/said")" \
        "hello"
    like "and the lost records are told" "$(cat "$work/said")" \
        '*of the journal could not be written*'
    like "and that some programs will not trust" "$(cat "$work/said")" \
        '*will not trust this session*'

    cat >"$work/without-shm" <<'END'
mkdir "$1/dev"
for node in null zero full random urandom tty; do
    : >"$1/dev/$node"
    mount --bind "/dev/$node" "$1/dev/$node" || exit 1
done
mount --rbind "$1/dev" /dev || exit 1
[ ! -e /dev/shm ] || exit 1
exec "$2" run --rules "$3" -- curl -sS https://api.test/ok
END
    # shellcheck disable=SC2086
    is "without /dev/shm a run answers" "$($own_mounts \
        sh "$work/without-shm" "$work" "$offwire" "$rules" 2>&1)" "hello"
else
    skip "a full disk does not keep answers back" "no mount namespace"
fi
if $own_mounts -n true 2>/dev/null; then
    # shellcheck disable=SC2086 # words
    is "a network without loopback is told before the program begins" \
        "$($own_mounts -n "$offwire" run --rules "$rules" -- \
            echo hello 2>&1; echo $?)" \
        "offwire: the network device \"lo\" is down here, and answers come over it; \
\"ip link set lo up\" mends that
125"
else
    skip "a network without loopback is told before the program begins" \
        "no network namespace"
fi

# What is mounted over must not hold the command.
in_tmp=
case $build in
/tmp/* | /dev/shm/* | /var/tmp/*) in_tmp=yes ;;
esac
# shellcheck disable=SC2016 # for the inner shell
if [ -z "$in_tmp" ] && $own_mounts true 2>/dev/null; then
    is "nowhere to put a session is our failure, not the user's" "$($own_mounts \
        sh -c 'for dir in /tmp /dev/shm /var/tmp; do
                   mount -t tmpfs -o ro none $dir || exit 1
               done
               TMPDIR=/tmp XDG_RUNTIME_DIR= "$0" run --rules openai -- true' \
        "$offwire" 2>&1; echo $?)" \
        "offwire: cannot make a folder for the session in \"/tmp\": Read-only file \
system; TMPDIR may name another
125"
else
    skip "nowhere to put a session is our failure, not the user's" \
        "no mount namespace, or the build lies in such a folder"
fi

is "nor do files that may not grow" "$( (ulimit -f 0
    "$offwire" run --rules "$rules" -- curl -sS http://api.test/ok) \
    2>"$work/said" | cat)" "hello"
# Its program is to know that limit as it would without us: by SIGXFSZ.
is "which the program meets as ever" "$( (ulimit -f 0
    ow sh -c 'grep SigIgn /proc/self/status') 2>"$work/said" | cat)" \
    "$(sh -c 'grep SigIgn /proc/self/status')"

# Descriptors. The host has what it may have, its program what it had.
is "too few descriptors for a host are told as such" "$( (ulimit -n 12
    "$offwire" run --rules "$rules" -- true) 2>&1)" \
    "offwire: a host needs 24 file descriptors, and may have 12 here; raise \
that limit (ulimit -n)"
like "with a bare preload too" "$( (ulimit -n 12
    LD_PRELOAD=$shim OFFWIRE_RULES=$rules curl -sS http://api.test/ok) 2>&1)" \
    "offwire: a host needs 24 file descriptors, and may have 12 here*"
# How many are left is a matter of what the test was given, so all that is open
# here is closed first.
like "and where they do not do to start it" "$( (exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    ulimit -n 5
    LD_PRELOAD=$shim OFFWIRE_RULES=$rules curl -sS http://api.test/ok) 2>&1)" \
    "offwire: *host*(ulimit -n)*"
is "a low soft limit is the program's, not the host's" "$( (
    exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    ulimit -Sn 10
    ow sh -c 'ulimit -n; curl -sS http://api.test/ok') 2>&1)" "10
hello"

if has python3; then
    # More than the host can take, and no more than the program can hold.
    cat >"$work/hold.py" <<'END'
import socket, sys, time

address = socket.getaddrinfo("api.test", 80)[0][4]
held = [socket.socket() for _ in range(70)]
for client in held:
    client.connect(address)
    client.sendall(b"GET /ok HTTP/1.1\r\nHost: api.test\r\n\r\n")
while not open(sys.argv[1]).read():
    time.sleep(0.02)
for client in held[:35]:
    client.close()
print(held[-1].recv(15).decode())
END
    is "who finds no descriptor left waits until some are free" "$( (
        exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
        ulimit -n 80
        ow python3 "$work/hold.py" "$work/said") 2>"$work/said")" "HTTP/1.1 200 OK"
    is "which is said" "$(cat "$work/said")" \
        "offwire: the host has no file descriptor left to answer programs with; \
raise its limit (ulimit -n)"
else
    skip "who finds no descriptor left waits until some are free" \
        "python3 is missing"
fi

is "a TMPDIR that is not there is not needed" \
    "$(TMPDIR=/nonexistent "$offwire" run --rules "$rules" -- \
        curl -sS https://api.test/ok)" "hello"

if has python3 && [ "$(ulimit -Hn)" != unlimited ] &&
    [ "$(ulimit -Hn)" -lt 2100 ]; then
    skip "1,000 connections at once are answered" "too few descriptors allowed"
elif has python3; then
    is "1,000 connections at once are answered" "$(
        ulimit -Sn 256
        ow python3 "$top/tests/clients/thousand.py" api.test 80 1000)" 1000
else
    skip "1,000 connections at once are answered" "python3 is missing"
fi

done_testing
