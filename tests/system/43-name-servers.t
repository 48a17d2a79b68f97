#!/bin/sh
# Programs that ask name servers by themselves: a name of the rules is answered
# in the session, and the name server does not hear of it; others are asked as
# ever. The name server and the real hosts are in a network of their own.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/world.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"
has curl python3 || skip_all "curl or python3 is missing"
world_enter "$0"
world_name other.test 203.0.113.9
world_resolve 203.0.113.53 203.0.113.9
world_serve
printf '127.0.0.1 localhost\n' >"$world/hosts"

rules <<'END'
{ "offwire": 1, "hosts": ["api.mocked.test", "gone.mocked.test"],
  "rules": [
    { "when": { "host": "gone.mocked.test" }, "then": { "fault": "nxdomain" } },
    { "when": { "path": "/**" }, "then": { "text": "mocked\n" } } ] }
END

# ask WHO NAME...: the addresses that it is told, or "none".
cat >"$work/ask" <<'END'
who=$1
shift
node()
{
    LD_PRELOAD=${sanitizer:+$sanitizer:}$LD_PRELOAD command node "$@"
}
case $who in
node)
    node -e 'const dns = require("dns").promises;
        (async () => { for (const name of process.argv.slice(1))
            console.log(await dns.resolve4(name).then((all) => all[0],
                () => "none")); })();' "$@" ;;
node_dgram)
    node -e 'const ask = (name, done) => {
            const socket = require("dgram").createSocket("udp4");
            const labels = name.split(".").map(
                (l) => String.fromCharCode(l.length) + l).join("");
            socket.on("message", (m, from) => {
                console.log(from.address === "203.0.113.53" && m[7] ?
                    [...m.subarray(-4)].join(".") : "none");
                socket.close(done); });
            socket.send(Buffer.from("\0\1\1\0\0\1\0\0\0\0\0\0" + labels +
                "\0\0\1\0\1", "latin1"), 53, "203.0.113.53"); };
        const all = ([name, ...others]) =>
            ask(name, () => { if (others.length) all(others); });
        all(process.argv.slice(1));' "$@" ;;
dnspython)
    "$python" -c 'import dns.resolver, sys
for name in sys.argv[1:]:
    try: print(dns.resolver.resolve(name)[0])
    except dns.resolver.NXDOMAIN: print("none")' "$@" ;;
net_dns)
    perl -MNet::DNS -e 'for (@ARGV) {
            my ($first) = Net::DNS::Resolver->new->send($_)->answer;
            print $first ? $first->address : "none", "\n"; }' "$@" ;;
php)
    php -r 'foreach (array_slice($argv, 1) as $name)
        echo @dns_get_record($name, DNS_A)[0]["ip"] ?? "none", "\n";' "$@" ;;
ruby)
    ruby -rresolv -e 'ARGV.each do |name|
            begin puts Resolv::DNS.new.getaddress(name)
            rescue Resolv::ResolvError then puts "none" end
        end' "$@" ;;
ruby_two)
    ruby -rresolv -e 'ARGV.each do |name|
            begin puts Resolv::DNS.new(
                nameserver: ["203.0.113.53", "203.0.113.54"]).getaddress(name)
            rescue Resolv::ResolvError then puts "none" end
        end' "$@" ;;
esac
END
# The same, each with what a web server at that address says.
cat >"$work/fetch" <<'END'
addresses=$(sh "${0%/*}/ask" "$@")
shift
for address in $addresses; do
    echo "$address"
    [ "$address" = none ] ||
        curl -sS --max-time 20 -H "Host: $1" "http://$address/"
    shift
done
END
python=$(python_with dns.resolver)
export python sanitizer

asker_lacks()
{
    case $1 in
    node*) lacks node has node ;;
    dnspython) lacks python3-dnspython python_with dns.resolver ;;
    net_dns) lacks libnet-dns-perl perl -MNet::DNS -e 1 ;;
    php) lacks php has php ;;
    ruby*) lacks ruby ruby -rresolv -e 1 ;;
    esac
}

is "the name server and the real host are there" \
    "$(sh "$work/fetch" ruby api.mocked.test 2>&1 | tr '\n' ' ')" \
    "203.0.113.9 real "
before=$(world_resolved mocked.test)
asked=$(world_asked 'HTTP/1.1"')

