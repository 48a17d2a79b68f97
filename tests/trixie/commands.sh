# shellcheck shell=sh disable=SC2154 # tap.sh sets the rest
# Commands of Debian 13, one word each for what runs them: $work/enter runs any
# program there, $work/entercc, $work/entercurl and $work/enterpython3 one.
# $root is its folder.
trixie_commands()
{
    # shellcheck disable=SC2016 # they are read later
    for command in '' cc curl python3; do
        printf '#!/bin/sh\nexec sh "%s" "%s" "%s" %s "$@"\n' \
            "$top/tests/trixie/enter" "$root" "$top:$build:$work" "$command" \
            >"$work/enter$command"
        chmod +x "$work/enter$command"
    done
}
