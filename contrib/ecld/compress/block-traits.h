/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_BLOCK_TRAITS_H
#define ECLD_BLOCK_TRAITS_H

#include "k-blocks.h"
#include "quantization.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ecld
{

/// Scale and offset of a weight's group.
struct GroupGrid
{
    double scale;  ///< step
    double offset; ///< value of code 0

    /// @param target a number @param levels largest code @return the code of the nearest value
    uint8_t ChooseCode(double target, int levels) const;
};

/// What refinements by inputs need to know of a container; for AffineGroup and KBlock.
template <typename Block>
struct BlockTraits;

/// Groups of (12).
template <>
struct BlockTraits<AffineGroup>
{
    static constexpr std::size_t SIZE = GROUP_SIZE; ///< weights of a block

    /// @param block a group @param i a weight @return its grid
    static GroupGrid GetGrid(const AffineGroup& block, std::size_t i);

    /// @param rows as QuantizeAffine @param levels largest code, 2^bits - 1 @return their groups
    static std::vector<AffineGroup> Fit(const WeightRows& rows, int levels);
};

/// Super-blocks of Q4_K.
template <>
struct BlockTraits<KBlock>
{
    static constexpr std::size_t SIZE = K_BLOCK_SIZE; ///< weights of a block

    /// @param block a super-block @param i a weight @return the grid of its group
    static GroupGrid GetGrid(const KBlock& block, std::size_t i);

    /// @param rows as QuantizeK @param levels not used @return their super-blocks
    static std::vector<KBlock> Fit(const WeightRows& rows, int levels);
};

} // namespace ecld

#endif // ECLD_BLOCK_TRAITS_H
