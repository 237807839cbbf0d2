/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "dense-layer.h"

#include "base/vector-clones.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace agents
{

namespace
{

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

/// Y += W X, for the processor at hand as in MultiplyAdd. @param weight W, column by column
/// @param rows of W @param cols of W @param x first column of X @param xStride from column to
/// column @param n columns of X and Y @param[in,out] y first column of Y @param yStride from column
/// to column
#if defined(__GNUC__) && !defined(__clang__)
__attribute__((optimize("O3")))
#endif
VECTOR_CLONES void
AddProducts(const float* __restrict weight,
            Eigen::Index rows,
            Eigen::Index cols,
            const float* __restrict x,
            Eigen::Index xStride,
            Eigen::Index n,
            float* __restrict y,
            Eigen::Index yStride)
{
    for (Eigen::Index c = 0; c < n; ++c)
    {
        const float* in = x + c * xStride;
        float* __restrict out = y + c * yStride;
        Eigen::Index i = 0;
        for (; i + GROUP <= cols; i += GROUP)
        {
            const float* w0 = weight + i * rows;
            const float* w1 = w0 + rows;
            const float* w2 = w1 + rows;
            const float* w3 = w2 + rows;
            for (Eigen::Index r = 0; r < rows; ++r)
            {
                out[r] += w0[r] * in[i] + w1[r] * in[i + 1] + w2[r] * in[i + 2] + w3[r] * in[i + 3];
            }
        }
        for (; i < cols; ++i)
        {
            const float* w = weight + i * rows;
            for (Eigen::Index r = 0; r < rows; ++r)
            {
                out[r] += w[r] * in[i];
            }
        }
    }
}

/// x / (1 + exp(-x)) for each of many, for the processor at hand as in MultiplyAdd: the library's
/// exponential is computed one by one, which takes longer than the products. The exponential is
/// 2^n exp(r), |r| <= ln(2) / 2, exp(r) by its series, right to 2e-7 of its value.
/// @param[in,out] values arguments, replaced by results @param n how many
#if defined(__GNUC__) && !defined(__clang__)
__attribute__((optimize("O3", "no-trapping-math")))
#endif
VECTOR_CLONES void
ApplySilu(float* __restrict values, Eigen::Index n)
{
    constexpr float most = 87; // exp(87) is the largest power of e that a float holds
    constexpr float log2e = 1.44269504f;
    constexpr float ln2High = 0.693359375f; // ln(2) in two parts, so that r loses no digits
    constexpr float ln2Low = -2.12194440e-4f;
    constexpr float toInteger = 12582912; // 1.5 * 2^23: adding it rounds to an integer
    for (Eigen::Index i = 0; i < n; ++i)
    {
        // Not std::min: what has other options of the compiler is not taken into the loop.
        const float least = -values[i] < -most ? -most : -values[i];
        const float x = least > most ? most : least;
        const float power = (x * log2e + toInteger) - toInteger;
        const float r = (x - power * ln2High) - power * ln2Low;
        const float series =
            1 + r * (1 + r * (1 / 2.0f +
                              r * (1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r / 720.0f)))));
        const int32_t bits = (static_cast<int32_t>(power) + 127) << 23;
        float scale = 0;
        std::memcpy(&scale, &bits, sizeof scale);
        values[i] /= 1 + series * scale;
    }
}

} // namespace

float
Logistic(float x)
{
    return 1.0f / (1.0f + std::exp(-x));
}

void
Activate(Activation activation, Eigen::Ref<Eigen::MatrixXf> units)
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

void
ActivateMany(Activation activation, Eigen::MatrixXf& units)
{
    if (activation == Activation::SILU)
    {
        ApplySilu(units.data(), units.size());
    }
    else
    {
        Activate(activation, units);
    }
}

void
DenseLayer::Apply(const Eigen::Ref<const Eigen::VectorXf>& x, Eigen::Ref<Eigen::VectorXf> y) const
{
    MultiplyAdd(weight.data(), weight.rows(), weight.cols(), x.data(), bias.data(), y.data());
}

void
DenseLayer::AddEach(Eigen::Index first,
                    const Eigen::Ref<const Eigen::MatrixXf>& x,
                    Eigen::Ref<Eigen::MatrixXf> y) const
{
    constexpr Eigen::Index few = 8; // outputs that fill no vector
    if (weight.rows() < few)
    {
        y.noalias() += weight.middleCols(first, x.rows()) * x;
        return;
    }
    AddProducts(weight.data() + first * weight.rows(),
                weight.rows(),
                x.rows(),
                x.data(),
                x.outerStride(),
                x.cols(),
                y.data(),
                y.outerStride());
}

void
CheckLayers(const std::vector<DenseLayer>& layers, Eigen::Index inputs)
{
    if (layers.empty())
    {
        throw std::invalid_argument("policy: expected layers");
    }
    for (const DenseLayer& layer : layers)
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
    }
}

} // namespace agents
