/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_RSSM_H
#define AGENTS_RSSM_H

#include "../algorithms/world-model-ppo-settings.h"
#include "gru.h"
#include "network.h"
#include "world-model.h"

#include <utility>

namespace agents
{

/**
 * @ingroup agents
 * @brief The paper's world model: a recurrent state-space model (Hafner et al., 2019), equations
 * (34) and (35).
 *
 * h_t = f(h_{t-1}, z_{t-1}, a_{t-1}), posterior q(z_t | h_t, o_t), prior p(z_t | h_t), all normal
 * with diagonal covariance, and decoders of h_t and z_t for the observation and the reward that led
 * there. The decoder of the episode's end in (34) is left out: (35) has no loss for it, (36) takes
 * the end that was seen, and (40) has none. The uncertainty, which the paper leaves open, is the
 * mean deviation of the prior.
 */
class Rssm : public WorldModel
{
  public:
    /**
     * @param shape what an agent sees and does
     * @param settings settings
     * @param random weights and draws come from it
     */
    Rssm(const AgentShape& shape,
         const WorldModelPpoSettings& settings,
         base::RandomStream& random);

    std::vector<std::vector<at::Tensor>*> GetParameters() override;
    at::Tensor GetLoss(const Sequences& sequences) override;
    ModelState Observe(const at::Tensor& observations, const at::Tensor& actions) override;
    ModelStep Imagine(const ModelState& state, const at::Tensor& action, bool needsNext) override;
    std::map<std::string, double> GetR2(const Sequences& sequences) override;

    /// @param batch rows @return memory of which nothing is known
    std::vector<at::Tensor> GetBlankMemory(int64_t batch) const;
    /// Take in what is seen. @param memory before @param observation what is seen now
    /// @return the state, with all that can be known of it
    ModelState ObserveStep(std::vector<at::Tensor> memory, const at::Tensor& observation);
    /// Remember what was done, before the next thing is seen. @param state where it was done
    /// @param action as networks see it @return memory
    std::vector<at::Tensor> Remember(const ModelState& state, const at::Tensor& action);

  private:
    /// A normal distribution of z.
    struct Latent
    {
        at::Tensor mean;   ///< B x latent units
        at::Tensor stdDev; ///< B x latent units, > 0
    };

    /// @param inputs features @param outputs numbers @return one of the model's networks
    Network::Settings HeadShape(int64_t inputs, int64_t outputs) const;
    /// @param outputs of a network, means and raw deviations @return the distribution
    Latent ToLatent(const at::Tensor& outputs) const;
    /// @param latent a distribution @return a draw, with gradients
    at::Tensor Draw(const Latent& latent);
    /// @param h memory @param observation seen @param isFrozen whether weights are @return q
    Latent GetPosterior(const at::Tensor& h, const at::Tensor& observation, bool isFrozen) const;
    /// @param h memory @param isFrozen whether weights are @return p
    Latent GetPrior(const at::Tensor& h, bool isFrozen) const;

    const AgentShape m_shape;               //!< what the agent sees and does
    const WorldModelPpoSettings m_settings; //!< settings
    base::RandomStream& m_random;           //!< draws
    Gru m_gru;                              //!< f
    Network m_posterior;                    //!< q
    Network m_prior;                        //!< p
    Network m_observation;                  //!< decoder
    Network m_reward;                       //!< decoder
};

} // namespace agents

#endif // AGENTS_RSSM_H
