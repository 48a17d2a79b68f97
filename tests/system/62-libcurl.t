#!/bin/sh
# libcurl, driven in many ways, sees under Offwire what it sees of a real
# server: the same programs run against nginx and under Offwire, and their
# transcripts are compared.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"
. "$(dirname "$0")/../lib/curl_lab.sh"

client=$build/tests/clients/curl/curl_lab
[ -x "$client" ] || skip_all "libcurl's headers are missing"
curl_lab_start

# Threads, seen by the thread sanitizer. It does not see how libraries that are
# built without it order their memory: what they do is not looked at. The shim
# is looked at where it is built with it (--enable-sanitizers=thread).
case $sanitizer in
'') suppress='liboffwire.so libcrypto.so libssl.so' ;;
*libtsan*) suppress='libcrypto.so libssl.so' ;;
*) suppress= ;;
esac
# It takes a compiler while the others wait for a limit of time.
raced=$work/curl_lab_tsan
[ -z "$suppress" ] || curl_lab_build "$raced" -fsanitize=thread \
    2>"$work/raced.said" &
building=$!

curl_lab_both "a program on libcurl" "$client" all
# shellcheck disable=SC2086 # one word per case
curl_lab_both "the same over HTTP/2" "$client" --http2 $lab_http2_cases

# The thread sanitizer has to be in a program from its start.
plain=yes
case $sanitizer in *libtsan*) plain= ;; esac
if [ "$plain" ] && python=$(python_with pycurl); then
    lab_runner=$python
    curl_lab_both "pycurl" "$lab_top/py_multi.py"
else
    skip "pycurl" "python3-pycurl is not there, or not for this sanitizer"
fi
if [ "$plain" ] && php -r 'curl_multi_init();' 2>/dev/null; then
    lab_runner=php
    curl_lab_both "php-curl" "$lab_top/php_multi.php"
else
    skip "php-curl" "php-curl is not there, or not for this sanitizer"
fi
lab_runner=
ok "they see the same of both but for the table in docs/libcurl.md" \
    curl_lab_same "$work/real" "$work/ours"

# shellcheck disable=SC2086 # one word per library
printf 'called_from_lib:%s\n' $suppress >"$work/suppressions"
export TSAN_OPTIONS="suppressions='$work/suppressions'"
if wait $building && [ -x "$raced" ]; then
    ok "threads have no race under the thread sanitizer" \
        curl_lab_ours "$raced" threads
    was_there "the program with the thread sanitizer" \
        '"url":"https://api.test:'
else
    skip "threads have no race under the thread sanitizer" \
        "it cannot be built here"
fi

# The comparison itself: it must see what it is there for.
printf '== one\n< server: nginx\nbody\n' >"$work/real"
printf '== one\nbody\n' >"$work/ours"
table=$work/table.md
# shellcheck disable=SC2016 # backquotes are the table's
printf '| `*` | `< server: nginx` | | why |\n' >"$table"
compare()
{
    perl "$top/tests/lib/curl_lab_compare" "$table" "$@" 2>&1
}
ok "a difference of the table is none" compare "$work/real" "$work/ours"
printf '== one\nother\n' >"$work/ours"
like "a difference that has no row fails" \
    "$(compare "$work/real" "$work/ours")" '*not in the table*offwire: other'
like "a row that no longer differs fails" \
    "$(compare "$work/real" "$work/real")" '*no difference any more*'
printf '== two\nbody\n' >"$work/ours"
like "a case that one side has not run fails" \
    "$(compare "$work/real" "$work/ours")" '*only one side*'
done_testing
