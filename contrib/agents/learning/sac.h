/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SAC_H
#define AGENTS_SAC_H

#include "../algorithms/sac-settings.h"
#include "replay-learner.h"
#include "squashed-gaussian.h"

#include <utility>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief Soft actor-critic (Haarnoja et al., 2018) with two critics and a learned temperature.
 */
class Sac : public ReplayLearner
{
  public:
    /**
     * @param algorithm name, for errors and checkpoints
     * @param shape what it sees and does
     * @param settings settings
     * @param seed of all randomness
     */
    Sac(const std::string& algorithm,
        const AgentShape& shape,
        const SacSettings& settings,
        uint64_t seed);

  protected:
    Eigen::VectorXf ExploreRaw(const Eigen::VectorXf& outputs) override;
    void Update(const Batch& batch) override;
    const Network& GetActor() const override;

  private:
    /// @param observations normalised @return actions in [0, 1] and the log of their density
    std::pair<at::Tensor, at::Tensor> Draw(const at::Tensor& observations);
    /// @param batch steps @return what the critics shall give
    at::Tensor GetTargets(const Batch& batch);
    /// @return weight of the entropy now
    double GetTemperature() const;

    const SacSettings m_settings;             //!< settings
    const double m_targetEntropy;             //!< of an action in [0, 1]
    Network m_actor;                          //!< means and log standard deviations
    Network m_critics;                        //!< Q of observation and action, two of them
    Network m_targetCritics;                  //!< follow
    std::vector<at::Tensor> m_logTemperature; //!< log weight of the entropy
    Adam m_actorAdam;                         //!< learns the actor
    Adam m_criticAdam;                        //!< learns the critics
    Adam m_temperatureAdam;                   //!< learns the temperature
    Adam m_targets;                           //!< holds the targets in checkpoints
};

} // namespace agents

#endif // AGENTS_SAC_H
