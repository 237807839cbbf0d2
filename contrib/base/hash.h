/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <cstddef>
#include <cstdint>

namespace base
{

/// Where a 64-bit FNV-1a hash begins
const uint64_t hashBasis = 0xcbf29ce484222325;

/**
 * 64-bit FNV-1a, to tell settings and texts apart; not against malice.
 * @param data bytes
 * @param sizeBytes how many
 * @param hash of what came before
 * @return the hash of both
 */
inline uint64_t
HashBytes(const void* data, std::size_t sizeBytes, uint64_t hash = hashBasis)
{
    const uint64_t prime = 0x100000001b3;
    const auto* bytes = static_cast<const unsigned char*>(data);
    for (std::size_t i = 0; i < sizeBytes; ++i)
    {
        hash = (hash ^ bytes[i]) * prime;
    }
    return hash;
}

} // namespace base

#endif // BASE_HASH_H
