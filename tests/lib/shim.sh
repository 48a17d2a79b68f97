# shellcheck shell=sh
# shim: for tests of liboffwire.so alone, after tap.sh. fake_host answers.
#
#     start_fake FLAGS            # a session in $session
#     under_shim COMMAND...       # COMMAND in that session
#     run_client_in_session NAME [ARG...]   # the same, with the real host
#     run_client NAME [ARG...]    # tests/clients/NAME; its TAP is the test's
clients=$build/tests/clients
# With its runtime put first, programs that have none of it hang in setlocale;
# told not to mind the order, a sanitized library works as it is.
sanitized=
if readelf -d "$build/.libs/liboffwire.so" 2>/dev/null |
    grep -qE 'lib[atu][a-z]*san'; then
    sanitized=yes
    ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
    export ASAN_OPTIONS
fi

start_fake()
{
    session=$work/session
    "$clients/fake_host" --dir "$session" --flags "${1:-0}" --for $$ &
    await test -S "$session/control" && return 0
    echo "Bail out! fake_host does not start"
    exit 99
}

under_shim()
{
    LD_PRELOAD=$shim OFFWIRE_SESSION=${session:-} "$@"
}

# Runs a cmocka program under the shim, its TAP in place of ours.
run_client()
{
    [ -x "$clients/$1" ] || skip_all "$1 is not built: no cmocka"
    tap_client=$clients/$1
    shift
    CMOCKA_MESSAGE_OUTPUT=TAP under_shim "$tap_client" "$@" 2>"$work/stderr"
    tap_status=$?
    note <"$work/stderr"
    exit $tap_status
}

# A bare LD_PRELOAD, so that no variable but the shim makes TLS trust us.
run_client_in_session()
{
    cat >"$work/rules.json" <<'RULES'
{ "offwire": 1, "hosts": ["known.test"],
  "rules": [ { "when": { "path": "/**" }, "then": { "text": "hello" } } ] }
RULES
    OFFWIRE_RULES=$work/rules.json
    OFFWIRE_HOST=$build/offwire
    TMPDIR=$work
    export OFFWIRE_RULES OFFWIRE_HOST TMPDIR
    run_client "$@"
}
