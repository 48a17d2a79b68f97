#!/bin/sh
# The shim loads, shows only its hooks, and costs a program nothing.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"

loaded()
{
    env "$@" LD_PRELOAD="$shim" grep -q liboffwire.so /proc/self/maps
}

# What a program says on stderr when the shim is there, and nothing else.
said()
{
    env "$@" LD_PRELOAD="$shim" sh -c : 2>&1
}

ok "the shim is loaded" loaded OFFWIRE_RULES=x
ok "it lies next to the command in the built tree" \
    test -e "$build/liboffwire.so" -a -x "$build/offwire"
ok "its exports are the rows of hooks.def" "$top/scripts/check-exports" "$build"
is "a program that does not use the network hears nothing of it" \
    "$(said OFFWIRE_RULES=/none OFFWIRE_HOST=/none)" ""
# dash, which is sh here, execs each of these.
is "programs that start programs hear nothing either" \
    "$(env OFFWIRE_RULES=/none OFFWIRE_HOST=/none LD_PRELOAD="$shim" \
        sh -c 'sh -c true; env true; echo | xargs true' 2>&1)" ""

# What the loader looks for while a program calls hooks.
searches()
{
    env LD_DEBUG=libs OFFWIRE_RULES=/none OFFWIRE_HOST=/none \
        LD_PRELOAD="$shim" "$@" 2>&1 | sed -n 's/.*find library=\([^ ]*\).*/\1/p'
}

if has curl; then
    looked=$(searches curl -s http://127.0.0.1:1/)
    ok "the loader tells what it looks for" \
        sh -c 'echo "$1" | grep -q "^libcurl.so"' sh "$looked"
    not_ok "a program's own name is not looked for among libraries" \
        sh -c 'echo "$1" | grep -qx curl' sh "$looked"
fi

# instructions COMMAND...: executed by it, without and with the shim.
instructions()
{
    env LD_PRELOAD= OFFWIRE_RULES=x valgrind --tool=callgrind \
        --trace-children=yes --callgrind-out-file=/dev/null "$@" 2>&1 \
        >/dev/null | sed -n 's/.*Collected : //p' | tail -n 1
}

# In thousandths of the plain run.
cost()
{
    plain=$(instructions env LD_PRELOAD= "$@")
    hooked=$(instructions env LD_PRELOAD="$shim" "$@")
    echo $((hooked * 1000 / plain))
}

if has valgrind python3 && [ -z "$sanitized" ]; then
    # Whatever is preloaded adds one object to each symbol's search: that
    # alone is 25 thousandths for curl, which has fifty of them.
    # The one in PATH may be a script that looks for it.
    python=$(python3 -c 'import sys; print(sys.executable)')
    ok "python3 executes no more for it" \
        test "$(cost "$python" -I -S -c 0)" -le 1010
    ! has curl || ok "curl executes little more for it" \
        test "$(cost "$(command -v curl)" --version)" -le 1035
else
    skip "what it costs" "no valgrind, or a sanitized build"
fi
done_testing
