/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_PRUNED_SHAPE_H
#define ECLD_PRUNED_SHAPE_H

#include "importance.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace ecld
{

/// Widths and depth of a pruned model, the same in every layer
struct PrunedShape
{
    int64_t hiddenSize;       ///< channels of the residual stream
    int64_t intermediateSize; ///< neurons per layer
    int64_t heads;            ///< query heads per layer, a multiple of keyValueHeads
    int64_t keyValueHeads;    ///< key/value heads per layer
    int64_t layers;           ///< blocks
};

/// What shapes may be chosen
struct PruningLimits
{
    int64_t widthMultiple{64};  ///< hidden and intermediate sizes are multiples of it, or unpruned
    bool prunesChannels{true};  ///< hidden size may shrink
    bool prunesNeurons{true};   ///< intermediate size may shrink
    bool prunesHeads{false};    ///< heads may go, key/value group by group
    bool prunesLayers{false};   ///< whole layers may go
    double smallestShare{0.25}; ///< of any extent that stays at least, above 0 to 1
};

/// Shares of each extent that stay, above 0 to 1
struct KeptShares
{
    double channels{1}; ///< of the hidden size
    double neurons{1};  ///< of the intermediate size
    double groups{1};   ///< of the key/value heads, with their query heads
    double layers{1};   ///< of the layers
};

/// @param config a model @return its shape, nothing pruned
PrunedShape GetShape(const ModelConfig& config);

/**
 * @param config a model
 * @param shape smaller or equal
 * @return the pruned model's config; headDim stays
 */
ModelConfig GetPrunedConfig(const ModelConfig& config, const PrunedShape& shape);

/**
 * Shape by ratio.
 * @param config the full model
 * @param kept shares that stay; rounded to the nearest multiple, at least one
 * @param limits its widthMultiple
 * @return the shape
 * @throws std::invalid_argument naming a share out of range
 */
PrunedShape ChooseShapeByRatio(const ModelConfig& config,
                               const KeptShares& kept,
                               const PruningLimits& limits);

/**
 * Shape by threshold, (2) and (4): what scores at least theta stays. Scores are taken relative to
 * the largest of their axis (and layer), because those of different axes have different units and
 * the paper has one theta for all. Widths are the same in every layer: the largest count over the
 * layers, rounded up to the multiple.
 * @param config the full model
 * @param scores its scores
 * @param theta 0 (keeps all) to 1
 * @param limits what may shrink; smallestShare is kept in any case
 * @return the shape
 * @throws std::invalid_argument naming theta out of range
 */
PrunedShape ChooseShapeByThreshold(const ModelConfig& config,
                                   const ImportanceScores& scores,
                                   double theta,
                                   const PruningLimits& limits);

/**
 * @param config the full model
 * @param sizeBytes bytes of a model; grows with the number of layers
 * @param limits what may shrink
 * @return bytes of the smallest shape
 */
int64_t GetSmallestBytes(const ModelConfig& config,
                         const std::function<int64_t(const ModelConfig&)>& sizeBytes,
                         const PruningLimits& limits);

/**
 * Shape by size: of all shapes that fit, the one that keeps the largest product of shares of
 * squared scores over the axes; ties go to the smaller model.
 * @param config the full model
 * @param scores its scores
 * @param budgetBytes largest size
 * @param sizeBytes bytes of a model, such as of its quantised file
 * @param limits what may shrink
 * @return the shape
 * @throws std::invalid_argument naming the budget that no shape fits, and the smallest size
 */
PrunedShape ChooseShapeByBudget(const ModelConfig& config,
                                const ImportanceScores& scores,
                                int64_t budgetBytes,
                                const std::function<int64_t(const ModelConfig&)>& sizeBytes,
                                const PruningLimits& limits);

/**
 * Shapes by size: those that fit and that no other one of them contains, by the product of
 * ChooseShapeByBudget, largest first.
 * @param config the full model
 * @param scores its scores
 * @param budgetBytes largest size
 * @param sizeBytes bytes of a model
 * @param limits what may shrink
 * @param count largest number of shapes, > 0
 * @return the shapes, at least one
 * @throws std::invalid_argument as ChooseShapeByBudget
 */
std::vector<PrunedShape> ListShapesByBudget(
    const ModelConfig& config,
    const ImportanceScores& scores,
    int64_t budgetBytes,
    const std::function<int64_t(const ModelConfig&)>& sizeBytes,
    const PruningLimits& limits,
    std::size_t count);

} // namespace ecld

#endif // ECLD_PRUNED_SHAPE_H
