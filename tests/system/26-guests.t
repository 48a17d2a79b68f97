#!/bin/sh
# Programs that a preload has a hard time with: sanitizers, allocators of their
# own, another libc, libraries bound at once.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/shim.sh"
compiler=${CC:-cc}
has "$compiler" || skip_all "there is no C compiler"
start_fake 0

# reaches WHAT COMPILER FLAG...: the program built so is diverted.
reaches()
{
    reaches_what=$1
    shift
    if ! "$@" -o "$work/reach" "$top/tests/clients/reach.c" \
        2>"$work/said"; then
        skip "$reaches_what" "it cannot be built here"
        return
    fi
    like "$reaches_what" "$(under_shim "$work/reach" 2>&1)" '127.84.*'
}

reaches "a plain program" "$compiler"
reaches "a program bound at once" "$compiler" -Wl,-z,now -Wl,-z,relro
[ -n "$sanitized" ] || {
    # The option that `offwire run` sets.
    ASAN_OPTIONS=verify_asan_link_order=0
    export ASAN_OPTIONS
    reaches "a program with AddressSanitizer" "$compiler" -fsanitize=address
    reaches "a program with UBSan" "$compiler" -fsanitize=undefined
    reaches "a program with ThreadSanitizer" "$compiler" -fsanitize=thread
}
if has valgrind && [ -z "$sanitized" ] && "$compiler" -o "$work/reach" \
    "$top/tests/clients/reach.c"; then
    like "a program under valgrind, which has nothing to say" \
        "$(under_shim valgrind -q "$work/reach" 2>&1)" '127.84.*'
else
    skip "a program under valgrind" "no valgrind, or a sanitized shim"
fi
if has musl-gcc && [ -z "$sanitized" ]; then
    reaches "a program on musl" musl-gcc
else
    skip "a program on musl" "no musl-gcc, or a sanitized shim"
fi

"$compiler" -o "$work/reach" "$top/tests/clients/reach.c"
jemalloc=$("$compiler" -print-file-name=libjemalloc.so.2)
if [ -e "$jemalloc" ]; then
    for order in "$jemalloc:$shim" "$shim:$jemalloc"; do
        like "an allocator preloaded as well" "$(LD_PRELOAD=$order \
            OFFWIRE_SESSION=$session "$work/reach" 2>&1)" '127.84.*'
    done
else
    skip "an allocator preloaded as well" "there is no jemalloc"
fi
like "LD_BIND_NOW" "$(LD_BIND_NOW=1 under_shim "$work/reach" 2>&1)" '127.84.*'
done_testing
