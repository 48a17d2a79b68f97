# shellcheck shell=sh
# session: runs programs under the shim, each in a session of its own. After
# tap.sh:
#
#     . "$(dirname "$0")/../lib/session.sh"
#     rules <<'END'                    # what the following runs answer from
#     { "offwire": 1, ... }
#     END
#     said=$(ow curl -sS https://api.example.com/)
#     was_there "curl" '"url":"https://api.example.com/"'   # before all else
#     is "curl gets the answer" "$said" "hello"
#
# was_there looks into the journal of the last run: without it a test that
# never met the shim could pass. Runs end after a minute, with status 124.
offwire=$build/offwire
rules=$work/rules.json
kept=$work/kept

[ -x "$offwire" ] || skip_all "the offwire command is not built"

# What a developer, or a company's machine, has set for trust.
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE \
    GIT_SSL_CAINFO NODE_EXTRA_CA_CERTS NODE_OPTIONS JAVA_HOME \
    JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS PERL_LWP_SSL_CA_FILE

# A sanitized shim brings its runtime along, which then is not the first of
# the libraries as it likes to be; and what the program leaks is not ours.
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=0:verify_asan_link_order=0}"
# A program whose own libraries come behind the C library (node) needs the
# runtime named, others hang or not at its whim: who needs it says so.
sanitizer=$(readelf -d "$build/.libs/liboffwire.so" 2>/dev/null |
    sed -n 's/.*\[\(lib[at]san[^]]*\)\].*/\1/p')

# The rules for the runs that follow, from stdin.
rules()
{
    cat >"$work/rules.json"
    rules=$work/rules.json
}

# Whether root can run it all as somebody else: a checkout may lie in a folder
# that others cannot enter, as /root.
others_can_run()
{
    [ "$(id -u)" = 0 ] && has setpriv &&
        setpriv --reuid=65534 --clear-groups "$offwire" --version \
            >"$work/others" 2>&1 && setpriv --reuid=65534 --clear-groups \
        test -r "$build/.libs/liboffwire.so"
}
others_cannot="needs root, setpriv and a checkout that others can enter"

# ow PROGRAM ARGUMENT...
ow()
{
    rm -rf "$kept"
    timeout 60 "$offwire" run --keep "$kept" --rules "$rules" -- "$@"
}

# beside NAME COMMAND...: runs it in the background, with a journal of its own.
# What waits more than it works goes beside others; an order must not matter.
#
#     beside early ow curl -sS https://api.example.com/early
#     beside late ow curl -sS https://api.example.com/late
#     turn_to late     # when it has ended, the last run, $said and $status are its
beside()
{
    beside_name=$1
    shift
    (
        kept=$work/$beside_name.kept
        beside_status=0
        "$@" >"$work/$beside_name.said" 2>"$work/$beside_name.stderr" ||
            beside_status=$?
        echo $beside_status >"$work/$beside_name.status"
    ) &
    echo $! >"$work/$beside_name.pid"
}

turn_to()
{
    read -r beside_pid <"$work/$1.pid"
    wait "$beside_pid"
    kept=$work/$1.kept
    # shellcheck disable=SC2034 # for the test
    said=$(cat "$work/$1.said")
    read -r status <"$work/$1.status"
    return "$status"
}

# in_time FIXED-TEXT COMMAND: runs "COMMAND SECONDS", whose client waits in vain
# and gives up after so long. Where the journal lacks the text, the machine was
# too busy for the client to come so far, and it is given more.
in_time()
{
    for in_time_limit in 1 5 25; do
        in_time_status=0
        "$2" $in_time_limit || in_time_status=$?
        ! grep -qsF -e "$1" "$kept/journal.jsonl" || break
    done
    return $in_time_status
}

# was_there WHO FIXED-TEXT: the last run's journal has a line with it.
was_there()
{
    ok "$1 ran under the shim" grep -qsF -e "$2" "$kept/journal.jsonl"
}
