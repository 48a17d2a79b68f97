#!/bin/sh
# offwire run: what it returns, what it refuses, which signals it hands on.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"

rules <<'END'
{ "offwire": 1, "hosts": ["api.test"],
  "rules": [ { "when": { "path": "/ok" }, "then": { "text": "hello" } } ] }
END

# status_of COMMAND...: what it returns; what it says is in $work/said.
status_of()
{
    got=0
    "$@" >"$work/said" 2>&1 || got=$?
    echo "$got"
}

said=$(ow curl -sS http://api.test/ok)
was_there "curl" '"url":"http://api.test/ok"'
is "the program's output is its own" "$said" "hello"

# Statuses: the program's own, and as env(1) has them.
is "0 is 0" "$(status_of ow sh -c 'exit 0')" 0
is "the program's status is the run's" "$(status_of ow sh -c 'exit 7')" 7
# shellcheck disable=SC2016 # for the inner shell
is "a signal is 128 and its number" "$(status_of ow sh -c 'kill -USR1 $$')" 138
is "no such program is 127" "$(status_of ow offwire-no-such-program)" 127
like "and that is said" "$(cat "$work/said")" 'offwire: *offwire-no-such-prog*'
like "in words" "$(cat "$work/said")" '*there is no such program in PATH'
mkdir "$work/bin" "$work/here"
echo 'echo here' >"$work/here/offwire-here"
cp "$work/here/offwire-here" "$work/bin/offwire-closed"
chmod +x "$work/here/offwire-here"
is "what lies here is not in PATH" "$(cd "$work/here" &&
    status_of ow offwire-here; cat "$work/said")" "127
offwire: cannot run \"offwire-here\": there is no such program in PATH"
is "unless PATH says so" \
    "$(cd "$work/here" && PATH=$PATH: ow offwire-here)" "here"
is "what may not be run there is 126" "$(PATH=$work/bin:$PATH \
    status_of ow offwire-closed; cat "$work/said")" "126
offwire: cannot run \"offwire-closed\": Permission denied"
is "no such path is 127" "$(status_of ow /nonexistent/program)" 127
is "what is no program is 126" "$(status_of ow /etc/passwd)" 126
is "a folder is 126" "$(status_of ow /tmp)" 126
# Who has no stdio: no socket of the host's gets its numbers.
# shellcheck disable=SC2016 # for the inner shell
seen='exec 3>"$0"
for fd in 0 1 2; do
    [ -e "/proc/$$/fd/$fd" ] || echo none >&3
    readlink "/proc/$PPID/fd/$fd" >&3
done
curl -sS http://api.test/nope'
ow sh -c "$seen" "$work/seen" <&- >&- 2>&-
was_there "curl without stdio" '"url":"http://api.test/nope"'
is "a run without stdio keeps its numbers free, its program has none either" \
    "$(cat "$work/seen")" "none
/dev/null
none
/dev/null
none
/dev/null"
is "a stdout that is closed is an error as ever" \
    "$("$offwire" packs 2>&1 >&-; echo $?)" \
    "offwire: what was to be printed could not be written
125"
# Some 90 KiB of sentences, more than a pipe holds.
mkfifo "$work/unread"
exec 4<>"$work/unread"
is "a stderr that nobody reads holds up neither host nor program" "$(
    ow curl -sS -o /dev/null "http://api.test/[1-600]/$(printf '%0100d' 0)" \
        2>&4
    echo $?)" 89
exec 4>&-
is "which has all its answers" \
    "$(grep -c '"event":"unmatched"' "$kept/journal.jsonl")" 600
printf 'echo "no shebang: $1"\n' >"$work/script"
chmod +x "$work/script"
is "a script without an interpreter line runs" \
    "$(ow "$work/script" x)" "no shebang: x"
is "no rules is a usage error" \
    "$(env -u OFFWIRE_RULES "$offwire" run true >"$work/said" 2>&1; echo $?)" 2
is "no program is a usage error" \
    "$(status_of "$offwire" run --rules "$rules")" 2
is "a wrong option is a usage error" \
    "$(status_of "$offwire" run --rules "$rules" --wrong true)" 2
is "an option without its value is a usage error" \
    "$(status_of "$offwire" run --rules)" 2
