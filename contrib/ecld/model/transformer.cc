/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "transformer.h"

#include "rotary.h"
#include "tensor-names.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace ecld
{

struct Transformer::Layer
{
    at::Tensor attentionNorm;   ///< [hidden]
    at::Tensor query;           ///< [heads * headDim, hidden]
    at::Tensor key;             ///< [keyValueHeads * headDim, hidden]
    at::Tensor value;           ///< as key
    at::Tensor queryNorm;       ///< [headDim], Qwen3 only
    at::Tensor keyNorm;         ///< as queryNorm
    at::Tensor output;          ///< [hidden, heads * headDim]
    at::Tensor feedForwardNorm; ///< [hidden]
    at::Tensor gate;            ///< [intermediate, hidden]
    at::Tensor up;              ///< as gate
    at::Tensor down;            ///< [hidden, intermediate]
};

struct Transformer::Rotation
{
    at::Tensor cosine; ///< [positions, headDim / 2]
    at::Tensor sine;   ///< as cosine
};

void
ActivationObserver::SeeNorm(int64_t, const at::Tensor&)
{
}

void
ActivationObserver::SeeAttention(int64_t, const at::Tensor&)
{
}

void
ActivationObserver::SeeFeedForward(int64_t, const at::Tensor&)
{
}

void
ActivationObserver::SeeLayer(int64_t, const at::Tensor&, const at::Tensor&)
{
}

Transformer::Transformer(const ModelConfig& config, const torch::Device& device)
    : m_config(config),
      m_device(device)
{
    const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
    for (const ExpectedTensor& tensor : GetExpectedTensors(config))
    {
        m_places[tensor.name] = m_weights.size();
        m_weights.emplace_back(tensor.name,
                               tensor.shape.size() == 1 ? at::ones(tensor.shape, options)
                                                        : at::zeros(tensor.shape, options));
    }
    m_frequencies = at::tensor(GetRotaryFrequencies(config), at::kDouble).to(device);
}

void
Transformer::Initialise(uint64_t seed)
{
    const double deviation = 0.02;
    const double residualDeviation = deviation / std::sqrt(2.0 * double(m_config.layers));
    at::NoGradGuard noGrad;
    at::Generator generator = at::detail::createCPUGenerator(seed);
    for (auto& [name, weight] : m_weights)
    {
        if (weight.dim() == 1)
        {
            weight.fill_(1.0);
            continue;
        }
        const bool writesResidual = name.find(".o_proj.") != std::string::npos ||
                                    name.find(".down_proj.") != std::string::npos;
        at::Tensor drawn = at::empty(weight.sizes(), at::kFloat);
        drawn.normal_(0.0, writesResidual ? residualDeviation : deviation, generator);
        weight.copy_(drawn);
    }
}

const ModelConfig&
Transformer::GetConfig() const
{
    return m_config;
}

const torch::Device&
Transformer::GetDevice() const
{
    return m_device;
}

const std::vector<std::pair<std::string, at::Tensor>>&
Transformer::GetWeights() const
{
    return m_weights;
}

const at::Tensor&
Transformer::GetWeight(const std::string& name) const
{
    const auto place = m_places.find(name);
    if (place == m_places.end())
    {
        throw std::out_of_range("the model has no tensor " + name);
    }
    return m_weights[place->second].second;
}

void
Transformer::SetWeight(const std::string& name, const at::Tensor& value)
{
    const at::Tensor& old = GetWeight(name);
    if (old.sizes() != value.sizes())
    {
        std::ostringstream message;
        message << name << ": shape " << value.sizes() << ", the model has " << old.sizes();
        throw std::invalid_argument(message.str());
    }
    m_weights[m_places.at(name)].second = value.detach().to(m_device);
}

void
Transformer::SetComputeType(torch::ScalarType type)
{
    m_computeType = type;
}

Transformer::Layer
Transformer::GetLayer(int64_t index) const
{
    const auto get = [&](const char* part) { return GetWeight(GetLayerTensorName(index, part)); };
    Layer layer;
    layer.attentionNorm = get("input_layernorm");
    layer.query = get("self_attn.q_proj");
    layer.key = get("self_attn.k_proj");
    layer.value = get("self_attn.v_proj");
    if (m_config.architecture == Architecture::QWEN3)
    {
        layer.queryNorm = get("self_attn.q_norm");
        layer.keyNorm = get("self_attn.k_norm");
    }
    layer.output = get("self_attn.o_proj");
    layer.feedForwardNorm = get("post_attention_layernorm");
    layer.gate = get("mlp.gate_proj");
    layer.up = get("mlp.up_proj");
    layer.down = get("mlp.down_proj");
    return layer;
}

at::Tensor
Transformer::Project(const at::Tensor& x, const at::Tensor& weight) const
{
    return at::linear(x.to(m_computeType), weight.to(m_computeType)).to(at::kFloat);
}

at::Tensor
Transformer::Normalise(const at::Tensor& x, const at::Tensor& weight) const
{
    const at::Tensor meanSquare = x.square().mean(-1, true);
    return x * at::rsqrt(meanSquare + m_config.rmsNormEpsilon) * weight.to(at::kFloat);
}

Transformer::Rotation
Transformer::MakeRotation(int64_t first, int64_t count) const
{
    const auto options = at::TensorOptions().dtype(at::kDouble).device(m_device);
    const at::Tensor angles = at::outer(at::arange(first, first + count, options), m_frequencies);
    return {angles.cos().to(at::kFloat), angles.sin().to(at::kFloat)};
}

at::Tensor
Transformer::Rotate(const at::Tensor& x, const Rotation& rotation) const
{
    const int64_t half = m_config.headDim / 2;
    const at::Tensor a = x.narrow(-1, 0, half);
    const at::Tensor b = x.narrow(-1, half, half);
    return at::cat(
        {a * rotation.cosine - b * rotation.sine, b * rotation.cosine + a * rotation.sine},
        -1);
}

at::Tensor
Transformer::Attend(const Layer& layer,
                    int64_t index,
                    const at::Tensor& x,
                    const at::Tensor& mask,
                    const Rotation& rotation,
                    KeyValueCache* cache) const
{
    const int64_t samples = x.size(0);
    const int64_t positions = x.size(1);
    const int64_t groups = m_config.keyValueHeads;
    const int64_t headsPerGroup = m_config.heads / groups;
    const int64_t width = m_config.headDim;

    const auto split = [&](const at::Tensor& projected, const at::Tensor& norm) {
        at::Tensor heads = projected.view({samples, positions, -1, width});
        if (norm.defined())
        {
            heads = Normalise(heads, norm);
        }
        return heads.transpose(1, 2);
    };
    const at::Tensor query = Rotate(split(Project(x, layer.query), layer.queryNorm), rotation);
    at::Tensor key = Rotate(split(Project(x, layer.key), layer.keyNorm), rotation);
    at::Tensor value = split(Project(x, layer.value), {});
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
        query.reshape({samples, groups, headsPerGroup * positions, width}).to(m_computeType);
    at::Tensor scores = at::matmul(stacked, key.transpose(2, 3).to(m_computeType)).to(at::kFloat) *
                        (1.0 / std::sqrt(double(width)));
    if (mask.defined())
    {
        const at::Tensor perHead =
            scores.view({samples, groups, headsPerGroup, positions, key.size(2)}) + mask;
        scores = perHead.view({samples, groups, headsPerGroup * positions, key.size(2)});
    }
    const at::Tensor weights = at::softmax(scores, -1).to(m_computeType);
    return at::matmul(weights, value.to(m_computeType))
        .to(at::kFloat)
        .view({samples, groups * headsPerGroup, positions, width})
        .transpose(1, 2)
        .reshape({samples, positions, m_config.heads * width});
}

at::Tensor
Transformer::Run(const at::Tensor& tokens,
                 const at::Tensor& mask,
                 KeyValueCache* cache,
                 ActivationObserver* observer) const
{
    at::Tensor x = at::embedding(GetWeight(embeddingName), tokens).to(at::kFloat);
    const Rotation rotation = MakeRotation(cache ? cache->positions : 0, tokens.size(1));
    for (int64_t index = 0; index < m_config.layers; ++index)
    {
        const Layer layer = GetLayer(index);
        const at::Tensor input = x;
        const at::Tensor attentionInput = Normalise(x, layer.attentionNorm);
        const at::Tensor attended = Attend(layer, index, attentionInput, mask, rotation, cache);
        x = x + Project(attended, layer.output);
        const at::Tensor feedForwardInput = Normalise(x, layer.feedForwardNorm);
        const at::Tensor neurons =
            at::silu(Project(feedForwardInput, layer.gate)) * Project(feedForwardInput, layer.up);
        x = x + Project(neurons, layer.down);
        if (observer)
        {
            observer->SeeNorm(2 * index, attentionInput);
            observer->SeeAttention(index, attended);
            observer->SeeNorm(2 * index + 1, feedForwardInput);
            observer->SeeFeedForward(index, neurons);
            observer->SeeLayer(index, input, x);
        }
    }
    return Normalise(x, GetWeight(finalNormName));
}

at::Tensor
Transformer::ComputeHidden(const at::Tensor& tokens,
                           const at::Tensor& documents,
                           ActivationObserver* observer) const
{
    const int64_t positions = tokens.size(1);
    const auto flags = at::TensorOptions().dtype(at::kBool).device(m_device);
    at::Tensor allowed = at::ones({positions, positions}, flags).tril();
    if (documents.defined())
    {
        allowed = at::logical_and(allowed, documents.unsqueeze(2) == documents.unsqueeze(1));
        allowed = allowed.view({tokens.size(0), 1, 1, positions, positions});
    }
    const at::Tensor mask =
        at::zeros(allowed.sizes(), flags.dtype(at::kFloat))
            .masked_fill(at::logical_not(allowed), -std::numeric_limits<float>::infinity());
    return Run(tokens, mask, nullptr, observer);
}

at::Tensor
Transformer::ComputeLogits(const at::Tensor& hidden) const
{
    return Project(hidden, GetWeight(m_config.tiedEmbeddings ? embeddingName : outputName));
}

at::Tensor
Transformer::Continue(const at::Tensor& tokens, KeyValueCache& cache) const
{
    cache.keys.resize(m_config.layers);
    cache.values.resize(m_config.layers);
    const int64_t positions = tokens.size(1);
    at::Tensor mask;
    if (positions > 1)
    {
        // Position p of the new ones sees all old ones and the new ones up to itself.
        mask = at::full({positions, cache.positions + positions},
                        -std::numeric_limits<float>::infinity(),
                        at::TensorOptions().dtype(at::kFloat).device(m_device))
                   .triu(cache.positions + 1);
    }
    const at::Tensor hidden = Run(tokens, mask, &cache, nullptr);
    cache.positions += positions;
    return hidden;
}

} // namespace ecld
