#!/bin/sh
# The check of the documentation, proven on a small tree with one fault at a
# time; then over this tree.
. "$(dirname "$0")/../lib/tap.sh"

has perl || skip_all "perl is missing"
check=$top/scripts/check-docs

# A tree and a build in which all is well.
plant_good()
{
    rm -rf "$work/tree" "$work/build"
    mkdir -p "$work/tree/man" "$work/tree/src/plan" "$work/tree/src/shim" \
        "$work/build/man"
    cat >"$work/build/offwire" <<'END'
#!/bin/sh
case $1,${2-} in
--help,*) echo '  run       run a program' ;;
run,--help) echo 'usage: offwire run [--rules LIST] -- PROGRAM' ;;
check,*) grep -q offwire "$2" ;;
esac
END
    chmod +x "$work/build/offwire"
    cat >"$work/tree/man/offwire.1" <<'END'
.Dd November 21, 2026
.Dt OFFWIRE 1
.Os
.Sh NAME
.Nm offwire
.Nd run
.Sh COMMANDS
.Ss run
Runs.
.Bl -tag -width Ds
.It Fl -rules Ar list
Rules.
.El
.Sh EXAMPLES
None.
END
    sed 's/^Rules/nxdomain/; s/OFFWIRE 1/OFFWIRE-RULES 5/' \
        "$work/tree/man/offwire.1" >"$work/tree/man/offwire-rules.5"
    sed 's/^Rules/connect/; s/OFFWIRE 1/LIBOFFWIRE 7/' \
        "$work/tree/man/offwire.1" >"$work/build/man/liboffwire.7"
    echo 'OW_FAULT(NXDOMAIN, "nxdomain", NAME, "no name")' \
        >"$work/tree/src/plan/faults.def"
    mkdir -p "$work/tree/src/host"
    echo 'OW_ROUTE(call, "GET", "/calls/{}", "gives one")' \
        >"$work/tree/src/host/api.def"
    printf '%s\n' '.Dd November 21, 2026' '.Dt OFFWIRE-CONTROL 7' .Os \
        '.Sh NAME' '.Nm offwire-control' '.Nd ask' '.Sh DESCRIPTION' \
        'GET /calls/N' >"$work/tree/man/offwire-control.7"
    echo 'OW_HOOK(int, connect, (int fd))' >"$work/tree/src/shim/hooks.def"
    echo 'See [the pages](man/).' >"$work/tree/README.md"
}

# catches NAME PATTERN: the check fails with these words, and only then.
catches()
{
    said=$(perl "$check" "$work/build" "$work/tree" 2>&1)
    status=$?
    like "$1" "$status $said" "1 *$2*"
}

plant_good
ok "docs passes a tree in which all is well" \
    perl "$check" "$work/build" "$work/tree"
sed -i 's/--rules LIST/--rules LIST --seed N/' "$work/build/offwire"
catches "docs catches an option without an item" \
    "offwire run: --seed is in --help"
plant_good
sed -i 's/-rules Ar list/-rulez Ar list/' "$work/tree/man/offwire.1"
catches "docs catches an item without an option" "--rulez is in the man page"
plant_good
sed -i 's/^--help.*/--help,*) echo "  fly       fly away" ;;/' "$work/build/offwire"
catches "docs catches a command without a section" "offwire fly: no section"
plant_good
sed -i 's/nxdomain/servfail/' "$work/tree/src/plan/faults.def"
catches "docs catches a fault that no page tells of" 'tell of "servfail"'
plant_good
sed -i 's/connect/listen/' "$work/tree/src/shim/hooks.def"
catches "docs catches a hook that no page tells of" 'tell of "listen"'
plant_good
sed -i 's,/calls,/reset,' "$work/tree/src/host/api.def"
catches "docs catches a route that no page tells of" 'tell of "GET /reset"'
plant_good
echo 'See [nothing](docs/none.md).' >>"$work/tree/README.md"
catches "docs catches a link that leads nowhere" "docs/none.md leads nowhere"
plant_good
printf '```jsonc\n{ "bad": "\nfile" "offwire\n": 1 }\n```\n' >>"$work/tree/README.md"
sed -i 's/^check.*/check,*) false ;;/' "$work/build/offwire"
catches "docs catches an example that does not load" "does not load"

ok "the documentation of the tree holds" perl "$check" "$build" "$top"

# The completion asks the command itself.
completions_of()
{
    PATH="$build:$PATH" bash -c '
        . "$1/completions/offwire"
        shift
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        _offwire offwire 2>/dev/null
        printf "%s " "${COMPREPLY[@]}"' bash "$top" "$@"
}
if has bash; then
    like "completion knows the commands" "$(completions_of offwire ex)" \
        '*explain*'
    like "completion knows a command's options" \
        "$(completions_of offwire run --is)" '*--isolate*'
    like "completion knows a webhook's options" \
        "$(completions_of offwire webhook twilio --prof)" '*--profile-name*'
    like "completion knows the webhooks" \
        "$(completions_of offwire webhook twilio.)" '*twilio.status*'
    like "completion leaves a program's arguments alone" \
        "$(completions_of offwire run -- curl --is)." '[ ].'
else
    skip "completion" "no bash"
fi
done_testing