is "a bad value is a usage error" \
    "$(status_of "$offwire" run --rules "$rules" --speed fast true)" 2
is "and the value is quoted, and what it should be" "$(cat "$work/said")" \
    'offwire: --speed does not take "fast"; it wants a number from 0.001 to 1000000'

for command in run env host explain check calls verify packs webhook; do
    status_of "$offwire" $command --wrong >"$work/status"
    is "$command says which option is wrong" \
        "$(cat "$work/status" "$work/said")" "2
offwire: no option \"--wrong\" here; offwire $command --help lists them"
done
for words in "run --rulse|rules" "env --isloate|isolate" "calls --jsn|json" \
    "webhook twilio --form|from"; do
    # shellcheck disable=SC2086 # words
    status_of "$offwire" ${words%|*} x >"$work/status"
    is "the option that is meant is told: $words" \
        "$(cat "$work/status" "$work/said")" "2
offwire: no option \"--$(echo "${words%|*}" | sed 's/.*--//')\" here; did you mean \"--${words#*|}\"?"
done
is "an option that takes no value says so" "$("$offwire" run --summary=yes \
    true 2>&1)" "offwire: --summary takes no value; offwire run --help"
is "what was given does not steer the terminal" "$("$offwire" run \
    "$(printf -- '--\033[1m')" true 2>&1)" \
    "offwire: no option \"--?[1m\" here; offwire run --help lists them"
is "schema tells which kind is meant" "$("$offwire" schema conversatio 2>&1)" \
    "offwire: offwire schema takes no \"conversatio\"; did you mean \
\"conversation\"?"
is "a list that is there twice would count once" \
    "$(status_of "$offwire" run --rules a.json --rules b -- true)" 2
like "and is refused with what to write" "$(cat "$work/said")" \
    '*--rules is there twice*a.json:b'
is "no scheme but those of HTTP is explained" \
    "$(status_of "$offwire" explain --rules "$rules" GET ftp://api.test/ok)" 2
for words in --version --help "schema" "packs" "run --help"; do
    # shellcheck disable=SC2086 # words
    is "$words tells when it cannot be printed" "$("$offwire" $words \
        2>&1 >/dev/full; echo $?)" \
        "offwire: what was to be printed could not be written
125"
done

# Rules that were not met.
is "an unmatched request makes 0 to 89" \
    "$(status_of ow curl -sS http://api.test/nope)" 89
like "and that is said" "$(cat "$work/said")" '*1 request was answered by no rule*'
is "and nothing else" "$(grep -c '^offwire: *$' "$work/said")" 0
is "but the program's own failure stays" \
    "$(status_of ow curl -fsS http://api.test/nope)" 22
is "and --no-fail leaves 0" "$(status_of "$offwire" run --no-fail \
    --rules "$rules" -- curl -sS http://api.test/nope)" 0
cat >"$work/unknown.json" <<'END'
{ "offwire": 1, "hosts": ["api.test"], "rules": [
  { "name": "unknown", "unmatched": true,
    "then": { "status": 404, "text": "its own" } },
  { "when": { "path": "/ok" }, "then": { "text": "hello" } } ] }
END
is "what a rule for the unmatched answers makes 0 to 89, too" \
    "$(status_of "$offwire" run --rules "$work/unknown.json" -- \
        curl -sS http://api.test/nope)" 89
like "and is what the program gets" "$(cat "$work/said")" '*its own*'
like "which is said" "$(cat "$work/said")" '*1 request was answered by no rule*'
is "unless there is to be an error" "$(status_of "$offwire" run --no-fail \
    --unmatched error --rules "$work/unknown.json" -- \
    curl -sS http://api.test/nope)" 7
cat >"$work/times.json" <<'END'
{ "offwire": 1, "hosts": ["api.test"],
  "rules": [ { "name": "asked twice", "when": { "path": "/ok" },
               "then": { "text": "hello" }, "times": ">=2" } ] }
END
is "times that are not met make 0 to 89" "$(status_of "$offwire" run \
    --rules "$work/times.json" -- curl -sS http://api.test/ok)" 89
