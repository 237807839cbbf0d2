/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_WORLD_MODEL_PPO_SETTINGS_H
#define AGENTS_WORLD_MODEL_PPO_SETTINGS_H

#include "ppo-settings.h"

namespace agents
{

/**
 * @ingroup agents
 * @brief Settings of World-Model-PPO, beyond those of PPO.
 *
 * The model is the paper's RSSM (rssm) or ours, whose heads are factored into what actions can
 * change and what they cannot (factored). Settings that only one of them has say so.
 */
struct WorldModelPpoSettings : PpoSettings
{
    std::string model{"factored"};     ///< rssm or factored
    double actionScale{2};             ///< the model sees this times (a - 1/2)
    double modelLearningRate{1e-3};    ///< of Adam, world model
    int64_t modelUnits{256};           ///< of its hidden layers
    int64_t memoryUnits{32};           ///< of its GRU
    int64_t latentUnits{32};           ///< of z_t; rssm
    int64_t modelUpdates{64};          ///< gradient steps of the model in an iteration
    int64_t modelSequences{32};        ///< sequences in a batch of the model
    int64_t modelSequenceSlots{8};     ///< slots of each
    double rewardWeight{1.0};          ///< lambda_r of (35)
    double divergenceWeight{1.0};      ///< beta of (35); rssm
    double jointWeight{0.5};           ///< lambda_wm of (44); rssm
    int64_t horizon{3};                ///< H, slots imagined
    double imaginationWeight{0.3};     ///< eta of (41)
    int64_t imaginationBatch{256};     ///< states that imagination starts from, a gradient step
    int64_t imaginationUpdates{0};     ///< gradient steps in imagination alone, an iteration
    double imaginationDivergence{1.0}; ///< those steps end at this KL from the policy that acted
    std::string imaginationGradient{"pathwise"}; ///< pathwise, or score (41)
    double imaginationEntropyWeight{0.0};        ///< weight of the entropy of imagined actions
    int64_t squashHalvingSteps{0}; ///< gradient steps that halve squashing's part in it; 0: none
    std::string targetMix{"variance"}; ///< of (36): constant (lambda_wm), or by inverse variance
    double mixWeight{0.5};             ///< lambda_wm of (36), where constant
    std::string gate{"ensemble"};      ///< how imagined slots count: by the skill and where the
                                       ///< heads agree (ensemble), by the skill and only from
                                       ///< states of low uncertainty (quantile), fully (none)
    double gateShare{0.5};             ///< share of states that are kept; quantile
    int64_t ensemble{3};               ///< reward heads; factored
    double startSkill{0.8}; ///< sure skill in telling actions apart, on new slots, from which on
                            ///< the model is used
    bool permuteActions{false}; ///< control: the model learns from actions of other steps

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        PpoSettings::Visit(visit);
        visit("model", model, {"factored", "rssm"});
        visit("actionScale", actionScale, 1e-3, 1e3);
        visit("modelLearningRate", modelLearningRate, 0.0, 1.0);
        visit("modelUnits", modelUnits, 1, 4096);
        visit("memoryUnits", memoryUnits, 1, 4096);
        visit("latentUnits", latentUnits, 1, 4096);
        visit("modelUpdates", modelUpdates, 0, 100000);
        visit("modelSequences", modelSequences, 1, 10000);
        visit("modelSequenceSlots", modelSequenceSlots, 1, 1000);
        visit("rewardWeight", rewardWeight, 0.0, 1e6);
        visit("divergenceWeight", divergenceWeight, 0.0, 1e6);
        visit("jointWeight", jointWeight, 0.0, 1e6);
        visit("horizon", horizon, 1, 100);
        visit("imaginationWeight", imaginationWeight, 0.0, 1e6);
        visit("imaginationBatch", imaginationBatch, 1, 100000);
        visit("imaginationUpdates", imaginationUpdates, 0, 100000);
        visit("imaginationDivergence", imaginationDivergence, 0.0, 1000.0);
        visit("imaginationGradient", imaginationGradient, {"pathwise", "score"});
        visit("imaginationEntropyWeight", imaginationEntropyWeight, 0.0, 10.0);
        visit("squashHalvingSteps", squashHalvingSteps, 0, 1000000000);
        visit("targetMix", targetMix, {"constant", "variance"});
        visit("mixWeight", mixWeight, 0.0, 1.0);
        visit("gate", gate, {"ensemble", "quantile", "none"});
        visit("gateShare", gateShare, 0.01, 1.0);
        visit("ensemble", ensemble, 1, 32);
        visit("startSkill", startSkill, -1e9, 1.0);
        visit("permuteActions", permuteActions);
    }
};

/// @param preset which @return the settings
WorldModelPpoSettings GetWorldModelPpoPreset(Preset preset);

} // namespace agents

#endif // AGENTS_WORLD_MODEL_PPO_SETTINGS_H
