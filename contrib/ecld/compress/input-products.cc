/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "input-products.h"

#include "model/batch-tensors.h"
#include "model/tensor-names.h"
#include "product-observer.h"

#include <algorithm>

namespace ecld
{

namespace
{

/// Sums what goes into all matrices, once for those that share an input.
class InputObserver : public ProductObserver
{
  public:
    /// @param settings widest metric and damping
    explicit InputObserver(const ProductSettings& settings)
        : ProductObserver(settings.widestMetric),
          m_damping(settings.damping)
    {
    }

    void SeeNorm(int64_t norm, const at::Tensor& output) override
    {
        Add(GetLayerTensorName(norm / 2, norm % 2 == 0 ? "self_attn.q_proj" : "mlp.gate_proj"),
            output);
    }

    void SeeAttention(int64_t layer, const at::Tensor& input) override
    {
        Add(GetLayerTensorName(layer, "self_attn.o_proj"), input);
    }

    /// @param name of a matrix whose input was added @return what is known of its inputs
    MatrixInputs Describe(const std::string& name) const
    {
        const at::Tensor mean = (GetSum(name) / static_cast<double>(GetPositions())).contiguous();
        const bool hasProducts = mean.dim() > 1;
        const at::Tensor squares =
            (hasProducts ? mean.diagonal() : mean).to(torch::kFloat).contiguous();
        MatrixInputs inputs;
        inputs.squares.assign(squares.data_ptr<float>(),
                              squares.data_ptr<float>() + squares.numel());
        if (hasProducts)
        {
            const double* const data = mean.data_ptr<double>();
            inputs.metric =
                std::make_shared<const InputMetric>(inputs.squares.size(),
                                                    std::vector<double>(data, data + mean.numel()),
                                                    m_damping);
        }
        return inputs;
    }

  private:
    double m_damping; //!< of the metrics
};

} // namespace

InputMetrics
MeasureInputs(const LanguageModel& model,
              const TokenCorpus& corpus,
              const ProductSettings& settings)
{
    const torch::NoGradGuard guard;
    const Transformer& network = model.GetNetwork();
    BatchSequence batches(corpus, 1, settings.length, settings.seed);
    InputObserver observer(settings);
    const int64_t samples = std::min(settings.samples, batches.CountFirstRows());
    for (int64_t sample = 0; sample < samples; ++sample)
    {
        const BatchTensors batch = MakeTensors(batches.Get(sample), network.GetDevice());
        observer.BeginBatch(batch.places);
        observer.Add(outputName, network.ComputeHidden(batch.tokens, batch.documents, &observer));
    }
    InputMetrics metrics;
    const ModelConfig& config = model.GetConfig();
    metrics[config.tiedEmbeddings ? embeddingName : outputName] = observer.Describe(outputName);
    for (int64_t layer = 0; layer < config.layers; ++layer)
    {
        const auto share = [&](const std::string& source, const std::string& target) {
            metrics[GetLayerTensorName(layer, target)] = metrics[GetLayerTensorName(layer, source)];
        };
        for (const char* const part :
             {"self_attn.q_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.down_proj"})
        {
            const std::string name = GetLayerTensorName(layer, part);
            metrics[name] = observer.Describe(name);
        }
        share("self_attn.q_proj", "self_attn.k_proj");
        share("self_attn.q_proj", "self_attn.v_proj");
        share("mlp.gate_proj", "mlp.up_proj");
    }
    return metrics;
}

} // namespace ecld