like "and the rule is named" "$(cat "$work/said")" '*"asked twice"*times.json*'
is "times that are met leave 0" "$(status_of "$offwire" run \
    --rules "$work/times.json" -- \
    curl -sS http://api.test/ok http://api.test/ok)" 0

# Programs that a preload cannot reach are not started.
if echo 'int main(void) { return 5; }' >"$work/static.c" &&
    cc -static -o "$work/static" "$work/static.c" 2>/dev/null; then
    is "a static program is refused" "$(status_of ow "$work/static")" 125
    like "and that is said" "$(cat "$work/said")" '*is statically linked*'
    is "unless it is allowed" "$(status_of "$offwire" run --rules "$rules" \
        --allow-unreached -- "$work/static")" 5
else
    skip "a static program is refused" "no static C library"
fi

# Go's linker leaves a note; that is all that is looked for.
cat >"$work/go.c" <<'END'
__asm__(".pushsection .note.go.buildid,\"a\",@note\n"
        ".long 4, 4, 4\n.asciz \"Go\\0\"\n.ascii \"id01\"\n.popsection");
int main(void) { return 6; }
END
if cc -o "$work/go" "$work/go.c" 2>/dev/null; then
    is "a program written in Go is refused" "$(status_of ow "$work/go")" 125
    like "and that is said" "$(cat "$work/said")" '*is written in Go*'
    is "--allow-unreached runs it" "$(status_of "$offwire" run \
        --rules "$rules" --allow-unreached -- "$work/go")" 6
else
    skip "a program written in Go is refused" "no compiler"
fi
if others_can_run && cp "$(command -v cat)" "$work/suid" &&
    chmod 4755 "$work/suid" && chmod 755 "$work"; then
    cp "$rules" "$work/for-all.json" && chmod 644 "$work/for-all.json"
    is "a set-uid program is refused" "$(status_of setpriv --reuid=65534 \
        --clear-groups "$offwire" run --rules "$work/for-all.json" \
        -- "$work/suid" /dev/null)" 125
    like "and that is said" "$(cat "$work/said")" '*is set-uid*'
else
    skip "a set-uid program is refused" "$others_cannot"
fi

# Signals that were sent to the run alone reach the program.
cat >"$work/traps" <<'END'
for s in HUP USR1 USR2 WINCH; do
    trap "echo got $s" "$s"
done
trap 'echo got TERM; exit 9' TERM
echo ready
while :; do sleep 0.05; done
END
mkfifo "$work/pipe"
# env: a signal that was ignored before us cannot be caught by a shell.
env --default-signal "$offwire" run --rules "$rules" -- \
    sh "$work/traps" >"$work/pipe" &
run=$!
{
    read -r line
    # Not INT and QUIT: a shell lets those be ignored behind "&".
    for signal in HUP USR1 USR2 WINCH TERM; do
        kill -s "$signal" $run
        read -r line
        is "SIG$signal reaches the program" "$line" "got $signal"
    done
} <"$work/pipe"
got=0
wait $run || got=$?
is "and how it ends is up to it" "$got" 9

# Sent to all of a group, at whatever moment, they leave nothing behind.
mkdir "$work/tmp"
for delay in 0 0.005 0.01 0.015 0.02 0.03 0.05 0.1; do
    TMPDIR=$work/tmp setsid "$offwire" run --rules "$rules" -- sleep 100 &
    group=$!
    sleep $delay
    kill -TERM -- -$group 2>/dev/null
    sleep 0.01
    kill -TERM -- -$group 2>/dev/null || kill -TERM $group 2>/dev/null
    wait $group
done 2>/dev/null
is "a killed group leaves no folder" "$(ls -A "$work/tmp")" ""

# A proxy would be asked for the rules' hosts, and would reach the real ones.
cat >"$work/hosts.json" <<'END'
{ "offwire": 1, "hosts": ["api.test", "*.eu.test", "Bücher.test:8080",
                          "10.1.2.3", "[::1]:443"],
  "rules": [ { "then": { "text": "hello" } } ] }
