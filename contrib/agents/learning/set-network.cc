/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "set-network.h"

#include <cmath>
#include <stdexcept>
#include <string>

namespace agents
{

namespace
{

/// @param activation which @param x arguments @return its values
at::Tensor
ActivateTensor(Activation activation, const at::Tensor& x)
{
    switch (activation)
    {
    case Activation::SILU:
        return at::silu(x);
    case Activation::TANH:
        return at::tanh(x);
    default:
        return at::relu(x);
    }
}

/// @param network of one layer @return a copy of it
DenseLayer
CopyLayer(const Network& network)
{
    std::vector<DenseLayer> layers;
    network.CopyTo(layers);
    return layers.front();
}

} // namespace

SetNetwork::SetNetwork(const Settings& settings, base::RandomStream& random)
    : m_settings(settings)
{
    const int64_t units = settings.hidden.back();
    if (settings.pooling == Pooling::NONE)
    {
        m_head.emplace(Network::Settings{settings.features,
                                         settings.hidden,
                                         settings.outputs,
                                         settings.activation,
                                         settings.outputGain,
                                         1},
                       random);
        return;
    }
    const double gain = std::sqrt(2.0);
    m_encoder.emplace(Network::Settings{settings.features,
                                        {settings.hidden.begin(), settings.hidden.end() - 1},
                                        units,
                                        settings.activation,
                                        gain,
                                        1},
                      random);
    if (settings.pooling == Pooling::ATTENTION)
    {
        if (units % SetLayers::HEADS != 0)
        {
            throw std::invalid_argument("hidden ends with " + std::to_string(units) +
                                        ", expected a multiple of " +
                                        std::to_string(SetLayers::HEADS) + " with attention");
        }
        for (int i = 0; i < 4; ++i)
        {
            m_attention.emplace_back(
                Network::Settings{units, {}, units, settings.activation, 1.0, 1},
                random);
        }
    }
    const auto makeLinear = [&](int64_t inputs, int64_t outputs, double outputGain) {
        return Network(Network::Settings{inputs, {}, outputs, settings.activation, outputGain, 1},
                       random);
    };
    m_own.emplace(makeLinear(units + settings.features, units, gain));
    if (settings.pooling == Pooling::MEAN_MAX)
    {
        m_pooled.emplace(makeLinear(2 * units, units, gain));
    }
    m_head.emplace(makeLinear(units, settings.outputs, settings.outputGain));
}

at::Tensor
SetNetwork::Attend(const at::Tensor& encoded, bool isFrozen) const
{
    const int64_t sets = encoded.size(0);
    const int64_t n = encoded.size(1);
    const int64_t units = encoded.size(2);
    const int64_t each = units / SetLayers::HEADS;
    const at::Tensor rows = encoded.reshape({sets * n, units});
    const auto project = [&](int i) {
        return m_attention[i]
            .Forward(rows, isFrozen)
            .view({sets, n, SetLayers::HEADS, each})
            .transpose(1, 2);
    };
    const at::Tensor scores =
        at::matmul(project(0), project(1).transpose(2, 3)) / std::sqrt(static_cast<double>(each));
    const at::Tensor mixed =
        at::matmul(at::softmax(scores, -1), project(2)).transpose(1, 2).reshape({sets * n, units});
    return encoded + m_attention[3].Forward(mixed, isFrozen).view({sets, n, units});
}

at::Tensor
SetNetwork::Forward(const at::Tensor& features, bool isFrozen) const
{
    const int64_t sets = features.size(0);
    const int64_t n = features.size(1);
    const at::Tensor rows = features.reshape({sets * n, features.size(2)});
    if (m_settings.pooling == Pooling::NONE)
    {
        return m_head->Forward(rows, isFrozen).view({sets, n, m_settings.outputs});
    }
    at::Tensor encoded = ActivateTensor(m_settings.activation, m_encoder->Forward(rows, isFrozen));
    const int64_t units = encoded.size(1);
    encoded = encoded.view({sets, n, units});
    if (m_settings.pooling == Pooling::ATTENTION)
    {
        encoded = Attend(encoded, isFrozen);
    }
    const at::Tensor own = at::cat({encoded, features}, 2);
    at::Tensor joined =
        m_own->Forward(own.view({sets * n, own.size(2)}), isFrozen).view({sets, n, units});
    if (m_settings.pooling == Pooling::MEAN_MAX)
    {
        // Once a set: it is the same for all entities.
        const at::Tensor pooled = at::cat({encoded.mean(1), encoded.amax(1)}, 1);
        joined = joined + m_pooled->Forward(pooled, isFrozen).unsqueeze(1);
    }
    const at::Tensor hidden = ActivateTensor(m_settings.activation, joined);
    return m_head->Forward(hidden.view({sets * n, units}), isFrozen)
        .view({sets, n, m_settings.outputs});
}

std::vector<Network*>
SetNetwork::GetParts()
{
    std::vector<Network*> parts;
    for (std::optional<Network>* each : {&m_encoder, &m_own, &m_pooled, &m_head})
    {
        if (*each)
        {
            parts.push_back(&**each);
        }
    }
    for (Network& each : m_attention)
    {
        parts.push_back(&each);
    }
    return parts;
}

std::vector<std::vector<at::Tensor>*>
SetNetwork::GetParameters()
{
    std::vector<std::vector<at::Tensor>*> all;
    for (Network* part : GetParts())
    {
        all.push_back(&part->GetParameters());
    }
    return all;
}

void
SetNetwork::PolyakUpdate(SetNetwork& other, double rate)
{
    const std::vector<Network*> parts = GetParts();
    const std::vector<Network*> others = other.GetParts();
    for (std::size_t i = 0; i < parts.size(); ++i)
    {
        parts[i]->PolyakUpdate(*others[i], rate);
    }
}

SetLayers
SetNetwork::CopyLayers() const
{
    SetLayers layers;
    layers.pooling = m_settings.pooling;
    layers.activation = m_settings.activation;
    m_head->CopyTo(layers.head);
    if (!m_encoder)
    {
        return layers;
    }
    m_encoder->CopyTo(layers.encoder);
    for (const Network& each : m_attention)
    {
        layers.attention.push_back(CopyLayer(each));
    }
    DenseLayer first = CopyLayer(*m_own);
    if (m_pooled)
    {
        const DenseLayer own = first;
        const DenseLayer pooled = CopyLayer(*m_pooled);
        first.weight.resize(own.weight.rows(), own.weight.cols() + pooled.weight.cols());
        first.weight << own.weight, pooled.weight;
        first.bias = own.bias + pooled.bias;
    }
    layers.head.insert(layers.head.begin(), first);
    return layers;
}

} // namespace agents
