/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SET_LEARNER_SETTINGS_H
#define AGENTS_SET_LEARNER_SETTINGS_H

#include "../preset.h"

#include <cstdint>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief What all algorithms of sets share. "slot" is one step in one environment.
 */
struct SetLearnerSettings
{
    std::vector<int64_t> hidden{64, 64}; ///< units of the hidden layers of actor and critic
    std::string activation{"silu"};      ///< between them: relu, silu, tanh
    std::string pooling{"none"};         ///< as agents::Pooling: none, mean-max, attention
    double learningRate{1e-3};           ///< of Adam
    int64_t halvingSteps{0};             ///< gradient steps that halve the rate; 0: none
    double maxGradientNorm{0.5};         ///< a longer gradient is shortened to this
    int64_t replaySlots{100000};         ///< slots that are remembered, the oldest go first
    bool logReward{true}; ///< learners of a scalar see ln(N r) of a positive reward r; else r

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        visit("hidden", hidden, 1, 4096);
        visit("activation", activation, {"relu", "silu", "tanh"});
        visit("pooling", pooling, {"none", "mean-max", "attention"});
        visit("learningRate", learningRate, 0.0, 1.0);
        visit("halvingSteps", halvingSteps, 0, 1000000000);
        visit("maxGradientNorm", maxGradientNorm, 1e-9, 1e9);
        visit("replaySlots", replaySlots, 100, 100000000);
        visit("logReward", logReward);
    }
};

/// Refuse presets that an agent of sets does not have: it is not of the paper, and does not look
/// ahead.
/// @param preset which @param algorithm its name
/// @throw std::invalid_argument in one line unless it is best
void RequireBest(Preset preset, const std::string& algorithm);

} // namespace agents

#endif // AGENTS_SET_LEARNER_SETTINGS_H
