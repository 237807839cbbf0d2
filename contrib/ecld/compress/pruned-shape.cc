/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "pruned-shape.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace ecld
{

namespace
{

void
CheckShare(const char* field, double share)
{
    if (!(share > 0 && share <= 1))
    {
        throw std::invalid_argument(std::string("pruning: ") + field + " is " +
                                    std::to_string(share) + ", expected above 0 to 1");
    }
}

void
CheckLimits(const PruningLimits& limits)
{
    CheckShare("smallestShare", limits.smallestShare);
    if (limits.widthMultiple < 1)
    {
        throw std::invalid_argument("pruning: widthMultiple is " +
                                    std::to_string(limits.widthMultiple) + ", expected 1 or more");
    }
}

/// Multiples from the smallest share up, and the full extent, ascending
std::vector<int64_t>
ListExtents(int64_t full, int64_t multiple, double smallestShare, bool prunes)
{
    std::vector<int64_t> extents;
    const auto smallest = int64_t(std::ceil(smallestShare * double(full)));
    const int64_t first = std::max<int64_t>((smallest + multiple - 1) / multiple, 1) * multiple;
    for (int64_t extent = first; prunes && extent < full; extent += multiple)
    {
        extents.push_back(extent);
    }
    extents.push_back(full);
    return extents;
}

/// [k] share of the squared scores in the k + 1 largest
std::vector<double>
CumulateShares(std::vector<double> scores)
{
    std::sort(scores.begin(), scores.end(), std::greater<>());
    std::transform(scores.begin(), scores.end(), scores.begin(), [](double x) { return x * x; });
    std::partial_sum(scores.begin(), scores.end(), scores.begin());
    const double total = scores.back();
    for (double& share : scores)
    {
        share = total > 0 ? share / total : 1.0;
    }
    return scores;
}

/// Mean over layers
std::vector<double>
CumulateShares(const std::vector<std::vector<double>>& layers)
{
    std::vector<double> mean(layers.front().size(), 0.0);
    for (const std::vector<double>& layer : layers)
    {
        const std::vector<double> shares = CumulateShares(layer);
        for (std::size_t i = 0; i < mean.size(); ++i)
        {
            mean[i] += shares[i] / double(layers.size());
        }
    }
    return mean;
}

int64_t
CountAbove(const std::vector<double>& scores, double theta)
{
    const double largest = *std::max_element(scores.begin(), scores.end());
    return std::count_if(scores.begin(), scores.end(), [&](double score) {
        return score >= theta * largest;
    });
}

int64_t
CountAbove(const std::vector<std::vector<double>>& layers, double theta)
{
    int64_t largest = 0;
    for (const std::vector<double>& layer : layers)
    {
        largest = std::max(largest, CountAbove(layer, theta));
    }
    return largest;
}

/// The smallest of the extents that is not below the count
int64_t
RoundUp(const std::vector<int64_t>& extents, int64_t count)
{
    return *std::lower_bound(extents.begin(), extents.end(), std::min(count, extents.back()));
}

int64_t
RoundToMultiple(double value, int64_t multiple, int64_t full)
{
    const auto rounded = int64_t(std::llround(value / double(multiple))) * multiple;
    return std::min(std::max(rounded, multiple), full);
}

/// All extents that a shape may have
struct Choices
{
    std::vector<int64_t> channels;
    std::vector<int64_t> neurons;
    std::vector<int64_t> groups;
    std::vector<int64_t> layers;
};

Choices
ListChoices(const ModelConfig& config, const PruningLimits& limits)
{
    const double share = limits.smallestShare;
    const int64_t multiple = limits.widthMultiple;
    return {ListExtents(config.hiddenSize, multiple, share, limits.prunesChannels),
            ListExtents(config.intermediateSize, multiple, share, limits.prunesNeurons),
            ListExtents(config.keyValueHeads, 1, share, limits.prunesHeads),
            ListExtents(config.layers, 1, share, limits.prunesLayers)};
}

PrunedShape
MakeShape(const ModelConfig& config,
          int64_t channels,
          int64_t neurons,
          int64_t groups,
          int64_t layers)
{
    const int64_t headsPerGroup = config.heads / config.keyValueHeads;
    return {channels, neurons, groups * headsPerGroup, groups, layers};
}

/// A shape that fits
struct RatedShape
{
    PrunedShape shape; ///< the shape
    double share;      ///< product of shares of squared scores
    int64_t bytes;     ///< size
};

bool
Contains(const PrunedShape& large, const PrunedShape& small)
{
    return large.hiddenSize >= small.hiddenSize &&
           large.intermediateSize >= small.intermediateSize &&
           large.keyValueHeads >= small.keyValueHeads && large.layers >= small.layers;
}

/// The best, best first, without those that a better one contains
std::vector<PrunedShape>
KeepLargest(std::vector<RatedShape> shapes, std::size_t count)
{
    std::stable_sort(shapes.begin(), shapes.end(), [](const RatedShape& a, const RatedShape& b) {
        return a.share != b.share ? a.share > b.share : a.bytes < b.bytes;
    });
    std::vector<PrunedShape> kept;
    for (const RatedShape& rated : shapes)
    {
        const bool isContained =
            std::any_of(kept.begin(), kept.end(), [&](const PrunedShape& other) {
                return Contains(other, rated.shape);
            });
        if (!isContained && kept.size() < count)
        {
            kept.push_back(rated.shape);
        }
    }
    return kept;
}

} // namespace

PrunedShape
GetShape(const ModelConfig& config)
{
    return {config.hiddenSize,
            config.intermediateSize,
            config.heads,
            config.keyValueHeads,
            config.layers};
}

ModelConfig
GetPrunedConfig(const ModelConfig& config, const PrunedShape& shape)
{
    ModelConfig pruned = config;
    pruned.hiddenSize = shape.hiddenSize;
    pruned.intermediateSize = shape.intermediateSize;
    pruned.heads = shape.heads;
    pruned.keyValueHeads = shape.keyValueHeads;
    pruned.layers = shape.layers;
    return pruned;
}

PrunedShape
ChooseShapeByRatio(const ModelConfig& config, const KeptShares& kept, const PruningLimits& limits)
{
    CheckLimits(limits);
    CheckShare("kept channels", kept.channels);
    CheckShare("kept neurons", kept.neurons);
    CheckShare("kept groups", kept.groups);
    CheckShare("kept layers", kept.layers);
    const auto round = [](double share, int64_t full, int64_t multiple) {
        return RoundToMultiple(share * double(full), multiple, full);
    };
    return MakeShape(config,
                     round(kept.channels, config.hiddenSize, limits.widthMultiple),
                     round(kept.neurons, config.intermediateSize, limits.widthMultiple),
                     round(kept.groups, config.keyValueHeads, 1),
                     round(kept.layers, config.layers, 1));
}

PrunedShape
ChooseShapeByThreshold(const ModelConfig& config,
                       const ImportanceScores& scores,
                       double theta,
                       const PruningLimits& limits)
{
    CheckLimits(limits);
    if (!(theta >= 0 && theta <= 1))
    {
        throw std::invalid_argument("pruning: theta is " + std::to_string(theta) +
                                    ", expected 0 to 1");
    }
    const Choices choices = ListChoices(config, limits);
    return MakeShape(config,
                     RoundUp(choices.channels, CountAbove(scores.channels, theta)),
                     RoundUp(choices.neurons, CountAbove(scores.neurons, theta)),
                     RoundUp(choices.groups, CountAbove(scores.groups, theta)),
                     RoundUp(choices.layers, CountAbove(scores.layers, theta)));
}

int64_t
GetSmallestBytes(const ModelConfig& config,
                 const std::function<int64_t(const ModelConfig&)>& sizeBytes,
                 const PruningLimits& limits)
{
    CheckLimits(limits);
    const Choices choices = ListChoices(config, limits);
    int64_t smallest = std::numeric_limits<int64_t>::max();
    // A narrower row may take a larger type, so widths are tried.
    for (const int64_t groups : choices.groups)
    {
        for (const int64_t channels : choices.channels)
        {
            for (const int64_t neurons : choices.neurons)
            {
                const PrunedShape shape =
                    MakeShape(config, channels, neurons, groups, choices.layers.front());
                smallest = std::min(smallest, sizeBytes(GetPrunedConfig(config, shape)));
            }
        }
    }
    return smallest;
}

std::vector<PrunedShape>
ListShapesByBudget(const ModelConfig& config,
                   const ImportanceScores& scores,
                   int64_t budgetBytes,
                   const std::function<int64_t(const ModelConfig&)>& sizeBytes,
                   const PruningLimits& limits,
                   std::size_t count)
{
    CheckLimits(limits);
    const Choices choices = ListChoices(config, limits);
    const std::vector<double> channelShares = CumulateShares(scores.channels);
    const std::vector<double> neuronShares = CumulateShares(scores.neurons);
    const std::vector<double> groupShares = CumulateShares(scores.groups);
    const std::vector<double> layerShares = CumulateShares(scores.layers);

    std::vector<RatedShape> fitting;
    int64_t smallestBytes = std::numeric_limits<int64_t>::max();
    for (const int64_t layers : choices.layers)
    {
        for (const int64_t groups : choices.groups)
        {
            for (const int64_t channels : choices.channels)
            {
                for (const int64_t neurons : choices.neurons)
                {
                    const PrunedShape shape = MakeShape(config, channels, neurons, groups, layers);
                    const int64_t bytes = sizeBytes(GetPrunedConfig(config, shape));
                    smallestBytes = std::min(smallestBytes, bytes);
                    const double share = channelShares[channels - 1] * neuronShares[neurons - 1] *
                                         groupShares[groups - 1] * layerShares[layers - 1];
                    if (bytes <= budgetBytes)
                    {
                        fitting.push_back({shape, share, bytes});
                    }
                }
            }
        }
    }
    if (fitting.empty())
    {
        throw std::invalid_argument("pruning: no shape fits into " + std::to_string(budgetBytes) +
                                    " bytes, the smallest allowed one has " +
                                    std::to_string(smallestBytes));
    }
    return KeepLargest(std::move(fitting), count);
}

PrunedShape
ChooseShapeByBudget(const ModelConfig& config,
                    const ImportanceScores& scores,
                    int64_t budgetBytes,
                    const std::function<int64_t(const ModelConfig&)>& sizeBytes,
                    const PruningLimits& limits)
{
    return ListShapesByBudget(config, scores, budgetBytes, sizeBytes, limits, 1).front();
}

} // namespace ecld