END
# proxies_of VARIABLE=VALUE...: what a run makes of them.
proxies_of()
{
    env "$@" "$offwire" run --rules "$work/hosts.json" -- \
        sh -c 'echo "${no_proxy-none} ${NO_PROXY-none}"'
}
hosts=offwire.test,10.1.2.3,api.test,xn--bcher-kva.test,.eu.test
is "without a proxy no_proxy is left alone" "$(proxies_of A=b)" "none none"
is "with one it has the hosts" "$(proxies_of https_proxy=http://p:1)" \
    "$hosts $hosts"
is "behind what the user has" \
    "$(proxies_of ALL_PROXY=http://p:1 no_proxy=a.b)" "a.b,$hosts a.b,$hosts"
is "of each variable" "$(proxies_of HTTP_PROXY=http://p:1 no_proxy=a NO_PROXY=b)" \
    "a,$hosts b,$hosts"
like "an address of IPv6 is told, which not all clients read there" \
    "$(https_proxy=http://p:1 proxies_of A=b 2>&1)" \
    'offwire: the proxy that is set may be asked for ::1,*'
is "but live ones" "$(proxies_of http_proxy=http://p:1 no_proxy='*' \
    NO_PROXY= OFFWIRE_LIVE=api.test)" \
    "* offwire.test,10.1.2.3,xn--bcher-kva.test,.eu.test"
cat >"$work/hosts.json" <<'END'
{ "offwire": 1, "hosts": ["a.eu.test", "*"], "rules": [ { "then": { "text": "hello" } } ] }
END
is "all hosts are all, whatever the user has" \
    "$(proxies_of http_proxy=http://p:1 no_proxy=*.a)" "* *"
is "and the proxies are gone, but not what is only called like one" "$(env \
    http_proxy=http://p:1 HTTPS_PROXY=http://p:1 npm_config_proxy=x "$offwire" \
    run --rules "$work/hosts.json" -- env | grep -i '_proxy=' | sort)" \
    "NO_PROXY=*
no_proxy=*
npm_config_proxy=x"
is "in a shell, too" "$(HTTPS_PROXY=http://p:1 "$offwire" env --for $$ \
    --rules "$work/hosts.json" | grep HTTPS_PROXY)" "unset HTTPS_PROXY"
if has wget; then
    is "so wget, which does not know of \"*\", does not ask one" \
        "$(http_proxy=http://127.0.0.1:1 "$offwire" run \
            --rules "$work/hosts.json" -- wget -qO- http://a.test/)" hello
else
    skip "so wget, which does not know of \"*\", does not ask one" "no wget"
fi
cat >"$work/hosts.json" <<'END'
{ "offwire": 1, "hosts": ["*.eu.test"], "rules": [ { "then": { "text": "hello" } } ] }
END
if has wget; then
    is "so a proxy is not asked" "$(http_proxy=http://127.0.0.1:1 \
        "$offwire" run --rules "$work/hosts.json" -- \
        wget -qO- http://a.eu.test/)" hello
else
    skip "so a proxy is not asked" "no wget"
fi

# What the program finds is what it would find without us, timeout's doing aside.
is "signals are neither blocked nor ignored in the program" \
    "$(ow grep -E '^Sig(Blk|Ign)' /proc/self/status)" \
    "$(timeout 60 grep -E '^Sig(Blk|Ign)' /proc/self/status)"
is "and what was ignored before us still is" \
    "$(env --ignore-signal=CHLD --ignore-signal=USR1 "$offwire" run \
        --rules "$rules" -- grep ^SigIgn /proc/self/status)" \
    "$(env --ignore-signal=CHLD --ignore-signal=USR1 \
        grep ^SigIgn /proc/self/status)"
is "its limits are ours" "$(ow sh -c 'ulimit -n')" "$(sh -c 'ulimit -n')"
is "its umask is ours" "$(umask 027; ow sh -c umask)" 0027
is "no descriptor is left to it" \
    "$(ow sh -c 'ls /proc/self/fd | wc -l')" "$(sh -c 'ls /proc/self/fd | wc -l')"

is "a program with a clean environment stays in the run" \
    "$(ow env -i "$(command -v curl)" -sS https://api.test/ok)" "hello"
is "a run within a run answers from its own rules" \
    "$(ow "$offwire" run --rules "$work/times.json" --no-fail -- \
        curl -sS http://api.test/ok)" "hello"

done_testing
