#!/bin/sh
# The curl and the libcurl of Debian 13 under this build's shim and host, which
# need no other: the shim is bound to libc alone, and the host runs outside of
# the chroot, on the same loopback. Run by `make check-trixie`.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/curl_lab.sh"
. "$(dirname "$0")/commands.sh"

root=$(sh "$top/tests/trixie/root") || skip_all "$root"
# The session's folder is where the program can see it.
export TMPDIR="$work"
unset XDG_RUNTIME_DIR
curl_lab_start
client=$work/curl_lab
trixie_commands

# curl_in ARGUMENT...: the command of Debian 13, under Offwire.
curl_in()
{
    ow sh "$work/entercurl" -sS "$@"
}

version=$(sh "$work/entercurl" --version)
like "curl is Debian 13's" "$version" 'curl 8.*'
echo "$version" | head -n 1 | note
url=https://api.test:$lab_https
said=$(curl_in "$url/hello" 2>&1)
was_there "curl" "\"url\":\"$url/hello\""
is "curl gets the answer" "$said" "hello"
is "curl follows redirects, over one connection" \
    "$(curl_in -L -o /dev/null -w '%{http_code} %{num_connects}' \
        "$url/from" 2>&1)" "200 1"
is "curl runs transfers side by side" \
    "$(curl_in -Z "$url/hello" "$url/hello" "http://api.test/hello" 2>&1)" \
    "$(printf 'hello\nhello\nhello')"
curl_in --http1.1 "$url/reset" >"$work/said" 2>&1
is "curl sees a reset" "$?" "56"
curl_in "$url/reset" >"$work/said" 2>&1
is "curl sees a stream's reset" "$?" "92"
curl_in --cacert "$lab/ca.pem" --resolve "other.test:$lab_https:127.0.0.1" \
    "https://other.test:$lab_https/hello" >"$work/said" 2>&1
is "curl reaches a host that no rule names" "$(cat "$work/said")" \
    "hello from elsewhere"

if CC=$work/entercc curl_lab_build "$client" 2>"$work/said"; then
    lab_runner=$work/enter
    curl_lab_both "a program on libcurl" "$client" all
    # shellcheck disable=SC2086 # one word per case
    curl_lab_both "the same over HTTP/2" "$client" --http2 $lab_http2_cases
else
    skip "a program on libcurl" "it cannot be built there"
    note <"$work/said"
fi
if sh "$work/enterpython3" -c 'import pycurl' 2>/dev/null; then
    lab_runner=$work/enterpython3
    curl_lab_both "pycurl" "$lab_top/py_multi.py"
else
    skip "pycurl" "python3-pycurl is not installed there"
fi
ok "they see the same of both but for the table in docs/libcurl.md" \
    curl_lab_same "$work/real" "$work/ours"
done_testing
