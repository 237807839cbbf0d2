/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "group-fit.h"

#include "base/vector-clones.h"

#include <algorithm>

namespace ecld
{

namespace
{

/// Adding and taking away 1.5 * 2^23 rounds a float below 2^22 to the nearest integer, ties to
/// even.
constexpr float ROUNDER = 12582912.0F;

/// A determinant below this share of its terms says that all codes are equal.
constexpr float SINGULAR = 1e-6F;

/// The groups of a batch, each mapped to [0, 1], which keeps float sums well conditioned.
struct UnitBatch
{
    alignas(64) std::array<LaneValues, GROUP_SIZE> x; ///< mapped weights
    alignas(64) LaneValues base;                      ///< what 0 stands for
    alignas(64) LaneValues range;                     ///< what 1 stands for, minus base
    alignas(64) LaneValues sumW;                      ///< sum of importance
    alignas(64) LaneValues sumWx;                     ///< sum of importance times x
    alignas(64) LaneValues maxOffset;                 ///< largest offset that is allowed
};

/// What one pass of rounding leaves.
struct PassSums
{
    alignas(64) LaneValues error; ///< weighted square error of scale and offset with these codes
    alignas(64) LaneValues wq;    ///< sum of w q
    alignas(64) LaneValues wqq;   ///< sum of w q q
    alignas(64) LaneValues wqx;   ///< sum of w q x
};

VECTOR_CLONES void
MapToUnit(const GroupBatch& batch, const GroupFitSettings& settings, UnitBatch& unit)
{
    LaneValues low = batch.weights[0];
    LaneValues high = batch.weights[0];
    for (const LaneValues& row : batch.weights)
    {
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            low[l] = row[l] < low[l] ? row[l] : low[l];
            high[l] = row[l] > high[l] ? row[l] : high[l];
        }
    }
    const bool isFree = settings.offset == OffsetKind::FREE;
    LaneValues inverse;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        low[l] = isFree || low[l] < 0 ? low[l] : 0;
        high[l] = high[l] > low[l] ? high[l] : low[l];
        unit.base[l] = low[l];
        unit.range[l] = high[l] - low[l];
        inverse[l] = unit.range[l] > 0 ? 1 / unit.range[l] : 0;
        // A range below the smallest normal float counts as none.
        inverse[l] = inverse[l] < 1e38F ? inverse[l] : 0;
        unit.maxOffset[l] = isFree ? 2 : -low[l] * inverse[l];
        unit.sumW[l] = 0;
        unit.sumWx[l] = 0;
    }
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            const float x = (batch.weights[i][l] - unit.base[l]) * inverse[l];
            unit.x[i][l] = x;
            unit.sumW[l] += batch.importance[i][l];
            unit.sumWx[l] += batch.importance[i][l] * x;
        }
    }
}

/// Round with a scale and an offset, and sum up what the error and the least squares need.
VECTOR_CLONES void
RoundOnce(const GroupBatch& batch,
          const UnitBatch& unit,
          const GroupFit& fit,
          float levels,
          PassSums& sums)
{
    LaneValues inverse;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        inverse[l] = fit.scale[l] > 1e-30F ? 1 / fit.scale[l] : 0;
        sums.error[l] = 0;
        sums.wq[l] = 0;
        sums.wqq[l] = 0;
        sums.wqx[l] = 0;
    }
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            const float x = unit.x[i][l];
            const float w = batch.importance[i][l];
            float q = (x - fit.offset[l]) * inverse[l];
            q = q > 0 ? q : 0;
            q = q < levels ? q : levels;
            q = (q + ROUNDER) - ROUNDER;
            const float residual = x - fit.offset[l] - fit.scale[l] * q;
            const float wq = w * q;
            sums.error[l] += w * residual * residual;
            sums.wq[l] += wq;
            sums.wqq[l] += wq * q;
            sums.wqx[l] += wq * x;
        }
    }
}

