/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_MODEL_TRUST_H
#define AGENTS_MODEL_TRUST_H

#include "../agent.h"
#include "../algorithms/world-model-ppo-settings.h"
#include "action-skill.h"
#include "base/random-stream.h"
#include "network.h"
#include "rollout.h"
#include "world-model.h"

#include <ATen/ATen.h>
#include <string>

namespace agents
{

/**
 * @ingroup agents
 * @brief How far a world model is trusted: by its skill in telling good actions from bad ones, on
 * steps that it has not learned from.
 *
 * Skills of earlier iterations count too, and less with each iteration.
 */
class ModelTrust
{
  public:
    /**
     * @param shape what the agent sees and does
     * @param settings settings, kept by reference, as all others below
     * @param critic V
     * @param model the world model
     * @param random source of other actions
     */
    ModelTrust(const AgentShape& shape,
               const WorldModelPpoSettings& settings,
               const Network& critic,
               WorldModel& model,
               base::RandomStream& random);

    /**
     * Compare actions with others of the same policy, as they came and as the model predicts them.
     * @param rollout newest steps, which the model has not learned from
     * @param state where the model is at each of them
     */
    void Evaluate(const Rollout& rollout, const ModelState& state);

    /// @return how well the model tells actions apart
    const ActionSkill& GetActionSkill() const;
    /// @return whether the skill is high enough for the model to be used
    bool IsTrusted() const;
    /// @return weight of imagined returns, [0, 1]
    double GetWeight() const;

    /// @return the skill, as bytes
    std::string Save() const;
    /// @param bytes what Save gave @throw std::runtime_error when they do not fit
    void Load(const std::string& bytes);

  private:
    /// @param state where @param u actions done there, before squashing
    /// @param nextExogenous what chance brings @param continues 1 - d
    /// @return one-step targets r^ + gamma (1 - d) V(s'), given that
    at::Tensor PredictTargets(const ModelState& state,
                              const at::Tensor& u,
                              const at::Tensor& nextExogenous,
                              const at::Tensor& continues);

    const AgentShape m_shape;                //!< what the agent sees and does
    const WorldModelPpoSettings& m_settings; //!< settings
    const Network& m_critic;                 //!< V
    WorldModel& m_model;                     //!< the world model
    base::RandomStream& m_random;            //!< source of other actions
    ActionSkill m_actionSkill;               //!< how well it tells actions apart
};

} // namespace agents

#endif // AGENTS_MODEL_TRUST_H
