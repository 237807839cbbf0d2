/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TOKENIZER_TRAINER_H
#define ECLD_TOKENIZER_TRAINER_H

#include "tokenizer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// @brief What a new tokenizer is like.
struct TokenizerTrainerSettings
{
    int64_t vocabularySize{2048}; ///< tokens in all, special ones included; at least 256 + special
    PreTokenizerKind kind{PreTokenizerKind::LLAMA3}; ///< LLAMA3, QWEN2, TEKKEN or GPT2
    int64_t minimumCount{2};                         ///< pairs that are rarer are not merged, >= 1
    /// Special tokens; they get the ids behind the ordinary ones, in this order.
    std::vector<std::string> specialTokens{"<|begin_of_text|>", "<|end_of_text|>"};
    /// Special token that the template puts before a text; empty: none.
    std::string beginToken{"<|begin_of_text|>"};
    bool ignoreMerges{true};   ///< a whole word that is a token wins over its merges
    bool mergesAsPairs{false}; ///< write merges as ["a", "b"] (newer files), else "a b"
};

/**
 * @brief Train a byte-level BPE tokenizer by counting (Sennrich et al. 2016, on bytes).
 *
 * The most frequent pair is merged first; ties go to the pair of smaller ids, so the same texts
 * give the same tokenizer.
 *
 * @param texts UTF-8; each is split on its own
 * @param settings what the tokenizer is like
 * @return a tokenizer.json that Hugging Face's libraries and our Tokenizer read
 * @throws std::invalid_argument naming the setting that is out of range
 * @throws std::runtime_error naming the text that is no UTF-8
 */
std::string TrainTokenizer(const std::vector<std::string>& texts,
                           const TokenizerTrainerSettings& settings);

/**
 * @brief Split patterns of the families, as their published tokenizer.json have them.
 * @param kind LLAMA3, QWEN2, TEKKEN or GPT2
 * @return the regular expression
 * @throws std::invalid_argument for a kind that has several or none
 */
std::string GetSplitPattern(PreTokenizerKind kind);

} // namespace ecld

#endif // ECLD_TOKENIZER_TRAINER_H
