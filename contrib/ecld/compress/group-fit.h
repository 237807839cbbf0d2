/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_GROUP_FIT_H
#define ECLD_GROUP_FIT_H

#include <array>
#include <cstddef>

namespace ecld
{

/// Weights that share one scale and one offset.
constexpr std::size_t GROUP_SIZE = 32;

/// Groups that are fitted side by side, one in each lane of a vector register.
constexpr std::size_t GROUP_LANES = 16;

/// One number for every group in a batch.
using LaneValues = std::array<float, GROUP_LANES>;

/**
 * @brief A batch of groups, weight by weight, so that the compiler makes vector code of plain
 * loops.
 *
 * Lanes beyond the last group hold a copy of some group; their result is dropped.
 */
struct GroupBatch
{
    alignas(64) std::array<LaneValues, GROUP_SIZE> weights;    ///< finite
    alignas(64) std::array<LaneValues, GROUP_SIZE> importance; ///< weight of each square, >= 0
};

/// Codes of a batch, whole numbers.
using LaneCodes = std::array<LaneValues, GROUP_SIZE>;

/// Weighted square errors of a batch.
using LaneErrors = std::array<double, GROUP_LANES>;

/// Which offsets a container can hold.
enum class OffsetKind
{
    FREE,        ///< any sign (Q4_1)
    NOT_POSITIVE ///< the K blocks store minus the offset without a sign
};

/// Fitted scales and offsets: weight i is about offset + scale * q_i.
struct GroupFit
{
    alignas(64) LaneValues scale;  ///< step Delta of (13), >= 0
    alignas(64) LaneValues offset; ///< a of (12)
};

/// Where the search starts and how long it goes on.
struct GroupFitSettings
{
    int levels{15};                      ///< largest code, 2^q - 1, [1, 255]
    OffsetKind offset{OffsetKind::FREE}; ///< which offsets are allowed
    /// Starts an end of the range, [1, 16]: both ends move inwards, so there are this many squared.
    /// More starts win little: 1, 3, 5 leave 80, 78.5, 78.2 % of min-max's error at 4 bits.
    int startsPerEnd{3};
    double startStep{0.5}; ///< how far a start moves an end, in steps Delta, > 0
    int rounds{4};         ///< round and least squares so often from each start, [1, 100]
};

/**
 * @brief Range of each group: min-max (13).
 * @param batch the groups
 * @param settings levels and the kind of offset
 * @return scale and offset; the scale is 0 where all weights are equal
 */
GroupFit FitMinMax(const GroupBatch& batch, const GroupFitSettings& settings);

/**
 * @brief Minimise the weighted square error over (a, b), section III-C-2 of arXiv:2602.13628.
 *
 * From each start of a grid of clipped ranges, rounding and the closed-form least squares in
 * (scale, offset) take turns; neither raises the error. The best state of all is kept.
 *
 * @param batch the groups
 * @param settings the grid
 * @return scale and offset, not yet rounded to what a container holds
 */
GroupFit FitLeastSquares(const GroupBatch& batch, const GroupFitSettings& settings);

/**
 * @brief Round all weights to codes: truncation of code + 0.5, as ggml's quantize_row_q4_1_ref.
 * @param batch the groups
 * @param fit scale and offset
 * @param levels the largest code
 * @param codes where the codes go, whole numbers from 0 to levels
 */
void RoundCodes(const GroupBatch& batch, const GroupFit& fit, int levels, LaneCodes& codes);

/**
 * @brief Weighted square errors after RoundCodes, in floats: for a search, where many are compared.
 * @param batch the groups
 * @param fit scale and offset
 * @param levels the largest code
 * @return one error for each group
 */
LaneValues EstimateErrors(const GroupBatch& batch, const GroupFit& fit, int levels);

/**
 * @brief Weighted square errors of codes, summed up in double.
 * @param batch the groups
 * @param fit scale and offset as they are stored
 * @param codes the codes
 * @return one error for each group
 */
LaneErrors SumErrors(const GroupBatch& batch, const GroupFit& fit, const LaneCodes& codes);

} // namespace ecld

#endif // ECLD_GROUP_FIT_H
