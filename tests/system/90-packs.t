#!/bin/sh
# The shipped packs: found from the built tree and from an installed one,
# listed, and answering real clients on the production URLs.
. "$(dirname "$0")/../lib/tap.sh"
offwire=$build/offwire
cd "$work" || exit 99

out=$("$offwire" packs)
is "packs lists them" "$?" 0
like "with their subjects" "$out" "*openai*soniox*speech to text*"
for pack in $("$offwire" packs | sed 's/ .*//'); do
    out=$("$offwire" check "$pack" 2>&1)
    is "$pack is right" "$?" 0
    case $out in
    *warning*) not_ok "$pack has no rule that never answers" "$out" ;;
    *) ok "$pack has no rule that never answers" true ;;
    esac
    out=$("$offwire" packs "$pack")
    like "$pack lists its hosts" "$out" "*hosts: *.*"
done

out=$("$offwire" packs sonix 2>&1)
is "an unknown pack is refused" "$?" 2
like "with the name that was meant" "$out" '*did you mean "soniox"?*'

out=$("$offwire" run --rules soniox --keep kept -- \
    curl -sS -H 'Authorization: Bearer k' https://api.soniox.com/v1/models)
is "a program runs on a pack" "$?" 0
like "and gets its answers" "$out" '*"stt-async-v4"*'
like "by the rule's name" "$(cat kept/journal.jsonl)" '*"rule":"models.list"*'

make -C "$build" -s install DESTDIR="$work/root" >/dev/null 2>&1
prefix=$(find "$work/root" -name offwire -path '*/bin/*')
out=$("$prefix" packs soniox 2>&1)
like "an installed command has its packs" "$out" "*files.upload*"
done_testing
