/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "pruning.h"

#include "model/tensor-names.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <stdexcept>

namespace ecld
{

namespace
{

void
CheckExtent(const char* field, int64_t kept, int64_t full)
{
    if (kept < 1 || kept > full)
    {
        throw std::invalid_argument(std::string("pruning: ") + field + " is " +
                                    std::to_string(kept) + ", expected 1 to " +
                                    std::to_string(full));
    }
}

void
CheckScores(const ModelConfig& config, const ImportanceScores& scores)
{
    const auto fits = [&](const std::vector<std::vector<double>>& layers, int64_t width) {
        return int64_t(layers.size()) == config.layers &&
               std::all_of(layers.begin(), layers.end(), [&](const std::vector<double>& layer) {
                   return int64_t(layer.size()) == width;
               });
    };
    if (int64_t(scores.layers.size()) != config.layers ||
        int64_t(scores.channels.size()) != config.hiddenSize ||
        !fits(scores.neurons, config.intermediateSize) || !fits(scores.heads, config.heads) ||
        !fits(scores.groups, config.keyValueHeads))
    {
        throw std::invalid_argument("pruning: the scores are those of a model of another shape");
    }
}

/// Indices of the best, best first; all in their order where all stay
std::vector<int64_t>
Rank(const std::vector<double>& scores, int64_t kept)
{
    std::vector<int64_t> order(scores.size());
    std::iota(order.begin(), order.end(), int64_t{0});
    if (kept < int64_t(order.size()))
    {
        std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
            return scores[a] > scores[b];
        });
        order.resize(kept);
    }
    return order;
}

/// Best heads of each kept group
std::vector<int64_t>
RankHeads(const std::vector<double>& scores,
          const std::vector<int64_t>& groups,
          int64_t headsPerGroup,
          int64_t keptPerGroup)
{
    std::vector<int64_t> heads;
    for (const int64_t group : groups)
    {
        const auto first = scores.begin() + group * headsPerGroup;
        for (const int64_t within : Rank({first, first + headsPerGroup}, keptPerGroup))
        {
            heads.push_back(group * headsPerGroup + within);
        }
    }
    return heads;
}

/// Rows of heads; empty where all stay in their order
std::vector<int64_t>
ExpandHeads(const std::vector<int64_t>& heads, int64_t headDim)
{
    std::vector<int64_t> rows;
    for (const int64_t head : heads)
    {
        for (int64_t i = 0; i < headDim; ++i)
        {
            rows.push_back(head * headDim + i);
        }
    }
    return rows;
}

/// Empty where the indices are all of an extent in their order
std::vector<int64_t>
Shorten(std::vector<int64_t> indices, int64_t full)
{
    const bool isAll =
        int64_t(indices.size()) == full && std::is_sorted(indices.begin(), indices.end());
    return isAll ? std::vector<int64_t>() : std::move(indices);
}

} // namespace

PruningPlan
PlanPruning(const ModelConfig& config, const ImportanceScores& scores, const PrunedShape& shape)
{
    CheckScores(config, scores);
    CheckExtent("hiddenSize", shape.hiddenSize, config.hiddenSize);
    CheckExtent("intermediateSize", shape.intermediateSize, config.intermediateSize);
    CheckExtent("keyValueHeads", shape.keyValueHeads, config.keyValueHeads);
    CheckExtent("layers", shape.layers, config.layers);
    const int64_t headsPerGroup = config.heads / config.keyValueHeads;
    if (shape.heads % shape.keyValueHeads != 0)
    {
        throw std::invalid_argument("pruning: heads is " + std::to_string(shape.heads) +
                                    ", expected a multiple of keyValueHeads, " +
                                    std::to_string(shape.keyValueHeads));
    }
    const int64_t keptPerGroup = shape.heads / shape.keyValueHeads;
    CheckExtent("heads per key/value head", keptPerGroup, headsPerGroup);

    PruningPlan plan;
    plan.source = config;
    plan.config = GetPrunedConfig(config, shape);
    plan.layers = Rank(scores.layers, shape.layers);
    std::sort(plan.layers.begin(), plan.layers.end());
    plan.channels = Rank(scores.channels, shape.hiddenSize);
    for (const int64_t layer : plan.layers)
    {
        plan.neurons.push_back(Rank(scores.neurons[layer], shape.intermediateSize));
        plan.groups.push_back(Rank(scores.groups[layer], shape.keyValueHeads));
        plan.heads.push_back(
            RankHeads(scores.heads[layer], plan.groups.back(), headsPerGroup, keptPerGroup));
    }
    return plan;
}

TensorSelection
SelectTensor(const PruningPlan& plan, const std::string& name)
{
    const std::vector<int64_t> channels = Shorten(plan.channels, plan.source.hiddenSize);
    if (name == finalNormName)
    {
        return {name, channels, {}};
    }
    if (name == embeddingName || (name == outputName && !plan.source.tiedEmbeddings))
    {
        return {name, {}, channels};
    }
    for (std::size_t layer = 0; layer < plan.layers.size(); ++layer)
    {
        const std::string prefix = "model.layers." + std::to_string(layer) + ".";
        if (name.compare(0, prefix.size(), prefix) != 0)
        {
            continue;
        }
        const std::string source =
            "model.layers." + std::to_string(plan.layers[layer]) + "." + name.substr(prefix.size());
        const auto is = [&](const char* part) {
            return name == GetLayerTensorName(int64_t(layer), part);
        };
        const auto expand = [&](const std::vector<int64_t>& heads, int64_t full) {
            return ExpandHeads(Shorten(heads, full), plan.source.headDim);
        };
        const auto neurons = [&]() {
            return Shorten(plan.neurons[layer], plan.source.intermediateSize);
        };
        if (is("input_layernorm") || is("post_attention_layernorm"))
        {
            return {source, channels, {}};
        }
        if (is("self_attn.q_norm") || is("self_attn.k_norm"))
        {
            return {source, {}, {}};
        }
        if (is("self_attn.q_proj"))
        {
            return {source, expand(plan.heads[layer], plan.source.heads), channels};
        }
        if (is("self_attn.k_proj") || is("self_attn.v_proj"))
        {
            return {source, expand(plan.groups[layer], plan.source.keyValueHeads), channels};
        }
        if (is("self_attn.o_proj"))
        {
            return {source, channels, expand(plan.heads[layer], plan.source.heads)};
        }
        if (is("mlp.gate_proj") || is("mlp.up_proj"))
        {
            return {source, neurons(), channels};
        }
        if (is("mlp.down_proj"))
        {
            return {source, channels, neurons()};
        }
    }
    throw std::invalid_argument("pruning: the pruned model has no tensor " + name);
}

} // namespace ecld
