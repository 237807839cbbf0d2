/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_POLICY_H
#define AGENTS_POLICY_H

#include "archive.h"

#include <Eigen/Core>
#include <memory>

namespace agents
{

/**
 * @ingroup agents
 * @brief A policy that has been learned, without exploration, training code and LibTorch.
 *
 * An observation holds the entries of one entity after the other, and an action too. A policy of
 * fixed vectors has one entity; one of sets takes any number, and its action follows the entities
 * when they change places.
 */
class Policy
{
  public:
    virtual ~Policy() = default;

    /// @return entries of an observation, of each entity
    virtual Eigen::Index GetObservations() const = 0;
    /// @return entries of an action, of each entity
    virtual Eigen::Index GetActions() const = 0;
    /// @return whether any number of entities is taken; else one
    virtual bool TakesSets() const = 0;

    /**
     * Choose an action.
     * @param observation N x GetObservations() entries, entity by entity
     * @param[out] action N x GetActions() entries, each in [0, 1]
     */
    virtual void Act(const Eigen::Ref<const Eigen::VectorXf>& observation,
                     Eigen::Ref<Eigen::VectorXf> action) const = 0;

    /// @return a copy of its own
    virtual std::shared_ptr<Policy> Clone() const = 0;

    /// Store the policy. @param archive gets the section that ReadPolicy reads
    virtual void Save(Archive& archive) const = 0;
};

/**
 * Read the policy of a checkpoint.
 * @param archive the checkpoint
 * @return a PolicyNetwork or a SetPolicyNetwork
 * @throw std::runtime_error in one line that names file and section when it is missing or corrupt
 */
std::shared_ptr<Policy> ReadPolicy(const Archive& archive);

} // namespace agents

#endif // AGENTS_POLICY_H
