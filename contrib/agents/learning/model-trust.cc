/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "model-trust.h"

#include "normal-draws.h"
#include "scale-actions.h"

#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <vector>

namespace agents
{

namespace
{

constexpr double SKILL_MEMORY = 0.8; //!< weight of an iteration's skill in the next
constexpr int64_t OTHER_ACTIONS = 4; //!< actions that an advantage is measured against

} // namespace

ModelTrust::ModelTrust(const AgentShape& shape,
                       const WorldModelPpoSettings& settings,
                       const Network& critic,
                       WorldModel& model,
                       base::RandomStream& random)
    : m_shape(shape),
      m_settings(settings),
      m_critic(critic),
      m_model(model),
      m_random(random),
      m_actionSkill(OTHER_ACTIONS)
{
}

at::Tensor
ModelTrust::PredictTargets(const ModelState& state,
                           const at::Tensor& u,
                           const at::Tensor& nextExogenous,
                           const at::Tensor& continues)
{
    const ModelStep step = m_model.Imagine(state,
                                           ScaleActions(at::sigmoid(u), m_settings.actionScale),
                                           m_settings.gamma > 0);
    at::Tensor targets = step.rewards.mean(0);
    if (m_settings.gamma > 0)
    {
        const at::Tensor next = step.next.observation.clone();
        const int64_t first = next.size(1) - nextExogenous.size(1);
        next.narrow(1, first, nextExogenous.size(1)).copy_(nextExogenous);
        targets = targets + m_settings.gamma * continues * m_critic.Forward(next).squeeze(1);
    }
    return targets;
}

void
ModelTrust::Evaluate(const Rollout& rollout, const ModelState& state)
{
    const at::NoGradGuard noGradient;
    const at::Tensor truth = rollout.rewards + m_settings.gamma * rollout.nextValues;
    // The exogenous features that came are given to the model: it is not to blame for chance. A
    // step without a next one is not used, or its target has no next state.
    std::vector<int64_t> next(rollout.next);
    std::replace(next.begin(), next.end(), int64_t{-1}, int64_t{0});
    const at::Tensor nextExogenous =
        rollout.observations.index_select(0, at::tensor(next))
            .narrow(1, m_shape.observations - m_shape.exogenous, m_shape.exogenous);
    const auto predict = [&](const at::Tensor& u) {
        return PredictTargets(state, u, nextExogenous, rollout.continues);
    };
    const auto predictOthers = [&] {
        at::Tensor others = at::zeros_like(truth);
        for (int64_t i = 0; i < OTHER_ACTIONS; ++i)
        {
            others +=
                predict(rollout.policy.Draw(DrawNormal(m_random, truth.size(0), m_shape.actions)));
        }
        return others / OTHER_ACTIONS;
    };
    const at::Tensor ofOthers = predictOthers();
    const at::Tensor ofActions = predict(rollout.actions);
    const at::Tensor predicted = ofActions - ofOthers;
    const at::Tensor seen = truth - predictOthers();
    m_actionSkill.Fade(SKILL_MEMORY);
    for (const int64_t i : rollout.GetUsed())
    {
        m_actionSkill.Add(predicted.data_ptr<float>()[i], seen.data_ptr<float>()[i]);
    }
}

const ActionSkill&
ModelTrust::GetActionSkill() const
{
    return m_actionSkill;
}

bool
ModelTrust::IsTrusted() const
{
    return m_actionSkill.GetSureSkill() >= m_settings.startSkill;
}

double
ModelTrust::GetWeight() const
{
    return m_settings.gate == "none" ? 1.0 : std::max(0.0, m_actionSkill.GetSureSkill());
}

std::string
ModelTrust::Save() const
{
    return m_actionSkill.Save();
}

void
ModelTrust::Load(const std::string& bytes)
{
    m_actionSkill.Load(bytes);
}

} // namespace agents
