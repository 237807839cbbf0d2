/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "activation-sums.h"

#include <ATen/ATen.h>
#include <cmath>
#include <utility>

namespace ecld
{

namespace
{

std::vector<double>
ToVector(const at::Tensor& values)
{
    const at::Tensor doubles = values.to(at::kCPU, at::kDouble).contiguous();
    const auto* first = doubles.data_ptr<double>();
    return {first, first + doubles.numel()};
}

/// L2 norms of consecutive runs of `width` values
std::vector<double>
NormRuns(const std::vector<double>& values, std::size_t width)
{
    std::vector<double> norms;
    for (std::size_t first = 0; first < values.size(); first += width)
    {
        double square = 0;
        for (std::size_t i = first; i < first + width; ++i)
        {
            square += values[i] * values[i];
        }
        norms.push_back(std::sqrt(square));
    }
    return norms;
}

} // namespace

ActivationSums::ActivationSums(const ModelConfig& config)
    : m_config(config),
      m_layers(static_cast<std::size_t>(config.layers))
{
}

void
ActivationSums::BeginBatch(const at::Tensor& mask)
{
    m_mask = mask;
    m_used = mask.sum(1);
}

void
ActivationSums::SeeNorm(int64_t norm, const at::Tensor& output)
{
    LayerSums& layer = m_layers.at(static_cast<std::size_t>(norm / 2));
    Add(norm % 2 == 0 ? layer.attentionNorm : layer.feedForwardNorm, output);
}

void
ActivationSums::SeeAttention(int64_t layer, const at::Tensor& input)
{
    Add(m_layers.at(static_cast<std::size_t>(layer)).heads, input);
}

void
ActivationSums::SeeFeedForward(int64_t layer, const at::Tensor& input)
{
    Add(m_layers.at(static_cast<std::size_t>(layer)).neurons, input);
}

void
ActivationSums::SeeLayer(int64_t layer, const at::Tensor& input, const at::Tensor& output)
{
    LayerSums& sums = m_layers.at(static_cast<std::size_t>(layer));
    const at::Tensor cosine = at::cosine_similarity(input, output, -1).unsqueeze(-1);
    sums.turns += ((1.0 - cosine) * m_mask).sum(at::kDouble).item<double>();
    sums.positions += m_mask.sum().item<double>();
}

const LayerSums&
ActivationSums::GetLayer(int64_t layer) const
{
    return m_layers.at(static_cast<std::size_t>(layer));
}

void
ActivationSums::SetLayer(int64_t layer, LayerSums sums)
{
    m_layers.at(static_cast<std::size_t>(layer)) = std::move(sums);
}

ImportanceScores
ActivationSums::GetScores() const
{
    const auto headsPerGroup = std::size_t(m_config.heads / m_config.keyValueHeads);
    ImportanceScores scores;
    scores.channels.assign(static_cast<std::size_t>(m_config.hiddenSize), 0.0);
    for (const LayerSums& layer : m_layers)
    {
        for (const at::Tensor& norm : {layer.attentionNorm, layer.feedForwardNorm})
        {
            const std::vector<double> sizes = ToVector(norm.sqrt());
            for (std::size_t i = 0; i < sizes.size(); ++i)
            {
                scores.channels[i] += sizes[i];
            }
        }
        scores.layers.push_back(layer.turns / layer.positions);
        scores.neurons.push_back(ToVector(layer.neurons.sqrt()));
        scores.heads.push_back(
            NormRuns(ToVector(layer.heads.sqrt()), std::size_t(m_config.headDim)));
        scores.groups.push_back(NormRuns(scores.heads.back(), headsPerGroup));
    }
    return scores;
}

void
ActivationSums::Add(at::Tensor& sum, const at::Tensor& activation) const
{
    const at::Tensor means = (activation.abs() * m_mask).sum(1) / m_used;
    const at::Tensor squares = means.to(at::kDouble).square().sum(0);
    sum = sum.defined() ? sum + squares : squares;
}

at::Tensor
MakeUsedMask(const TokenBatch& batch, const torch::Device& device)
{
    const at::Tensor used = at::tensor(batch.used, at::kLong).unsqueeze(1);
    return (at::arange(batch.length, at::kLong).unsqueeze(0) < used)
        .to(device, at::kFloat)
        .unsqueeze(2);
}

} // namespace ecld
