/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_NETWORK_H
#define AGENTS_NETWORK_H

#include "../policy-network.h"
#include "base/random-stream.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief A multi-layer perceptron, or an ensemble of them that is computed at once.
 *
 * Weights begin orthogonal with gain sqrt(2), as the details of PPO want it, and biases at zero.
 */
class Network
{
  public:
    /// What a network looks like.
    struct Settings
    {
        int64_t inputs{1};                       ///< features
        std::vector<int64_t> hidden;             ///< units of the hidden layers
        int64_t outputs{1};                      ///< numbers that come out
        Activation activation{Activation::RELU}; ///< between layers
        double outputGain{1.0};                  ///< of the last layer's weights at first
        int64_t members{1};                      ///< networks of an ensemble
    };

    /// @param settings what it looks like @param random where the first weights come from
    Network(const Settings& settings, base::RandomStream& random);

    /**
     * @param x B x inputs
     * @param isFrozen whether no gradient goes into the weights
     * @return B x outputs, with more than one member members x B x outputs
     */
    at::Tensor Forward(const at::Tensor& x, bool isFrozen = false) const;

    /**
     * Each member on rows of its own.
     * @param x members x B x inputs
     * @param isFrozen whether no gradient goes into the weights
     * @return members x B x outputs
     */
    at::Tensor ForwardEach(const at::Tensor& x, bool isFrozen = false) const;

    /**
     * One member of an ensemble, without gradients into its weights.
     * @param x B x inputs
     * @param member its number
     * @return B x outputs
     */
    at::Tensor ForwardOne(const at::Tensor& x, int64_t member) const;

    /// @return weights (inputs x outputs, of each member) and biases in turn
    std::vector<at::Tensor>& GetParameters();

    /// Polyak averaging: move towards another network of the same sizes. @param other it @param
    /// rate share, (0, 1]
    void PolyakUpdate(const Network& other, double rate);

    /// Copy to a policy's layers, made when there are none. @param[out] layers the copy
    void CopyTo(std::vector<DenseLayer>& layers) const;

  private:
    /// All layers as one operation of the graph of gradients. @param x B x inputs, or of each
    /// member
    /// @param parameters weights and biases, of one member or of all
    /// @param isFrozen whether no gradient goes into them @return B x outputs, or of each member
    at::Tensor Pass(const at::Tensor& x,
                    const std::vector<at::Tensor>& parameters,
                    bool isFrozen) const;

    Settings m_settings;                  //!< what it looks like
    std::vector<at::Tensor> m_parameters; //!< weights and biases
};

} // namespace agents

#endif // AGENTS_NETWORK_H
