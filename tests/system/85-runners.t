#!/bin/sh
# offwire-run as a prefix, and in the three test runners of examples/.
. "$(dirname "$0")/../lib/tap.sh"

has curl || skip_all "curl is missing"
# The wrapper of the tree, the command of the build.
mkdir "$work/bin" || exit 99
ln -s "$top/scripts/offwire-run" "$work/bin/offwire-run"
OFFWIRE_HOST=$build/offwire
PATH=$work/bin:$build:$PATH
export OFFWIRE_HOST PATH
rules=$top/examples/first.json

# The child of the wrapper that has the shim mapped says so.
proves_shim()
{
    offwire-run --rules "$rules" grep -q liboffwire.so /proc/self/maps
}

status_of()
{
    "$@" >/dev/null 2>&1
    echo $?
}

# copy_example NAME: examples/NAME with what it needs beside it.
copy_example()
{
    mkdir -p "$work/$1" &&
        cp "$top/examples/$1"/* "$top/examples/models.c" "$rules" "$work/$1/" &&
        chmod -R u+w "$work/$1"
}

run_automake()
{
    copy_example automake && cd "$work/automake" &&
        autoreconf -fi && ./configure && make check && cat test-models.log &&
        grep -q 'status 200' test-models.log
}

run_ctest()
{
    copy_example ctest && cd "$work/ctest" && cmake -S . -B out &&
        cmake --build out && ctest --test-dir out --output-on-failure
}

ok "offwire-run preloads the shim" proves_shim
like "offwire-run answers from the rules" \
    "$(offwire-run --rules "$rules" -- \
        curl -sS https://api.openai.com/v1/models 2>&1)" '*gpt-offwire*'
is "offwire-run takes OFFWIRE_RULES" \
    "$(OFFWIRE_RULES=$rules status_of offwire-run \
        curl -sSf https://api.openai.com/v1/models)" 0
is "offwire-run keeps the program's process" \
    "$(sh -c 'echo $$; exec "$@"' sh offwire-run --rules "$rules" \
        sh -c 'echo $$' | uniq | wc -l)" 1
is "offwire-run keeps the program's exit status" \
    "$(status_of offwire-run --rules "$rules" sh -c 'exit 7')" 7
if echo 'int main(void) { return 5; }' >"$work/static.c" &&
    cc -static -o "$work/static" "$work/static.c" 2>/dev/null; then
    is "offwire-run refuses what a preload cannot reach" \
        "$(status_of offwire-run --rules "$rules" "$work/static")" 125
    is "unless it is allowed" "$(status_of offwire-run --allow-unreached \
        --rules "$rules" "$work/static")" 5
else
    skip "offwire-run refuses what a preload cannot reach" "no static C library"
fi
is "offwire-run keeps arguments as they are" \
    "$(offwire-run --rules "$rules" printf '%s|' 'a b' '' '$c')" 'a b||$c|'
is "offwire-run says 127 for a program that is not there" \
    "$(status_of offwire-run --rules "$rules" /no/such/program)" 127
like "in a sentence" "$(offwire-run --rules "$rules" no-such-program 2>&1)" \
    'offwire-run: there is no program "no-such-program"'
is "and 126 for one that is none" \
    "$(offwire-run --rules "$rules" "$rules" 2>&1; echo $?)" \
    "offwire-run: \"$rules\" cannot be executed
126"
is "offwire-run says 2 for rules that are not there" \
    "$(status_of offwire-run --rules "$work/none.json" true)" 2
is "offwire-run says 2 without a program" "$(status_of offwire-run)" 2
is "offwire-run says 2 for an option it does not have" \
    "$(status_of offwire-run --rulez x true)" 2
is "a second offwire-run inside joins the session" \
    "$(offwire-run --rules "$rules" sh -c \
        'a=$OFFWIRE_SESSION; offwire-run sh -c "test \"\$OFFWIRE_SESSION\" = \"$a\" && echo same"')" same

like "but runs nothing where the preload was dropped on the way" \
    "$(offwire-run --rules "$rules" sh -c 'unset LD_PRELOAD
        echo "$OFFWIRE_SESSION" >"$1"' sh "$work/session"
        OFFWIRE_SESSION=$(cat "$work/session") offwire-run echo ran 2>&1
        echo $?)" 'offwire-run: *LD_PRELOAD has been dropped*125'

if has autoreconf cc pkg-config && pkg-config --exists libcurl; then
    ok "Automake: LOG_COMPILER" run_automake
else
    skip "Automake: LOG_COMPILER" "no Autotools or no libcurl headers"
fi
if has cmake ctest cc pkg-config && pkg-config --exists libcurl; then
    ok "CTest: a launcher in add_test" run_ctest
else
    skip "CTest: a launcher in add_test" "no cmake or no libcurl headers"
fi
if has bats; then
    ok "bats: a prefix" bats "$top/examples/bats/models.bats"
else
    skip "bats: a prefix" "no bats"
fi
done_testing
