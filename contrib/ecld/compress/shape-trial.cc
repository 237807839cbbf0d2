/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "shape-trial.h"

#include "calibration-batches.h"
#include "refit.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace ecld
{

double
MeasureLoss(const LanguageModel& model,
            const TokenCorpus& corpus,
            const CalibrationSettings& settings)
{
    const at::NoGradGuard noGrad;
    const Transformer& network = model.GetNetwork();
    double sum = 0;
    int64_t targets = 0;
    ForEachCalibrationBatch(
        corpus,
        settings,
        network.GetDevice(),
        [&](const TokenBatch&, const BatchTensors& batch) {
            const at::Tensor loss =
                at::cross_entropy_loss(ComputeTargetLogits(network, batch), batch.targets);
            sum += loss.item<double>() * static_cast<double>(batch.targets.numel());
            targets += batch.targets.numel();
        });
    return sum / static_cast<double>(targets);
}

TriedModel
PruneByLoss(const LanguageModel& model,
            const ImportanceScores& scores,
            const std::vector<PrunedShape>& shapes,
            const TokenCorpus& corpus,
            const TrialSettings& settings)
{
    const CalibrationSettings& calibration = settings.refit.calibration;
    std::optional<ProductObserver> products;
    if (settings.isRefitted)
    {
        products = MeasureNeurons(model, corpus, calibration);
    }
    const auto make = [&](const PrunedShape& shape) {
        const PruningPlan plan = PlanPruning(model.GetConfig(), scores, shape);
        return products ? PruneAndRefit(model, plan, *products, settings.refit.ridge)
                        : Prune(model, plan);
    };
    std::vector<double> losses;
    for (std::size_t i = 0; shapes.size() > 1 && i < shapes.size(); ++i)
    {
        const double loss = MeasureLoss(make(shapes[i]), corpus, calibration);
        losses.push_back(std::isfinite(loss) ? loss : HUGE_VAL);
        if (settings.progress)
        {
            settings.progress(static_cast<int64_t>(i + 1), static_cast<int64_t>(shapes.size()));
        }
    }
    const auto least = std::min_element(losses.begin(), losses.end());
    if (least != losses.end() && !std::isfinite(*least))
    {
        throw std::runtime_error("pruning: the loss on the calibration texts is no number for any "
                                 "shape that fits");
    }
    // The best is made again: memory holds one pruned model at a time.
    const PrunedShape& best = shapes.at(static_cast<std::size_t>(least - losses.begin()));
    return {make(best), best, losses};
}

} // namespace ecld
