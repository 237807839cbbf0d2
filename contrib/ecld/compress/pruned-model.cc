/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "pruned-model.h"

#include "calibration-batches.h"
#include "model/tensor-names.h"
#include "refit.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <memory>
#include <stdexcept>

namespace ecld
{

namespace
{

at::Tensor
Select(const at::Tensor& tensor, int64_t dimension, const std::vector<int64_t>& indices)
{
    if (indices.empty())
    {
        return tensor;
    }
    return tensor.index_select(dimension, at::tensor(indices, at::kLong).to(tensor.device()));
}

/**
 * @param full [hidden, intermediate] down_proj
 * @param product [intermediate, intermediate] sum of x x^T
 * @param kept neurons
 * @param ridge penalty over the mean square of the kept neurons
 * @return [hidden, kept]: argmin over V of |X W^T - X_k V^T|^2 + lambda |V - W_k|^2
 */
at::Tensor
Refit(const at::Tensor& full,
      const at::Tensor& product,
      const std::vector<int64_t>& kept,
      double ridge)
{
    const at::Tensor weight = full.to(at::kDouble);
    const at::Tensor rows = Select(product, 0, kept);
    const at::Tensor square = Select(rows, 1, kept);
    const at::Tensor lambda = ridge * square.diagonal().mean();
    const at::Tensor left = square + lambda * at::eye(square.size(0), square.options());
    const at::Tensor right = at::matmul(rows, weight.t()) + lambda * Select(weight, 1, kept).t();
    return at::cholesky_solve(right, at::linalg_cholesky(left)).t().contiguous().to(at::kFloat);
}

} // namespace

LanguageModel
Prune(const LanguageModel& model, const PruningPlan& plan)
{
    const Transformer& full = model.GetNetwork();
    auto pruned = std::make_unique<Transformer>(plan.config, full.GetDevice());
    for (const ExpectedTensor& tensor : GetExpectedTensors(plan.config))
    {
        const TensorSelection selection = SelectTensor(plan, tensor.name);
        const at::Tensor rows = Select(full.GetWeight(selection.source), 0, selection.rows);
        pruned->SetWeight(tensor.name, Select(rows, 1, selection.columns).detach().clone());
    }
    return LanguageModel(std::move(pruned));
}

ProductObserver
MeasureNeurons(const LanguageModel& model,
               const TokenCorpus& corpus,
               const CalibrationSettings& settings)
{
    const at::NoGradGuard noGrad;
    const Transformer& network = model.GetNetwork();
    ProductObserver products;
    ForEachCalibrationBatch(corpus,
                            settings,
                            network.GetDevice(),
                            [&](const TokenBatch&, const BatchTensors& batch) {
                                products.BeginBatch(batch.places);
                                network.ComputeHidden(batch.tokens, batch.documents, &products);
                            });
    return products;
}

LanguageModel
PruneAndRefit(const LanguageModel& model,
              const PruningPlan& plan,
              const ProductObserver& products,
              double ridge)
{
    if (!(ridge > 0))
    {
        throw std::invalid_argument("pruning: ridge is " + std::to_string(ridge) +
                                    ", expected a positive number");
    }
    const at::NoGradGuard noGrad;
    const Transformer& full = model.GetNetwork();
    LanguageModel pruned = Prune(model, plan);
    for (std::size_t layer = 0; layer < plan.layers.size(); ++layer)
    {
        const int64_t source = plan.layers[layer];
        const std::string part = "mlp.down_proj";
        const std::string name = GetLayerTensorName(source, part);
        const at::Tensor refitted = Refit(full.GetWeight(name),
                                          products.GetSum(name).to(full.GetDevice()),
                                          plan.neurons[layer],
                                          ridge);
        const TensorSelection selection =
            SelectTensor(plan, GetLayerTensorName(int64_t(layer), part));
        pruned.GetNetwork().SetWeight(GetLayerTensorName(int64_t(layer), part),
                                      Select(refitted, 0, selection.rows).clone());
    }
    return pruned;
}

LanguageModel
PruneAndRefit(const LanguageModel& model,
              const PruningPlan& plan,
              const TokenCorpus& corpus,
              const RefitSettings& settings)
{
    return PruneAndRefit(model,
                         plan,
                         MeasureNeurons(model, corpus, settings.calibration),
                         settings.ridge);
}

} // namespace ecld
