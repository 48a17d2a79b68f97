#!/bin/sh
# Without a host everything that could be ours fails, once with a sentence.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
[ -x "$clients/client_spawn" ] || skip_all "client_spawn is not built: no cmocka"
TMPDIR=$work
export TMPDIR

# said VARIABLE=VALUE... -- what it prints and says for known.test
said()
{
    env "$@" LD_PRELOAD="$shim" "$clients/client_spawn" known.test 2>&1
}

closed='failed
outside refused
stand-in refused'

is "a program without rules is left alone" \
    "$(said OFFWIRE_HOST=/none | sed 's/^[A-Z].*/libc/')" libc
is "OFFWIRE_SKIP leaves it alone" \
    "$(said OFFWIRE_SKIP=1 OFFWIRE_RULES=x OFFWIRE_HOST=/none |
        sed 's/^[A-Z].*/libc/')" libc
is "OFFWIRE_MODE=live leaves it alone" \
    "$(said OFFWIRE_MODE=live OFFWIRE_RULES=x OFFWIRE_HOST=/none |
        sed 's/^[A-Z].*/libc/')" libc
is "a host that is not there" \
    "$(said OFFWIRE_RULES=x OFFWIRE_HOST=/none)" \
    "offwire: cannot start the host \"/none\": No such file or directory
$closed"
is "rules that the host refuses" \
    "$(said OFFWIRE_RULES=refused OFFWIRE_HOST="$clients/fake_host")" \
    "offwire: the rules are refused
$closed"
is "a host that ends without a word" \
    "$(said OFFWIRE_RULES=mute OFFWIRE_HOST="$clients/fake_host")" \
    "offwire: the host ended before it was ready; \"$clients/fake_host \
--version\" may tell why
$closed"
is "a session that has ended" \
    "$(said OFFWIRE_SESSION="$work/gone")" \
    "offwire: the host of session \"$work/gone\" is gone; names and \
connections fail from now on
$closed"
cp "$build/.libs/liboffwire.so" "$work/" || exit 99
is "no command near the shim" \
    "$(env -u OFFWIRE_HOST OFFWIRE_RULES=x LD_PRELOAD="$work/liboffwire.so" \
        "$clients/client_spawn" known.test 2>&1)" \
    "offwire: cannot start a host: there is no offwire command near \
\"$work/liboffwire.so\"; set OFFWIRE_HOST to its path
$closed"

# A question that the host does not know: it has nothing to say of it.
"$clients/fake_host" --dir "$work/older" --for $$ 2>/dev/null &
await test -S "$work/older/control"
is "a host that does not know the question" \
    "$(OFFWIRE_SESSION=$work/older LD_PRELOAD=$shim \
        "$clients/client_spawn" old.test 2>&1 | head -n 2)" \
    "offwire: the host is of another version than liboffwire.so; both come \
from one build
failed"

# A path that does not fit into a socket's address.
long=$work/$(printf '%0150d' 0)
"$clients/fake_host" --dir "$long" --for $$ 2>/dev/null &
await test -S "$long/control"
is "a session whose path is long" "$(said OFFWIRE_SESSION="$long")" found

# All of them have ended, and cleaned up, when their program has.
said OFFWIRE_RULES=x OFFWIRE_HOST="$clients/fake_host" >/dev/null
has_none()
{
    [ -z "$(find "$work" -mindepth 1 -maxdepth 1 -name 'offwire-*')" ]
}
ok "hosts end with their programs" await has_none

# status_with PYTHON: the program's, after PYTHON has made "stderr" of it, and
# what "rest" then is.
status_with()
{
    OFFWIRE_SESSION=$work/gone python3 -c "
import os, socket, subprocess, sys
$1
env = dict(os.environ, LD_PRELOAD=sys.argv[1])
done = subprocess.run([sys.argv[2], 'known.test'], env=env, stderr=stderr,
                      stdout=subprocess.DEVNULL)
$2
print(done.returncode, rest)" "$shim" "$clients/client_spawn"
}
if has python3 && python3 -c 'import socket, subprocess'; then
    usual=$(status_with 'stderr = None' 'rest = "nothing"' 2>/dev/null)
    is "a stderr that nobody reads any more" "$(status_with '
reader, stderr = os.pipe()
os.close(reader)' 'rest = "nothing"')" "$usual"
    is "a connection that has the number of stderr" "$(status_with '
server = socket.create_server(("127.0.0.1", 0))
stderr = socket.create_connection(server.getsockname())
peer = server.accept()[0]' '
stderr.close()
rest = peer.recv(1000).decode() or "nothing"')" "$usual"
else
    skip "a stderr that nobody reads any more" "no python3"
    skip "a connection that has the number of stderr" "no python3"
fi

# libcurl's own way out: the name is the proxy's to look up.
if has curl && has python3 && python3 -c 'import socket'; then
    (cd "$work" && exec python3 -c '
import os, socket, sys
server = socket.create_server(("127.0.0.1", 0))
with open("port.new", "w") as out:
    out.write(str(server.getsockname()[1]))
os.rename("port.new", "port")
while True:
    with server.accept()[0] as taken, open("heard", "ab") as out:
        out.write(taken.recv(100))
') 2>/dev/null &
    proxy=$!
    await test -s "$work/port"
    via=http://127.0.0.1:$(cat "$work/port")
    status=0
    https_proxy=$via OFFWIRE_SESSION="$work/gone" \
        LD_PRELOAD=$shim curl -s https://known.test/ 2>/dev/null || status=$?
    is "a host behind a proxy is not found" "$status" 6
    not_ok "and the proxy hears nothing" test -e "$work/heard"
    https_proxy=$via curl -s https://known.test/
    ok "though it listens" await test -s "$work/heard"
    kill $proxy
else
    skip "a host behind a proxy is not found" "no curl or no python3"
    skip "and the proxy hears nothing" "no curl or no python3"
    skip "though it listens" "no curl or no python3"
fi
done_testing
