#!/bin/sh
# TLS as clients see it: the strictest verifier, old and new versions, names
# and addresses, sessions that resume, and what a user had set for trust.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

has curl || skip_all "curl is not installed"

long=a-label-of-forty-letters-aaaaaaaaaaaaaaa
long=$long.another-label-of-forty-letters-aaaaaaaaa.example.com
rules <<END
{ "offwire": 1,
  "hosts": ["api.example.com", "$long", "10.1.2.3", "127.0.0.1:8443",
            "[2001:db8::7]:443"],
  "rules": [ { "then": { "text": "hello" } } ] }
END

# curl_gets WHAT URL OPTION...
curl_gets()
{
    what=$1
    url=$2
    shift 2
    said=$(ow curl -sS "$@" "$url" 2>&1)
    was_there "curl for $what" "\"url\":\"$url"
    is "curl takes $what" "$said" hello
}

curl_gets "TLS 1.2" https://api.example.com/ --tls-max 1.2
curl_gets "TLS 1.3" https://api.example.com/ --tlsv1.3
curl_gets "RSA when it takes nothing else" https://api.example.com/ \
    --tls-max 1.2 --ciphers ECDHE-RSA-AES128-GCM-SHA256
curl_gets "HTTP/1.1 when it asks for HTTP/2" https://api.example.com/ --http2
curl_gets "a handshake without ALPN" https://api.example.com/ --no-alpn
curl_gets "a name too long for a common name" "https://$long/"
curl_gets "an address's certificate" https://10.1.2.3/
curl_gets "a loopback address's certificate" https://127.0.0.1:8443/
curl_gets "an IPv6 address's certificate" "https://[2001:db8::7]/"
curl_gets "the CA although it was told another file" \
    https://api.example.com/ --cacert "$top/tests/lib/other-ca.pem"
curl_gets "the CA although its folder is empty" \
    https://api.example.com/ --capath "$work"

# The certificates that a session shows, by the openssl command: its client
# takes an address and a name, so the name is looked up apart.
if has openssl getent; then
    # shellcheck disable=SC2016 # the program under test expands it
    said=$(ow sh -c '
        address=$(getent ahostsv4 api.example.com | sed "s/ .*//;q")
        openssl s_client -connect "$address:443" -CAfile "$1" \
            -servername api.example.com -verify_hostname api.example.com \
            -verify_return_error -x509_strict </dev/null' sh "$kept/ca.pem" 2>&1)
    was_there "openssl s_client" '"program":"openssl"'
    like "the chain passes OpenSSL's strict checks" "$said" \
        "*Verify return code: 0 (ok)*"
else
    skip "the chain passes OpenSSL's strict checks" "openssl is not installed"
fi

cat >"$work/resume.py" <<'END'
import socket, ssl, sys

context = ssl.create_default_context()
context.verify_flags |= ssl.VERIFY_X509_STRICT
context.maximum_version = getattr(ssl.TLSVersion, sys.argv[1])


def visit(session=None):
    with socket.create_connection(("api.example.com", 443)) as plain:
        with context.wrap_socket(plain, server_hostname="api.example.com",
                                 session=session) as tls:
            tls.sendall(b"GET / HTTP/1.1\r\nHost: api.example.com\r\n"
                        b"Connection: close\r\n\r\n")
            while tls.recv(4096):
                pass
            return tls.session, tls.session_reused


print(visit(visit()[0])[1])
END
if python=$(python_with ssl); then
    for version in TLSv1_2 TLSv1_3; do
        said=$(ow "$python" "$work/resume.py" $version 2>&1)
        was_there "Python with $version" '"url":"https://api.example.com/"'
        is "Python resumes a session of $version" "$said" True
    done
else
    skip "Python resumes a session" "python3 is not installed"
fi

# What the user had set for trust holds on, with the CA added.
count_certificates()
{
    # shellcheck disable=SC2016 # the program under test expands it
    ow sh -c 'grep -c "BEGIN CERTIFICATE" "$(eval echo "\$$1")"' sh "$1"
}

# JAVA_TOOL_OPTIONS knows no path with spaces.
cp "$top/tests/lib/other-ca.pem" "$work/other-ca.pem"
ca=$work/other-ca.pem
said=$(SSL_CERT_FILE=$ca count_certificates SSL_CERT_FILE)
is "SSL_CERT_FILE of the user gets the CA added" "$said" 2
said=$(NODE_EXTRA_CA_CERTS=$ca count_certificates NODE_EXTRA_CA_CERTS)
is "NODE_EXTRA_CA_CERTS of the user gets the CA added" "$said" 2
said=$(REQUESTS_CA_BUNDLE=$ca count_certificates REQUESTS_CA_BUNDLE)
is "REQUESTS_CA_BUNDLE of the user gets the CA added" "$said" 2
# shellcheck disable=SC2016 # the program under test expands it
said=$(ow sh -c 'echo "${REQUESTS_CA_BUNDLE-unset}"')
is "REQUESTS_CA_BUNDLE that was not set stays so" "$said" unset

# Clients that have other variables of their own, or none (session.sh).
for client in node_fetch java_url requests wget; do
    why=$(client_lacks "$client")
    if [ -n "$why" ]; then
        skip "$client" "$why"
        continue
    fi
    said=$(REQUESTS_CA_BUNDLE=$ca NODE_EXTRA_CA_CERTS=$ca \
        JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=$ca \
        client "$client" get https://api.example.com/info/refs 2>/dev/null)
    was_there "$client with other roots" '"url":"https://'
    is "$client trusts the CA beside other roots" "$said" hello
done
done_testing
