/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_INPUT_PRODUCTS_H
#define ECLD_INPUT_PRODUCTS_H

#include "../model/language-model.h"
#include "../model/token-corpus.h"
#include "input-metric.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace ecld
{

/// Metrics of matrices by Hugging Face's names; matrices with the same input share one.
using InputMetrics = std::map<std::string, std::shared_ptr<const InputMetric>>;

/// How much is read for the products.
struct ProductSettings
{
    int64_t samples{512}; ///< rows of texts, > 0
    int64_t length{128};  ///< positions of a row, > 1
    uint64_t seed{1};     ///< of the choice
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
