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
    is "each once" "$(printf '%s\n' "$out" | sed -n 's/^hosts: //p' |
        tr ' ' '\n' | sort | uniq -d)" ""
done

out=$("$offwire" packs sonix 2>&1)
is "an unknown pack is refused" "$?" 2
like "with the name that was meant" "$out" '*did you mean "soniox"?*'

out=$("$offwire" run --rules soniox --keep kept -- \
    curl -sS -H 'Authorization: Bearer k' https://api.soniox.com/v1/models)
is "a program runs on a pack" "$?" 0
like "and gets its answers" "$out" '*"stt-async-v4"*'
like "by the rule's name" "$(cat kept/journal.jsonl)" '*"rule":"models.list"*'

# An upload as big as Soniox takes: its size is right, what stands behind it in
# the form is known, and the host has held little of it at any time. (Sanitizers
# keep what was freed for a while, here less than they like to.)
truncate -s 500000000 big.wav
# shellcheck disable=SC2016 # the inner shell's variables
out=$(ASAN_OPTIONS=${ASAN_OPTIONS:-}:quarantine_size_mb=16 \
    timeout 120 "$offwire" run --rules soniox -- sh -c '
    curl -sS -H "Authorization: Bearer k" -F "file=@$1" \
        -F client_reference_id=last https://api.soniox.com/v1/files &&
        sed -n "s/^VmHWM:[^0-9]*\([0-9]*\).*/ \1/p" "/proc/$PPID/status"' \
    sh "$PWD/big.wav")
rm -f big.wav
like "an upload of 500 MB has its size" "$out" '*"size":500000000,*'
like "and the field behind it" "$out" '*"client_reference_id":"last"}*'
ok "the host holds little of it" test "${out##* }" -lt 300000

make -C "$build" -s install DESTDIR="$work/root" >/dev/null 2>&1
prefix=$(find "$work/root" -name offwire -path '*/bin/*')
out=$("$prefix" packs soniox 2>&1)
like "an installed command has its packs" "$out" "*files.upload*"
done_testing
