/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "quantization.h"

#include "base/vector-clones.h"
#include "format/data-type.h"
#include "row-refinement.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace ecld
{

namespace
{

/// Largest code of a symmetric group.
constexpr int SYMMETRIC_LEVELS = 127;

/**
 * Round with parameters as they are stored, and move the offset to the mean residual.
 * A scale in binary16 is off by up to 2^-12, which an offset can make up for in part.
 */
VECTOR_CLONES void
CentreOffset(const GroupBatch& batch, const LaneValues& scale, float levels, LaneValues& offset)
{
    LaneValues sumW;
    LaneValues sum;
    sumW.fill(0);
    sum.fill(0);
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            const float inverse = scale[l] > 0 ? 1 / scale[l] : 0;
            float q = (batch.weights[i][l] - offset[l]) * inverse + 0.5F;
            q = q > 0 ? q : 0;
            q = q < levels + 0.5F ? q : levels + 0.5F;
            const float code = static_cast<float>(static_cast<int>(q));
            const float residual = batch.weights[i][l] - offset[l] - scale[l] * code;
            sumW[l] += batch.importance[i][l];
            sum[l] += batch.importance[i][l] * residual;
        }
    }
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        offset[l] += sumW[l] > 0 ? sum[l] / sumW[l] : 0;
    }
}

/// Parameters and codes of a batch.
struct LaneGroups
{
    GroupFit fit;      ///< as stored
    LaneCodes codes;   ///< as stored
    LaneErrors errors; ///< weighted square errors
};

/// Round parameters to what is stored.
void
RoundFit(GroupFit& fit)
{
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        fit.scale[l] = RoundToHalf(fit.scale[l]);
        fit.offset[l] = RoundToHalf(fit.offset[l]);
    }
}

LaneGroups
MakeMinMax(const GroupBatch& batch, const GroupFitSettings& settings)
{
    LaneGroups groups;
    groups.fit = FitMinMax(batch, settings);
    RoundCodes(batch, groups.fit, settings.levels, groups.codes);
    RoundFit(groups.fit);
    groups.errors = SumErrors(batch, groups.fit, groups.codes);
    return groups;
}

LaneGroups
MakeRefined(const GroupBatch& batch, const GroupFitSettings& settings)
{
    const auto levels = static_cast<float>(settings.levels);
    LaneGroups groups;
    groups.fit = FitLeastSquares(batch, settings);
    for (float& scale : groups.fit.scale)
    {
        scale = RoundToHalf(scale);
    }
    CentreOffset(batch, groups.fit.scale, levels, groups.fit.offset);
    RoundFit(groups.fit);
    RoundCodes(batch, groups.fit, settings.levels, groups.codes);
    groups.errors = SumErrors(batch, groups.fit, groups.codes);
    return groups;
}

void
RequireColumns(const WeightRows& rows)
{
    if (rows.columns == 0 || rows.columns % GROUP_SIZE != 0)
    {
        throw std::invalid_argument("columns: got " + std::to_string(rows.columns) +
                                    ", expected a multiple of " + std::to_string(GROUP_SIZE));
    }
}

/// Codes of groups without an offset, halves away from zero as ggml rounds them.
VECTOR_CLONES void
RoundSymmetric(const GroupBatch& batch, const LaneValues& inverse, LaneCodes& codes)
{
    const auto limit = static_cast<float>(SYMMETRIC_LEVELS);
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            const float q = batch.weights[i][l] * inverse[l];
            float size = q > 0 ? q : -q;
            size = size < limit ? size : limit;
            const auto whole = static_cast<float>(static_cast<int>(size));
            const float rest = size - whole;
            // Twice the rest is below 2: 1 from a half on.
            size = whole + static_cast<float>(static_cast<int>(rest + rest));
            codes[i][l] = q > 0 ? size : -size;
        }
    }
}

