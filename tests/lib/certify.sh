# shellcheck shell=sh
# certify: certificates for a test's own server.
#
#     certify "$work/real" "DNS:api.test,DNS:other.test" || skip_all "..."
#
# makes, in that folder, a CA (ca.pem) and what it has signed for these names
# (leaf.pem, leaf.key). What openssl says is in openssl.log.
certify()
{
    new_key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    printf 'subjectAltName=%s\n' "$2" >"$1/san"
    # shellcheck disable=SC2086 # the options are words
    {
        openssl req -x509 $new_key -keyout "$1/ca.key" -out "$1/ca.pem" \
            -days 2 -subj "/CN=a test's CA" &&
            openssl req $new_key -keyout "$1/leaf.key" \
                -out "$1/leaf.csr" -subj "/CN=a test's server" &&
            openssl x509 -req -in "$1/leaf.csr" -CA "$1/ca.pem" \
                -CAkey "$1/ca.key" -CAcreateserial -days 2 \
                -extfile "$1/san" -out "$1/leaf.pem"
    } >"$1/openssl.log" 2>&1
}
