/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "k-blocks.h"

#include "base/vector-clones.h"
#include "row-refinement.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace ecld
{

namespace
{

/// Largest code of a weight.
constexpr int LEVELS = 15;

/// Largest code of a scale or an offset of a group.
constexpr int PARAMETER_LEVELS = 63;

/// Super-blocks that fill a batch.
constexpr std::size_t BATCH_BLOCKS = GROUP_LANES / K_GROUPS;

/// Turns of the nested refinement; the third changes less than 0.1 % of the error.
constexpr int TURNS = 3;

/// Parameters of the super-blocks of a batch.
struct KParameters
{
    std::array<float, BATCH_BLOCKS> scale{};    ///< d, as stored
    std::array<float, BATCH_BLOCKS> offset{};   ///< dmin, as stored
    std::array<int, GROUP_LANES> scaleCodes{};  ///< 0 .. 63
    std::array<int, GROUP_LANES> offsetCodes{}; ///< 0 .. 63
};

/// What a decoder makes of the parameters.
GroupFit
MakeFit(const KParameters& parameters)
{
    GroupFit fit;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        const std::size_t block = l / K_GROUPS;
        fit.scale[l] = parameters.scale[block] * static_cast<float>(parameters.scaleCodes[l]);
        fit.offset[l] = -parameters.offset[block] * static_cast<float>(parameters.offsetCodes[l]);
    }
    return fit;
}

/// Errors with the weights rounded to these parameters.
LaneErrors
RoundAndSum(const GroupBatch& batch, const KParameters& parameters, LaneCodes& codes)
{
    const GroupFit fit = MakeFit(parameters);
    RoundCodes(batch, fit, LEVELS, codes);
    return SumErrors(batch, fit, codes);
}

int
RoundParameter(double value, float unit)
{
    return unit > 0 ? std::clamp(static_cast<int>(std::lround(value / unit)), 0, PARAMETER_LEVELS)
                    : 0;
}

/// Round the parameters of the groups to 6 bits of the largest.
KParameters
Nest(const GroupFit& fit)
{
    KParameters parameters;
    for (std::size_t block = 0; block < BATCH_BLOCKS; ++block)
    {
        float scale = 0;
        float offset = 0;
        for (std::size_t l = block * K_GROUPS; l < (block + 1) * K_GROUPS; ++l)
        {
            scale = std::max(scale, fit.scale[l]);
            offset = std::max(offset, -fit.offset[l]);
        }
        parameters.scale[block] = RoundToHalf(scale / PARAMETER_LEVELS);
        parameters.offset[block] = RoundToHalf(offset / PARAMETER_LEVELS);
        for (std::size_t l = block * K_GROUPS; l < (block + 1) * K_GROUPS; ++l)
        {
            parameters.scaleCodes[l] = RoundParameter(fit.scale[l], parameters.scale[block]);
            parameters.offsetCodes[l] = RoundParameter(-fit.offset[l], parameters.offset[block]);
        }
    }
    return parameters;
}

/// Try the neighbouring pairs of codes of each group.
void
SearchGroupCodes(const GroupBatch& batch, KParameters& parameters)
{
    const KParameters start = parameters;
    LaneValues best = EstimateErrors(batch, MakeFit(start), LEVELS);
    for (int scaleStep = -1; scaleStep <= 1; ++scaleStep)
    {
        for (int offsetStep = -1; offsetStep <= 1; ++offsetStep)
        {
            KParameters trial = start;
            for (std::size_t l = 0; l < GROUP_LANES; ++l)
            {
                trial.scaleCodes[l] =
                    std::clamp(start.scaleCodes[l] + scaleStep, 0, PARAMETER_LEVELS);
                trial.offsetCodes[l] =
                    std::clamp(start.offsetCodes[l] + offsetStep, 0, PARAMETER_LEVELS);
            }
            const LaneValues errors = EstimateErrors(batch, MakeFit(trial), LEVELS);
            for (std::size_t l = 0; l < GROUP_LANES; ++l)
            {
                if (errors[l] < best[l])
                {
                    best[l] = errors[l];
                    parameters.scaleCodes[l] = trial.scaleCodes[l];
                    parameters.offsetCodes[l] = trial.offsetCodes[l];
                }
            }
        }
    }
}

/// Weighted sums over the weights of each group, of products of codes q and weights x.
struct CodeSums
{
    LaneErrors w{};   ///< sum of w
    LaneErrors wq{};  ///< sum of w q
    LaneErrors wqq{}; ///< sum of w q q
    LaneErrors wx{};  ///< sum of w x
    LaneErrors wqx{}; ///< sum of w q x
};

VECTOR_CLONES void
SumCodes(const GroupBatch& batch, const LaneCodes& codes, CodeSums& sums)
{
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        for (std::size_t l = 0; l < GROUP_LANES; ++l)
        {
            const double w = batch.importance[i][l];
            const double q = codes[i][l];
            const double x = batch.weights[i][l];
            sums.w[l] += w;
            sums.wq[l] += w * q;
            sums.wqq[l] += w * q * q;
            sums.wx[l] += w * x;
            sums.wqx[l] += w * q * x;
        }
    }
}

