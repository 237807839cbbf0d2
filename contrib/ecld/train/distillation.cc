/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "distillation.h"

#include "training-loop.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

void
CheckSettings(const DistillationSettings& settings)
{
    if (!(settings.alpha >= 0 && settings.alpha <= 1))
    {
        throw std::invalid_argument("distillation: alpha is " + std::to_string(settings.alpha) +
                                    ", expected 0 to 1");
    }
    if (!(settings.temperature > 0 && settings.temperature < 1e6))
    {
        throw std::invalid_argument("distillation: temperature is " +
                                    std::to_string(settings.temperature) +
                                    ", expected a positive number");
    }
}

/// (8) @param student [positions, vocabulary] logits @param teacher as student, undefined for CE
/// alone @param targets [positions] @return scalar
at::Tensor
ComputeLoss(const at::Tensor& student,
            const at::Tensor& teacher,
            const at::Tensor& targets,
            const DistillationSettings& settings)
{
    at::Tensor loss;
    if (settings.alpha < 1)
    {
        loss = (1.0 - settings.alpha) * at::cross_entropy_loss(student, targets); // (9)
    }
    if (teacher.defined())
    {
        const double tau = settings.temperature;
        const at::Tensor logStudent = at::log_softmax(student / tau, -1); // (11)
        const at::Tensor logTeacher = at::log_softmax(teacher / tau, -1);
        const at::Tensor divergence =
            (logTeacher.exp() * (logTeacher - logStudent)).sum(-1).mean(); // (10)
        const double scale = settings.scalesByTemperatureSquared ? tau * tau : 1.0;
        const at::Tensor taught = settings.alpha * scale * divergence;
        loss = loss.defined() ? loss + taught : taught;
    }
    return loss;
}

at::Tensor
MakeMatrix(const std::vector<std::vector<float>>& rows)
{
    std::vector<at::Tensor> tensors;
    for (const std::vector<float>& row : rows)
    {
        tensors.push_back(at::tensor(row, at::kFloat));
    }
    return at::stack(tensors);
}

} // namespace

TrainingReport
Distill(LanguageModel& student,
        const LanguageModel& teacher,
        const TokenCorpus& corpus,
        const DistillationSettings& settings)
{
    CheckSettings(settings);
    const int64_t mine = student.GetConfig().vocabularySize;
    const int64_t theirs = teacher.GetConfig().vocabularySize;
    if (mine != theirs)
    {
        throw std::invalid_argument("distillation: the student's vocabulary has " +
                                    std::to_string(mine) + " tokens, the teacher's " +
                                    std::to_string(theirs));
    }
    Transformer& guide = teacher.GetNetwork();
    const torch::ScalarType computeType =
        ChooseComputeType(settings.training.precision, guide.GetDevice());
    const auto loss = [&](const Transformer& network, const BatchTensors& batch) {
        at::Tensor taught;
        if (settings.alpha > 0)
        {
            const at::NoGradGuard noGrad;
            guide.SetComputeType(computeType);
            taught = ComputeTargetLogits(guide, batch);
            guide.SetComputeType(torch::kFloat);
        }
        return ComputeLoss(ComputeTargetLogits(network, batch), taught, batch.targets, settings);
    };
    std::ostringstream purpose;
    purpose.precision(17);
    purpose << "distil alpha " << settings.alpha << " temperature " << settings.temperature
            << " squared " << settings.scalesByTemperatureSquared << " teacher "
            << HashWeights(guide);
    return RunTraining(student, corpus, settings.training, loss, purpose.str());
}

double
ComputeDistillationLoss(const std::vector<std::vector<float>>& student,
                        const std::vector<std::vector<float>>& teacher,
                        const std::vector<int64_t>& targets,
                        const DistillationSettings& settings)
{
    CheckSettings(settings);
    const at::NoGradGuard noGrad;
    return ComputeLoss(MakeMatrix(student),
                       MakeMatrix(teacher),
                       at::tensor(targets, at::kLong),
                       settings)
        .item<double>();
}

} // namespace ecld
