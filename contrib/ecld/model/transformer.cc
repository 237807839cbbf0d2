/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "transformer.h"

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

TransformerBlock
Transformer::GetBlock(int64_t index) const
{
    return {m_config,
            BlockWeights::Collect(m_config.architecture,
                                  [&](const std::string& part) {
                                      return GetWeight(GetLayerTensorName(index, part));
                                  }),
            m_computeType};
}

at::Tensor
Transformer::Run(const at::Tensor& tokens,
                 const at::Tensor& mask,
                 KeyValueCache* cache,
                 ActivationObserver* observer) const
{
    at::Tensor x = at::embedding(GetWeight(embeddingName), tokens).to(at::kFloat);
    BlockPositions positions =
        MakePositions(m_config, m_device, cache ? cache->positions : 0, tokens.size(1));
    positions.mask = mask;
    for (int64_t index = 0; index < m_config.layers; ++index)
    {
        x = GetBlock(index).Run(x, positions, cache, observer, index);
    }
    return NormaliseRms(x, GetWeight(finalNormName), m_config.rmsNormEpsilon);
}

at::Tensor
Transformer::ComputeHidden(const at::Tensor& tokens,
                           const at::Tensor& documents,
                           ActivationObserver* observer) const
{
    const at::Tensor mask = MakeCausalMask(documents, tokens.size(1), m_device);
    return Run(tokens, mask, nullptr, observer);
}

at::Tensor
Transformer::ComputeLogits(const at::Tensor& hidden) const
{
    return ProjectRows(hidden,
                       GetWeight(m_config.tiedEmbeddings ? embeddingName : outputName),
                       m_computeType);
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
