#!/bin/sh
# The JSON Schema of rule files says what the parser says.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/clients.sh"

offwire=$build/offwire
[ -x "$offwire" ] || skip_all "the offwire command is not built"
python=$(python_with jsonschema) || skip_all "python3-jsonschema is missing"

agree()
{
    "$python" "$top/tests/lib/schema_check.py" "$offwire" "$work" "$@"
}

ok "offwire schema is the one that is installed" sh -c \
    '"$1" schema | cmp - "$2"' sh "$offwire" "$build/offwire.schema.json"
not_ok "it takes no argument" "$offwire" schema --wrong
ok "the schema and the parser know the same keys" agree keys
ok "offwire schema verify is the one that is installed" sh -c \
    '"$1" schema verify | cmp - "$2"' sh "$offwire" \
    "$build/offwire-verify.schema.json"
ok "the schema of expectations and their parser agree" agree expected
# An object with a list of keys of its own would be missing in the schema.
# shellcheck disable=SC2016 # Perl's variables
ok "whoever reads an object takes its keys from the grammar" perl -0777 -ne '
    while (/ow_value_check_keys\(\s*[^,()]+,\s*[^,()]+,\s*([^,;]*)\);/g) {
        next if $1 =~ /^ow_grammar_keys\(/ ||
            $ARGV =~ /(act_fault|resource_routes)\.c$/;
        print "$ARGV: $1: add its rows to grammar.def\n";
        $bad = 1;
    }
    END { exit $bad }' "$top"/src/plan/*.c "$top"/src/rule/*.c
ok "the examples and the packs are valid" agree valid "$top"/examples/*.json \
    "$top"/examples/*/*.json "$top"/rules/*/*.json
ok "the rules of all cases are what the parser says they are" \
    agree cases "$top"/tests/cases/*/*.case
n=0
while IFS= read -r line; do
    n=$((n + 1))
    printf '%s\n' "$line" >"$work/refused-$n.json"
done <"$top/tests/check/data/refused.jsonl"
ok "mistakes of structure are refused by both" agree refused "$work"/refused-*

# Bad ones are seen: a schema that lacks a key, one that takes too much.
cat >"$work/offwire" <<END
#!/bin/sh
[ "\$1" != schema ] || { "$offwire" schema | sed 's/"\$2"/"no-such-key"/'; exit; }
exec "$offwire" "\$@"
END
chmod +x "$work/offwire"
broken()
{
    sed "s/\\\$2/$1/" "$work/offwire" >"$work/broken"
    chmod +x "$work/broken"
    shift
    "$python" "$top/tests/lib/schema_check.py" "$work/broken" "$work" "$@"
}
not_ok "a key that is missing in the schema is seen" broken jitter keys
not_ok "and one that examples use" broken then valid "$top"/examples/*.json
done_testing
