/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_OUTCOME_MODEL_SETTINGS_H
#define AGENTS_OUTCOME_MODEL_SETTINGS_H

#include "../preset.h"
#include "set-learner-settings.h"

#include <cstdint>
#include <string>

namespace agents
{

/**
 * @ingroup agents
 * @brief Settings of the agent that learns through a model of each entity's outcome.
 */
struct OutcomeModelSettings : SetLearnerSettings
{
    std::string learned{"components"}; ///< what the model predicts: components or latency
    std::string levels{"known"};       ///< what meets in the sum: known, or a learned mix (learned)
    int64_t iterationSlots{20};        ///< slots between two iterations of learning
    double modelUpdatesPerSlot{3};     ///< gradient steps of the model a slot
    double policyUpdatesPerSlot{10};   ///< gradient steps of the policy a slot
    int64_t batch{64};                 ///< steps of a gradient step, or imagined sets at most
    int64_t imaginedEntities{640};     ///< entities of a gradient step at most, in all its sets
    bool imaginesSizes{true};          ///< imagine sets of other sizes; else those that were seen
    int64_t horizonSlots{1};           ///< slots of an imagined path; 1: each slot for itself
    double startShare{1};              ///< of paths that begin where an episode began
    int64_t leastEntities{2};          ///< of an imagined set
    int64_t mostEntities{100};         ///< of an imagined set
    double alikeShare{0.25};           ///< of imagined sets whose entities are of 1 to 3 kinds
    double modelLearningRate{5e-3};    ///< of Adam
    int64_t modelHalvingSteps{1500};   ///< gradient steps that halve it; 0: none
    double modelMaxGradientNorm{5};    ///< a longer gradient is shortened to this
    double startDeviation{1.5};        ///< of exploration before squashing, at first
    double leastDeviation{0.3};        ///< of exploration before squashing, later
    double deviationIterations{3};     ///< iterations that halve the first deviation
    double uniformShare{0.2}; ///< of entities that act evenly at random: what is rare in small sets
                              ///< is common in large ones
    double imaginationDeviation{0.1};   ///< of imagined actions before squashing, at first
    int64_t imaginationNoiseSlots{150}; ///< slots until it is zero, linearly
    double outputPenalty{1e-3};         ///< weight of the mean square of outputs
    double averagingRate{0.01};         ///< at which the averaged policy follows, (0, 1]
    bool permutesOutcomes{false};       ///< control: entities are given each other's outcomes

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        SetLearnerSettings::Visit(visit);
        visit("learned", learned, {"components", "latency"});
        visit("levels", levels, {"known", "learned"});
        visit("iterationSlots", iterationSlots, 1, 1000000);
        visit("modelUpdatesPerSlot", modelUpdatesPerSlot, 0.0, 1000.0);
        visit("policyUpdatesPerSlot", policyUpdatesPerSlot, 0.0, 1000.0);
        visit("batch", batch, 1, 100000);
        visit("imaginedEntities", imaginedEntities, 1, 10000000);
        visit("imaginesSizes", imaginesSizes);
        visit("horizonSlots", horizonSlots, 1, 100000);
        visit("startShare", startShare, 0.0, 1.0);
        visit("leastEntities", leastEntities, 1, 100000);
        visit("mostEntities", mostEntities, 1, 100000);
        visit("alikeShare", alikeShare, 0.0, 1.0);
        visit("modelLearningRate", modelLearningRate, 0.0, 1.0);
        visit("modelHalvingSteps", modelHalvingSteps, 0, 1000000000);
        visit("modelMaxGradientNorm", modelMaxGradientNorm, 1e-9, 1e9);
        visit("startDeviation", startDeviation, 0.0, 10.0);
        visit("leastDeviation", leastDeviation, 0.0, 10.0);
        visit("deviationIterations", deviationIterations, 1e-3, 1e9);
        visit("uniformShare", uniformShare, 0.0, 1.0);
        visit("imaginationDeviation", imaginationDeviation, 0.0, 10.0);
        visit("imaginationNoiseSlots", imaginationNoiseSlots, 1, 1000000000);
        visit("outputPenalty", outputPenalty, 0.0, 1e3);
        visit("averagingRate", averagingRate, 1e-6, 1.0);
        visit("permutesOutcomes", permutesOutcomes);
    }
};

/// @param preset best or lookahead @return the settings
/// @throw std::invalid_argument in one line for paper
OutcomeModelSettings GetOutcomeModelPreset(Preset preset);

} // namespace agents

#endif // AGENTS_OUTCOME_MODEL_SETTINGS_H
