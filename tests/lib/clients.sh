# shellcheck shell=sh
# clients: the table of real HTTP clients, behind one call. After session.sh:
#
#     for client in $clients; do
#         why=$(client_lacks "$client")      # a sentence when it is not here
#         client "$client" get URL           # body on stdout
#         client "$client" get URL URL       # bodies, of a program of ours
#         client "$client" stream URL        # "<ms> <piece>" as pieces come
#     done
#
# Each run is under the shim and ends with the client's own status. Programs
# are tests/clients/*; pieces.py says what they print. A URL ends in
# /info/refs and its body is a line of git's, so that git can be one of them.
#
# A client is a row in $clients, a line in client_lacks, a line in client.
clients='curl git wget aria2 httpie urllib requests httpx aiohttp pycurl
    php_curl php_stream ruby lwp http_tiny node_fetch node_https
    java_url java_http'
client_dir=$top/tests/clients
java_classes=$build/tests/clients/java

# The Pythons that there are: the one in PATH may be bare, and a script that
# looks for the real one.
pythons()
{
    [ -e "$work/.pythons" ] ||
        for python in python3 /usr/bin/python3; do
            "$python" -c 'import sys; print(sys.executable)' 2>/dev/null
        done | uniq >"$work/.pythons"
    cat "$work/.pythons"
}

# The first Python that has the modules, as in "requests,twilio". They are looked
# for, not imported, which can take half a second; and that once.
python_with()
{
    python_known=$work/.python-$1
    [ -e "$python_known" ] ||
        for python in $(pythons); do
            "$python" -c 'import importlib.util as modules, sys
if not all(map(modules.find_spec, sys.argv[1].split(","))): sys.exit(1)
print(sys.executable)' "$1" >"$python_known" 2>/dev/null && break
        done
    cat "$python_known" 2>/dev/null
    [ -s "$python_known" ]
}

# lacks NAME COMMAND...: a sentence when the command fails.
lacks()
{
    lacks_name=$1
    shift
    "$@" >/dev/null 2>&1 || echo "$lacks_name is not installed"
}

# Asked once, too.
client_lacks()
{
    [ -e "$work/.lacks-$1" ] || client_look "$1" >"$work/.lacks-$1"
    cat "$work/.lacks-$1"
}

client_look()
{
    case $1 in
    curl | git | wget | ruby) lacks "$1" has "$1" ;;
    aria2) lacks aria2 has aria2c ;;
    httpie) lacks httpie has http ;;
    urllib) lacks python3 python_with ssl ;;
    requests | httpx | aiohttp | pycurl) lacks "python3-$1" python_with "$1" ;;
    php_curl) lacks php-curl php -r 'curl_init();' ;;
    php_stream) lacks php php -r 'exit(!extension_loaded("openssl"));' ;;
    lwp) lacks liblwp-protocol-https-perl perl -MLWP::Protocol::https -e 1 ;;
    http_tiny) lacks "Perl's HTTP::Tiny with TLS" \
        perl -MHTTP::Tiny -MIO::Socket::SSL -e 1 ;;
    node_fetch) lacks "Node with fetch" node -e fetch ;;
    node_https) lacks node has node ;;
    java_url | java_http)
        has java && [ -e "$java_classes/JavaUrl.class" ] ||
            echo "a JDK is not installed"
        ;;
    esac
}

# Marks each piece that a command writes with its time.
stamp()
{
    perl -MTime::HiRes=time -e '
        $| = 1;
        my $start = time;
        while (sysread STDIN, my $piece, 65536) {
            $piece =~ s/\s+\z//;
            printf "%d %s\n", (time - $start) * 1000, $piece;
        }'
}

# command_client MODE COMMAND...: a command that writes the body to stdout.
command_client()
{
    command_mode=$1
    shift
    if [ "$command_mode" = stream ]; then
        ow "$@" | stamp
    else
        ow "$@"
    fi
}

# Git lists what it has at the end, so the pieces' times are from its trace.
git_client()
{
    git_url=${2%/info/refs}
    [ "$1" = stream ] || {
        ow git ls-remote "$git_url"
        return
    }
    GIT_TRACE_CURL=1 ow git ls-remote "$git_url" 2>&1 >/dev/null |
        sed -n 's/^\(..\):\(..\):\(..\)\.\(...\).*<= Recv data: /\1 \2 \3 \4 /p' |
        awk '{ ms = (($1 * 60 + $2) * 60 + $3) * 1000 + $4
               print ms, $5, $6 }'
}

# Aria2 writes a file; when it grows is when a piece has come.
aria2_client()
{
    rm -f "$kept.aria2"
    set -- "$1" aria2c -q --max-tries=1 --no-conf --disk-cache=0 \
        --file-allocation=none -d "$work" -o "${kept##*/}.aria2" "$2"
    if [ "$1" = get ]; then
        shift
        ow "$@" && cat "$kept.aria2"
        return
    fi
    shift
    ow "$@" &
    perl -MTime::HiRes=time,sleep -e '
        my ($path, $start, $seen) = ($ARGV[0], time, 0);
        while (time < $start + 20) {
            my $size = -s $path || 0;
            if ($size > $seen && open my $file, "<", $path) {
                seek $file, $seen, 0;
                read $file, my $piece, $size - $seen;
                $seen = $size;
                $piece =~ s/\s+\z//;
                printf "%d %s\n", (time - $start) * 1000, $piece;
                last if $piece =~ /end/;
            }
            sleep 0.01;
        }' "$kept.aria2"
    wait $!
}

java_client()
{
    ow java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$java_classes" "$@"
}

python_client()
{
    python_program=$1
    python=$(python_with "$2") || return
    shift 2
    ow "$python" "$client_dir/$python_program" "$@"
}

# is_command NAME: it takes one URL a run.
is_command()
{
    case $1 in
    curl | git | wget | aria2 | httpie) return 0 ;;
    esac
    return 1
}

# client NAME MODE URL...
client()
{
    client_name=$1
    shift
    case $client_name in
    curl) command_client "$1" curl -sSfN "$2" ;;
    git) git_client "$@" ;;
    wget) command_client "$1" wget -q --no-config --tries=1 -O - "$2" ;;
    aria2) aria2_client "$@" ;;
    httpie) command_client "$1" \
        http --ignore-stdin --check-status --stream --body "$2" ;;
    urllib) python_client py_urllib.py ssl "$@" ;;
    requests | httpx | aiohttp | pycurl)
        python_client "py_$client_name.py" "$client_name" "$@"
        ;;
    php_curl | php_stream) ow php "$client_dir/$client_name.php" "$@" ;;
    ruby) ow ruby "$client_dir/rb_net_http.rb" "$@" ;;
    lwp) ow perl "$client_dir/pl_lwp.pl" "$@" ;;
    http_tiny) ow perl "$client_dir/pl_http_tiny.pl" "$@" ;;
    node_fetch | node_https)
        LD_PRELOAD=$sanitizer ow node "$client_dir/$client_name.mjs" "$@"
        ;;
    java_url) java_client JavaUrl "$@" ;;
    java_http) java_client JavaHttp "$@" ;;
    esac
}
