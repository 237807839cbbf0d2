/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "policy-network.h"

#include "base/vector-clones.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <istream>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace agents
{

namespace
{

constexpr uint32_t MAX_UNITS = 1 << 16;   //!< of a layer in a file
constexpr uint32_t MAX_LAYERS = 64;       //!< of a network in a file
constexpr uint32_t MAX_ENTRIES = 1 << 26; //!< of a matrix in a file

constexpr Eigen::Index GROUP = 4; //!< columns that are added at a time

/// y = W x + b, for the processor at hand: the module is built for every processor of its kind,
/// with vectors of 16 bytes, and this product is all the time that a decision takes.
/// @param weight W, column by column @param rows of W @param cols of W @param x cols values
/// @param bias b, rows values @param[out] y rows values
#if defined(__GNUC__) && !defined(__clang__)
__attribute__((optimize("O3")))
#endif
VECTOR_CLONES void
MultiplyAdd(const float* __restrict weight,
            Eigen::Index rows,
            Eigen::Index cols,
            const float* __restrict x,
            const float* __restrict bias,
            float* __restrict y)
{
    std::copy(bias, bias + rows, y);
    Eigen::Index col = 0;
    for (; col + GROUP <= cols; col += GROUP)
    {
        // A rectifier leaves half of its results zero, and to read W takes most of the time.
        int used = 0;
        Eigen::Index early = col;
        Eigen::Index late = col;
        for (Eigen::Index i = col; i < col + GROUP; ++i)
        {
            if (x[i] != 0)
            {
                early = used == 0 ? i : early;
                late = i;
                ++used;
            }
        }
        if (used == 0)
        {
            continue;
        }
        if (used <= 2)
        {
            // Where products and sums are fused, the sum of four below rounds the second of its
            // first two products, else the earlier one: in this order the result is the same.
            if (early == col && late == col + 1)
            {
                std::swap(early, late);
            }
            const float* w0 = weight + late * rows;
            const float* w1 = weight + early * rows;
            const float x0 = x[late];
            const float x1 = used == 2 ? x[early] : 0.0f;
            for (Eigen::Index row = 0; row < rows; ++row)
            {
                y[row] += w0[row] * x0 + w1[row] * x1;
            }
            continue;
        }
        const float* w0 = weight + col * rows;
        const float* w1 = w0 + rows;
        const float* w2 = w1 + rows;
        const float* w3 = w2 + rows;
        for (Eigen::Index row = 0; row < rows; ++row)
        {
            y[row] += w0[row] * x[col] + w1[row] * x[col + 1] + w2[row] * x[col + 2] +
                      w3[row] * x[col + 3];
        }
    }
    for (; col < cols; ++col)
    {
        for (Eigen::Index row = 0; row < rows; ++row)
        {
            y[row] += weight[col * rows + row] * x[col];
        }
    }
}

/// @param x a number @return the logistic function of it
float
Logistic(float x)
{
    return 1.0f / (1.0f + std::exp(-x));
}

/// Apply an activation in place. @param activation which @param units its arguments
void
Activate(Activation activation, Eigen::VectorXf& units)
{
    switch (activation)
    {
    case Activation::RELU:
        units = units.cwiseMax(0.0f);
        break;
    case Activation::SILU:
        units = units.unaryExpr([](float x) { return x * Logistic(x); });
        break;
    case Activation::TANH:
        units = units.array().tanh();
        break;
    }
}

/// Write values as they are in memory. @param out stream @param values first @param n how many
template <typename T>
void
WriteValues(std::ostream& out, const T* values, std::size_t n)
{
    out.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(n * sizeof(T)));
}

/// Read what WriteValues wrote. @param in stream @param name of the file @param values first
/// @param n how many
template <typename T>
void
ReadValues(std::istream& in, const std::string& name, T* values, std::size_t n)
{
    in.read(reinterpret_cast<char*>(values), static_cast<std::streamsize>(n * sizeof(T)));
    if (!in)
    {
        throw std::runtime_error(name + ": section 'policy' ends early");
    }
}

/// @param in stream @param name of the file @param what it is @param max largest value
/// @return a number from 1 to max
uint32_t
ReadSize(std::istream& in, const std::string& name, const std::string& what, uint32_t max)
{
    uint32_t value = 0;
    ReadValues(in, name, &value, 1);
    if (value < 1 || value > max)
    {
        throw std::runtime_error(name + ": section 'policy': " + what + " is " +
                                 std::to_string(value) + ", expected 1 to " + std::to_string(max));
    }
    return value;
}

} // namespace

std::string
GetName(Activation activation)
{
    switch (activation)
    {
    case Activation::SILU:
        return "silu";
    case Activation::TANH:
        return "tanh";
    default:
        return "relu";
    }
}

Activation
FindActivation(const std::string& name)
{
    for (const Activation activation : {Activation::RELU, Activation::SILU, Activation::TANH})
    {
        if (name == GetName(activation))
        {
            return activation;
        }
    }
    throw std::invalid_argument("activation: '" + name + "', expected relu, silu or tanh");
}

