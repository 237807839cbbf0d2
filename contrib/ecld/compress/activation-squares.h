/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ACTIVATION_SQUARES_H
#define ECLD_ACTIVATION_SQUARES_H

#include "../model/language-model.h"
#include "../model/token-corpus.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief Mean squared input of each column of each matrix on calibration texts: what the square
 * error of a column's weights counts in the output of the matrix (llama.cpp's imatrix).
 * @param model is not changed
 * @param corpus calibration texts
 * @param samples rows of texts, > 0
 * @param length positions of a row, > 1
 * @param seed of the choice
 * @return by Hugging Face's names; the embedding has none, its rows are looked up
 */
std::map<std::string, std::vector<float>> MeasureInputSquares(const LanguageModel& model,
                                                              const TokenCorpus& corpus,
                                                              int64_t samples = 64,
                                                              int64_t length = 128,
                                                              uint64_t seed = 1);

} // namespace ecld

#endif // ECLD_ACTIVATION_SQUARES_H
