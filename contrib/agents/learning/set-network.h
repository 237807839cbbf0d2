/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SET_NETWORK_H
#define AGENTS_SET_NETWORK_H

#include "../set-policy-network.h"
#include "base/random-stream.h"
#include "network.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <optional>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief A network over sets as SetLayers describes it, for training.
 */
class SetNetwork
{
  public:
    /// What a network looks like.
    struct Settings
    {
        int64_t features{1};                     ///< of an entity
        std::vector<int64_t> hidden{64, 64};     ///< units of the hidden layers
        int64_t outputs{1};                      ///< numbers that come out, of each entity
        Activation activation{Activation::SILU}; ///< between layers
        Pooling pooling{Pooling::NONE};          ///< what is known of the others
        double outputGain{0.01};                 ///< of the last layer's weights at first
    };

    /// @param settings what it looks like @param random where the first weights come from
    SetNetwork(const Settings& settings, base::RandomStream& random);

    /**
     * @param features B x N x features
     * @param isFrozen whether no gradient goes into the weights
     * @return B x N x outputs
     */
    at::Tensor Forward(const at::Tensor& features, bool isFrozen = false) const;

    /// @return weights and biases, part by part
    std::vector<std::vector<at::Tensor>*> GetParameters();

    /// Polyak averaging: move towards another network of the same sizes. @param other it
    /// @param rate share, (0, 1]
    void PolyakUpdate(SetNetwork& other, double rate);

    /// @return a copy for acting
    SetLayers CopyLayers() const;

  private:
    /// @param encoded B x N x units @param isFrozen as in Forward @return it plus self-attention
    at::Tensor Attend(const at::Tensor& encoded, bool isFrozen) const;

    /// @return what it is made of
    std::vector<Network*> GetParts();

    Settings m_settings;              //!< what it looks like
    std::optional<Network> m_encoder; //!< with pooling
    std::vector<Network> m_attention; //!< query, key, value, output; with attention
    std::optional<Network> m_own;     //!< with pooling: the head's first layer, for an entity's own
    std::optional<Network> m_pooled;  //!< with MEAN_MAX: the same, for what is pooled
    std::optional<Network> m_head;    //!< without pooling all, else the head's last layer
};

} // namespace agents

#endif // AGENTS_SET_NETWORK_H
