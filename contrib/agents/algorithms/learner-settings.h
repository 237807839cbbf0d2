/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_LEARNER_SETTINGS_H
#define AGENTS_LEARNER_SETTINGS_H

#include <cstdint>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief What all algorithms share. "slot" is one step in one environment.
 */
struct LearnerSettings
{
    std::vector<int64_t> hidden{256, 256}; ///< units of the hidden layers of actor and critic
    std::string activation{"relu"};        ///< between them: relu, silu, tanh
    double learningRate{3e-4};             ///< of Adam, actor and critic
    int64_t actorHalvingSteps{0};          ///< gradient steps that halve the actor's rate; 0: none
    double maxGradientNorm{0.5};           ///< a longer gradient is shortened to this
    double gamma{0.99};                    ///< discount of the next slot, [0, 1)
    bool normaliseObservations{false};     ///< by running mean and deviation
    bool normaliseRewards{true};           ///< by running mean and deviation
    bool episodeEndIsTerminal{false};      ///< else an end is a cut: the value goes on after it
    int64_t replaySlots{1000000};          ///< slots that are remembered, the oldest go first

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        visit("hidden", hidden, 1, 4096);
        visit("activation", activation, {"relu", "silu", "tanh"});
        visit("learningRate", learningRate, 0.0, 1.0);
        visit("actorHalvingSteps", actorHalvingSteps, 0, 1000000000);
        visit("maxGradientNorm", maxGradientNorm, 1e-9, 1e9);
        visit("gamma", gamma, 0.0, 0.99999);
        visit("normaliseObservations", normaliseObservations);
        visit("normaliseRewards", normaliseRewards);
        visit("episodeEndIsTerminal", episodeEndIsTerminal);
        visit("replaySlots", replaySlots, 100, 100000000);
    }
};

/// Set what R. Zhang et al., arXiv:2602.13628, VI-A2, give for all learners.
/// @param[in,out] settings settings
void SetPaper(LearnerSettings& settings);

} // namespace agents

#endif // AGENTS_LEARNER_SETTINGS_H
