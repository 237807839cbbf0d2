/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "importance.h"

#include "activation-sums.h"
#include "base/random-stream.h"
#include "calibration-batches.h"
#include "model/tensor-names.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

namespace ecld
{

namespace
{

std::vector<double>
ToVector(const at::Tensor& values)
{
    const at::Tensor doubles = values.to(at::kCPU, at::kDouble).contiguous();
    const auto* first = doubles.data_ptr<double>();
    return {first, first + doubles.numel()};
}

ImportanceScores
MeasureActivations(const Transformer& network,
                   const TokenCorpus& corpus,
                   const CalibrationSettings& settings)
{
    const at::NoGradGuard noGrad;
    ActivationSums sums(network.GetConfig());
    ForEachCalibrationBatch(corpus,
                            settings,
                            network.GetDevice(),
                            [&](const TokenBatch& batch, const BatchTensors& tensors) {
                                sums.BeginBatch(MakeUsedMask(batch, network.GetDevice()));
                                network.ComputeHidden(tensors.tokens, tensors.documents, &sums);
                            });
    return sums.GetScores();
}

/// |w dL/dw| of every weight, L the mean loss over the calibration texts
std::map<std::string, at::Tensor>
MeasureSaliencies(const Transformer& network,
                  const TokenCorpus& corpus,
                  const CalibrationSettings& settings)
{
    for (const auto& [name, weight] : network.GetWeights())
    {
        weight.requires_grad_(true);
    }
    ForEachCalibrationBatch(corpus,
                            settings,
                            network.GetDevice(),
                            [&](const TokenBatch& batch, const BatchTensors& tensors) {
                                const at::Tensor loss =
                                    at::cross_entropy_loss(ComputeTargetLogits(network, tensors),
                                                           tensors.targets);
                                (loss * (double(batch.rows) / double(settings.samples))).backward();
                            });
    std::map<std::string, at::Tensor> saliencies;
    for (const auto& [name, weight] : network.GetWeights())
    {
        saliencies[name] = (weight.detach() * weight.grad()).abs().to(at::kCPU, at::kDouble);
        weight.requires_grad_(false);
        weight.mutable_grad() = at::Tensor();
    }
    return saliencies;
}

ImportanceScores
SumSaliencies(const ModelConfig& config, std::map<std::string, at::Tensor> saliencies)
{
    at::Tensor channels = saliencies.at(embeddingName).sum(0) + saliencies.at(finalNormName);
    if (!config.tiedEmbeddings)
    {
        channels = channels + saliencies.at(outputName).sum(0);
    }
    ImportanceScores scores;
    for (int64_t layer = 0; layer < config.layers; ++layer)
    {
        const auto get = [&](const char* part) -> const at::Tensor& {
            return saliencies.at(GetLayerTensorName(layer, part));
        };
        const at::Tensor& query = get("self_attn.q_proj");
        const at::Tensor& key = get("self_attn.k_proj");
        const at::Tensor& value = get("self_attn.v_proj");
        const at::Tensor& output = get("self_attn.o_proj");
        const at::Tensor& gate = get("mlp.gate_proj");
        const at::Tensor& up = get("mlp.up_proj");
        const at::Tensor& down = get("mlp.down_proj");
        const at::Tensor& attentionNorm = get("input_layernorm");
        const at::Tensor& feedForwardNorm = get("post_attention_layernorm");

        channels = channels + query.sum(0) + key.sum(0) + value.sum(0) + output.sum(1) +
                   gate.sum(0) + up.sum(0) + down.sum(1) + attentionNorm + feedForwardNorm;
        scores.neurons.push_back(ToVector(gate.sum(1) + up.sum(1) + down.sum(0)));
        const at::Tensor heads =
            (query.sum(1) + output.sum(0)).view({config.heads, config.headDim}).sum(1);
        const at::Tensor groups =
            heads.view({config.keyValueHeads, -1}).sum(1) +
            (key.sum(1) + value.sum(1)).view({config.keyValueHeads, config.headDim}).sum(1);
        scores.heads.push_back(ToVector(heads));
        scores.groups.push_back(ToVector(groups));
        const double all = (query.sum() + key.sum() + value.sum() + output.sum() + gate.sum() +
                            up.sum() + down.sum() + attentionNorm.sum() + feedForwardNorm.sum())
                               .item<double>();
        scores.layers.push_back(all);
    }
    scores.channels = ToVector(channels);
    return scores;
}

bool
AllFinite(const std::vector<double>& values)
{
    return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

std::vector<double>
DrawValues(int64_t count, base::RandomStream& random)
{
    std::vector<double> values(count);
    std::generate(values.begin(), values.end(), [&]() { return random.Uniform(); });
    return values;
}

} // namespace

ImportanceScores
Calibrate(const LanguageModel& model,
          const TokenCorpus& corpus,
          const CalibrationSettings& settings)
{
    if (settings.method == ImportanceMethod::RANDOM)
    {
        return DrawScores(model.GetConfig(), settings.seed);
    }
    const Transformer& network = model.GetNetwork();
    const ImportanceScores scores =
        settings.method == ImportanceMethod::ACTIVATION
            ? MeasureActivations(network, corpus, settings)
            : SumSaliencies(network.GetConfig(), MeasureSaliencies(network, corpus, settings));
    RequireFinite(scores);
    return scores;
}

ImportanceScores
DrawScores(const ModelConfig& config, uint64_t seed)
{
    base::RandomStream random(seed, 0);
    ImportanceScores scores;
    scores.layers = DrawValues(config.layers, random);
    scores.channels = DrawValues(config.hiddenSize, random);
    for (int64_t layer = 0; layer < config.layers; ++layer)
    {
        scores.neurons.push_back(DrawValues(config.intermediateSize, random));
        scores.heads.push_back(DrawValues(config.heads, random));
        scores.groups.push_back(DrawValues(config.keyValueHeads, random));
    }
    return scores;
}

void
RequireFinite(const ImportanceScores& scores)
{
    bool finite = AllFinite(scores.layers) && AllFinite(scores.channels);
    for (const auto* axis : {&scores.neurons, &scores.heads, &scores.groups})
    {
        for (const std::vector<double>& layer : *axis)
        {
            finite = finite && AllFinite(layer);
        }
    }
    if (!finite)
    {
        throw std::runtime_error("calibration: a score is no number; the model's activations "
                                 "overflow on the calibration texts");
    }
}

} // namespace ecld
