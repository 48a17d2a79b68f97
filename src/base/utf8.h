/*
 * utf8: which bytes make a character (RFC 3629).
 */
#ifndef OW_BASE_UTF8_H
#define OW_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Length of the character at bytes, of which room (at least 1) may be read; 0
 * if it is none: broken off, overlong, a surrogate, beyond U+10FFFF.
 */
size_t ow_utf8_length(const char *bytes, size_t room);

/* Whether this is the second, third or fourth byte of a character. */
static inline bool ow_utf8_is_inside(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

#endif