for asker in node node_dgram dnspython net_dns php ruby ruby_two; do
    why=$(asker_lacks $asker)
    if [ -n "$why" ]; then
        skip "$asker" "$why"
        continue
    fi
    ow sh "$work/fetch" $asker api.mocked.test "$asker.other.test" \
        gone.mocked.test >"$work/said" 2>&1
    like "$asker gets the stand-in, and the mock" "$(sed 2q "$work/said")" \
        "127.83.*
mocked"
    was_there "$asker" '"url":"http://api.mocked.test/"'
    is "$asker gets the address of another, and the real host" \
        "$(sed -n 3,4p "$work/said")" "203.0.113.9
real"
    # More than once if it lost its patience.
    not_ok "$asker has not left the name server out" \
        test "$(world_resolved "$asker.other.test")" = 0
    is "$asker hears of a fault" "$(sed 1,4d "$work/said")" none
    asked=$((asked + 1))
done

if has aria2c; then
    is "aria2 gets the mock" "$(ow aria2c -q --async-dns=true --no-conf \
        -d "$work" -o mock http://api.mocked.test/ 2>&1; cat "$work/mock")" \
        mocked
    is "aria2 gets the real host" "$(ow aria2c -q --async-dns=true --no-conf \
        -d "$work" -o real http://aria2.other.test/ 2>&1; cat "$work/real")" \
        real
    asked=$((asked + 1))
else
    skip "aria2" "it is not installed"
fi

# All by one socket, at once: an answer that was on its way is not lost.
if has node; then
    is "names of both kinds are asked at once" "$(LD_PRELOAD=$sanitizer ow node -e '
        const dns = require("dns").promises;
        const names = [...Array(40).keys()].map(
            (i) => i % 2 ? "api.mocked.test" : `${i}.other.test`);
        Promise.all(names.map((name) => dns.resolve4(name))).then((all) =>
            console.log(all.every(([address], i) => i % 2 ?
                address.startsWith("127.83.") : address === "203.0.113.9")));
        ' 2>&1)" true
else
    skip "at once" "node is not installed"
fi

# Nothing is answered over TCP, and nothing goes out by it.
if perl -MNet::DNS -e 1 2>/dev/null; then
    said=$(ow perl -MNet::DNS -e '
        my $resolver = Net::DNS::Resolver->new(usevc => 1);
        print(($resolver->send("tcp.other.test")->answer)[0]->address, "\n");
        my $answer = eval { $resolver->send("api.mocked.test") };
        print $answer ? $answer->string : "none";' 2>"$work/stderr")
    is "over TCP others are asked, names of the rules are not" "$said" \
        "203.0.113.9
none"
    like "which is told" "$(cat "$work/stderr")" \
        '*offwire: *"api.mocked.test"*UDP alone*'
else
    skip "TCP" "libnet-dns-perl is not installed"
fi

# Nothing is let out by --isolate: what is known is answered, what is not does
# not exist, and the name server hears nothing.
for asker in node dnspython ruby; do
    why=$(asker_lacks $asker)
    if [ -n "$why" ]; then
        skip "$asker, isolated" "$why"
        continue
    fi
    is "isolated, $asker is told what is known, and no more" \
        "$(timeout 60 "$offwire" run --rules "$rules" --isolate -- \
            sh "$work/ask" $asker api.mocked.test out.test 2>/dev/null |
            sed 's/^127\.83\..*/stand-in/')" \
        "stand-in
none"
done
is "the name server was not asked" "$(world_resolved out.test)" 0
if has ruby; then
    is "a socket that goes nowhere tells the name server as its peer" \
        "$(timeout 60 "$offwire" run --rules "$rules" --isolate -- \
            ruby -rsocket -e 'socket = UDPSocket.new
                socket.connect("203.0.113.53", 53)
                puts socket.remote_address.inspect_sockaddr
                begin loop { socket.write("x"); sleep 0.01 }
                rescue Errno::ECONNREFUSED then puts "refused" end' 2>&1)" \
        "203.0.113.53:53
refused"
else
    skip "the peer" "ruby is not installed"
fi

is "the name server has heard of no name of the rules" \
    "$(world_resolved mocked.test)" "$before"
is "the real host was asked by nobody else" "$(world_asked 'HTTP/1.1"')" \
    "$asked"
done_testing
