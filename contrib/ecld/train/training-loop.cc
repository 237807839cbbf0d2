/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "training-loop.h"

#include "base/hash.h"
#include "base/progress-bar.h"
#include "training-state.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <chrono>
#include <cmath>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <torch/optim/adamw.h>
#include <tuple>

namespace ecld
{

namespace
{

uint64_t
HashCorpus(const TokenCorpus& corpus)
{
    uint64_t hash = base::hashBasis;
    for (const std::vector<int32_t>& document : corpus.documents)
    {
        const uint64_t size = document.size();
        hash = base::HashBytes(&size, sizeof size, hash);
        hash = base::HashBytes(document.data(), document.size() * sizeof(int32_t), hash);
    }
    return hash;
}

void
Require(bool holds, const char* field, double value, const char* expected)
{
    if (!holds)
    {
        std::ostringstream message;
        message << "training: " << field << " is " << value << ", expected " << expected;
        throw std::invalid_argument(message.str());
    }
}

void
CheckSettings(const TrainingSettings& s)
{
    Require(s.steps >= 0, "steps", double(s.steps), "0 or more");
    Require(s.warmupSteps >= 0, "warmupSteps", double(s.warmupSteps), "0 or more");
    Require(s.peakLearningRate > 0, "peakLearningRate", s.peakLearningRate, "a positive number");
    Require(s.finalRatio >= 0 && s.finalRatio <= 1, "finalRatio", s.finalRatio, "0 to 1");
    Require(s.beta1 >= 0 && s.beta1 < 1, "beta1", s.beta1, "0 to below 1");
    Require(s.beta2 >= 0 && s.beta2 < 1, "beta2", s.beta2, "0 to below 1");
    Require(s.epsilon > 0, "epsilon", s.epsilon, "a positive number");
    Require(s.weightDecay >= 0, "weightDecay", s.weightDecay, "0 or more");
    Require(s.gradientClip > 0, "gradientClip", s.gradientClip, "a positive number");
    Require(s.stateEverySteps > 0, "stateEverySteps", double(s.stateEverySteps), "1 or more");
}

std::string
GetFingerprint(const Transformer& network,
               const TokenCorpus& corpus,
               const TrainingSettings& s,
               const std::string& purpose)
{
    std::ostringstream out;
    out.precision(17);
    out << purpose << " steps " << s.steps << " rows " << s.rows << " length " << s.length
        << " rate " << s.peakLearningRate << " " << s.finalRatio << " " << s.warmupSteps
        << " betas " << s.beta1 << " " << s.beta2 << " epsilon " << s.epsilon << " decay "
        << s.weightDecay << " clip " << s.gradientClip << " seed " << s.seed << " precision "
        << int(s.precision) << " texts " << HashCorpus(corpus) << " weights "
        << HashWeights(network);
    return out.str();
}

torch::optim::AdamW
MakeOptimiser(const Transformer& network, const TrainingSettings& settings)
{
    std::vector<at::Tensor> matrices;
    std::vector<at::Tensor> vectors;
    for (const auto& [name, weight] : network.GetWeights())
    {
        weight.requires_grad_(true);
        (weight.dim() == 1 ? vectors : matrices).push_back(weight);
    }
    const auto options = [&](double decay) {
        auto made = std::make_unique<torch::optim::AdamWOptions>(settings.peakLearningRate);
        made->betas(std::make_tuple(settings.beta1, settings.beta2));
        made->eps(settings.epsilon);
        made->weight_decay(decay);
        return made;
    };
    std::vector<torch::optim::OptimizerParamGroup> groups;
    groups.emplace_back(matrices, options(settings.weightDecay));
    groups.emplace_back(vectors, options(0.0));
    return torch::optim::AdamW(groups);
}

void
ClipGradients(const Transformer& network, double largest)
{
    at::NoGradGuard noGrad;
    double square = 0;
    for (const auto& [name, weight] : network.GetWeights())
    {
        if (weight.grad().defined())
        {
            const double norm = weight.grad().norm().item<double>();
            square += norm * norm;
        }
    }
    const double norm = std::sqrt(square);
    if (norm > largest)
    {
        for (const auto& [name, weight] : network.GetWeights())
        {
            if (weight.grad().defined())
            {
                weight.grad().mul_(largest / norm);
            }
        }
    }
}

/// While it lives, weights want gradients and products are of another type
class TrainingMode
{
  public:
    TrainingMode(Transformer& network, torch::ScalarType computeType)
        : m_network(network)
    {
        network.SetComputeType(computeType);
    }

