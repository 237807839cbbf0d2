/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TEACHER_H
#define ECLD_TEACHER_H

#include "corpus.h"
#include "format/tokenizer.h"
#include "train/training.h"

#include <string>

namespace ecld
{

/// A small model, its corpus and how it is trained
struct TeacherSettings
{
    CorpusSettings corpus;       ///< what it learns
    int64_t vocabularySize{512}; ///< tokens, special ones included
    ModelConfig config;          ///< shape; the vocabulary is set from the tokenizer
    TrainingSettings training;   ///< how
    std::string device{"cpu"};   ///< "cpu" or "cuda"
};

/**
 * @param size "fixture" (a minute or two; tests), "small" (a run of ten minutes in all) or "table"
 * (hours)
 * @param architecture LLAMA or QWEN3 (MISTRAL: as LLAMA)
 * @return the settings
 * @throws std::invalid_argument naming a size that is not known
 */
TeacherSettings GetTeacherSettings(const std::string& size, Architecture architecture);

/// A trained model with what it was trained on
struct Teacher
{
    Corpus corpus;         ///< texts and questions
    Tokenizer tokenizer;   ///< trained on the texts
    TokenCorpus tokens;    ///< the training texts
    LanguageModel model;   ///< trained
    TrainingReport report; ///< zero steps where the folder already had the model
};

/**
 * Build the corpus, train tokenizer and model, and leave a Hugging Face checkpoint (F32) in a
 * folder: config.json, tokenizer.json, model.safetensors. What the folder already holds of the same
 * settings is used; a training that was stopped goes on.
 * @param settings what to train
 * @param folder where; made if need be
 * @return model and corpus
 * @throws std::runtime_error naming the package that is missing, or the folder that was made with
 * other settings
 * @throws base::Interruption on Ctrl-C
 */
Teacher TrainTeacher(const TeacherSettings& settings, const std::string& folder);

} // namespace ecld

#endif // ECLD_TEACHER_H
