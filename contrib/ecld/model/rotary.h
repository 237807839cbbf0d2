/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ROTARY_H
#define ECLD_ROTARY_H

#include "format/model-config.h"

#include <vector>

namespace ecld
{

/**
 * Divisors of the rotary frequencies under Llama 3's scaling.
 *
 * With wavelength w of a frequency and original context c: 1 where w < c / highFrequencyFactor,
 * `factor` where w > c / lowFrequencyFactor, and 1 / ((1 - s) / factor + s) between, with
 * s = (c / w - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor). All ones without
 * scaling. A GGUF file carries the same numbers as `rope_freqs.weight`.
 *
 * @param config the model
 * @return headDim / 2 divisors, fastest frequency first
 */
std::vector<double> GetRotaryDivisors(const ModelConfig& config);

/**
 * @param config the model
 * @return angle per position, rad: ropeTheta^(-2 i / headDim) / divisor_i for i < headDim / 2
 */
std::vector<double> GetRotaryFrequencies(const ModelConfig& config);

} // namespace ecld

#endif // ECLD_ROTARY_H
