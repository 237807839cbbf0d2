/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_POLICY_NETWORK_H
#define AGENTS_POLICY_NETWORK_H

#include "dense-layer.h"
#include "policy.h"

#include <Eigen/Core>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief The network of a policy that has been learned, from an observation to an action: without
 * training code and without LibTorch.
 *
 * The observation is normalised as (o - mean) * scale and held within +-limit, goes through the
 * layers with the activation in between, and the first entries of what comes out, one for each
 * action, are squashed by the logistic function.
 */
class PolicyNetwork : public Policy
{
  public:
    static constexpr const char* SECTION = "policy"; ///< of a checkpoint

    PolicyNetwork() = default;

    /**
     * @param layers from the observation on; sizes must follow each other
     * @param activation function between them
     * @param actions entries of an action, at most the last layer's outputs
     * @throw std::invalid_argument in one line when sizes do not fit or a value is not finite
     */
    PolicyNetwork(std::vector<DenseLayer> layers, Activation activation, Eigen::Index actions);

    /**
     * @param mean subtracted from each feature
     * @param scale multiplies each feature after that
     * @param limit largest size of a normalised feature
     */
    void SetNormaliser(const Eigen::VectorXf& mean, const Eigen::VectorXf& scale, float limit);

    /// @return the layers, whose values may be replaced by others of the same sizes
    std::vector<DenseLayer>& GetLayers();
    Eigen::Index GetObservations() const override;
    Eigen::Index GetActions() const override;
    bool TakesSets() const override;
    std::shared_ptr<Policy> Clone() const override;
    void Save(Archive& archive) const override;

    /**
     * The last layer's outputs, before squashing.
     * @param observation the features
     * @return outputs, valid until the next call
     */
    const Eigen::VectorXf& GetOutputs(const Eigen::Ref<const Eigen::VectorXf>& observation) const;

    void Act(const Eigen::Ref<const Eigen::VectorXf>& observation,
             Eigen::Ref<Eigen::VectorXf> action) const override;

    /**
     * Write the policy.
     * @param out binary stream
     */
    void Write(std::ostream& out) const;

    /**
     * Read a policy.
     * @param in binary stream
     * @param name what to call it in errors: the file's name
     * @return the policy
     * @throw std::runtime_error in one line when it is corrupt
     */
    static PolicyNetwork Read(std::istream& in, const std::string& name);

  private:
    std::vector<DenseLayer> m_layers;             //!< from the observation on
    Activation m_activation{Activation::RELU};    //!< between layers
    Eigen::Index m_actions{0};                    //!< entries of an action
    Eigen::VectorXf m_mean;                       //!< of features
    Eigen::VectorXf m_scale;                      //!< of features
    float m_limit{0};                             //!< of normalised features
    mutable std::vector<Eigen::VectorXf> m_units; //!< what each layer gives, kept for speed
};

} // namespace agents

#endif // AGENTS_POLICY_NETWORK_H
