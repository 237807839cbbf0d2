/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "activation-squares.h"

#include "../model/tensor-names.h"
#include "../model/transformer.h"

namespace ecld
{

namespace
{

/// Sums the squares of what goes into each matrix.
class SquareObserver : public ActivationObserver
{
  public:
    void SeeNorm(int64_t norm, const at::Tensor& output) override
    {
        const std::vector<std::string> parts =
            norm % 2 == 0 ? std::vector<std::string>{"self_attn.q_proj",
                                                     "self_attn.k_proj",
                                                     "self_attn.v_proj"}
                          : std::vector<std::string>{"mlp.gate_proj", "mlp.up_proj"};
        for (const std::string& part : parts)
        {
            Add(GetLayerTensorName(norm / 2, part), output);
        }
    }

    void SeeAttention(int64_t layer, const at::Tensor& input) override
    {
        Add(GetLayerTensorName(layer, "self_attn.o_proj"), input);
    }

    void SeeFeedForward(int64_t layer, const at::Tensor& input) override
    {
        Add(GetLayerTensorName(layer, "mlp.down_proj"), input);
    }

    /// @param name a matrix @param input [samples, positions, channels] of it
    void Add(const std::string& name, const at::Tensor& input)
    {
        const at::Tensor squares =
            input.to(torch::kDouble).square().sum(at::IntArrayRef({0, 1})).cpu();
        at::Tensor& sum = m_sums[name];
        sum = sum.defined() ? sum + squares : squares;
    }

    /// @param positions that were seen @return means
    std::map<std::string, std::vector<float>> GetMeans(int64_t positions) const
    {
        std::map<std::string, std::vector<float>> means;
        for (const auto& [name, sum] : m_sums)
        {
            const at::Tensor mean =
                (sum / static_cast<double>(positions)).to(torch::kFloat).contiguous();
            means[name].assign(mean.data_ptr<float>(), mean.data_ptr<float>() + mean.numel());
        }
        return means;
    }

  private:
    std::map<std::string, at::Tensor> m_sums; //!< by name of the matrix
};

} // namespace

std::map<std::string, std::vector<float>>
MeasureInputSquares(const LanguageModel& model,
                    const TokenCorpus& corpus,
                    int64_t samples,
                    int64_t length,
                    uint64_t seed)
{
    const torch::NoGradGuard guard;
    const Transformer& network = model.GetNetwork();
    BatchSequence batches(corpus, 1, length, seed);
    SquareObserver observer;
    for (int64_t sample = 0; sample < samples; ++sample)
    {
        TokenBatch batch = batches.Get(sample);
        const auto tensor = [&](std::vector<int64_t>& values) {
            return torch::from_blob(values.data(), {batch.rows, batch.length}, torch::kLong)
                .clone()
                .to(network.GetDevice());
        };
        const at::Tensor hidden =
            network.ComputeHidden(tensor(batch.tokens), tensor(batch.documents), &observer);
        observer.Add(outputName, hidden);
    }
    return observer.GetMeans(samples * length);
}

} // namespace ecld
