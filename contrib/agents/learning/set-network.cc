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
    const int64_t inputs =
        (settings.pooling == Pooling::MEAN_MAX ? 3 : 1) * units + settings.features;
    m_head.emplace(Network::Settings{inputs,
                                     {units},
                                     settings.outputs,
                                     settings.activation,
                                     settings.outputGain,
                                     1},
                   random);
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
    std::vector<at::Tensor> inputs;
    if (m_settings.pooling == Pooling::ATTENTION)
    {
        inputs = {Attend(encoded, isFrozen), features};
    }
    else
    {
        inputs = {encoded,
                  features,
                  encoded.mean(1, true).expand({sets, n, units}),
                  encoded.amax(1, true).expand({sets, n, units})};
    }
    const at::Tensor joined = at::cat(inputs, 2);
    return m_head->Forward(joined.view({sets * n, joined.size(2)}), isFrozen)
        .view({sets, n, m_settings.outputs});
}

std::vector<std::vector<at::Tensor>*>
SetNetwork::GetParameters()
{
    std::vector<std::vector<at::Tensor>*> all;
    if (m_encoder)
    {
        all.push_back(&m_encoder->GetParameters());
    }
    for (Network& each : m_attention)
    {
        all.push_back(&each.GetParameters());
    }
    all.push_back(&m_head->GetParameters());
    return all;
}

void
SetNetwork::PolyakUpdate(const SetNetwork& other, double rate)
{
    if (m_encoder)
    {
        m_encoder->PolyakUpdate(*other.m_encoder, rate);
    }
    for (std::size_t i = 0; i < m_attention.size(); ++i)
    {
        m_attention[i].PolyakUpdate(other.m_attention[i], rate);
    }
    m_head->PolyakUpdate(*other.m_head, rate);
}

SetLayers
SetNetwork::CopyLayers() const
{
    SetLayers layers;
    layers.pooling = m_settings.pooling;
    layers.activation = m_settings.activation;
    if (m_encoder)
    {
        m_encoder->CopyTo(layers.encoder);
    }
    for (const Network& each : m_attention)
    {
        std::vector<DenseLayer> one;
        each.CopyTo(one);
        layers.attention.push_back(one.front());
    }
    m_head->CopyTo(layers.head);
    return layers;
}

} // namespace agents
