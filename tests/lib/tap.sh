# shellcheck shell=sh
# tap: TAP for shell tests (*.t). A test begins with
#
#     . "$(dirname "$0")/../lib/tap.sh"
#
# and then has $top (the sources), $build (the build tree), $shim (the library)
# and $work (a folder of its own, removed at the end), all absolute. It runs under `make check`
# (whose folder is the build tree) and by hand, from anywhere.
#
#     ok "what it does" command arguments...    # command's status decides
#     not_ok "what it refuses" command...       # the other way round
#     is "what it says" "$got" "$want"
#     like "what it says" "$got" 'shell*pattern'
#     skip "what it does" "why not here"
#     has curl nginx || skip_all "curl or nginx is missing"
#     done_testing
#
# What a failing command said follows as "# ..." lines.
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 99
if [ -f config.status ]; then
    build=$(pwd)
else
    build=${OFFWIRE_BUILD:-$top/build}
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/offwire-test.XXXXXX") || exit 99
# What others cannot enter is no place for a session of root's.
chmod 711 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 99' INT TERM HUP
# What a developer has set must not decide a test.
unset OFFWIRE_RULES OFFWIRE_SESSION OFFWIRE_TICKET OFFWIRE_SKIP
unset http_proxy https_proxy all_proxy no_proxy
unset HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
# A make inside a test is not part of the make that runs it.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export LC_ALL=C
# The shim as LD_PRELOAD can name it: the loader cuts at spaces and colons, so
# that such a path needs a link, and the shim must be told where the command is.
shim=$build/liboffwire.so
case $shim in
*[\ :]*)
    mkdir "$work/.shim" && ln -s "$shim" "$work/.shim/"
    shim=$work/.shim/liboffwire.so
    OFFWIRE_HOST=$build/offwire
    export OFFWIRE_HOST
    ;;
esac

tap_count=0
tap_failed=0

# Comment lines from stdin.
note()
{
    sed 's/^/# /'
}

tap_result()
{
    tap_count=$((tap_count + 1))
    if [ "$1" = 0 ]; then
        printf 'ok %d - %s\n' $tap_count "$2"
        return 0
    fi
    tap_failed=$((tap_failed + 1))
    printf 'not ok %d - %s\n' $tap_count "$2"
    return 1
}

ok()
{
    tap_name=$1
    shift
    tap_status=0
    "$@" >"$work/.said" 2>&1 || tap_status=$?
    tap_result $tap_status "$tap_name" || {
        printf '# status %d from: %s\n' $tap_status "$*"
        note <"$work/.said"
    }
}

not_ok()
{
    tap_name=$1
    shift
    tap_status=0
    "$@" >"$work/.said" 2>&1 && tap_status=1
    tap_result $tap_status "$tap_name" || {
        printf '# should have failed: %s\n' "$*"
        note <"$work/.said"
    }
}

is()
{
    tap_status=1
    [ "$2" = "$3" ] && tap_status=0
    tap_result $tap_status "$1" || {
        printf 'got:  %s\n' "$2" | note
        printf 'want: %s\n' "$3" | note
    }
}

like()
{
    tap_status=1
    # shellcheck disable=SC2254 # a pattern is what is asked for
    case $2 in
    $3) tap_status=0 ;;
    esac
    tap_result $tap_status "$1" || {
        printf 'got:     %s\n' "$2" | note
        printf 'pattern: %s\n' "$3" | note
    }
}

skip()
{
    tap_count=$((tap_count + 1))
    printf 'ok %d - %s # SKIP %s\n' $tap_count "$1" "$2"
}

skip_all()
{
    printf '1..0 # SKIP %s\n' "$*"
    exit 0
}

# await COMMAND...: until it succeeds. What comes comes soon, even on a machine
# that does much else; a minute is for what will never come.
await()
{
    for _ in $(seq 1200); do
        "$@" && return 0
        sleep 0.05
    done
    return 1
}

has()
{
    for tap_program; do
        command -v "$tap_program" >/dev/null || return 1
    done
}

done_testing()
{
    printf '1..%d\n' $tap_count
    [ $tap_failed = 0 ]
    exit
}
