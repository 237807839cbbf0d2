/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "network.h"

#include "differentiable.h"
#include "layer-loops.h"

#include <ATen/core/grad_mode.h>
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
MakeOrthogonal(int64_t inputs, int64_t outputs, double gain, base::RandomStream& random)
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

/// Pre-activation and activation of a layer.
struct Layer
{
    at::Tensor argument; ///< of the activation; where that is a rectifier or tanh, its result
    at::Tensor result;   ///< of the activation
};

/// @param x B x inputs, or of each member @param weight inputs x outputs, or of each member
/// @param bias outputs, or of each member @param isRectified whether negative results become zero
/// @return bias + x weight
at::Tensor
MultiplyAdd(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, bool isRectified)
{
    const at::Tensor units = weight.dim() == 2 ? at::mm(x, weight) : at::bmm(x, weight);
    const int64_t columns = weight.size(-1);
    const int64_t rows = units.size(-2);
    const int64_t members = bias.numel() / columns;
    for (int64_t member = 0; member < members; ++member)
    {
        AddBias(units.data_ptr<float>() + member * rows * columns,
                rows,
                columns,
                bias.data_ptr<float>() + member * columns,
                isRectified);
    }
    return units;
}

/// @param activation which @param x inputs of a hidden layer @param weight of it @param bias of it
/// @return what it makes of them
Layer
PassHidden(Activation activation,
           const at::Tensor& x,
           const at::Tensor& weight,
           const at::Tensor& bias)
{
    const at::Tensor units = MultiplyAdd(x, weight, bias, activation == Activation::RELU);
    switch (activation)
    {
    case Activation::SILU:
        return {units, at::silu(units)};
    case Activation::TANH:
        units.tanh_();
        break;
    case Activation::RELU:
        break;
    }
    return {units, units};
}

/// @param activation which @param gradient by its results, whose memory may be used @param layer it
/// @return gradient by its arguments
at::Tensor
PassBack(Activation activation, const at::Tensor& gradient, const Layer& layer)
{
    switch (activation)
    {
    case Activation::SILU:
        return at::silu_backward(gradient, layer.argument);
    case Activation::TANH:
        return at::tanh_backward(gradient, layer.result);
    default:
        StopSlope(gradient.data_ptr<float>(), gradient.numel(), layer.result.data_ptr<float>());
        return gradient;
    }
}

/// @param gradient by a layer's results @param weight of the layer @return gradient by its inputs
at::Tensor
MultiplyTransposed(const at::Tensor& gradient, const at::Tensor& weight)
{
    const at::Tensor transposed = weight.transpose(-1, -2);
    if (gradient.size(-1) == 1)
    {
        // OpenBLAS takes twice as long for an outer product.
        return gradient * transposed;
    }
    return weight.dim() == 2 ? at::mm(gradient, transposed) : at::bmm(gradient, transposed);
}

/// Add to the gradients of a layer. @param gradient by its results @param x its inputs
/// @param weight of it @param bias of it
void
AddGradients(const at::Tensor& gradient,
             const at::Tensor& x,
             const at::Tensor& weight,
             const at::Tensor& bias)
{
    at::Tensor& ofWeight = GetGradient(weight);
    const at::Tensor transposed = x.transpose(-1, -2);
    if (weight.dim() == 2)
    {
        ofWeight.addmm_(transposed, gradient);
    }
    else
    {
        ofWeight.baddbmm_(transposed, gradient);
    }
    const int64_t columns = weight.size(-1);
    const int64_t rows = gradient.size(-2);
    auto* ofBias = GetGradient(bias).data_ptr<float>();
    for (int64_t member = 0; member < bias.numel() / columns; ++member)
    {
        AddRows(gradient.data_ptr<float>() + member * rows * columns,
                rows,
                columns,
                ofBias + member * columns);
    }
}

} // namespace

Network::Network(const Settings& settings, base::RandomStream& random)
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
Network::Forward(const at::Tensor& x, bool isFrozen) const
{
    if (m_settings.members == 1)
    {
        return Pass(x, m_parameters, isFrozen);
    }
    return ForwardEach(x.unsqueeze(0).expand({m_settings.members, x.size(0), x.size(1)}), isFrozen);
}

at::Tensor
Network::ForwardEach(const at::Tensor& x, bool isFrozen) const
{
    return m_settings.members == 1 ? Pass(x.squeeze(0), m_parameters, isFrozen).unsqueeze(0)
                                   : Pass(x, m_parameters, isFrozen);
}

at::Tensor
Network::ForwardOne(const at::Tensor& x, int64_t member) const
{
    std::vector<at::Tensor> parameters = m_parameters;
    if (m_settings.members > 1)
    {
        const at::NoGradGuard noGradient;
        for (std::size_t i = 0; i < parameters.size(); i += 2)
        {
            parameters[i] = m_parameters[i].select(0, member);
            parameters[i + 1] = m_parameters[i + 1].select(0, member).squeeze(0);
        }
    }
    constexpr bool isFrozen = true;
    return Pass(x, parameters, isFrozen);
}

at::Tensor
Network::Pass(const at::Tensor& x, const std::vector<at::Tensor>& parameters, bool isFrozen) const
{
    const Activation activation = m_settings.activation;
    std::vector<Layer> layers; // the first one is the input
    at::Tensor outputs;
    {
        const at::NoGradGuard noGradient;
        layers.push_back({at::Tensor(), x.detach()});
        std::size_t i = 0;
        for (; i + 2 < parameters.size(); i += 2)
        {
            layers.push_back(
                PassHidden(activation, layers.back().result, parameters[i], parameters[i + 1]));
        }
        outputs = MultiplyAdd(layers.back().result, parameters[i], parameters[i + 1], false);
    }
    const bool needsInput = x.requires_grad();
    return MakeGraphNode(
        outputs,
        {x},
        !isFrozen,
        [layers, parameters, activation, isFrozen, needsInput](
            const at::Tensor& byOutputs) -> std::vector<at::Tensor> {
            at::Tensor gradient = byOutputs.contiguous();
            for (std::size_t i = layers.size(); i-- > 0;)
            {
                const at::Tensor& weight = parameters[2 * i];
                if (!isFrozen)
                {
                    AddGradients(gradient, layers[i].result, weight, parameters[2 * i + 1]);
                }
                if (i == 0 && !needsInput)
                {
                    return {at::Tensor()};
                }
                gradient = MultiplyTransposed(gradient, weight);
                if (i > 0)
                {
                    gradient = PassBack(activation, gradient, layers[i]);
                }
            }
            return {gradient};
        });
}

std::vector<at::Tensor>&
Network::GetParameters()
{
    return m_parameters;
}

void
Network::PolyakUpdate(const Network& other, double rate)
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
