/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_STATES_LOSS_H
#define ECLD_STATES_LOSS_H

#include "calibration-set.h"
#include "hidden-states.h"

#include <torch/types.h>

namespace ecld
{

/// What turns the hidden states after the last layer into logits
struct OutputWeights
{
    at::Tensor norm;   ///< of the final norm, [hidden]
    at::Tensor output; ///< [vocabulary, hidden] float32
    double epsilon;    ///< of the norm
};

/**
 * @param states after the last layer
 * @param texts the rows that are looked at
 * @param weights of the output
 * @return mean loss of the next token, nats; infinite where it is no number
 */
double MeasureStatesLoss(const HiddenStates& states,
                         const CalibrationSet& texts,
                         const OutputWeights& weights);

} // namespace ecld

#endif // ECLD_STATES_LOSS_H
