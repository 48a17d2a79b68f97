#!/bin/sh
# Every source is in a list of the build: what is in none is compiled by nobody
# and missing from the tarball.
. "$(dirname "$0")/../lib/tap.sh"

# not_listed TREE: sources that no local.mk of the tree names.
not_listed()
{
    (
        cd "$1" || exit 1
        cat Makefile.am src/*/local.mk src/local.mk tests/*/local.mk \
            tests/local.mk 2>/dev/null | tr -s ' \t\\' '\n' | sort -u \
            >"$work/listed"
        # A unit test's or a fuzzer's one source goes by the program's name.
        sed -n 's,^\(tests/.*\)$,\1.c,p' "$work/listed" | sort -u - \
            "$work/listed" >"$work/listed.all"
        find src tests -name '*.[chS]' -o -name '*.def' -o -name '*.t' \
            2>/dev/null |
            sort | grep -vxF -f "$work/listed.all"
    )
}

mkdir -p "$work/tree/src/http"
echo 'x_SOURCES = src/http/known.c' >"$work/tree/src/http/local.mk"
touch "$work/tree/src/http/known.c" "$work/tree/src/http/unknown.c"
is "the check catches a source that is in no list" \
    "$(not_listed "$work/tree")" src/http/unknown.c
is "all sources are in a list of the build" "$(not_listed "$top")" ""
done_testing
