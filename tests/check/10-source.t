#!/bin/sh
# The checks of the sources: each is proven on a bad snippet first, so that it
# cannot pass because it sees nothing; then it runs over the tree.
. "$(dirname "$0")/../lib/tap.sh"

has perl || skip_all "perl is missing"
check=$top/scripts/check-source

# plant FILE TEXT: a tree of one bad file.
plant()
{
    rm -rf "$work/tree"
    mkdir -p "$work/tree/src/$(dirname "$1")"
    printf '%s\n' "$2" >"$work/tree/src/$1"
}

# catches CHECK NAME PATTERN: the planted file is a fault with these words.
catches()
{
    said=$(perl "$check" "$1" "$work/tree" 2>&1)
    status=$?
    like "$2" "$status $said" "1 *$3*"
}

passes()
{
    ok "$2" perl "$check" "$1" "$work/tree"
}

plant http/bad.c 'void f(char *a)
{
    strcpy(a, "x");
}'
catches banned "banned catches strcpy and names its replacement" \
    "bad.c:3: strcpy() is banned here; use ow_buf_append"
plant http/bad.c '    x = getenv("HOME");'
catches banned "banned keeps getenv out of the lower folders" "bad.c:1: getenv()"
plant cli/good.c '    x = getenv("HOME");'
passes banned "banned lets cli/ read the environment"
plant http/good.c '    /* strcpy(a, b); */ x = "strcpy(a)"; // strcpy(a)
    ow_printf("%d"); p->exit(1); snprintf(a, 1, "x"); my_strcpy(a);'
passes banned "banned passes comments, strings, members and longer names"
plant shim/bad.c '    connect(fd, address, len);'
printf 'OW_HOOK(int, connect, (int fd, const struct sockaddr *a, socklen_t n))\n' \
    >"$work/tree/src/shim/hooks.def"
catches banned "banned keeps hooked names out of the shim" "use OW_REAL(connect)"
plant shim/good.c 'int connect(int fd, const struct sockaddr *a, socklen_t n)
{
    return OW_REAL(connect)(fd, a, n);'
printf 'OW_HOOK(int, connect, (int fd, const struct sockaddr *a, socklen_t n))\n' \
    >"$work/tree/src/shim/hooks.def"
passes banned "banned passes the wrapper itself and OW_REAL"

plant base/bad.c '#include "host/host.h"'
catches layers "layers catches an include upwards" "base/ includes host/host.h"
plant shim/bad.c '#include "http/fields.h"'
catches layers "layers keeps the shim on base and control" "shim/ includes http"
plant control/bad.c '#include <openssl/ssl.h>'
catches layers "layers keeps libraries where they belong" "includes <openssl/ssl.h>"
plant wire/bad.c '#include <sys/socket.h>'
catches layers "layers keeps sockets out of the codecs" "it knows no socket"
plant wire/bad.c '#include "newfolder/x.h"'
catches layers "layers knows all folders" "no such folder"
plant emit/good.c '#include "config.h"
#include "emit/emit.h"
#include <stdint.h>
#include "plan/plan.h"'
passes layers "layers passes what stands below"

plant http/bad.c "$(awk 'BEGIN { print "int f(void)\n{"
    for (i = 0; i < 110; i++) print "    i++;"; print "}" }')"
if has ctags; then
    catches size "size refuses a function of over 100 lines" "must split"
else
    skip "size refuses a function of over 100 lines" "no universal-ctags"
fi
plant http/bad.c "$(awk 'BEGIN { for (i = 0; i < 810; i++) print "int a" i ";" }')"
catches size "size refuses a file of over 800 lines" "810 lines"
plant http/bad.c '                    if (deep)'
catches size "size refuses a fifth level of nesting" "four levels"

ok "the tree has no banned call" perl "$check" banned "$top"
ok "the tree keeps its layers" perl "$check" layers "$top"
ok "the tree has no function or file that must split" perl "$check" size "$top"
done_testing
