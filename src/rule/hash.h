/*
 * hash: of a short text with a number, for the tables that are looked up with
 * each request. Not for input that wants to collide: the keys that are stored
 * come from rule files.
 */
#ifndef OW_RULE_HASH_H
#define OW_RULE_HASH_H

#include "base/str.h"

static inline uint32_t ow_hash(uint32_t seed, struct ow_str s)
{
    uint64_t h = 0xcbf29ce484222325u ^ seed; /* FNV-1a */

    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
    h ^= (uint64_t)seed << 32;
    h *= 0x9e3779b97f4a7c15u;
    return (uint32_t)(h >> 32);
}

#endif
