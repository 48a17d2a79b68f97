#!/bin/sh
# A stream is read as it arrives: three pieces, half a second apart, come to the
# client one after the other, and the first long before the last was due. A
# machine that does much else may let all of them come before the client looks:
# one that seems to have waited is asked again, alone.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/clients.sh"

rules <<'END'
{ "offwire": 1,
  "hosts": ["api.example.com"],
  "rules": [
    { "when": { "path": "/stream/info/refs" },
      "then": { "stream": {
          "chunks": [
            "1111111111111111111111111111111111111111\trefs/heads/one\n",
            "2222222222222222222222222222222222222222\trefs/heads/two\n",
            "3333333333333333333333333333333333333333\trefs/heads/end\n" ],
          "every": "500ms" } } },
    { "when": { "path": "/stream/HEAD" }, "then": { "status": 404 } }
  ] }
END

# From "<ms> <piece>" lines, in which a word may be cut in two: the order of
# the words, and "apart" when a tenth of their second lay between first and last.
judge()
{
    awk '
        BEGIN { split("one two end", words) }
        {
            ms = $1
            sub(/^[0-9]+ /, "")
            text = text $0
            for (i = 1; i <= 3; i++)
                if (!(words[i] in at) && index(text, words[i])) {
                    at[words[i]] = ms
                    order = order words[i] " "
                }
        }
        END {
            apart = at["end"] - at["one"] >= 100
            print order (apart ? "apart" : "at once")
        }'
}

url=https://api.example.com/stream/info/refs
as_it_arrives="one two end apart"

# stream CLIENT: its pieces, its journal and what it said, for each its own.
stream()
{
    (
        kept=$work/$1.kept
        client "$1" stream "$url"
    ) >"$work/$1.pieces" 2>"$work/$1.stderr"
}

# Ten at a time: a stream is waiting for the most part.
begun=0
for client in $clients; do
    [ -z "$(client_lacks "$client")" ] || continue
    stream "$client" &
    begun=$((begun + 1))
    [ $((begun % 10)) != 0 ] || wait
done
wait

for client in $clients; do
    why=$(client_lacks "$client")
    if [ -n "$why" ]; then
        skip "$client" "$why"
        continue
    fi
    for _ in 1 2 3; do
        [ "$(judge <"$work/$client.pieces")" != "$as_it_arrives" ] || break
        stream "$client"
    done
    kept=$work/$client.kept
    was_there "$client for a stream" "\"url\":\"$url"
    is "$client reads the stream as it arrives" \
        "$(judge <"$work/$client.pieces")" "$as_it_arrives" ||
        note <"$work/$client.stderr"
done

# Packed, and unpacked by the client as it goes.
if has curl && curl -V | grep -q brotli; then
    rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"],
  "rules": [ { "when": { "path": "/br" }, "then": { "encoding": "br",
      "stream": { "chunks": ["one ", "two ", "end"], "every": "20ms" } } },
    { "when": { "path": "/gzip" }, "then": { "encoding": "gzip",
      "stream": { "chunks": ["one ", "two ", "end"], "every": "20ms" } } } ] }
END
    for coding in br gzip; do
        is "curl unpacks a stream of $coding" "$(ow curl -sS -D "$work/head" \
            --compressed "https://api.example.com/$coding")" "one two end"
        was_there "curl for $coding" "\"url\":\"https://api.example.com/$coding\""
        ok "which it was" grep -qi "^content-encoding: $coding" "$work/head"
    done
else
    skip "curl unpacks a stream of br" "curl with brotli is missing"
fi
done_testing
