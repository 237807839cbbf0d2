/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_BATCH_TENSORS_H
#define ECLD_BATCH_TENSORS_H

#include "token-corpus.h"
#include "transformer.h"

namespace ecld
{

/// A TokenBatch on the model's device
struct BatchTensors
{
    at::Tensor tokens;    ///< [rows, length] int64
    at::Tensor documents; ///< [rows, length] int64
    at::Tensor places;    ///< [targets] int64: flat positions that have a target
    at::Tensor targets;   ///< [targets] int64
};

/// @param batch what was packed @param device where it goes @return the tensors
BatchTensors MakeTensors(const TokenBatch& batch, const torch::Device& device);

/// @param network a transformer @param batch texts @return logits of the targets, [targets, vocab]
at::Tensor ComputeTargetLogits(const Transformer& network, const BatchTensors& batch);

} // namespace ecld

#endif // ECLD_BATCH_TENSORS_H
