/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_CHECKPOINT_H
#define ECLD_CHECKPOINT_H

#include "format/data-type.h"
#include "transformer.h"

#include <memory>
#include <string>

namespace ecld
{

/**
 * @param name "cpu", "cuda" or "cuda:N"
 * @return the device
 * @throws std::invalid_argument naming what was asked for and why it is not there
 */
torch::Device FindDevice(const std::string& name);

/**
 * Read a Hugging Face checkpoint, one tensor at a time.
 * @param folder with config.json and safetensors
 * @param device where the weights go
 * @return the transformer, float32
 * @throws std::runtime_error one line naming file and field or tensor
 */
std::unique_ptr<Transformer> LoadCheckpoint(const std::string& folder, const torch::Device& device);

/**
 * Write config.json and safetensors.
 * @param network what to write
 * @param folder made if need be
 * @param type F32, F16 or BF16
 * @throws std::runtime_error naming file and tensor
 */
void SaveCheckpoint(const Transformer& network, const std::string& folder, DataType type);

} // namespace ecld

#endif // ECLD_CHECKPOINT_H
