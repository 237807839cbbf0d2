/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SET_POLICY_NETWORK_H
#define AGENTS_SET_POLICY_NETWORK_H

#include "dense-layer.h"
#include "policy.h"

#include <Eigen/Core>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace agents
{

/// What a network over a set knows of the other entities, next to what the features tell.
enum class Pooling
{
    NONE,     ///< nothing
    MEAN_MAX, ///< mean and maximum of what an encoder makes of each entity (DeepSets)
    ATTENTION ///< one layer of self-attention with 4 heads; the time grows with N^2
};

/// @param pooling a pooling @return its name: none, mean-max or attention
std::string GetName(Pooling pooling);
/// @param name none, mean-max or attention @return the pooling @throw std::invalid_argument
Pooling FindPooling(const std::string& name);

/**
 * @ingroup agents
 * @brief What the entries of an entity's observation are, in this order: features that the network
 * sees, offsets that are added to its outputs before squashing, and others that it does not see.
 */
struct SetShape
{
    Eigen::Index observations{1}; ///< entries of an entity's observation, >= 1
    Eigen::Index features{1};     ///< the first of them, which the network sees, >= 1
    Eigen::Index actions{1};      ///< entries of an entity's action, >= 1
    bool hasOffsets{false};       ///< whether as many offsets as actions follow the features
};

/**
 * @ingroup agents
 * @brief The layers of a network over a set, the same for each entity (Zaheer et al., "Deep Sets",
 * 2017; Vaswani et al., "Attention is all you need", 2017).
 *
 * f are the features of an entity, h = encoder(f) with an activation after each layer. The inputs
 * of the head are f without pooling, [h, f, mean of all h, maximum of all h] with MEAN_MAX, and
 * [h + attention, f] with ATTENTION. The head has an activation between its layers.
 */
struct SetLayers
{
    static constexpr Eigen::Index HEADS = 4; ///< of the attention

    Pooling pooling{Pooling::NONE};          ///< what is known of the others
    Activation activation{Activation::SILU}; ///< between layers
    std::vector<DenseLayer> encoder;         ///< of features; empty without pooling
    std::vector<DenseLayer> attention;       ///< query, key, value, output; empty without attention
    std::vector<DenseLayer> head;            ///< from its inputs to the outputs
};

/**
 * @ingroup agents
 * @brief A policy for any number of entities, with the same weights for each: when entities change
 * places, their actions do too. Without training code and without LibTorch.
 *
 * An entity's action is the logistic function of the network's outputs plus offsets. The time of a
 * decision is linear in the number of entities, but for attention.
 */
class SetPolicyNetwork : public Policy
{
  public:
    static constexpr const char* SECTION = "set-policy"; ///< of a checkpoint

    SetPolicyNetwork() = default;

    /**
     * @param shape what an observation holds
     * @param layers the network, with an output for each action
     * @throw std::invalid_argument in one line when sizes do not fit or a value is not finite
     */
    SetPolicyNetwork(const SetShape& shape, SetLayers layers);

    /// @return the layers, whose values may be replaced by others of the same sizes
    SetLayers& GetLayers();
    /// @return what an observation holds
    const SetShape& GetShape() const;

    Eigen::Index GetObservations() const override;
    Eigen::Index GetActions() const override;
    bool TakesSets() const override;
    std::shared_ptr<Policy> Clone() const override;
    void Save(Archive& archive) const override;
    void Act(const Eigen::Ref<const Eigen::VectorXf>& observation,
             Eigen::Ref<Eigen::VectorXf> action) const override;

    /**
     * The network's outputs plus offsets, before squashing.
     * @param observation N x GetObservations() entries, entity by entity
     * @return actions x N, valid until the next call
     */
    const Eigen::MatrixXf& GetOutputs(const Eigen::Ref<const Eigen::VectorXf>& observation) const;

    /**
     * Read a policy that Save stored.
     * @param in binary stream
     * @param name what to call it in errors: the file's name
     * @return the policy
     * @throw std::runtime_error in one line when it is corrupt
     */
    static SetPolicyNetwork Read(std::istream& in, const std::string& name);

  private:
    /// @param inputs a column each @param layers of a network @param first number of the first one
    /// that is used @param isActivated whether an activation follows the last layer
    /// @param[out] outputs a column each, not the inputs
    void Pass(const Eigen::Ref<const Eigen::MatrixXf>& inputs,
              const std::vector<DenseLayer>& layers,
              std::size_t first,
              bool isActivated,
              Eigen::MatrixXf& outputs) const;
    /// Encode, and add what attention makes of the others. @param features a column each
    void Encode(const Eigen::Ref<const Eigen::MatrixXf>& features) const;
    /// Add self-attention to m_encoded.
    void Attend() const;
    /// The first layer of the head. @param features a column each @param[out] units a column each
    void BeginHead(const Eigen::Ref<const Eigen::MatrixXf>& features, Eigen::MatrixXf& units) const;

    SetShape m_shape;                  //!< what an observation holds
    SetLayers m_layers;                //!< the network
    mutable Eigen::MatrixXf m_encoded; //!< h of all entities, kept for speed
    mutable Eigen::MatrixXf m_hidden;  //!< of the head's first layer, kept for speed
    mutable Eigen::MatrixXf m_units;   //!< of a layer, kept for speed
    mutable Eigen::MatrixXf m_outputs; //!< of all entities, kept for speed
};

} // namespace agents

#endif // AGENTS_SET_POLICY_NETWORK_H
