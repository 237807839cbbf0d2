/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_REFERENCE_H
#define AGENTS_REFERENCE_H

#include "agents/policy-network.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief A perceptron from its definition, in double precision, to compare with. Its parameters
 * are one vector: of each layer the weights, inputs x outputs row by row, of all members, then
 * the biases of all members.
 */
struct ReferenceNetwork
{
    std::vector<Eigen::Index> sizes;         ///< units from the inputs on
    Activation activation{Activation::TANH}; ///< between layers
    Eigen::Index members{1};                 ///< of an ensemble

    /// @return number of parameters
    Eigen::Index GetSize() const
    {
        Eigen::Index size = 0;
        for (std::size_t i = 0; i + 1 < sizes.size(); ++i)
        {
            size += members * (sizes[i] + 1) * sizes[i + 1];
        }
        return size;
    }

    /// @param parameters all @param x B x inputs @param member of the ensemble
    /// @return B x outputs
    Eigen::MatrixXd Forward(const Eigen::VectorXd& parameters,
                            const Eigen::MatrixXd& x,
                            Eigen::Index member = 0) const
    {
        using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        Eigen::MatrixXd units = x;
        const double* at = parameters.data();
        for (std::size_t i = 0; i + 1 < sizes.size(); ++i)
        {
            const Eigen::Index entries = sizes[i] * sizes[i + 1];
            const Eigen::Map<const RowMajor> weight(at + member * entries, sizes[i], sizes[i + 1]);
            at += members * entries;
            const Eigen::Map<const Eigen::RowVectorXd> bias(at + member * sizes[i + 1],
                                                            sizes[i + 1]);
            at += members * sizes[i + 1];
            units = (units * weight).rowwise() + bias;
            if (i + 2 < sizes.size())
            {
                units = units.unaryExpr([this](double u) { return Apply(u); });
            }
        }
        return units;
    }

    /// @param u before the activation @return after it
    double Apply(double u) const
    {
        switch (activation)
        {
        case Activation::SILU:
            return u / (1 + std::exp(-u));
        case Activation::TANH:
            return std::tanh(u);
        default:
            return std::max(u, 0.0);
        }
    }
};

/**
 * @ingroup agents
 * @brief Adam as published (Kingma and Ba, 2015, Algorithm 1), in double precision, of gradients
 * that are shortened to a norm.
 */
struct ReferenceAdam
{
    double rate;                   ///< step size
    double maxNorm;                ///< of a gradient
    double halvingSteps{INFINITY}; ///< after as many the rate is half, as 1 / (1 + steps / this)
    int steps{0};                  ///< taken
    Eigen::ArrayXd first{};        ///< moment
    Eigen::ArrayXd second{};       ///< moment

    /// @param[in,out] parameters what is learned @param gradient of a loss
    void Step(Eigen::VectorXd& parameters, Eigen::VectorXd gradient)
    {
        if (steps == 0)
        {
            first = Eigen::ArrayXd::Zero(gradient.size());
            second = first;
        }
        gradient *= std::min(1.0, maxNorm / gradient.norm());
        const double now = rate / (1 + steps / halvingSteps);
        ++steps;
        first = 0.9 * first + 0.1 * gradient.array();
        second = 0.999 * second + 0.001 * gradient.array().square();
        const Eigen::ArrayXd mean = first / (1 - std::pow(0.9, steps));
        const Eigen::ArrayXd square = second / (1 - std::pow(0.999, steps));
        parameters.array() -= now * mean / (square.sqrt() + 1e-5);
    }
};

/// @param loss of parameters @param parameters where @return its gradient, by central differences
inline Eigen::VectorXd
Differentiate(const std::function<double(const Eigen::VectorXd&)>& loss,
              const Eigen::VectorXd& parameters)
{
    constexpr double step = 1e-5;
    Eigen::VectorXd gradient(parameters.size());
    Eigen::VectorXd moved = parameters;
    for (Eigen::Index i = 0; i < parameters.size(); ++i)
    {
        moved[i] = parameters[i] + step;
        const double above = loss(moved);
        moved[i] = parameters[i] - step;
        gradient[i] = (above - loss(moved)) / (2 * step);
        moved[i] = parameters[i];
    }
    return gradient;
}

/// @param bytes of floats @param offset first byte @param size number of floats @return them
inline Eigen::VectorXd
GetFloats(const std::string& bytes, std::size_t offset, Eigen::Index size)
{
    Eigen::VectorXf values(size);
    std::memcpy(values.data(), bytes.data() + offset, size * sizeof(float));
    return values.cast<double>();
}

} // namespace agents

#endif // AGENTS_REFERENCE_H
