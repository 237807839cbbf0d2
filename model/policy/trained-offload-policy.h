/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TRAINED_OFFLOAD_POLICY_H
#define TRAINED_OFFLOAD_POLICY_H

#include "offload-policy.h"
#include "offload-state.h"

#include <Eigen/Core>
#include <memory>
#include <string>

namespace agents
{
class Archive;
class Policy;
} // namespace agents

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What an agent has learned, without exploration and without learning on: runs a policy from
 * a checkpoint that mec-train or LearningOffloadPolicy::Save wrote. Needs no LibTorch.
 */
class TrainedOffloadPolicy : public OffloadPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Give it a policy that is at hand, instead of the attribute Checkpoint.
     * @param trained the policy
     * @param layout how it was trained
     * @param name what to call it in errors
     */
    void SetTrained(std::shared_ptr<const agents::Policy> trained,
                    const OffloadStateLayout& layout,
                    const std::string& name);

    /**
     * Read the checkpoint, unless SetTrained was called, and check that it fits the cell. A cell
     * with other profiles than those of training gets a warning on std::cerr.
     * @param problem what holds for all slots
     * @throw std::runtime_error in one line that names the file, when it is missing, corrupt,
     * something else, or trained for another kind of cell
     */
    void Begin(const OffloadProblem& problem) override;
    SlotDecision Decide(const SlotObservation& observation) override;

    /// Section of a checkpoint that holds OffloadStateLayout::ToJson
    static const std::string LAYOUT_SECTION;

  private:
    /// @param archive a checkpoint to take policy and layout from
    void Load(const agents::Archive& archive);

    std::string m_checkpoint;                        //!< file name
    std::string m_name;                              //!< of the policy, for errors
    std::shared_ptr<const agents::Policy> m_trained; //!< the policy
    OffloadStateLayout m_layout;                     //!< how it was trained
    Eigen::VectorXf m_features;                      //!< state, kept for speed
    Eigen::VectorXf m_action;                        //!< action, kept for speed
};

/**
 * @ingroup llm-mec
 * @brief Policy agent: another name of TrainedOffloadPolicy. It is a class, as not all supported
 * versions of ns-3 have second names of a TypeId.
 */
class AgentPolicy : public TrainedOffloadPolicy
{
  public:
    /// @brief Get the type ID. @return the object TypeId
    static TypeId GetTypeId();
};

} // namespace llmmec
} // namespace ns3

#endif // TRAINED_OFFLOAD_POLICY_H
