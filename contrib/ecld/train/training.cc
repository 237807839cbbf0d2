/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "training.h"

#include "training-loop.h"

#include <ATen/ATen.h>
#include <cmath>

namespace ecld
{

TrainingReport
Train(LanguageModel& model, const TokenCorpus& corpus, const TrainingSettings& settings)
{
    const auto loss = [](const Transformer& network, const BatchTensors& batch) {
        return at::cross_entropy_loss(ComputeTargetLogits(network, batch), batch.targets);
    };
    return RunTraining(model, corpus, settings, loss, "train");
}

double
GetLearningRate(const TrainingSettings& settings, int64_t step)
{
    if (step < settings.warmupSteps)
    {
        return settings.peakLearningRate * double(step + 1) / double(settings.warmupSteps);
    }
    const int64_t decaySteps = settings.steps - settings.warmupSteps;
    const double share =
        decaySteps > 0 ? double(step - settings.warmupSteps) / double(decaySteps) : 1.0;
    const double pi = std::acos(-1.0);
    const double cosine = 0.5 * (1.0 + std::cos(pi * share));
    return settings.peakLearningRate * (settings.finalRatio + (1.0 - settings.finalRatio) * cosine);
}

} // namespace ecld
