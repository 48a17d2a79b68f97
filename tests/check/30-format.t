#!/bin/sh
# The sources are as clang-format 14 writes them.
. "$(dirname "$0")/../lib/tap.sh"

clang-format-14 --version 2>/dev/null >&2 ||
    clang-format --version 2>/dev/null | grep -q 'version 14\.' ||
    skip_all "clang-format 14 is missing"

mkdir -p "$work/scripts" "$work/src/base" "$work/tests"
cp "$top/.clang-format" "$work/"
cp "$top/scripts/check" "$work/scripts/"
echo 'int  f( void );' >"$work/src/base/bad.h"
said=$("$work/scripts/check" format 2>&1)
status=$?
like "format catches a line that is not so written" "$status $said" \
    '1 *bad.h: not as clang-format writes it*'
ok "the tree is formatted" "$top/scripts/check" format
done_testing