/// Least squares of the scales with the codes fixed; a scale that is not positive stays.
VECTOR_CLONES void
SolveSymmetric(const GroupBatch& batch, const LaneCodes& codes, LaneValues& scale)
{
    LaneErrors wqq{};
    LaneErrors wqx{};
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            const double wq = static_cast<double>(batch.importance[i][l]) * codes[i][l];
            wqq[l] += wq * codes[i][l];
            wqx[l] += wq * batch.weights[i][l];
        }
    }
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        const auto next = static_cast<float>(wqq[l] > 0 ? wqx[l] / wqq[l] : 0);
        scale[l] = next > 0 ? next : scale[l];
    }
}

/// @param scale of each group @return its inverse, 0 where that is no number
LaneValues
Invert(const LaneValues& scale)
{
    LaneValues inverse;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        inverse[l] = scale[l] > 0 && 1 / scale[l] < 3.4e38F ? 1 / scale[l] : 0;
    }
    return inverse;
}

LaneGroups
FitSymmetric(const GroupBatch& batch, QuantizationMethod method)
{
    LaneValues full;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        float largest = 0;
        for (std::size_t i = 0; i < GROUP_SIZE; ++i)
        {
            largest = std::max(largest, std::fabs(batch.weights[i][l]));
        }
        full[l] = largest / SYMMETRIC_LEVELS;
    }
    LaneGroups best;
    best.fit.scale = full;
    best.fit.offset.fill(0);
    RoundFit(best.fit);
    // As ggml's quantize_row_q8_0_ref: codes from the step before it is rounded to binary16.
    RoundSymmetric(batch, Invert(full), best.codes);
    best.errors = SumErrors(batch, best.fit, best.codes);
    if (method == QuantizationMethod::MIN_MAX)
    {
        return best;
    }
    // In steps of the code: from the full range down to clipping the largest by two codes.
    for (const double clip : {0.0, 0.5, 1.0, 1.5, 2.0})
    {
        LaneGroups trial;
        trial.fit.offset.fill(0);
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            trial.fit.scale[l] = static_cast<float>(full[l] * (1 - clip / SYMMETRIC_LEVELS));
        }
        for (int round = 0; round < 3; ++round)
        {
            RoundSymmetric(batch, Invert(trial.fit.scale), trial.codes);
            SolveSymmetric(batch, trial.codes, trial.fit.scale);
        }
        RoundFit(trial.fit);
        RoundSymmetric(batch, Invert(trial.fit.scale), trial.codes);
        trial.errors = SumErrors(batch, trial.fit, trial.codes);
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            if (trial.errors[l] < best.errors[l])
            {
                best.errors[l] = trial.errors[l];
                best.fit.scale[l] = trial.fit.scale[l];
                for (std::size_t i = 0; i < GROUP_SIZE; ++i)
                {
                    best.codes[i][l] = trial.codes[i][l];
                }
            }
        }
    }
    return best;
}

} // namespace

float
AffineGroup::Get(std::size_t i) const
{
    return scale * static_cast<float>(codes[i]) + offset;
}

float
SymmetricGroup::Get(std::size_t i) const
{
    return scale * static_cast<float>(codes[i]);
}

void
RequireMetric(const WeightRows& rows)
{
    if (rows.metric->GetColumns() != rows.columns)
    {
        throw std::invalid_argument("got the metric of " +
                                    std::to_string(rows.metric->GetColumns()) +
                                    " columns, expected " + std::to_string(rows.columns));
    }
}

float
RoundToHalf(float value)
{
    const float rounded = HalfToFloat(FloatToHalf(value));
    if (!std::isfinite(rounded))
    {
        throw std::invalid_argument("got the scale or offset " + std::to_string(value) +
                                    ", expected at most 65504, the largest of binary16");
    }
    return rounded;
}

double
GetImportanceUnit(const WeightRows& rows)
{
    double mean = 0;
    for (std::size_t i = 0; rows.importance && i < rows.columns; ++i)
    {
        const float value = rows.importance[i];
        if (!(value >= 0) || !std::isfinite(value))
        {
            throw std::invalid_argument("column " + std::to_string(i) + ": got the importance " +
                                        std::to_string(value) +
                                        ", expected a finite number from 0");
        }
        mean += value / static_cast<double>(rows.columns);
    }
    return mean > 0 ? mean : 1;
}

