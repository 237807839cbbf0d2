/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "dense-layer.h"

#include "base/vector-clones.h"

#include <algorithm>
#include <cmath>
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

constexpr Eigen::Index TILE_ROWS = 16; //!< outputs that are held in registers
constexpr Eigen::Index TILE_COLS = 4;  //!< inputs vectors that share a load of the weight

/// Y += W X for a tile of TILE_ROWS outputs and TILE_COLS columns of X.
/// @param weight first row of W in the tile @param rows of W @param cols of W
/// @param x first column @param xStride from column to column @param[in,out] y first entry
/// @param yStride from column to column
inline void
AddTile(const float* __restrict weight,
        Eigen::Index rows,
        Eigen::Index cols,
        const float* __restrict x,
        Eigen::Index xStride,
        float* __restrict y,
        Eigen::Index yStride)
{
    float sums[TILE_COLS][TILE_ROWS] = {};
    for (Eigen::Index i = 0; i < cols; ++i)
    {
        const float* w = weight + i * rows;
        for (Eigen::Index c = 0; c < TILE_COLS; ++c)
        {
            const float each = x[c * xStride + i];
            for (Eigen::Index r = 0; r < TILE_ROWS; ++r)
            {
                sums[c][r] += w[r] * each;
            }
        }
    }
    for (Eigen::Index c = 0; c < TILE_COLS; ++c)
    {
        for (Eigen::Index r = 0; r < TILE_ROWS; ++r)
        {
            y[c * yStride + r] += sums[c][r];
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
    const Eigen::Index tiledRows = rows / TILE_ROWS * TILE_ROWS;
    const Eigen::Index tiledCols = n / TILE_COLS * TILE_COLS;
    for (Eigen::Index c = 0; c < tiledCols; c += TILE_COLS)
    {
        for (Eigen::Index r = 0; r < tiledRows; r += TILE_ROWS)
        {
            AddTile(weight + r, rows, cols, x + c * xStride, xStride, y + c * yStride + r, yStride);
        }
    }
    for (Eigen::Index c = 0; c < n; ++c)
    {
        const Eigen::Index first = c < tiledCols ? tiledRows : 0;
        float* out = y + c * yStride;
        for (Eigen::Index i = 0; i < cols; ++i)
        {
            const float each = x[c * xStride + i];
            const float* w = weight + i * rows;
            for (Eigen::Index r = first; r < rows; ++r)
            {
                out[r] += w[r] * each;
            }
        }
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
DenseLayer::Apply(const Eigen::Ref<const Eigen::VectorXf>& x, Eigen::Ref<Eigen::VectorXf> y) const
{
    MultiplyAdd(weight.data(), weight.rows(), weight.cols(), x.data(), bias.data(), y.data());
}

void
DenseLayer::AddEach(Eigen::Index first,
                    const Eigen::Ref<const Eigen::MatrixXf>& x,
                    Eigen::Ref<Eigen::MatrixXf> y) const
{
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
