#!/bin/sh
# offwire.h: a test in C that talks to its session, and does nothing without.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
cc=${CC:-cc}
example=$top/examples/cmocka
# shellcheck disable=SC2086 # the compiler may have options
$cc -std=gnu11 -Wall -Wextra -Wshadow -Werror -I"$top/include" \
    -o "$work/test_models" "$example/test_models.c" -lcmocka -lcurl \
    >"$work/cc" 2>&1 || skip_all "no cmocka, or no libcurl: $(head -n 1 "$work/cc")"

# compiles LANGUAGE COMPILER...: the header alone, with all warnings.
compiles()
{
    printf '#include <offwire.h>\nint main(void) { return offwire_active(); }\n' \
        >"$work/alone.$1"
    shift
    "$@" -Wall -Wextra -Wconversion -Werror -I"$top/include" -o "$work/alone"
}

rules=$example/models.json
ok "the example passes in a session" env CMOCKA_MESSAGE_OUTPUT=TAP timeout 60 \
    "$offwire" run --keep "$kept" --rules "$rules" -- "$work/test_models"
was_there "the test" '"rule":"models"'
ok "the example passes with a bare preload" env LD_PRELOAD="$shim" \
    OFFWIRE_RULES="$rules" OFFWIRE_HOST="$offwire" timeout 60 "$work/test_models"
ok "and without a session" timeout 60 "$work/test_models"
ok "it needs C99 alone" compiles c $cc -std=c99 -D_GNU_SOURCE "$work/alone.c"
if has c++; then
    ok "it is C++, too" compiles cc c++ "$work/alone.cc"
fi
active()
{
    "$@" "$work/alone"
    echo $?
}
is "a session is active" "$(active "$offwire" run --rules "$rules" --)" 1
is "none is not" "$(active env)" 0
is "a live one is not" "$(active "$offwire" run --live -- 2>/dev/null)" 0
is "a preload that is live is not" \
    "$(active env LD_PRELOAD="$shim" OFFWIRE_MODE=live OFFWIRE_RULES="$rules")" 0
if has strace && [ -z "$sanitizer" ] && strace -o /dev/null true; then
    is "without a session no socket is opened" "$(strace -f -e trace=socket \
        "$work/alone" 2>&1 | grep -c 'socket(')" 0
fi
done_testing
