/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "block-traits.h"

#include <algorithm>
#include <cmath>

namespace ecld
{

uint8_t
GroupGrid::ChooseCode(double target, int levels) const
{
    const double code = scale > 0 ? (target - offset) / scale : 0;
    return static_cast<uint8_t>(std::lround(std::clamp<double>(code, 0, levels)));
}

GroupGrid
BlockTraits<AffineGroup>::GetGrid(const AffineGroup& block, std::size_t)
{
    return {block.scale, block.offset};
}

std::vector<AffineGroup>
BlockTraits<AffineGroup>::Fit(const WeightRows& rows, int levels)
{
    const int bits = static_cast<int>(std::lround(std::log2(levels + 1)));
    return QuantizeAffine(rows, bits, QuantizationMethod::REFINED);
}

GroupGrid
BlockTraits<KBlock>::GetGrid(const KBlock& block, std::size_t i)
{
    const std::size_t group = i / GROUP_SIZE;
    return {block.scale * static_cast<float>(block.scaleCodes[group]),
            -block.offset * static_cast<float>(block.offsetCodes[group])};
}

std::vector<KBlock>
BlockTraits<KBlock>::Fit(const WeightRows& rows, int)
{
    return QuantizeK(rows, QuantizationMethod::REFINED);
}

} // namespace ecld
