/*
 * fuzz: what a harness, tests/fuzz/fuzz_<module>.c, gives: the one function
 * that libFuzzer calls. It stops the program when something is wrong.
 *
 * In a usual build tests/fuzz/corpus.c calls it for each file of
 * tests/fuzz/corpus/<module> (`make check`); scripts/fuzz <module> builds it
 * with clang and libFuzzer and searches for new inputs.
 */
#ifndef OW_TESTS_FUZZ_H
#define OW_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
