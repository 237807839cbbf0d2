/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "batch-tensors.h"

#include <ATen/ATen.h>

namespace ecld
{

BatchTensors
MakeTensors(const TokenBatch& batch, const torch::Device& device)
{
    const auto copy = [&](const std::vector<int64_t>& values) {
        return at::tensor(values, at::kLong).view({batch.rows, batch.length}).to(device);
    };
    BatchTensors tensors;
    tensors.tokens = copy(batch.tokens);
    tensors.documents = copy(batch.documents);
    const at::Tensor targets = copy(batch.targets).view({-1});
    tensors.places = at::nonzero(targets >= 0).view({-1});
    tensors.targets = targets.index_select(0, tensors.places);
    return tensors;
}

at::Tensor
ComputeTargetLogits(const Transformer& network, const BatchTensors& batch)
{
    const at::Tensor hidden = network.ComputeHidden(batch.tokens, batch.documents);
    return network.ComputeLogits(hidden.view({-1, hidden.size(-1)}).index_select(0, batch.places));
}

} // namespace ecld
