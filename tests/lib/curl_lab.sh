# shellcheck shell=sh disable=SC2154 # tap.sh and session.sh set the rest
# curl_lab: a real nginx on loopback, a server that breaks off, and rules that
# answer as they do; libcurl's transcripts from both, to be compared. After
# tap.sh and session.sh:
#
#     curl_lab_start                      # or skips all with a sentence
#     curl_lab_both "what it is" PROGRAM [CASE...]
#     ok "they agree" curl_lab_same "$work/real" "$work/ours"
#
# $lab_runner, if it is set, runs PROGRAM. Everything ends with the test.
. "$top/tests/lib/certify.sh"
lab=$work/lab
lab_top=$top/tests/clients/curl

# Two ports that are free now.
curl_lab_ports()
{
    perl -MIO::Socket::INET -e '
        my @held = map { IO::Socket::INET->new(
            LocalAddr => "127.0.0.1", Listen => 1) or die } 1, 2;
        print join(" ", map { $_->sockport } @held), "\n"'
}

curl_lab_config()
{
    sed -e "s,@DIR@,$lab,g" -e "s,@HTTPS@,$lab_https,g" \
        -e "s,@HTTP@,$lab_http,g" -e "s,@BREAKER@,$lab_breaker,g" \
        "$lab_top/$1" >"$lab/$1"
}

curl_lab_answers()
{
    perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(
        PeerAddr => "127.0.0.1", PeerPort => shift)' "$1"
}

# What runs the program: nothing, or a command.
lab_runner=

# What is not about HTTP/1.1 alone. nginx answers a POST with 303 or 307 before
# the body has come: over HTTP/2 it depends on the moment what libcurl sends. And
# a kept connection on which a TLS ticket lies unread is a dead one to libcurl's
# HTTP/2: it depends on the moment, too, whether multi-remove connects anew.
# shellcheck disable=SC2034 # tests read it
lab_http2_cases="get get-error get-empty get-large get-twice head post put
    expect-continue redirect redirect-loop cookies compressed range resume header-api pause pause-upload mime share duplicate
    reset-between change-url redirect-across url-handle multi-poll multi-fdset
    multi-few multi-thousand-tls events-epoll events-libevent
    threads stall reset refused-write too-large"

curl_lab_start()
{
    nginx=$(command -v nginx || echo /usr/sbin/nginx)
    [ -x "$nginx" ] || skip_all "nginx is not installed"
    has perl openssl || skip_all "perl or openssl is missing"
    mkdir "$lab"
    certify "$lab" "DNS:api.test,DNS:other.test" ||
        skip_all "openssl makes no certificate"
    # It ends when the pipe that holds it does.
    mkfifo "$lab/hold"
    perl "$lab_top/breaker.pl" <"$lab/hold" >"$lab/breaker" &
    exec 8>"$lab/hold"
    await test -s "$lab/breaker" || skip_all "breaker.pl does not start"
    read -r lab_breaker <"$lab/breaker"
    ports=$(curl_lab_ports)
    lab_https=${ports% *}
    lab_http=${ports#* }
    perl -e 'print "0123456789" x 30000' >"$lab/large"
    printf '0123456789abcdefghij' >"$lab/part"
    perl -e 'print "0123456789" x 100' >"$lab/thousand"
    curl_lab_config nginx.conf
    curl_lab_config rules.json
    # shellcheck disable=SC2034 # session.sh reads it
    rules=$lab/rules.json
    [ "$(id -u)" != 0 ] || sed -i '1i user root;' "$lab/nginx.conf"
    "$nginx" -p "$lab" -c "$lab/nginx.conf" 2>"$lab/nginx.log" &
    lab_nginx=$!
    trap 'kill $lab_nginx 2>/dev/null; exec 8>&-; wait $lab_nginx; rm -rf "$work"' EXIT
    await curl_lab_answers "$lab_https" || {
        note <"$lab/nginx.log"
        skip_all "nginx does not start"
    }
}

# What the program needs to know, before its cases.
curl_lab_real()
{
    lab_program=$1
    shift
    timeout 60 ${lab_runner:+"$lab_runner"} "$lab_program" --direct --https "$lab_https" \
        --http "$lab_http" --breaker "$lab_breaker" --ca "$lab/ca.pem" "$@"
}

curl_lab_ours()
{
    lab_program=$1
    shift
    ow ${lab_runner:+"$lab_runner"} "$lab_program" --https "$lab_https" --http "$lab_http" \
        --breaker "$lab_breaker" --ca "$lab/ca.pem" "$@"
}

# curl_lab_went SIDE: it ran well; its transcript is added to $work/SIDE.
curl_lab_went()
{
    lab_status=0
    turn_to "lab-$1" || lab_status=$?
    cat "$work/lab-$1.said" >>"$work/$1"
    cat "$work/lab-$1.stderr"
    return $lab_status
}

# curl_lab_both WHAT PROGRAM [CASE...]: it runs well against nginx and under
# Offwire, beside each other; its transcripts are added to $work/real and
# $work/ours.
curl_lab_both()
{
    lab_what=$1
    shift
    beside lab-real curl_lab_real "$@"
    beside lab-ours curl_lab_ours "$@"
    ok "$lab_what runs against nginx" curl_lab_went real
    ok "$lab_what runs under Offwire" curl_lab_went ours
    was_there "$lab_what" '"url":"https://api.test:'
}

# curl_lab_same NGINX OFFWIRE: they differ as docs/libcurl.md says, no more
# and no less.
curl_lab_same()
{
    perl "$top/tests/lib/curl_lab_compare" "$top/docs/libcurl.md" "$@"
}

# curl_lab_build PROGRAM FLAG...: curl_lab once more, built otherwise.
curl_lab_build()
{
    lab_program=$1
    shift
    "${CC:-cc}" -std=gnu11 -I"$build" -g -O1 "$@" -o "$lab_program" \
        "$lab_top"/*.c -lcurl -levent_core -lpthread
}
