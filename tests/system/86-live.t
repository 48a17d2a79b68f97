#!/bin/sh
# One switch between mocked and real: --live, OFFWIRE_MODE=live, and the same
# for some hosts alone. The real API is an nginx in a network of its own.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/world.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"
world_enter "$0"
world_name api.openai.com 203.0.113.7
world_name api.example.com 203.0.113.8
world_name unknown.example 203.0.113.9
world_serve
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
unset OFFWIRE_MODE OFFWIRE_LIVE OFFWIRE_ISOLATE

rules <<'END'
{ "offwire": 1, "hosts": ["api.openai.com", "api.example.com"],
  "rules": [ { "when": { "path": "/**" }, "then": { "text": "mocked\n" } } ] }
END
OFFWIRE_RULES=$rules
OFFWIRE_HOST=$offwire
export OFFWIRE_RULES OFFWIRE_HOST
openai=https://api.openai.com/v1/models
example=http://api.example.com/

# get [OPTION...] URL...: in one line; "-" is all that was said on stderr.
get()
{
    curl -sS --max-time 20 --cacert "$world_ca" "$@" | tr '\n' ' '
}
getting='curl -sS --max-time 20 --cacert "$0" "$@" | tr "\n" " "'
run()
{
    timeout 60 "$offwire" run "$@" 2>"$work/stderr"
}
bare()
{
    timeout 60 env LD_PRELOAD="$shim" "$@" 2>"$work/stderr"
}
# How often the real servers were asked so far.
asked()
{
    world_asked 'HTTP/1.1"'
}

is "the real API is there" "$(get $openai $example)" "real real "
before=$(asked)

# Mocked is the default, and reaches nothing.
said=$(run --keep "$kept" -- curl -sS $openai $example)
was_there "curl" '"url":"https://api.openai.com/v1/models"'
is "without a switch all is mocked" "$said" "mocked
mocked"
is "OFFWIRE_MODE=mocked is the same" \
    "$(OFFWIRE_MODE=mocked run -- curl -sS $openai)" mocked
is "and an empty one" "$(OFFWIRE_MODE='' bare curl -sS $example)" mocked
is "none of that has reached the real API" "$(asked)" "$before"

# All live.
is "--live reaches the real API" \
    "$(run --live -- sh -c "$getting" "$world_ca" $openai $example)" \
    "real real "
is "and says so once" "$(cat "$work/stderr")" \
    "offwire: live: nothing is mocked, calls reach the real hosts"
is "OFFWIRE_MODE=live is the same" \
    "$(OFFWIRE_MODE=live run -- sh -c "$getting" "$world_ca" $openai)" "real "
is "and says the same" "$(grep -c live "$work/stderr")" 1
is "a run within it is live too" \
    "$(run --live -- "$offwire" run -- curl -sS $example)" real
is "unless it asks for mocked" "$(run --live -- \
    env OFFWIRE_MODE=mocked "$offwire" run -- curl -sS $example)" mocked
is "a run within a session can be live" \
    "$(run -- "$offwire" run --live -- curl -sS $example)" real
is "the program stands in the run's own place" "$(sh -c 'echo $$; exec "$0" \
    run --live -- sh -c "echo \$\$"' "$offwire" 2>/dev/null | uniq | wc -l)" 1
is "no rules are needed" \
    "$(env -u OFFWIRE_RULES "$offwire" run --live curl -sS $example \
        2>/dev/null)" real
is "no variable but the mode is set" "$(run --live -- env | grep -cE \
    'OFFWIRE_SESSION|LD_PRELOAD|SSL_CERT_FILE|NODE_EXTRA|JAVA_TOOL|ASAN_OPT')" \
    "$(env | grep -cE 'SSL_CERT_FILE|ASAN_OPT')"
is "no such program is 127" \
    "$(run --live -- offwire-no-such-program; echo $?)" 127

# The shim by itself.
OFFWIRE_MODE=live
export OFFWIRE_MODE
is "a bare preload is live" \
    "$(bare sh -c "$getting" "$world_ca" $openai)" "real "
is "and says so once" "$(cat "$work/stderr")" \
    "offwire: live: nothing is mocked here, calls reach the real hosts"
is "it needs no rules" "$(bare env -u OFFWIRE_RULES curl -sS $example)" real
is "a program without a network hears nothing" \
    "$(bare sh -c 'true; ls / >/dev/null'; cat "$work/stderr")" ""
is "no host is started" "$(bare curl -sS $example; find "$work" -name control)" \
    real
unset OFFWIRE_MODE
is "a child of a session can be live" \
    "$(run -- env OFFWIRE_MODE=live curl -sS $example)" real

# offwire env and offwire-run.
is "offwire env --live is live" "$(eval "$("$offwire" env --live \
    2>"$work/stderr")"; bare curl -sS $example)" real
is "offwire-run --live is live" \
    "$("$top/scripts/offwire-run" --live -- curl -sS $example 2>/dev/null)" real
is "offwire-run with OFFWIRE_MODE=live too" "$(OFFWIRE_MODE=live \
    "$top/scripts/offwire-run" curl -sS $example 2>/dev/null)" real

