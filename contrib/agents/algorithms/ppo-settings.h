/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_PPO_SETTINGS_H
#define AGENTS_PPO_SETTINGS_H

#include "../preset.h"
#include "learner-settings.h"

namespace agents
{

/**
 * @ingroup agents
 * @brief Settings of PPO.
 */
struct PpoSettings : LearnerSettings
{
    int64_t rolloutSlots{0};        ///< learn after as many slots a stream; 0: at episode ends
    double criticLearningRate{0.0}; ///< of Adam, critic; 0: as the actor's
    int64_t epochs{10};             ///< passes over a rollout
    int64_t minibatch{50};          ///< slots of a gradient step; the last of an epoch has the rest
    double clip{0.1};               ///< epsilon of (32)
    double lambda{0.95};            ///< of generalised advantage estimation; 0: one-step (37)
    double entropyWeight{0.0};      ///< beta_ent of (42)
    double initialLogDeviation{-0.5}; ///< log of the action's deviation before squashing
    bool normaliseAdvantages{true};   ///< in each minibatch
    double maxDivergence{0.0};        ///< epochs end at this KL from the old policy; 0: never

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        LearnerSettings::Visit(visit);
        visit("rolloutSlots", rolloutSlots, 0, 1000000);
        visit("criticLearningRate", criticLearningRate, 0.0, 1.0);
        visit("epochs", epochs, 1, 1000);
        visit("minibatch", minibatch, 1, 100000);
        visit("clip", clip, 1e-6, 10.0);
        visit("lambda", lambda, 0.0, 1.0);
        visit("entropyWeight", entropyWeight, 0.0, 10.0);
        visit("initialLogDeviation", initialLogDeviation, -5.0, 2.0);
        visit("normaliseAdvantages", normaliseAdvantages);
        visit("maxDivergence", maxDivergence, 0.0, 100.0);
    }
};

/// Set what the paper gives for PPO. @param[in,out] settings settings
void SetPaperPpo(PpoSettings& settings);

/// @param preset which @return the settings
PpoSettings GetPpoPreset(Preset preset);

} // namespace agents

#endif // AGENTS_PPO_SETTINGS_H
