/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_DENSE_LAYER_H
#define AGENTS_DENSE_LAYER_H

#include <Eigen/Core>
#include <string>
#include <vector>

namespace agents
{

/// Function between the layers of a network.
enum class Activation
{
    RELU, ///< max(x, 0)
    SILU, ///< x / (1 + exp(-x))
    TANH  ///< tanh(x)
};

/// @param activation a function @return its name: relu, silu or tanh
std::string GetName(Activation activation);
/// @param name relu, silu or tanh @return the function @throw std::invalid_argument
Activation FindActivation(const std::string& name);
/// Apply an activation in place. @param activation which @param units its arguments
void Activate(Activation activation, Eigen::Ref<Eigen::MatrixXf> units);

/// The same, faster where there are many and rounded in other places. @param activation which
/// @param units its arguments
void ActivateMany(Activation activation, Eigen::MatrixXf& units);

/// @param x a number @return the logistic function of it
float Logistic(float x);

/**
 * @ingroup agents
 * @brief A layer y = W x + b.
 */
struct DenseLayer
{
    Eigen::MatrixXf weight; ///< W, outputs x inputs
    Eigen::VectorXf bias;   ///< b, outputs

    /// @param x inputs @param[out] y outputs, of the right size
    void Apply(const Eigen::Ref<const Eigen::VectorXf>& x, Eigen::Ref<Eigen::VectorXf> y) const;

    /**
     * Apply some columns of the weight to several inputs.
     * @param first first column that is used
     * @param x as many inputs as columns are used, a column each; columns follow each other
     * @param[in,out] y what is added to: outputs, a column each
     */
    void AddEach(Eigen::Index first,
                 const Eigen::Ref<const Eigen::MatrixXf>& x,
                 Eigen::Ref<Eigen::MatrixXf> y) const;
};

/**
 * Check layers that follow each other.
 * @param layers from the inputs on
 * @param inputs of the first layer
 * @throw std::invalid_argument in one line when there is none, sizes do not fit or a value is not
 * finite
 */
void CheckLayers(const std::vector<DenseLayer>& layers, Eigen::Index inputs);

} // namespace agents

#endif // AGENTS_DENSE_LAYER_H