# As if Offwire were not there: the same system calls from the first socket on,
# but for those that say so on stderr.
trace()
{
    strace -f -o "$work/trace" -e trace='!write' "$@" >/dev/null 2>&1
    sed -n 's/^[0-9]* *//; /socket(/,$p' "$work/trace" |
        sed '/^ppoll(\[{fd=2, events=0}\]/d; /^getsockopt(2,/d' |
        sed 's/0x[0-9a-f]*/P/g; s/[0-9][0-9.]*/N/g; s/"[^"]*"/S/g'
}
if has strace wget && [ -z "$sanitizer" ] && strace -o /dev/null true; then
    get_it="wget -q -O- --no-hsts $example"
    # shellcheck disable=SC2086 # words
    {
        plain=$(trace $get_it)
        like "a trace shows what the program does" "$plain" \
            '*connect(N, {sa_family=AF_INET, sin_port=htons(N)*'
        is "the program makes the same system calls with --live" \
            "$(trace "$offwire" run --live -- $get_it)" "$plain"
        is "and with the inert shim" "$(trace env OFFWIRE_MODE=live \
            LD_PRELOAD="$shim" $get_it)" "$plain"
    }
else
    skip "the same system calls" "no strace or wget, or a sanitized build"
fi

# Some hosts alone.
mixed='mocked real '
is "--live HOST lets one host out, the others stay mocked" \
    "$(run --live api.example.com -- sh -c "$getting" "$world_ca" \
        https://api.openai.com/ --insecure $example)" "$mixed"
is "nothing is said of it" "$(cat "$work/stderr")" ""
is "a list, verified by the run's own roots and the session's" \
    "$(run --live=unknown.example,api.openai.com -- \
        sh -c "$getting" "$world_ca" $openai $example)" "real mocked "
is "OFFWIRE_LIVE is the same" "$(OFFWIRE_LIVE=api.example.com \
    run -- sh -c "$getting" x http://api.openai.com/ $example -k)" "$mixed"
is "with a bare preload too" "$(OFFWIRE_LIVE=api.example.com \
    bare curl -sS http://api.openai.com/ $example | tr '\n' ' ')" "$mixed"
is "children inherit it" "$(run --live api.example.com -- sh -c \
    'sh -c "wget -q -O- http://api.example.com/; env -i /usr/bin/wget -q -O- \
        http://api.openai.com/"' | tr '\n' ' ')" "real mocked "
is "a wildcard covers what is below it" "$(run --live '*.example.com' -- \
    curl -sS $example http://api.openai.com/ | tr '\n' ' ')" "real mocked "
is "it goes through the proxy that is set, the others do not" \
    "$(http_proxy=http://203.0.113.9:3128 run --live api.example.com -- \
        curl -sS $example http://api.openai.com/ | tr '\n' ' ')" \
    "by proxy mocked "

# With --isolate it is what is let out, and nothing else.
isolated()
{
    run --no-fail --isolate --live api.example.com -- "$@"
}
before=$(world_asked 'GET /leak')
is "--isolate lets a live host out" "$(isolated curl -sS $example)" real
is "and the others are mocked" "$(isolated curl -sS http://api.openai.com/)" \
    mocked
not_ok "and unknown ones are refused" isolated curl -sS http://unknown.example/
not_ok "and their addresses" isolated curl -sS http://203.0.113.9/leak
is "wget gets out" "$(isolated wget -q -O- $example)" real
if python=$(command -v /usr/bin/python3); then
    is "so does what looks a name up in the old way" "$(isolated "$python" -c '
import socket
name, _, addresses = socket.gethostbyname_ex("api.example.com")
with socket.create_connection((addresses[0], 80)) as s:
    s.sendall(b"GET / HTTP/1.0\r\n\r\n")
    print(s.makefile().read()[-5:].strip())')" real
fi
is "an address can be let out" \
    "$(run --isolate --live 203.0.113.9 -- curl -sS http://203.0.113.9/)" real
is "nothing has leaked" "$(world_asked 'GET /leak')" "$before"

# What is not understood is an error, and reaches nothing.
before=$(asked)
refuses()
{
    name=$1
    want=$2
    shift 2
    is "$name is refused" "$(run "$@" -- curl -sS $example; echo $?)" 2
    like "and told: $name" "$(cat "$work/stderr")" "$want"
}
OFFWIRE_MODE=lvie
export OFFWIRE_MODE
refuses "a misspelt mode" 'offwire: OFFWIRE_MODE is "lvie"*did you mean "live"?'
is "offwire env refuses it" "$("$offwire" env 2>/dev/null; echo $?)" 2
not_ok "the shim refuses it" bare curl -sS $example
like "and says why" "$(bare curl -sS $example; cat "$work/stderr")" \
    '*OFFWIRE_MODE is "lvie"*did you mean "live"?*'
unset OFFWIRE_MODE
refuses "a URL" '*a host has no scheme*' --live=http://api.example.com
refuses "an empty list" '*--live does not take ""*' --live=
refuses "a host that is misspelt" '*did you mean "api.example.com"?' \
    --live=api.exampel.com
refuses "a port behind a name" '*--live takes no port*' --live=api.test:80
refuses "a star" '*without a list it is for all*' '--live=*'
mkdir "$work/bin"
printf '#!/bin/sh\n' >"$work/bin/tool.sh"
chmod +x "$work/bin/tool.sh"
is "a word that may be both is refused" \
    "$(PATH="$work/bin:$PATH" run --live tool.sh -- true; echo $?)" 2
like "and told how to say it" "$(cat "$work/stderr")" \
    '*is "tool.sh" a host or the program?*--live=tool.sh*--live -- tool.sh*'
not_ok "a bare preload refuses a bad list" \
    env OFFWIRE_LIVE=http://x LD_PRELOAD="$shim" curl -sS $example
is "none of that has reached the real API" "$(asked)" "$before"
done_testing
