/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_GGUF_BLOCKS_H
#define ECLD_GGUF_BLOCKS_H

#include "format/gguf.h"
#include "k-blocks.h"
#include "quantization.h"

#include <cstddef>
#include <vector>

namespace ecld
{

/**
 * @param type a tensor type of GGUF
 * @param columns length of a row
 * @return whether we write such rows: F32, F16, BF16; Q8_0 and Q4_1 for multiples of 32, Q4_K and
 * Q6_K of 256
 */
bool CanQuantize(GgufType type, std::size_t columns);

/**
 * @brief Turn rows of weights into the bytes of a GGUF tensor (layout: ggml-common.h).
 *
 * Q4_1 and Q8_0 with MIN_MAX are llama.cpp's bytes. F32, F16 and BF16 are rounded to nearest even.
 *
 * @param type F32, F16, BF16, Q8_0, Q6_K, Q4_1 or Q4_K
 * @param rows the weights
 * @param method how the parameters of a block are found
 * @param blocks where GetGgufTensorBytes(type, {rows, columns}) bytes go
 * @throws std::invalid_argument where CanQuantize is false or a number does not fit
 */
void QuantizeBlocks(GgufType type,
                    const WeightRows& rows,
                    QuantizationMethod method,
                    std::byte* blocks);

/**
 * @brief Turn blocks back into weights, with the arithmetic of ggml.
 * @param type a type that QuantizeBlocks knows
 * @param blocks the bytes
 * @param count number of weights, whole blocks
 * @param weights where they go
 * @throws std::invalid_argument for another type or count
 */
void DequantizeBlocks(GgufType type, const std::byte* blocks, std::size_t count, float* weights);

/// @param groups of Q4_1 @param blocks where 20 bytes of each go
void PackBlocks(const std::vector<AffineGroup>& groups, std::byte* blocks);

/// @param groups of Q4_K @param blocks where 144 bytes of each go
void PackBlocks(const std::vector<KBlock>& groups, std::byte* blocks);

} // namespace ecld

#endif // ECLD_GGUF_BLOCKS_H
