/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ROW_REFINEMENT_H
#define ECLD_ROW_REFINEMENT_H

#include "input-metric.h"
#include "k-blocks.h"
#include "quantization.h"

namespace ecld
{

/**
 * @brief Cost of a quantised row in the output of its matrix.
 * @param weights the row
 * @param metric of the inputs
 * @param blocks the row quantised
 * @return e^T H e, e the weights minus their values
 */
double MeasureRowError(const float* weights, const InputMetric& metric, const AffineGroup* blocks);

/// @copydoc MeasureRowError(const float*,const InputMetric&,const AffineGroup*)
double MeasureRowError(const float* weights, const InputMetric& metric, const KBlock* blocks);

/**
 * @brief Quantise a row so that the outputs change least, not the weights.
 *
 * Two starts, the row as it is and the one that error feedback gives: group after group is fitted
 * to what the errors so far ask of it, and so is code after code. From both, rounds of single codes
 * that lower the cost take turns with the least squares of the scale and offset of each group under
 * the whole metric. None of these steps raises the cost.
 *
 * @param weights the row
 * @param metric of the inputs, of as many columns as the row has
 * @param levels largest code
 * @param blocks the row quantised by its own errors; at least as good a one comes back
 */
void RefineRow(const float* weights, const InputMetric& metric, int levels, AffineGroup* blocks);

/**
 * @brief The same for Q4_K: codes of scales and offsets are searched among their neighbours, and
 * the two factors of a super-block are fitted too.
 * @param weights the row
 * @param metric of the inputs, of as many columns as the row has
 * @param blocks the row quantised by its own errors; at least as good a one comes back
 */
void RefineRow(const float* weights, const InputMetric& metric, KBlock* blocks);

} // namespace ecld

#endif // ECLD_ROW_REFINEMENT_H
