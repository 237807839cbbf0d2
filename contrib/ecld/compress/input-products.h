/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_INPUT_PRODUCTS_H
#define ECLD_INPUT_PRODUCTS_H

#include "input-metric.h"
#include "model/language-model.h"
#include "model/token-corpus.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ecld
{

/// What is known of the inputs of a matrix.
struct MatrixInputs
{
    std::shared_ptr<const InputMetric> metric; ///< null where there are too many columns
    std::vector<float> squares;                ///< mean square of each column's input
};

/// By Hugging Face's names of the matrices; those with the same input share a metric.
using InputMetrics = std::map<std::string, MatrixInputs>;

/// How much is read for the products.
struct ProductSettings
{
    int64_t samples{512}; ///< rows of texts at most, > 0; each is read once
    int64_t length{128};  ///< positions of a row, > 1
    uint64_t seed{1};     ///< of the choice
    /// Wider inputs have their squares alone: products take 24 bytes a pair of columns, and a
    /// weight some 20 operations a column.
    int64_t widestMetric{1024};
    double damping{InputMetric::DAMPING}; ///< of the metrics, > 0
};

/**
 * @brief Measure the inputs of each matrix on calibration texts.
 *
 * Where embeddings are tied, the metric is that of the output: rows of an embedding are looked up
 * one by one, and the damping stands for that.
 *
 * @param model is not changed
 * @param corpus calibration texts
 * @param settings how much
 * @return metrics of all matrices but an embedding that is not the output too
 */
InputMetrics MeasureInputs(const LanguageModel& model,
                           const TokenCorpus& corpus,
                           const ProductSettings& settings = {});

} // namespace ecld

#endif // ECLD_INPUT_PRODUCTS_H
