#!/bin/sh
# The bundle of trusted roots waits until it is needed, and is there when it
# is: verification says of every host what it would say with it loaded.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

has curl || skip_all "curl is not installed"
has openssl || skip_all "openssl is not installed"
python=$(python_with ssl) || skip_all "python3 is not installed"
system=/etc/ssl/certs/ca-certificates.crt
[ -s "$system" ] || skip_all "this system keeps its roots elsewhere"

# A real server whose certificate is its own root, and a bundle that has it.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj /CN=real -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$work/key.pem" -out "$work/real.pem" 2>/dev/null ||
    skip_all "openssl makes no certificate"
cat "$system" "$work/real.pem" >"$work/all.pem"
"$python" "$client_dir/py_roots.py" serve "$work/real.pem" "$work/key.pem" \
    "$work/port" https://api.example.com/ok &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
await test -s "$work/port" || skip_all "the real server does not start"
real=https://127.0.0.1:$(cat "$work/port")
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

rules <<END
{ "offwire": 1,
  "hosts": ["api.example.com"],
  "rules": [
    { "when": { "path": "/ok" }, "then": { "text": "hello" } },
    { "when": { "path": "/away" },
      "then": { "status": 302, "headers": { "location": "$real/" } } },
    { "when": { "path": "/there-and-back" },
      "then": { "status": 302, "headers": { "location": "$real/back" } } } ] }
END
known=https://api.example.com

# curls WHAT STATUS-AND-TEXT URL OPTION...: its status comes first.
curls()
{
    what=$1
    want=$2
    shift 2
    said=$(ow curl -sL "$@" 2>/dev/null)
    said="$? $said"
    is "$what" "$said" "$want"
}

# The certificates in the store, and those a program sees.
roots=$build/tests/clients/client_roots
all=$(grep -c 'BEGIN CERT' "$system")
said=$(ow "$roots")
is "OpenSSL's default roots wait, and are seen when they are listed" \
    "$said" "0 $((all + 1))"
is "a bundle by its usual path waits, too" "$(ow "$roots" "$system")" "0 $all"
is "one that is asked for again is there" \
    "$(ow "$roots" "$system" twice | sed 's/.* //')" "$all"
is "a file of the program's own does not wait" \
    "$(ow "$roots" "$work/real.pem")" "1 1"
not_ok "a file that is missing is refused at once" \
    ow "$roots" "$work/missing.pem"

# Python by Python: some look at the store's objects as they are, some lock it.
counts()
{
    said=$(OFFWIRE_RULES=$rules LD_PRELOAD=$build/liboffwire.so \
        SSL_CERT_FILE=$system "$1" "$client_dir/py_roots.py" stats)
    is "$1 counts what it counts without the shim" "$said" \
        "$(SSL_CERT_FILE=$system "$1" "$client_dir/py_roots.py" stats)"
}
counts "$python"
if [ "$python" != /usr/bin/python3 ] && /usr/bin/python3 -c 'import ssl'; then
    counts /usr/bin/python3
fi

curls "a known host is verified" "0 hello" "$known/ok"
was_there "curl" '"url":"https://api.example.com/ok"'
curls "a real host that nobody vouches for is refused" "60 " "$real/"
curls "also behind a redirect" "60 " "$known/away"
curls "also behind a known host that was verified" "60 hello" \
    "$known/ok" "$real/"
curls "a file that the program named holds for a real host" "0 real" \
    --cacert "$work/real.pem" "$known/away"
curls "and on the way back" "0 hello" --cacert "$work/real.pem" \
    "$known/there-and-back"
curls "a file of the program's own that is missing is an error" "77 " \
    --cacert "$work/missing.pem" "$known/ok"
curls "no verification stays none" "0 real" -k "$known/away"

export CURL_CA_BUNDLE="$work/all.pem"
curls "roots that wait are loaded for a redirect to a real host" "0 real" \
    "$known/away"
curls "for one that comes first" "0 realhello" "$real/" "$known/ok"
said=$(ow curl -sLZ "$real/" "$real/" "$known/away" "$real/" \
    "$known/there-and-back" 2>/dev/null | grep -oE 'real|hello' | sort | xargs)
is "for many at once" "$said" "hello real real real real"
unset CURL_CA_BUNDLE

export LD_PRELOAD="$build/liboffwire.so" OFFWIRE_RULES="$rules"
said=$(curl -sL "$known/ok" 2>/dev/null)
is "a known host is verified with the system's file" "$said" hello
curl -sL "$known/away" >/dev/null 2>&1
is "a real one is refused with it" "$?" 60
unset LD_PRELOAD OFFWIRE_RULES

visits()
{
    what=$1
    want=$2
    shift 2
    said=$(ow "$python" "$client_dir/py_roots.py" visit "$@")
    is "$what" "$said" "$want"
}
visits "threads with one store: a known host" hello "$known/ok"
visits "threads with one store: a real one without its root" \
    "SSLCertVerificationError hello" "$known/ok" "$real/"
export SSL_CERT_FILE="$work/all.pem"
visits "threads with one store: a real one with its root" "hello real" \
    "$known/ok" "$real/"
done_testing
