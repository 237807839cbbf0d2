/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_PRUNING_H
#define ECLD_PRUNING_H

#include "pruned-shape.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief What stays: the masks (2), (4) as lists of indices, so that tensors really shrink.
 *
 * Channels, neurons and heads come most important first: a smaller plan of the same scores is a
 * prefix of a larger one. What is not pruned keeps its order, and so do layers.
 */
struct PruningPlan
{
    ModelConfig source;                        ///< of the full model
    ModelConfig config;                        ///< of the pruned model
    std::vector<int64_t> layers;               ///< kept layers of the full model, ascending
    std::vector<int64_t> channels;             ///< kept channels
    std::vector<std::vector<int64_t>> neurons; ///< [kept layer]
    std::vector<std::vector<int64_t>> groups;  ///< [kept layer] key/value heads
    std::vector<std::vector<int64_t>> heads;   ///< [kept layer] query heads, group by group
};

/**
 * @param config the full model
 * @param scores its scores
 * @param shape what to keep
 * @return the plan
 * @throws std::invalid_argument naming an extent that is larger than the model's, or scores of
 * another model
 */
PruningPlan PlanPruning(const ModelConfig& config,
                        const ImportanceScores& scores,
                        const PrunedShape& shape);

/// Which part of a full tensor a pruned one is
struct TensorSelection
{
    std::string source;           ///< tensor of the full model
    std::vector<int64_t> rows;    ///< kept rows, or elements of a vector; empty: all
    std::vector<int64_t> columns; ///< kept columns; empty: all
};

/**
 * For code that prunes without holding the model.
 * @param plan the plan
 * @param name a tensor of the pruned model, one of GetExpectedTensors(plan.config)
 * @return where it comes from
 * @throws std::invalid_argument naming a tensor that the pruned model does not have
 */
TensorSelection SelectTensor(const PruningPlan& plan, const std::string& name);

} // namespace ecld

#endif // ECLD_PRUNING_H
