/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SIX_BIT_BLOCKS_H
#define ECLD_SIX_BIT_BLOCKS_H

#include "k-blocks.h"
#include "quantization.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ecld
{

/// Weights of Q6_K that share a scale, and groups of a super-block.
constexpr std::size_t SIX_BIT_GROUP_SIZE = 16;
constexpr std::size_t SIX_BIT_GROUPS = K_BLOCK_SIZE / SIX_BIT_GROUP_SIZE;

/**
 * @brief 256 weights of Q6_K: 16 groups of 16 without offsets, whose scales have 8 bits.
 *
 * Weight i of group g is scale * scaleCodes[g] * codes[i].
 */
struct SixBitBlock
{
    float scale{0};                                  ///< d, exact in binary16, of any sign
    std::array<int8_t, SIX_BIT_GROUPS> scaleCodes{}; ///< -128 .. 127
    std::array<int8_t, K_BLOCK_SIZE> codes{};        ///< -32 .. 31
    float Get(std::size_t i) const;                  ///< @param i a weight @return its value
};

/**
 * @brief Quantise to Q6_K, which llama.cpp keeps output matrices in.
 *
 * MIN_MAX takes the largest magnitude of a group for -32. REFINED searches the step of each group
 * around that by least squares, then takes turns: the best of the neighbouring 8-bit codes of each
 * scale with the weights rounded again, and the least squares of the factor of the super-block. It
 * is never worse than MIN_MAX in any super-block.
 *
 * @param rows the weights, columns a multiple of 256
 * @param method how the scales are found
 * @return the super-blocks, row by row
 * @throws std::invalid_argument as QuantizeAffine does
 */
std::vector<SixBitBlock> QuantizeSixBits(const WeightRows& rows, QuantizationMethod method);

} // namespace ecld

#endif // ECLD_SIX_BIT_BLOCKS_H
