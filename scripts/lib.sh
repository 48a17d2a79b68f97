# shellcheck shell=sh disable=SC2154 # top is set by who sources this
# What scripts/try, scripts/test and scripts/bench share: packages, the build.
# Sourced with $top set to the source tree; works from any folder, with spaces
# in the path, as root or as an ordinary user. Quiet as long as all is well.

# Ends the script with a sentence.
fail()
{
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The packages of a group, one word each; alternatives are joined by "|".
packages_of()
{
    awk -v want="[$1]" '/^\[/ { on = $1 == want; next }
                        on && NF && !/^#/ { print $1 }' "$top/scripts/packages"
}

is_installed()
{
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null |
        grep -qx installed
}

# Those of the groups given that are not installed; of alternatives the first.
missing_packages()
{
    for group; do
        packages_of "$group"
    done | sort -u | while read -r entry; do
        found=no
        for package in $(printf '%s' "$entry" | tr '|' ' '); do
            is_installed "$package" && found=yes
        done
        [ $found = yes ] || printf '%s\n' "${entry%%|*}"
    done
}

# Runs a command as root, if we may.
as_root()
{
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 126
    fi
}

# Output of a step that should be quiet: shown only if the step fails.
quietly()
{
    quiet_log=$(mktemp "${TMPDIR:-/tmp}/offwire-log.XXXXXX") || exit 1
    if "$@" >"$quiet_log" 2>&1 </dev/null; then
        rm -f "$quiet_log"
        return 0
    fi
    tail -n 60 "$quiet_log" >&2
    rm -f "$quiet_log"
    return 1
}

apt_install()
{
    as_root true || return 1
    echo "installing: $*"
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get update &&
        quietly as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "$@"
}

# need_packages GROUP...: installs what is missing. What cannot be installed is
# named; the build cannot go on without [build], tests skip what they miss.
need_packages()
{
    if ! command -v dpkg-query >/dev/null; then
        echo "This is no Debian, so nothing is installed;" \
            "scripts/packages lists what is needed."
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086 # one word per package
    apt_install $missing || true
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    echo "Not installed, and not to be had from here; ask for:" >&2
    echo "    apt-get install --no-install-recommends ${missing% }" >&2
    [ -z "$(missing_packages build)" ] || exit 1
    echo "Going on; what needs them is skipped." >&2
}

# ensure_build [CONFIGURE-OPTION...]: an up-to-date build in build/.
ensure_build()
{
    cd "$top" || exit 1
    # Later changes of *.mk and configure.ac are make's own to see.
    if [ ! -f configure ]; then
        quietly autoreconf -fi || fail "autoreconf failed"
    fi
    mkdir -p build && cd build || exit 1
    if [ ! -f Makefile ] || ! has_options "$@"; then
        quietly ../configure "$@" || fail "configure failed"
    fi
    quietly make -j"$(nproc)" || fail "the build failed"
    cd "$top" || exit 1
}

# Whether build/ (the current folder) was configured with these options.
has_options()
{
    options=$(./config.status --config 2>/dev/null) || return 1
    for option; do
        case " $options " in
        *"$option"*) ;;
        *) return 1 ;;
        esac
    done
}