PolicyNetwork::PolicyNetwork(std::vector<DenseLayer> layers,
                             Activation activation,
                             Eigen::Index actions)
    : m_layers(std::move(layers)),
      m_activation(activation),
      m_actions(actions)
{
    if (m_layers.empty() || actions < 1 || actions > m_layers.back().weight.rows())
    {
        throw std::invalid_argument("policy: expected layers with an output for each action");
    }
    Eigen::Index inputs = m_layers.front().weight.cols();
    for (const DenseLayer& layer : m_layers)
    {
        if (layer.weight.cols() != inputs || layer.bias.size() != layer.weight.rows())
        {
            throw std::invalid_argument("policy: sizes of layers do not fit");
        }
        if (!layer.weight.allFinite() || !layer.bias.allFinite())
        {
            throw std::invalid_argument("policy: a weight is not finite");
        }
        inputs = layer.weight.rows();
        m_units.emplace_back(layer.weight.rows());
    }
    SetNormaliser(Eigen::VectorXf::Zero(GetObservations()),
                  Eigen::VectorXf::Ones(GetObservations()),
                  10.0f);
    m_units.insert(m_units.begin(), Eigen::VectorXf::Zero(GetObservations()));
}

void
PolicyNetwork::SetNormaliser(const Eigen::VectorXf& mean, const Eigen::VectorXf& scale, float limit)
{
    if (mean.size() != GetObservations() || scale.size() != GetObservations() ||
        !mean.allFinite() || !scale.allFinite() || !(limit > 0))
    {
        throw std::invalid_argument("policy: a normaliser does not fit or is not finite");
    }
    m_mean = mean;
    m_scale = scale;
    m_limit = limit;
}

std::vector<DenseLayer>&
PolicyNetwork::GetLayers()
{
    return m_layers;
}

Eigen::Index
PolicyNetwork::GetObservations() const
{
    return m_layers.empty() ? 0 : m_layers.front().weight.cols();
}

Eigen::Index
PolicyNetwork::GetActions() const
{
    return m_actions;
}

const Eigen::VectorXf&
PolicyNetwork::GetOutputs(const Eigen::Ref<const Eigen::VectorXf>& observation) const
{
    m_units[0] =
        ((observation - m_mean).cwiseProduct(m_scale)).cwiseMax(-m_limit).cwiseMin(m_limit);
    for (std::size_t i = 0; i < m_layers.size(); ++i)
    {
        const DenseLayer& layer = m_layers[i];
        MultiplyAdd(layer.weight.data(),
                    layer.weight.rows(),
                    layer.weight.cols(),
                    m_units[i].data(),
                    layer.bias.data(),
                    m_units[i + 1].data());
        if (i + 1 < m_layers.size())
        {
            Activate(m_activation, m_units[i + 1]);
        }
    }
    return m_units.back();
}

void
PolicyNetwork::Act(const Eigen::Ref<const Eigen::VectorXf>& observation,
                   Eigen::Ref<Eigen::VectorXf> action) const
{
    action = GetOutputs(observation).head(m_actions).unaryExpr(&Logistic);
}

void
PolicyNetwork::Write(std::ostream& out) const
{
    const uint32_t sizes[] = {static_cast<uint32_t>(m_layers.size()),
                              static_cast<uint32_t>(m_activation) + 1,
                              static_cast<uint32_t>(m_actions),
                              static_cast<uint32_t>(GetObservations())};
    WriteValues(out, sizes, 4);
    WriteValues(out, m_mean.data(), m_mean.size());
    WriteValues(out, m_scale.data(), m_scale.size());
    WriteValues(out, &m_limit, 1);
    for (const DenseLayer& layer : m_layers)
    {
        const auto outputs = static_cast<uint32_t>(layer.weight.rows());
        WriteValues(out, &outputs, 1);
        WriteValues(out, layer.weight.data(), layer.weight.size());
        WriteValues(out, layer.bias.data(), layer.bias.size());
    }
}

PolicyNetwork
PolicyNetwork::Read(std::istream& in, const std::string& name)
{
    const uint32_t count = ReadSize(in, name, "number of layers", MAX_LAYERS);
    const uint32_t activation = ReadSize(in, name, "activation", 3);
    const uint32_t actions = ReadSize(in, name, "number of actions", MAX_UNITS);
    uint32_t inputs = ReadSize(in, name, "number of features", MAX_UNITS);
    Eigen::VectorXf mean(inputs);
    Eigen::VectorXf scale(inputs);
    float limit = 0;
    ReadValues(in, name, mean.data(), inputs);
    ReadValues(in, name, scale.data(), inputs);
    ReadValues(in, name, &limit, 1);
    std::vector<DenseLayer> layers;
    for (uint32_t i = 0; i < count; ++i)
    {
        const uint32_t outputs = ReadSize(in, name, "number of units", MAX_UNITS);
        if (static_cast<uint64_t>(outputs) * inputs > MAX_ENTRIES)
        {
            throw std::runtime_error(name + ": section 'policy': a layer is too large");
        }
        DenseLayer layer{Eigen::MatrixXf(outputs, inputs), Eigen::VectorXf(outputs)};
        ReadValues(in, name, layer.weight.data(), layer.weight.size());
        ReadValues(in, name, layer.bias.data(), layer.bias.size());
        layers.push_back(std::move(layer));
        inputs = outputs;
    }
    try
    {
        PolicyNetwork policy(std::move(layers), static_cast<Activation>(activation - 1), actions);
        policy.SetNormaliser(mean, scale, limit);
        return policy;
    }
    catch (const std::invalid_argument& error)
    {
        throw std::runtime_error(name + ": section 'policy': " + error.what());
    }
}

} // namespace agents
