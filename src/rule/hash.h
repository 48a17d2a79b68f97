/*
 * hash: of a short text with a number, for the tables that are looked up with
 * each request. Not for input that wants to collide: the keys that are stored
 * come from rule files.
 */
#ifndef OW_RULE_HASH_H
#define OW_RULE_HASH_H

#include "base/hash.h"
#include "base/str.h"

static inline uint32_t ow_hash(uint32_t seed, struct ow_str s)
{
    uint64_t h = ow_hash_bytes(OW_HASH_BEGIN ^ seed, s.ptr, s.len);

    h ^= (uint64_t)seed << 32;
    h *= 0x9e3779b97f4a7c15u;
    return (uint32_t)(h >> 32);
}

#endif
