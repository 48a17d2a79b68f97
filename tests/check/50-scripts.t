#!/bin/sh
# What the scripts do on a machine that lacks something, with apt, dpkg and sudo
# played by small scripts.
. "$(dirname "$0")/../lib/tap.sh"

mkdir "$work/bin"
# fake NAME BODY: a command that comes first in PATH.
fake()
{
    printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}

# Runs lib.sh's functions with the fakes, as scripts/test would.
with_lib()
{
    (
        PATH=$work/bin:$PATH
        . "$top/scripts/lib.sh"
        "$@"
    ) 2>&1
}

# All are installed but those named in the file "missing".
fake dpkg-query 'for package; do :; done
grep -qx "$package" "$0.missing" || echo installed'
fake id 'echo "${FAKE_UID:-1000}"'
fake sudo 'exit 1'
fake apt-get 'echo "$*" >>"$0.calls"; case $1 in install) : >"${0%/*}/dpkg-query.missing";; esac'
: >"$work/bin/dpkg-query.missing"

is "nothing is missing and nothing is said" "$(with_lib need_packages build test)" ""
is "apt is not asked when nothing is missing" \
    "$(cat "$work/bin/apt-get.calls" 2>/dev/null)" ""

printf 'valgrind\nbats\n' >"$work/bin/dpkg-query.missing"
like "an ordinary user without sudo is told what to ask for" \
    "$(with_lib need_packages build test)" \
    '*apt-get install --no-install-recommends bats valgrind*Going on*'
echo make >>"$work/bin/dpkg-query.missing"
not_ok "without the packages of the build it ends" with_lib need_packages build

FAKE_UID=0
export FAKE_UID
like "root installs, and says what" "$(with_lib need_packages build test)" \
    'installing: bats make valgrind'
is "apt-get updates, then installs without recommendations" \
    "$(cat "$work/bin/apt-get.calls")" \
    "update
install -y --no-install-recommends bats make valgrind"

is "every package has its reason" \
    "$(awk 'NF && !/^[#[]/ && NF < 2' "$top/scripts/packages")" ""
if has shellcheck; then
    ok "shellcheck has nothing to say of the scripts" \
        shellcheck -x -P "$top/scripts" -e SC1091,SC2119,SC2154 "$top/scripts/try" \
        "$top/scripts/test" "$top/scripts/bench" "$top/scripts/check" \
        "$top/scripts/offwire-run" "$top/scripts/lib.sh"
else
    skip "shellcheck has nothing to say of the scripts" "no shellcheck"
fi
done_testing
