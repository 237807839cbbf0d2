/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_TRAINING_H
#define LLM_MEC_TRAINING_H

#include "llm-mec-learning-task.h"
#include "llm-mec-scenario.h"
#include "llm-mec-training-draws.h"

#include "ns3/offload-state.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What LlmMecTraining needs besides the cells.
 */
struct LlmMecTrainingSettings : LlmMecTrainingDraws
{
    std::string algorithm{"world-model-ppo"}; ///< one of agents::GetAlgorithms
    OffloadStateLayout layout;                ///< how the agent sees and acts
    std::vector<uint64_t> trainMlus; ///< K of the episodes, in turn; empty for the scenario's
    uint64_t evaluationCells{50};    ///< held-out cells
    uint64_t evaluationSlots{100};   ///< slots in each; an episode's, where slots hang together
};

/**
 * @ingroup llm-mec
 * @brief The episodes that an agent learns from, and the held-out cells that tell how well.
 *
 * An episode is one simulation of the scenario's cells, which share the agent, each as a stream of
 * its own. Positions, tasks and fading are drawn anew in each. The held-out cells are always the
 * same, for all algorithms and seeds, and no training episode ever meets them: each simulation has
 * a run number of ns-3 of its own, LlmMecTrainingDraws. ns-3's seed (RngSeed) changes them all.
 *
 * Held-out cells may have fewer or more slots than an episode only where slots have nothing to do
 * with each other: no battery, a slot barrier, uncorrelated fading, MLUs that stand still, and no
 * time feature.
 */
class LlmMecTraining : public LlmMecLearningTask
{
  public:
    /**
     * @param scenario the cells of an episode
     * @param settings the rest; the layout's sizes are filled in
     * @throw std::invalid_argument or std::runtime_error in one line
     */
    LlmMecTraining(const LlmMecScenario& scenario, const LlmMecTrainingSettings& settings);

    /// @return how the agent sees and acts, complete but for the profiles before an evaluation
    const OffloadStateLayout& GetLayout() const;

    /// @return seed of the agent: no two trainings with other seeds or draws share one
    uint64_t GetAgentSeed() const;

    void SetWatch(std::function<void()> watch) override;
    Means RunEpisode(std::shared_ptr<agents::Agent> agent, uint64_t episode) override;
    Means Evaluate(std::shared_ptr<const agents::Policy> trained) override;
    Means Evaluate(const std::string& policy) override;
    std::pair<std::string, std::string> GetLayoutSection() const override;
    LlmMecLearningMeasures GetMeasures() const override;

  private:
    /// Called for each cell before the simulation, with its number
    using Prepare = std::function<void(const LlmMecCell& cell, uint32_t number)>;

    /**
     * Run one simulation.
     * @param run run number of ns-3
     * @param scenario the cells
     * @param mec what builds them, with a policy
     * @param prepare called for each cell
     * @return means over all slots
     */
    Means Run(uint64_t run,
              const LlmMecScenario& scenario,
              LlmMecHelper mec,
              const Prepare& prepare) const;
    /// @param policy name of a policy @param prepare called for each cell @return means
    Means RunHeldOut(const std::string& policy, const Prepare& prepare) const;

    LlmMecScenario m_scenario;         //!< the cells of an episode
    LlmMecScenario m_heldOut;          //!< the held-out cells
    LlmMecTrainingSettings m_settings; //!< the rest
    LlmMecHelper m_mec;                //!< builds cells for learning
    std::function<void()> m_watch;     //!< called whenever a slot has ended
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_TRAINING_H