/// Least squares of the two factors of each super-block with all codes fixed.
void
SolveFactors(const GroupBatch& batch, KParameters& parameters)
{
    LaneCodes codes;
    RoundCodes(batch, MakeFit(parameters), LEVELS, codes);
    CodeSums sums;
    SumCodes(batch, codes, sums);
    for (std::size_t block = 0; block < BATCH_BLOCKS; ++block)
    {
        // Weight ~ d u - dmin v with u = scale code * code and v = offset code.
        double uu = 0;
        double uv = 0;
        double vv = 0;
        double ux = 0;
        double vx = 0;
        for (std::size_t l = block * K_GROUPS; l < (block + 1) * K_GROUPS; ++l)
        {
            const double scale = parameters.scaleCodes[l];
            const double offset = parameters.offsetCodes[l];
            uu += scale * scale * sums.wqq[l];
            uv += scale * offset * sums.wq[l];
            vv += offset * offset * sums.w[l];
            ux += scale * sums.wqx[l];
            vx += offset * sums.wx[l];
        }
        const double determinant = uu * vv - uv * uv;
        if (determinant > 1e-9 * uu * vv)
        {
            const double scale = (ux * vv - uv * vx) / determinant;
            const double offset = (uv * ux - uu * vx) / determinant;
            if (scale > 0 && offset >= 0)
            {
                parameters.scale[block] = RoundToHalf(static_cast<float>(scale));
                parameters.offset[block] = RoundToHalf(static_cast<float>(offset));
            }
        }
        else if (uu > 0 && vv == 0 && ux > 0)
        {
            parameters.scale[block] = RoundToHalf(static_cast<float>(ux / uu));
        }
    }
}

/// Parameters and codes of a batch, with the error of each super-block.
struct KBatch
{
    KParameters parameters;                    ///< as stored
    LaneCodes codes;                           ///< as stored
    std::array<double, BATCH_BLOCKS> errors{}; ///< weighted square errors
};

KBatch
Finish(const GroupBatch& batch, const KParameters& parameters)
{
    KBatch result;
    result.parameters = parameters;
    const LaneErrors errors = RoundAndSum(batch, parameters, result.codes);
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        result.errors[l / K_GROUPS] += errors[l];
    }
    return result;
}

/// Take over the super-blocks in which a trial is better.
void
KeepBetter(const KBatch& trial, KBatch& best)
{
    for (std::size_t block = 0; block < BATCH_BLOCKS; ++block)
    {
        if (trial.errors[block] >= best.errors[block])
        {
            continue;
        }
        best.errors[block] = trial.errors[block];
        best.parameters.scale[block] = trial.parameters.scale[block];
        best.parameters.offset[block] = trial.parameters.offset[block];
        for (std::size_t l = block * K_GROUPS; l < (block + 1) * K_GROUPS; ++l)
        {
            best.parameters.scaleCodes[l] = trial.parameters.scaleCodes[l];
            best.parameters.offsetCodes[l] = trial.parameters.offsetCodes[l];
            for (std::size_t i = 0; i < GROUP_SIZE; ++i)
            {
                best.codes[i][l] = trial.codes[i][l];
            }
        }
    }
}

KBatch
FitBatch(const GroupBatch& batch, QuantizationMethod method)
{
    GroupFitSettings settings;
    settings.levels = LEVELS;
    settings.offset = OffsetKind::NOT_POSITIVE;
    KBatch best = Finish(batch, Nest(FitMinMax(batch, settings)));
    if (method == QuantizationMethod::MIN_MAX)
    {
        return best;
    }
    KParameters parameters = Nest(FitLeastSquares(batch, settings));
    for (int turn = 0; turn < TURNS; ++turn)
    {
        SearchGroupCodes(batch, parameters);
        KeepBetter(Finish(batch, parameters), best);
        SolveFactors(batch, parameters);
        KeepBetter(Finish(batch, parameters), best);
    }
    return best;
}

KBlock
TakeBlock(const KBatch& batch, std::size_t block)
{
    KBlock result;
    result.scale = batch.parameters.scale[block];
    result.offset = batch.parameters.offset[block];
    for (std::size_t g = 0; g < K_GROUPS; ++g)
    {
        const std::size_t l = block * K_GROUPS + g;
        result.scaleCodes[g] = static_cast<uint8_t>(batch.parameters.scaleCodes[l]);
        result.offsetCodes[g] = static_cast<uint8_t>(batch.parameters.offsetCodes[l]);
        for (std::size_t i = 0; i < GROUP_SIZE; ++i)
        {
            result.codes[g * GROUP_SIZE + i] = static_cast<uint8_t>(batch.codes[i][l]);
        }
    }
    return result;
}

} // namespace

float
KBlock::Get(std::size_t i) const
{
    const std::size_t group = i / GROUP_SIZE;
    return scale * static_cast<float>(scaleCodes[group]) * static_cast<float>(codes[i]) -
           offset * static_cast<float>(offsetCodes[group]);
}

std::vector<KBlock>
QuantizeK(const WeightRows& rows, QuantizationMethod method)
{
    if (rows.columns == 0 || rows.columns % K_BLOCK_SIZE != 0)
    {
        throw std::invalid_argument("columns: got " + std::to_string(rows.columns) +
                                    ", expected a multiple of " + std::to_string(K_BLOCK_SIZE));
    }
    const double importanceUnit = GetImportanceUnit(rows);
    std::vector<KBlock> result(rows.rows * rows.columns / K_BLOCK_SIZE);
    for (std::size_t first = 0; first < result.size(); first += BATCH_BLOCKS)
    {
        // A last batch that is not full holds its last group again, which counts for nothing.
        const KBatch batch =
            FitBatch(MakeGroupBatch(rows, first * K_GROUPS, importanceUnit), method);
        for (std::size_t b = 0; b < std::min(BATCH_BLOCKS, result.size() - first); ++b)
        {
            result[first + b] = TakeBlock(batch, b);
        }
    }
    if (method == QuantizationMethod::REFINED && rows.metric)
    {
        RequireMetric(rows);
        for (std::size_t row = 0; row < rows.rows; ++row)
        {
            RefineRow(rows.weights + row * rows.columns,
                      *rows.metric,
                      &result[row * rows.columns / K_BLOCK_SIZE]);
        }
    }
    return result;
}

} // namespace ecld