/// Keep what is better than the best, then move to the least squares of the codes.
VECTOR_CLONES void
KeepAndSolve(const UnitBatch& unit,
             const PassSums& sums,
             GroupFit& fit,
             GroupFit& best,
             LaneValues& bestError)
{
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        const bool isBetter = sums.error[l] < bestError[l];
        bestError[l] = isBetter ? sums.error[l] : bestError[l];
        best.scale[l] = isBetter ? fit.scale[l] : best.scale[l];
        best.offset[l] = isBetter ? fit.offset[l] : best.offset[l];

        const float product = unit.sumW[l] * sums.wqq[l];
        const float determinant = product - sums.wq[l] * sums.wq[l];
        const bool isSolvable = determinant > SINGULAR * product;
        const float inverse = isSolvable ? 1 / determinant : 0;
        float scale = (unit.sumW[l] * sums.wqx[l] - sums.wq[l] * unit.sumWx[l]) * inverse;
        float offset = (sums.wqq[l] * unit.sumWx[l] - sums.wq[l] * sums.wqx[l]) * inverse;
        // At the border the best scale is that of the border.
        const bool isOut = offset > unit.maxOffset[l];
        const float border = unit.maxOffset[l];
        const float borderScale =
            (sums.wqx[l] - border * sums.wq[l]) / (sums.wqq[l] > 0 ? sums.wqq[l] : 1);
        scale = isOut ? borderScale : scale;
        offset = isOut ? border : offset;
        const bool isTaken = isSolvable && scale > 0;
        fit.scale[l] = isTaken ? scale : fit.scale[l];
        fit.offset[l] = isTaken ? offset : fit.offset[l];
    }
}

} // namespace

GroupFit
FitMinMax(const GroupBatch& batch, const GroupFitSettings& settings)
{
    UnitBatch unit;
    MapToUnit(batch, settings, unit);
    GroupFit fit;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        fit.scale[l] = unit.range[l] / static_cast<float>(settings.levels);
        fit.offset[l] = unit.base[l];
    }
    return fit;
}

GroupFit
FitLeastSquares(const GroupBatch& batch, const GroupFitSettings& settings)
{
    UnitBatch unit;
    MapToUnit(batch, settings, unit);
    const auto levels = static_cast<float>(settings.levels);
    GroupFit best;
    best.scale.fill(1 / levels);
    best.offset.fill(0);
    LaneValues bestError;
    bestError.fill(3e38F);
    PassSums sums;
    const double step = settings.startStep / settings.levels;
    for (int low = 0; low < settings.startsPerEnd; ++low)
    {
        for (int high = 0; high < settings.startsPerEnd; ++high)
        {
            const double width = 1 - step * (low + high);
            if (width <= 0)
            {
                continue;
            }
            GroupFit fit;
            fit.scale.fill(static_cast<float>(width / settings.levels));
            for (std::size_t l = 0; l < GROUP_LANES; ++l)
            {
                fit.offset[l] = std::min(static_cast<float>(step * low), unit.maxOffset[l]);
            }
            for (int round = 0; round < settings.rounds; ++round)
            {
                RoundOnce(batch, unit, fit, levels, sums);
                KeepAndSolve(unit, sums, fit, best, bestError);
            }
        }
    }
    GroupFit result;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        result.scale[l] = best.scale[l] * unit.range[l];
        result.offset[l] = unit.base[l] + best.offset[l] * unit.range[l];
    }
    return result;
}

VECTOR_CLONES void
RoundCodes(const GroupBatch& batch, const GroupFit& fit, int levels, LaneCodes& codes)
{
    // Codes reach levels + 0.5 before they are truncated.
    const float limit = static_cast<float>(levels) + 0.5F;
    LaneValues inverse;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        inverse[l] = fit.scale[l] > 0 ? 1 / fit.scale[l] : 0;
        // The range of a group may be so small that the inverse of its step overflows.
        inverse[l] = inverse[l] < 3.4e38F ? inverse[l] : 0;
    }
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            float q = (batch.weights[i][l] - fit.offset[l]) * inverse[l] + 0.5F;
            q = q > 0 ? q : 0;
            q = q < limit ? q : limit;
            codes[i][l] = static_cast<float>(static_cast<int>(q));
        }
    }
}

VECTOR_CLONES LaneValues
EstimateErrors(const GroupBatch& batch, const GroupFit& fit, int levels)
{
    const float limit = static_cast<float>(levels) + 0.5F;
    LaneValues inverse;
    LaneValues errors;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        inverse[l] = fit.scale[l] > 0 ? 1 / fit.scale[l] : 0;
        inverse[l] = inverse[l] < 3.4e38F ? inverse[l] : 0;
        errors[l] = 0;
    }
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            const float x = batch.weights[i][l] - fit.offset[l];
            float q = x * inverse[l] + 0.5F;
            q = q > 0 ? q : 0;
            q = q < limit ? q : limit;
            const float residual = x - fit.scale[l] * static_cast<float>(static_cast<int>(q));
            errors[l] += batch.importance[i][l] * residual * residual;
        }
    }
    return errors;
}

VECTOR_CLONES LaneErrors
SumErrors(const GroupBatch& batch, const GroupFit& fit, const LaneCodes& codes)
{
    LaneErrors errors;
    errors.fill(0);
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            const float value = fit.scale[l] * codes[i][l] + fit.offset[l];
            const double residual = static_cast<double>(batch.weights[i][l]) - value;
            errors[l] += batch.importance[i][l] * residual * residual;
        }
    }
    return errors;
}

} // namespace ecld
