/*
 * mode: the value of OFFWIRE_MODE, one word of mode.def. A word that is none
 * of them never means the real API: who reads it fails and says which words
 * there are.
 *
 * Used by the shim: libc alone, no allocation.
 */
#ifndef OW_CONTROL_MODE_H
#define OW_CONTROL_MODE_H

#include <stddef.h>

enum ow_mode {
#define OW_MODE(name, word, help) OW_MODE_##name,
#include "control/mode.def"
#undef OW_MODE
    OW_MODE_UNKNOWN, /* not a word of mode.def */
};

/* The words of mode.def, for sentences. */
#define OW_MODE_WORDS "\"mocked\" or \"live\""

/* NULL and "" are MOCKED. */
enum ow_mode ow_mode_parse(const char *value);
/* The sentence about a value that is UNKNOWN, into text, cut at size. */
void ow_mode_complain(const char *value, char *text, size_t size);

#endif
