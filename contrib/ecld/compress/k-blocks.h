/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_K_BLOCKS_H
#define ECLD_K_BLOCKS_H

#include "quantization.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ecld
{

/// Groups of a super-block, ggml's QK_K / 32.
constexpr std::size_t K_GROUPS = 8;

/// Weights of a super-block, ggml's QK_K.
constexpr std::size_t K_BLOCK_SIZE = K_GROUPS * GROUP_SIZE;

/**
 * @brief 256 weights of Q4_K: scales and offsets are themselves quantised to 6 bits.
 *
 * Weight i of group g is scale * scaleCodes[g] * q - offset * offsetCodes[g].
 */
struct KBlock
{
    float scale{0};                              ///< d, exact in binary16, >= 0
    float offset{0};                             ///< dmin, exact in binary16, >= 0
    std::array<uint8_t, K_GROUPS> scaleCodes{};  ///< 0 .. 63
    std::array<uint8_t, K_GROUPS> offsetCodes{}; ///< 0 .. 63
    std::array<uint8_t, K_BLOCK_SIZE> codes{};   ///< 0 .. 15
    float Get(std::size_t i) const;              ///< @param i a weight @return its value
};

/**
 * @brief Quantise to Q4_K's nested 4 bits.
 *
 * MIN_MAX takes the range of each group, zero included, and rounds scales and offsets to 6 bits of
 * the largest. REFINED starts from the least squares of each group, then takes turns: the best of
 * the neighbouring pairs of 6-bit codes of each group with the weights rounded again, and the least
 * squares of the two factors of the super-block. It is never worse than MIN_MAX in any super-block.
 *
 * @param rows the weights, columns a multiple of 256
 * @param method how the parameters are found
 * @return the super-blocks, row by row
 * @throws std::invalid_argument as QuantizeAffine does
 */
std::vector<KBlock> QuantizeK(const WeightRows& rows, QuantizationMethod method);

} // namespace ecld

#endif // ECLD_K_BLOCKS_H
