/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "transformer-block.h"

#include "rotary.h"

#include <ATen/ATen.h>
#include <cmath>
#include <limits>
#include <utility>

namespace ecld
{

namespace
{

/// @param x [samples, heads, positions, headDim] @param positions of these @return x, turned
at::Tensor
Rotate(const at::Tensor& x, const BlockPositions& positions)
{
    const int64_t half = x.size(-1) / 2;
    const at::Tensor a = x.narrow(-1, 0, half);
    const at::Tensor b = x.narrow(-1, half, half);
    return at::cat(
        {a * positions.cosine - b * positions.sine, b * positions.cosine + a * positions.sine},
        -1);
}

} // namespace

BlockWeights
BlockWeights::Collect(Architecture architecture,
                      const std::function<at::Tensor(const std::string&)>& get)
{
    BlockWeights weights;
    weights.attentionNorm = get("input_layernorm");
    weights.query = get("self_attn.q_proj");
    weights.key = get("self_attn.k_proj");
    weights.value = get("self_attn.v_proj");
    if (architecture == Architecture::QWEN3)
    {
        weights.queryNorm = get("self_attn.q_norm");
        weights.keyNorm = get("self_attn.k_norm");
    }
    weights.output = get("self_attn.o_proj");
    weights.feedForwardNorm = get("post_attention_layernorm");
    weights.gate = get("mlp.gate_proj");
    weights.up = get("mlp.up_proj");
    weights.down = get("mlp.down_proj");
    return weights;
}

BlockPositions
MakePositions(const ModelConfig& config, const torch::Device& device, int64_t first, int64_t count)
{
    const auto options = at::TensorOptions().dtype(at::kDouble).device(device);
    const at::Tensor frequencies = at::tensor(GetRotaryFrequencies(config), at::kDouble).to(device);
    const at::Tensor angles = at::outer(at::arange(first, first + count, options), frequencies);
    return {angles.cos().to(at::kFloat), angles.sin().to(at::kFloat), {}};
}

at::Tensor
MakeCausalMask(const at::Tensor& documents, int64_t positions, const torch::Device& device)
{
    const auto flags = at::TensorOptions().dtype(at::kBool).device(device);
    at::Tensor allowed = at::ones({positions, positions}, flags).tril();
    if (documents.defined())
    {
        allowed = at::logical_and(allowed, documents.unsqueeze(2) == documents.unsqueeze(1));
        allowed = allowed.view({documents.size(0), 1, 1, positions, positions});
    }
    return at::zeros(allowed.sizes(), flags.dtype(at::kFloat))
        .masked_fill(at::logical_not(allowed), -std::numeric_limits<float>::infinity());
}

at::Tensor
NormaliseRms(const at::Tensor& x, const at::Tensor& weight, double epsilon)
{
    const at::Tensor meanSquare = x.square().mean(-1, true);
    return x * at::rsqrt(meanSquare + epsilon) * weight.to(at::kFloat);
}

at::Tensor
ProjectRows(const at::Tensor& x, const at::Tensor& weight, torch::ScalarType type)
{
    return at::linear(x.to(type), weight.to(type)).to(at::kFloat);
}

TransformerBlock::TransformerBlock(const ModelConfig& config,
                                   BlockWeights weights,
                                   torch::ScalarType type)
    : m_config(&config),
      m_weights(std::move(weights)),
      m_type(type)
{
}

BlockWeights&
TransformerBlock::GetWeights()
{
    return m_weights;
}

at::Tensor
TransformerBlock::NormaliseForAttention(const at::Tensor& x) const
{
    return NormaliseRms(x, m_weights.attentionNorm, m_config->rmsNormEpsilon);
}

at::Tensor
TransformerBlock::SplitHeads(const at::Tensor& projected, const at::Tensor& norm) const
{
    at::Tensor heads =
        projected.view({projected.size(0), projected.size(1), -1, m_config->headDim});
    if (norm.defined())
    {
        heads = NormaliseRms(heads, norm, m_config->rmsNormEpsilon);
    }
    return heads.transpose(1, 2);
}

at::Tensor
TransformerBlock::Attend(const at::Tensor& input,
                         const BlockPositions& positions,
                         KeyValueCache* cache,
                         int64_t index) const
{
    const int64_t samples = input.size(0);
    const int64_t length = input.size(1);
    const int64_t groups = m_config->keyValueHeads;
    const int64_t headsPerGroup = m_config->heads / groups;
    const int64_t width = m_config->headDim;

    const at::Tensor query =
        Rotate(SplitHeads(ProjectRows(input, m_weights.query, m_type), m_weights.queryNorm),
               positions);
    at::Tensor key =
        Rotate(SplitHeads(ProjectRows(input, m_weights.key, m_type), m_weights.keyNorm), positions);
    at::Tensor value = SplitHeads(ProjectRows(input, m_weights.value, m_type), {});
    if (cache)
    {
        if (cache->positions > 0)
        {
            key = at::cat({cache->keys[index], key}, 2);
            value = at::cat({cache->values[index], value}, 2);
        }
        cache->keys[index] = key;
        cache->values[index] = value;
    }

    // The query heads of a group stand below one another, so that each group is one product.
    const at::Tensor stacked =
        query.reshape({samples, groups, headsPerGroup * length, width}).to(m_type);
    at::Tensor scores = at::matmul(stacked, key.transpose(2, 3).to(m_type)).to(at::kFloat) *
                        (1.0 / std::sqrt(double(width)));
    if (positions.mask.defined())
    {
        const at::Tensor perHead =
            scores.view({samples, groups, headsPerGroup, length, key.size(2)}) + positions.mask;
        scores = perHead.view({samples, groups, headsPerGroup * length, key.size(2)});
    }
    const at::Tensor weights = at::softmax(scores, -1).to(m_type);
    return at::matmul(weights, value.to(m_type))
        .to(at::kFloat)
        .view({samples, groups * headsPerGroup, length, width})
        .transpose(1, 2)
        .reshape({samples, length, m_config->heads * width});
}

at::Tensor
TransformerBlock::AddAttention(const at::Tensor& x, const at::Tensor& attended) const
{
    return x + ProjectRows(attended, m_weights.output, m_type);
}

at::Tensor
TransformerBlock::NormaliseForFeedForward(const at::Tensor& x) const
{
    return NormaliseRms(x, m_weights.feedForwardNorm, m_config->rmsNormEpsilon);
}

at::Tensor
TransformerBlock::ComputeNeurons(const at::Tensor& input) const
{
    return at::silu(ProjectRows(input, m_weights.gate, m_type)) *
           ProjectRows(input, m_weights.up, m_type);
}

at::Tensor
TransformerBlock::AddFeedForward(const at::Tensor& x, const at::Tensor& neurons) const
{
    return x + ProjectRows(neurons, m_weights.down, m_type);
}

at::Tensor
TransformerBlock::Run(const at::Tensor& x,
                      const BlockPositions& positions,
                      KeyValueCache* cache,
                      ActivationObserver* observer,
                      int64_t index) const
{
    const at::Tensor attentionInput = NormaliseForAttention(x);
    const at::Tensor attended = Attend(attentionInput, positions, cache, index);
    const at::Tensor middle = AddAttention(x, attended);
    const at::Tensor feedForwardInput = NormaliseForFeedForward(middle);
    const at::Tensor neurons = ComputeNeurons(feedForwardInput);
    const at::Tensor output = AddFeedForward(middle, neurons);
    if (observer)
    {
        observer->SeeNorm(2 * index, attentionInput);
        observer->SeeAttention(index, attended);
        observer->SeeNorm(2 * index + 1, feedForwardInput);
        observer->SeeFeedForward(index, neurons);
        observer->SeeLayer(index, x, output);
    }
    return output;
}

} // namespace ecld
