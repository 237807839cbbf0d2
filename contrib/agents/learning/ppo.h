/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_PPO_H
#define AGENTS_PPO_H

#include "on-policy-learner.h"

namespace agents
{

/**
 * @ingroup agents
 * @brief Proximal policy optimisation (Schulman et al., 2017), equations (31) to (33).
 */
class Ppo : public OnPolicyLearner
{
  public:
    using OnPolicyLearner::OnPolicyLearner;

  protected:
    void Iterate() override;
};

} // namespace agents

#endif // AGENTS_PPO_H