GroupBatch
MakeGroupBatch(const WeightRows& rows, std::size_t first, double importanceUnit)
{
    GroupBatch batch;
    const std::size_t groupsPerRow = rows.columns / GROUP_SIZE;
    const std::size_t groups = rows.rows * groupsPerRow;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        const std::size_t group = std::min(first + l, groups - 1);
        const std::size_t column = group % groupsPerRow * GROUP_SIZE;
        const float* const weights = rows.weights + group * GROUP_SIZE;
        for (std::size_t i = 0; i < GROUP_SIZE; ++i)
        {
            if (!std::isfinite(weights[i]))
            {
                throw std::invalid_argument("row " + std::to_string(group / groupsPerRow) +
                                            ", column " + std::to_string(column + i) +
                                            ": got the weight " + std::to_string(weights[i]) +
                                            ", expected a finite number");
            }
            batch.weights[i][l] = weights[i];
            batch.importance[i][l] =
                rows.importance ? static_cast<float>(rows.importance[column + i] / importanceUnit)
                                : 1.0F;
        }
    }
    return batch;
}

std::vector<AffineGroup>
QuantizeAffine(const WeightRows& rows, int bits, QuantizationMethod method)
{
    RequireColumns(rows);
    if (bits < 2 || bits > 8)
    {
        throw std::invalid_argument("bits: got " + std::to_string(bits) + ", expected 2 to 8");
    }
    GroupFitSettings settings;
    settings.levels = (1 << bits) - 1;
    const double importanceUnit = GetImportanceUnit(rows);
    std::vector<AffineGroup> result(rows.rows * rows.columns / GROUP_SIZE);
    for (std::size_t first = 0; first < result.size(); first += GROUP_LANES)
    {
        const GroupBatch batch = MakeGroupBatch(rows, first, importanceUnit);
        LaneGroups groups = MakeMinMax(batch, settings);
        LaneGroups refined = groups;
        if (method == QuantizationMethod::REFINED)
        {
            refined = MakeRefined(batch, settings);
        }
        for (std::size_t l = 0; l < std::min(GROUP_LANES, result.size() - first); ++l)
        {
            const LaneGroups& best = refined.errors[l] < groups.errors[l] ? refined : groups;
            AffineGroup& group = result[first + l];
            group.scale = best.fit.scale[l];
            group.offset = best.fit.offset[l];
            for (std::size_t i = 0; i < GROUP_SIZE; ++i)
            {
                group.codes[i] = static_cast<uint8_t>(best.codes[i][l]);
            }
        }
    }
    if (method == QuantizationMethod::REFINED && rows.metric)
    {
        RequireMetric(rows);
        for (std::size_t row = 0; row < rows.rows; ++row)
        {
            RefineRow(rows.weights + row * rows.columns,
                      *rows.metric,
                      settings.levels,
                      &result[row * rows.columns / GROUP_SIZE]);
        }
    }
    return result;
}

std::vector<SymmetricGroup>
QuantizeSymmetric(const WeightRows& rows, QuantizationMethod method)
{
    RequireColumns(rows);
    const double importanceUnit = GetImportanceUnit(rows);
    std::vector<SymmetricGroup> result(rows.rows * rows.columns / GROUP_SIZE);
    for (std::size_t first = 0; first < result.size(); first += GROUP_LANES)
    {
        const GroupBatch batch = MakeGroupBatch(rows, first, importanceUnit);
        const LaneGroups fitted = FitSymmetric(batch, method);
        for (std::size_t l = 0; l < std::min(GROUP_LANES, result.size() - first); ++l)
        {
            result[first + l].scale = fitted.fit.scale[l];
            for (std::size_t i = 0; i < GROUP_SIZE; ++i)
            {
                result[first + l].codes[i] = static_cast<int8_t>(fitted.codes[i][l]);
            }
        }
    }
    return result;
}

} // namespace ecld
