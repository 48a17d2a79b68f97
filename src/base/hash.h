/*
 * hash: FNV-1a of 64 bits, for what is looked up or drawn by what it is called
 * and has no enemy (draft-eastlake-fnv).
 *
 *     uint64_t hash = ow_hash_bytes(OW_HASH_BEGIN, text, len);
 *     hash = ow_hash_bytes(hash, more, n);         as if it were one text
 */
#ifndef OW_BASE_HASH_H
#define OW_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define OW_HASH_BEGIN UINT64_C(0xcbf29ce484222325)
#define OW_HASH_PRIME UINT64_C(0x100000001b3)

static inline uint64_t ow_hash_bytes(uint64_t hash, const void *bytes,
                                     size_t len)
{
    const unsigned char *at = (const unsigned char *)bytes;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * OW_HASH_PRIME;
    return hash;
}

#endif
