/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "network.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <cstring>

namespace agents
{

namespace
{

/// @param inputs rows @param outputs columns @param gain length of the vectors
/// @param random source @return a matrix whose rows or columns, the fewer, are orthogonal
at::Tensor
MakeOrthogonal(int64_t inputs, int64_t outputs, double gain, RandomStream& random)
{
    const int64_t most = std::max(inputs, outputs);
    const int64_t least = std::min(inputs, outputs);
    Eigen::MatrixXd normal(most, least);
    for (int64_t i = 0; i < normal.size(); ++i)
    {
        normal.data()[i] = random.Normal();
    }
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(normal);
    Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(most, least);
    // Without the signs of R's diagonal, Q would not be uniform.
    const Eigen::VectorXd signs = qr.matrixQR().diagonal().cwiseSign();
    q = gain * q * signs.asDiagonal();
    if (inputs < outputs)
    {
        q.transposeInPlace();
    }
    at::Tensor weight = at::empty({inputs, outputs});
    Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
        weight.data_ptr<float>(),
        inputs,
        outputs) = q.cast<float>();
    return weight;
}

/// @param activation which @param x its argument @return its value
at::Tensor
Activate(Activation activation, const at::Tensor& x)
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

Network::Network(const Settings& settings, RandomStream& random)
    : m_settings(settings)
{
    std::vector<int64_t> sizes{settings.inputs};
    sizes.insert(sizes.end(), settings.hidden.begin(), settings.hidden.end());
    sizes.push_back(settings.outputs);
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i)
    {
        const double gain = i + 2 < sizes.size() ? std::sqrt(2.0) : settings.outputGain;
        std::vector<at::Tensor> weights;
        for (int64_t member = 0; member < settings.members; ++member)
        {
            weights.push_back(MakeOrthogonal(sizes[i], sizes[i + 1], gain, random));
        }
        const bool isOne = settings.members == 1;
        m_parameters.push_back(isOne ? weights.front() : at::stack(weights));
        m_parameters.push_back(isOne ? at::zeros({sizes[i + 1]})
                                     : at::zeros({settings.members, 1, sizes[i + 1]}));
    }
    for (at::Tensor& parameter : m_parameters)
    {
        parameter.set_requires_grad(true);
    }
}

at::Tensor
Network::GetParameter(std::size_t i, bool isFrozen) const
{
    return isFrozen ? m_parameters[i].detach() : m_parameters[i];
}

at::Tensor
Network::Forward(const at::Tensor& x, bool isFrozen) const
{
    if (m_settings.members > 1)
    {
        return ForwardEach(x.unsqueeze(0).expand({m_settings.members, x.size(0), x.size(1)}),
                           isFrozen);
    }
    at::Tensor units = x;
    for (std::size_t i = 0; i < m_parameters.size(); i += 2)
    {
        units = at::addmm(GetParameter(i + 1, isFrozen), units, GetParameter(i, isFrozen));
        if (i + 2 < m_parameters.size())
        {
            units = Activate(m_settings.activation, units);
        }
    }
    return units;
}

at::Tensor
Network::ForwardEach(const at::Tensor& x, bool isFrozen) const
{
    if (m_settings.members == 1)
    {
        return Forward(x.squeeze(0), isFrozen).unsqueeze(0);
    }
    at::Tensor units = x;
    for (std::size_t i = 0; i < m_parameters.size(); i += 2)
    {
        units = at::baddbmm(GetParameter(i + 1, isFrozen), units, GetParameter(i, isFrozen));
        if (i + 2 < m_parameters.size())
        {
            units = Activate(m_settings.activation, units);
        }
    }
    return units;
}

std::vector<at::Tensor>&
Network::GetParameters()
{
    return m_parameters;
}

void
Network::Follow(const Network& other, double rate)
{
    const at::NoGradGuard noGradient;
    for (std::size_t i = 0; i < m_parameters.size(); ++i)
    {
        m_parameters[i].lerp_(other.m_parameters[i], rate);
    }
}

void
Network::CopyTo(std::vector<DenseLayer>& layers) const
{
    layers.resize(m_parameters.size() / 2);
    for (std::size_t i = 0; i < layers.size(); ++i)
    {
        // A row-major inputs x outputs matrix is its own column-major transpose.
        const at::Tensor& weight = m_parameters[2 * i];
        const at::Tensor& bias = m_parameters[2 * i + 1];
        layers[i].weight.resize(weight.size(1), weight.size(0));
        layers[i].bias.resize(bias.size(0));
        std::memcpy(layers[i].weight.data(),
                    weight.data_ptr<float>(),
                    weight.numel() * sizeof(float));
        std::memcpy(layers[i].bias.data(), bias.data_ptr<float>(), bias.numel() * sizeof(float));
    }
}

} // namespace agents
