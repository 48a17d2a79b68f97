#!/bin/sh
# Real clients that fork behind their first request: parent and child share the
# session, and the journal tells them apart.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"],
  "rules": [
    { "when": { "path": "/next" },
      "then": [ { "text": "first" }, { "text": "second" }, { "text": "third" },
                { "text": "fourth" } ] } ] }
END
url=https://api.example.com/next

# What was said, without the processes; and these, each once.
told()
{
    printf '%s\n' "$1" | sed 's/ [0-9]* / /'
}

pids()
{
    printf '%s\n' "$1" | sed 's/[a-z]* \([0-9]*\) .*/\1/' | uniq | tr '\n' ' '
}

journalled()
{
    sed -n 's/.*"event":"request".*"pid":\([0-9]*\),.*/\1/p' \
        "$kept/journal.jsonl" | uniq | tr '\n' ' '
}

if [ -z "$(client_lacks urllib)" ]; then
    said=$(ow "$(python_with ssl)" "$client_dir/py_fork.py" "$url" 2>"$work/err")
    was_there "python" "\"url\":\"$url\""
    is "python's forks share the session" "$(told "$said")" "parent first
child second
parent third
pool fourth" || note <"$work/err"
    is "and have requests of their own in the journal" "$(journalled)" \
        "$(pids "$said")"
else
    skip "python's forks share the session" "$(client_lacks urllib)"
fi

if [ -z "$(client_lacks php_curl)" ] &&
    php -r 'exit(!extension_loaded("pcntl"));'; then
    said=$(ow php "$client_dir/php_fork.php" "$url" 2>"$work/err")
    was_there "php" "\"url\":\"$url\""
    is "PHP's forks share the session" "$(told "$said")" "parent first
child second
parent third" || note <"$work/err"
    is "and have requests of their own in the journal" "$(journalled)" \
        "$(pids "$said")"
    said=$(LD_PRELOAD=$shim OFFWIRE_RULES=$rules php "$client_dir/php_fork.php" \
        "$url" 2>"$work/err")
    is "with a bare preload too" "$(told "$said")" "parent first
child second
parent third" || note <"$work/err"
else
    skip "PHP's forks share the session" "PHP with curl and pcntl is missing"
fi
done_testing