    ~TrainingMode()
    {
        m_network.SetComputeType(torch::kFloat);
        for (const auto& [name, weight] : m_network.GetWeights())
        {
            weight.requires_grad_(false);
            weight.mutable_grad() = at::Tensor();
        }
    }

    TrainingMode(const TrainingMode&) = delete;
    TrainingMode& operator=(const TrainingMode&) = delete;

  private:
    Transformer& m_network; //!< what is trained
};

double
GetMean(const std::vector<double>& values)
{
    return values.empty()
               ? 0.0
               : std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

} // namespace

uint64_t
HashWeights(const Transformer& network)
{
    uint64_t hash = base::hashBasis;
    for (const auto& [name, weight] : network.GetWeights())
    {
        const at::Tensor values = weight.detach().cpu().contiguous();
        hash = base::HashBytes(values.data_ptr(), values.numel() * values.element_size(), hash);
    }
    return hash;
}

torch::ScalarType
ChooseComputeType(Precision precision, const torch::Device& device)
{
    bool hasHardware = device.is_cuda();
#if defined(__x86_64__)
    hasHardware = hasHardware || __builtin_cpu_supports("avx512bf16");
#endif
    const bool narrow =
        precision == Precision::BFLOAT16 || (precision == Precision::AUTO && hasHardware);
    return narrow ? torch::kBFloat16 : torch::kFloat;
}

TrainingReport
RunTraining(LanguageModel& model,
            const TokenCorpus& corpus,
            const TrainingSettings& settings,
            const LossFunction& loss,
            const std::string& purpose)
{
    CheckSettings(settings);
    const std::size_t averagedSteps = 20;
    const base::InterruptionGuard guard;
    Transformer& network = model.GetNetwork();
    BatchSequence batches(corpus, settings.rows, settings.length, settings.seed);
    const std::string fingerprint = GetFingerprint(network, corpus, settings, purpose);
    const TrainingMode mode(network, ChooseComputeType(settings.precision, network.GetDevice()));
    torch::optim::AdamW optimiser = MakeOptimiser(network, settings);
    TrainingPosition position =
        ReadTrainingState(settings.stateFile, fingerprint, network, optimiser);

    TrainingReport report;
    report.firstStep = position.step;
    report.steps = settings.steps;
    const auto start = std::chrono::steady_clock::now();
    base::ProgressBar bar(settings.label, settings.steps, settings.progress);
    while (position.step < settings.steps)
    {
        for (torch::optim::OptimizerParamGroup& group : optimiser.param_groups())
        {
            static_cast<torch::optim::AdamWOptions&>(group.options())
                .lr(GetLearningRate(settings, position.step));
        }
        const BatchTensors batch = MakeTensors(batches.Get(position.step), network.GetDevice());
        const at::Tensor value = loss(network, batch);
        optimiser.zero_grad();
        value.backward();
        ClipGradients(network, settings.gradientClip);
        optimiser.step();
        ++position.step;

        position.losses.push_back(value.item<double>());
        if (position.losses.size() > averagedSteps)
        {
            position.losses.erase(position.losses.begin());
        }
        if (!std::isfinite(position.losses.back()))
        {
            throw std::runtime_error(settings.label + ": the loss of step " +
                                     std::to_string(position.step) +
                                     " is no number; a lower peakLearningRate may help");
        }
        report.tokens += batch.targets.numel();
        bar.Show(position.step, "loss " + std::to_string(position.losses.back()));

        const bool interrupted = base::InterruptionGuard::IsInterrupted();
        const bool due =
            position.step % settings.stateEverySteps == 0 || position.step == settings.steps;
        if (!settings.stateFile.empty() && (due || interrupted))
        {
            WriteTrainingState(settings.stateFile, fingerprint, network, optimiser, position);
        }
        if (interrupted)
        {
            throw base::Interruption(settings.label + ": stopped at step " +
                                     std::to_string(position.step) + " of " +
                                     std::to_string(settings.steps));
        }
    }
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report.lastLoss = GetMean(position.losses);
    return report;
}

} // namespace ecld
