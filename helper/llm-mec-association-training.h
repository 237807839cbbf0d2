/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_ASSOCIATION_TRAINING_H
#define LLM_MEC_ASSOCIATION_TRAINING_H

#include "llm-mec-association-scenario.h"
#include "llm-mec-learning-task.h"
#include "llm-mec-training-draws.h"

#include "ns3/association-agent-layout.h"
#include "ns3/association-policy.h"

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What LlmMecAssociationTraining needs besides the defaults of LlmMecAssociationScenario.
 */
struct LlmMecAssociationTrainingSettings : LlmMecTrainingDraws
{
    /// What agents are told
    enum Reward
    {
        RATIO,   ///< minus the objective over that of random association with uniform shares, as
                 ///< arXiv:2511.01695 has it but for its sign; the same to all devices
        MARGINAL ///< minus the logarithm of what the servers would save without the device
    };

    AssociationAgentLayout layout;      ///< how the agent sees and acts
    Reward reward{MARGINAL};            ///< what it is told
    std::vector<uint64_t> trainDevices; ///< M of the episodes, in turn; empty for the scenario's
    double bitsPerDraft{16};            ///< that go up, bits, > 0
    uint64_t slots{20};                 ///< of an episode
    uint64_t evaluationSlots{40};       ///< held-out ones

    /// @return names of rewards, in the order of Reward
    static const std::vector<std::string>& GetRewardNames();
};

/**
 * @ingroup llm-mec
 * @brief The slots in which an agent learns shares of servers, and held-out slots that tell how
 * well. An episode is some slots of LlmMecAssociationScenario, each drawn anew.
 *
 * In a slot the policy without exploration gives weights to all devices at all servers, the
 * matching finds associations, and the agent explores the weights of each device at the server that
 * it has.
 */
class LlmMecAssociationTraining : public LlmMecLearningTask
{
  public:
    /// @param settings the rest
    explicit LlmMecAssociationTraining(const LlmMecAssociationTrainingSettings& settings);

    void SetWatch(std::function<void()> watch) override;
    Means RunEpisode(std::shared_ptr<agents::Agent> agent, uint64_t episode) override;
    Means Evaluate(std::shared_ptr<const agents::Policy> trained) override;
    Means Evaluate(const std::string& policy) override;
    std::pair<std::string, std::string> GetLayoutSection() const override;
    LlmMecLearningMeasures GetMeasures() const override;

    /// @return names of policies that Evaluate takes, but for the optimum
    static const std::vector<std::string>& GetReferences();

  private:
    /// Decides a slot
    using Decide = std::function<AssociationDecision(const AssociationProblem& problem)>;

    /// @param run run number of ns-3 @param devices M, 0 for the scenario's @param slots how many
    /// @param decide what to do @return means
    Means Run(uint64_t run, uint64_t devices, uint64_t slots, const Decide& decide) const;
    /// Let an agent explore. @param problem of a slot @param agent who learns @param random draws
    /// what a ratio is relative to @return what was done
    AssociationDecision Explore(const AssociationProblem& problem,
                                agents::Agent& agent,
                                AssociationPolicy& random) const;
    /// Tell an agent what it gets. @param problem of a slot @param weights that were explored
    /// @param decision by them @param random draws what a ratio is relative to
    /// @return a reward for each device, M entries
    Eigen::ArrayXd GetRewards(const AssociationProblem& problem,
                              const AssociationWeights& weights,
                              const AssociationDecision& decision,
                              AssociationPolicy& random) const;
    /// @param outcome of a slot @return the objective, s
    double GetObjective(const AssociationOutcome& outcome) const;

    LlmMecAssociationTrainingSettings m_settings; //!< the rest
    std::function<void()> m_watch;                //!< called whenever a slot has ended
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_ASSOCIATION_TRAINING_H
