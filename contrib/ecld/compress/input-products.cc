/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "input-products.h"

#include "../model/tensor-names.h"
#include "../model/training-loop.h"
#include "../model/transformer.h"

namespace ecld
{

namespace
{

/// Sums x x^T of what goes into the matrices, once for those that share an input.
class ProductObserver : public ActivationObserver
{
  public:
    /// @param widest input whose products are summed; of others the squares are
    explicit ProductObserver(int64_t widest)
        : m_widest(widest)
    {
    }

    /// @param places flat positions that count
    void BeginBatch(const at::Tensor& places)
    {
        m_places = places;
        m_positions += places.numel();
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

    void SeeFeedForward(int64_t layer, const at::Tensor& input) override
    {
        Add(GetLayerTensorName(layer, "mlp.down_proj"), input);
    }

    /// @param name of a matrix @param input [samples, positions, channels]
    void Add(const std::string& name, const at::Tensor& input)
    {
        const at::Tensor x =
            input.view({-1, input.size(-1)}).index_select(0, m_places).to(torch::kDouble);
        const at::Tensor product =
            (x.size(1) > m_widest ? x.square().sum(0) : at::matmul(x.t(), x)).cpu();
        at::Tensor& sum = m_sums[name];
        sum = sum.defined() ? sum + product : product;
    }

    /// @param name that Add knows @return what is known of its inputs
    MatrixInputs Describe(const std::string& name) const
    {
        const at::Tensor mean = (m_sums.at(name) / static_cast<double>(m_positions)).contiguous();
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
                                                    std::vector<double>(data, data + mean.numel()));
        }
        return inputs;
    }

  private:
    std::map<std::string, at::Tensor> m_sums; //!< by name of the matrix
    at::Tensor m_places;                      //!< of this batch
    int64_t m_positions{0};                   //!< that were seen
    int64_t m_widest;                         //!< input whose products are summed
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
    ProductObserver observer(settings.widestMetric);
    for (int64_t sample = 0; sample < settings.samples; ++sample)
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
