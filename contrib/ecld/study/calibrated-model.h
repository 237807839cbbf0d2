/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_CALIBRATED_MODEL_H
#define ECLD_CALIBRATED_MODEL_H

#include "compress/input-products.h"
#include "compress/pruned-shape.h"
#include "compression-record.h"
#include "format/tokenizer.h"
#include "model/token-corpus.h"
#include "teach/corpus.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ecld
{

/// How a checkpoint that fits into memory is pruned, trained and measured on texts.
struct CalibrationPlan
{
    std::string model;                                     ///< folder of the full model
    std::string folder;                                    ///< where the pruned model goes
    std::string texts;                                     ///< file, texts between empty lines
    int64_t steps{0};                                      ///< of the distillation; 0: none
    PruningLimits limits;                                  ///< what may shrink
    int64_t budgetBytes{0};                                ///< largest size
    std::function<int64_t(const ModelConfig&)> countBytes; ///< size of a model's file
    std::vector<RecordedSetting> settings;                 ///< all that the model depends on
    int64_t tokens{8192};                                  ///< of the texts that are read, > 0
    std::string processor{"cpu"};                          ///< cpu, cuda or cuda:N, that computes
    int threads{1};                                        ///< of the CPU that compute, > 0
    bool progress{true};                                   ///< bars on standard error
};

/// What came of it.
struct CalibratedModel
{
    std::string folder;     ///< of the model that is to be quantised, the full one's if it fits
    InputMetrics metrics;   ///< of its matrices
    std::string report;     ///< what happened, in lines
    bool isRefitted{false}; ///< its down_proj after pruning
};

/**
 * @brief Read texts and cut them to what a row holds.
 * @param path a file in UTF-8, texts between empty lines
 * @param tokenizer of the model
 * @param config of the model: its end token, its positions
 * @param rowLength tokens of a row, > 1; no more than the model has positions
 * @return token ids
 * @throws std::runtime_error naming the file, where it cannot be read or has no texts
 */
TokenCorpus ReadTexts(const std::string& path,
                      const Tokenizer& tokenizer,
                      const ModelConfig& config,
                      int64_t rowLength);

/// @param config of a full model @param isTrained whether its student is distilled @return whether
/// memory that is free now holds both
bool FitsIntoMemory(const ModelConfig& config, bool isTrained);

/**
 * @param path a file of lines such as {"prompt": "Question: ...\nAnswer:", "answers": ["..."]}
 * @return the questions
 * @throws std::runtime_error naming file and line
 */
std::vector<Question> ReadQuestions(const std::string& path);

/**
 * @param path a file of lines as ReadQuestions takes them; the answers may be missing
 * @return the prompts
 * @throws std::runtime_error naming file and line
 */
std::vector<std::string> ReadPrompts(const std::string& path);

/**
 * @brief Prune by activations, refit, distil, and measure the inputs for the quantisation.
 *
 * A pruned model that the folder has is taken as it is, if it was made with the same settings; a
 * distillation that was killed goes on where it stopped.
 *
 * @param plan what to do
 * @param config of the full model
 * @param tokenizer of the full model
 * @return the model
 * @throws std::runtime_error one line, such as where the model does not fit into memory
 * @throws base::Interruption on Ctrl-C
 */
CalibratedModel MakeCalibratedModel(const CalibrationPlan& plan,
                                    const ModelConfig& config,
                                    const Tokenizer& tokenizer);

} // namespace ecld

#endif // ECLD_CALIBRATED_MODEL_H
