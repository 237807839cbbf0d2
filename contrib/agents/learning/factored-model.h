/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_FACTORED_MODEL_H
#define AGENTS_FACTORED_MODEL_H

#include "../algorithms/world-model-ppo-settings.h"
#include "gru.h"
#include "network.h"
#include "world-model.h"

namespace agents
{

/**
 * @ingroup agents
 * @brief Our world model: what actions cannot change (exogenous: fading, arrivals) is predicted
 * without them, as a distribution; what they can change (endogenous) and the reward with them.
 *
 * An exogenous MDP (Dietterich, Trimponias and Chen, 2018): a model that must explain fading by
 * actions learns noise. Two GRUs remember: one the exogenous features, one everything. The reward
 * has an ensemble of heads, whose disagreement is the model's uncertainty, in units of what is
 * left unexplained by all of them.
 */
class FactoredModel : public WorldModel
{
  public:
    /**
     * @param shape what an agent sees and does; the last shape.exogenous features are exogenous
     * @param settings settings
     * @param random weights and draws come from it
     */
    FactoredModel(const AgentShape& shape,
                  const WorldModelPpoSettings& settings,
                  base::RandomStream& random);

    std::vector<std::vector<at::Tensor>*> GetParameters() override;
    at::Tensor GetLoss(const Sequences& sequences) override;
    ModelState Observe(const at::Tensor& observations, const at::Tensor& actions) override;
    ModelStep Imagine(const ModelState& state, const at::Tensor& action, bool needsNext) override;
    std::map<std::string, double> GetR2(const Sequences& sequences) override;

  private:
    /// What the heads put out for all steps of sequences, one row a step, slot after slot.
    struct Outputs
    {
        at::Tensor rewards; ///< heads x rows x 1
        at::Tensor changes; ///< of endogenous features, undefined when there are none
        at::Tensor
            exogenous; ///< means and log standard deviations, undefined when there are no features
    };

    /// A distribution of exogenous features.
    struct Exogenous
    {
        at::Tensor mean;   ///< rows x features
        at::Tensor logStd; ///< rows x features
    };

    /// @param outputs features @param isReward whether of the reward @param inputs features more
    /// @return what a head looks like
    Network::Settings HeadShape(int64_t outputs, bool isReward, int64_t inputs) const;
    /// @param observation features @return those that actions cannot change
    at::Tensor GetExogenous(const at::Tensor& observation) const;
    /// @param state where @param action done there, as networks see it @return memory after it
    std::vector<at::Tensor> Remember(const ModelState& state, const at::Tensor& action) const;
    /// @param sequences experience @return what the heads put out
    Outputs Predict(const Sequences& sequences);
    /// @param outputs of the exogenous head @return what they mean
    Exogenous GetDistribution(const at::Tensor& outputs) const;

    const AgentShape m_shape;               //!< what the agent sees and does
    const WorldModelPpoSettings m_settings; //!< settings
    const int64_t m_endogenousFeatures;     //!< features that actions can change
    base::RandomStream& m_random;           //!< draws
    Gru m_memory;                           //!< remembers everything
    Gru m_exogenousMemory;                  //!< remembers what actions cannot change
    Network m_reward;                       //!< ensemble, of memory, observation and action
    Network m_endogenous;                   //!< of the same: what is added to the features
    Network m_exogenous;                    //!< of exogenous memory and features
    double m_residual{1};                   //!< root mean square error of the reward
};

} // namespace agents

#endif // AGENTS_FACTORED_MODEL_H
