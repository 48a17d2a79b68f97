# shellcheck shell=sh disable=SC2154 # tap.sh sets the rest
# world: a network of its own, in which production names lead to a real nginx
# that stands for the real API. After tap.sh:
#
#     world_enter "$0"       # from here on in a namespace, or the test is skipped
#     world_name api.openai.com 203.0.113.7     # a name, and its address
#     world_serve            # nginx on 80, 443 and, as a proxy, 3128 of all
#     curl --cacert "$world_ca" https://api.openai.com/    # gets "real"
#     world_asked 'GET /v1'  # how many requests it has seen that look so
#     world_resolve 203.0.113.53 203.0.113.7    # a name server, before world_serve:
#                            # what ends in .test has the second address
#     world_resolved api.test    # how often it was asked about a name
#
# No packet leaves the machine: there is no interface but "lo".
. "$top/tests/lib/certify.sh"
world=$work/world
world_ca=$world/ca.pem
world_names=
world_resolver=

# Begins the test anew inside of the namespaces.
world_enter()
{
    [ -z "${OFFWIRE_TEST_WORLD-}" ] || return 0
    has unshare ip nginx openssl ||
        skip_all "unshare, ip, nginx or openssl is missing"
    world_user=
    [ "$(id -u)" = 0 ] || world_user=--map-root-user
    # shellcheck disable=SC2086 # an option or none
    unshare $world_user --net --mount ip link set lo up 2>/dev/null ||
        skip_all "no namespaces for an ordinary user here"
    rm -rf "$work"
    # shellcheck disable=SC2086 # an option or none
    OFFWIRE_TEST_WORLD=1 exec unshare $world_user --net --mount sh "$1"
}

world_name()
{
    if [ -z "$world_names" ]; then
        mkdir -p "$world"
        printf '127.0.0.1 localhost\n' >"$world/hosts"
        mount --bind "$world/hosts" /etc/hosts
        ip link set lo up
    fi
    ip addr add "$2/32" dev lo
    printf '%s %s\n' "$2" "$1" >>"$world/hosts"
    world_names="$world_names,DNS:$1"
}

world_write_config()
{
    cat >"$world/nginx.conf" <<END
daemon on;
user root;
pid $world/pid;
error_log $world/error.log;
worker_processes 1;
events { worker_connections 64; }
http {
    access_log $world/access.log;
    client_body_temp_path $world/body;
    proxy_temp_path $world/proxy;
    fastcgi_temp_path $world/fastcgi;
    uwsgi_temp_path $world/uwsgi;
    scgi_temp_path $world/scgi;
    default_type text/plain;
    server { listen 80; listen [::]:80;
        location / { return 200 "real\n"; } }
    server { listen 443 ssl;
        ssl_certificate $world/leaf.pem;
        ssl_certificate_key $world/leaf.key;
        location / { return 200 "real\n"; } }
    server { listen 3128; location / { return 200 "by proxy\n"; } }
}
END
}

world_serve()
{
    certify "$world" "${world_names#,}" ||
        skip_all "openssl makes no certificate"
    world_write_config
    chmod 755 "$work" "$world"
    nginx -p "$world" -c "$world/nginx.conf" >"$world/nginx.log" 2>&1 ||
        skip_all "nginx does not start: $(tail -n 1 "$world/nginx.log")"
    trap 'kill "$(cat "$world/pid")" $world_resolver; umount /etc/hosts
        rm -rf "$work"' EXIT
}

world_resolve()
{
    ip addr add "$1/32" dev lo
    printf 'nameserver %s\n' "$1" >"$world/resolv.conf"
    mount --bind "$world/resolv.conf" /etc/resolv.conf 2>/dev/null ||
        skip_all "/etc/resolv.conf cannot be replaced here"
    python3 "$top/tests/lib/name_server.py" "$world/queries" "$world/resolves" \
        "$2" "$1" &
    world_resolver=$!
    await test -e "$world/resolves"
}

world_marks()
{
    grep -cF world-mark "$world/access.log"
}
world_has_mark_after()
{
    [ "$(world_marks)" -gt "$1" ]
}
# A request is logged when it has been answered already: one of our own, behind
# the others, tells when they are all there.
world_asked()
{
    world_before=$(world_marks)
    curl -s -o "$world/mark" --http1.0 --noproxy '*' http://127.0.0.1/world-mark
    await world_has_mark_after "$world_before"
    grep -cF -e "$1" "$world/access.log"
}

world_resolved()
{
    grep -ciF -e "$1" "$world/queries"
}
