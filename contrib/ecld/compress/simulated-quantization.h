/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SIMULATED_QUANTIZATION_H
#define ECLD_SIMULATED_QUANTIZATION_H

#include "input-products.h"
#include "streaming.h"

#include <cstdint>
#include <string>

namespace ecld
{

/**
 * @brief Quantise all matrices by (12) to any number of bits and write them back as float32: what a
 * model would say at a size for which llama.cpp has no container of this kind.
 * @param rows the model
 * @param bits q of (13), [2, 8]
 * @param metrics as in StreamSettings
 * @param folder where config.json and model.safetensors go
 * @throws std::runtime_error naming file and tensor
 */
void SimulateQuantization(TensorRows& rows,
                          int bits,
                          const InputMetrics& metrics,
                          const std::string& folder);

/// @param config a model @param bits of (13) @return bytes: codes, two halves for every 32 weights,
/// norms in float32
int64_t GetSimulatedBytes(const ModelConfig& config, int bits);

} // namespace ecld

#endif // ECLD_SIMULATED_QUANTIZATION_H
